// The identity provider of the local network as a process of its own, compiled as it is delivered, with keys of its own in a temporary
// folder: tokens of tests are given, rotated and checked as those of a running network are.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadOrMakeKeyFile } from '../../shared/audit-log/key-file';
import { demoUser, keyedClients } from '../../shared/local-network/demo-users';
import { addSigningKey } from '../../shared/local-network/identity/signing-keys';
import type { ProofKey } from '../../shared/local-network/proof-key';
import { clientKeyFile, requestToken } from '../../shared/local-network/token-request';
import { PROJECT_ROOT } from './project-root';

/** An identity provider that runs. */
export interface TestIdentity {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** Audience of its tokens, `senim`. */
  readonly audience: string;
  /** Folder with `<client>/client.pem` of every machine and of `demo-cli`, and `identity/signing-N.pem`. */
  readonly keysFolder: string;
  /** A fresh token of a demo user, person or machine; of a person it may be bound to a key, or of a sign-in some minutes ago. */
  tokenOf(user: string, options?: { readonly boundTo?: ProofKey; readonly signedInAgo?: number }): Promise<string>;
  /** The file of a machine's private key (PKCS #8 PEM), e.g. for `afc-dispatcher`. */
  clientKeyFile(client: string): string;
  /** Ends the process; the issuer does not answer until `resume`. */
  pause(): Promise<void>;
  /** Starts it again at the same address. */
  resume(): Promise<void>;
  /** Starts it again with a new signing key; the old one stays published, unless it is dropped. */
  rotate(options?: { readonly dropsOld?: boolean }): Promise<void>;
  /** What it printed. */
  output(): string;
  /** Ends it and removes its keys. */
  stop(): Promise<void>;
}

const AUDIENCE = 'senim';

/** Starts a provider on a free port and resolves when it is ready. Needs `npm run build`. */
export async function startIdentity(): Promise<TestIdentity> {
  const folder = mkdtempSync(join(tmpdir(), 'senim-identity-'));
  const keysFolder = join(folder, 'keys');
  const signingFolder = join(keysFolder, 'identity');
  const clientsFile = join(folder, 'clients.json');
  addSigningKey(signingFolder);
  const keys = keyedClients().map((client) => {
    const { publicKey } = loadOrMakeKeyFile(clientKeyFile(keysFolder, client));
    return [client, Buffer.from(publicKey.bytes).toString('base64url')];
  });
  writeFileSync(clientsFile, JSON.stringify(Object.fromEntries(keys)));
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const tokenEndpoint = `${issuer}/token`;
  let running: ChildProcess | null = null;
  let printed = '';

  async function resume(): Promise<void> {
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/shared/local-network/identity/main.js'), 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        IDENTITY_KEYS_DIR: signingFolder,
        IDENTITY_CLIENTS_FILE: clientsFile,
        TOKEN_AUDIENCE: AUDIENCE,
      },
    });
    running = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed = (printed + String(chunk)).slice(-100_000);
      });
    }
    for (const end = performance.now() + 30_000; !(await answers(issuer)); await sleep(20)) {
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > end) {
        child.kill('SIGKILL');
        throw new Error(`The identity provider did not start:\n${printed}`);
      }
    }
  }

  async function pause(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  await resume().catch((cause: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  });
  return {
    issuer,
    tokenEndpoint,
    audience: AUDIENCE,
    keysFolder,
    async tokenOf(name, options = {}) {
      const user = demoUser(name);
      if (user === null) throw new Error(`There is no demo user ${name}.`);
      const token = await requestToken({ issuer, tokenEndpoint, user, keysFolder, ...options });
      if (!token.ok) throw new Error(`No token for ${name}: ${token.error}\n${printed}`);
      return token.value;
    },
    clientKeyFile: (client) => clientKeyFile(keysFolder, client),
    pause,
    resume,
    async rotate({ dropsOld = false } = {}) {
      await pause();
      if (dropsOld) rmSync(signingFolder, { recursive: true, force: true });
      addSigningKey(signingFolder);
      await resume();
    },
    output: () => printed,
    async stop() {
      await pause();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(issuer: string): Promise<boolean> {
  try {
    const response = await fetch(`${issuer}/readyz`, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** A port below those that the system gives to outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
