// A whole network for system tests: the real `npm start` process with little data, at a free port, in a folder of its own. What a test
// learns of it stands in its network.json; what it asks goes over HTTP or through the commands.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localFolder } from '../../shared/local-network/local-folder';
import { type NetworkRecord, readNetwork } from '../../shared/local-network/network-record';
import { SIGN_IN_REFUSALS, signIn, userOf } from '../../shared/local-network/sign-in';
import { removeCluster } from '../../shared/service/postgres-place';
import { askGraphQL } from './http-call';
import { PROJECT_ROOT } from './project-root';

const COMPILED = join(PROJECT_ROOT, 'dist', 'shared', 'local-network');

/** A network that runs. */
export interface TestNetwork {
  /** Folder of its data; commands take it as `--data`. */
  readonly folder: string;
  /** network.json as it is now. */
  record(): NetworkRecord;
  /** Everything that the launcher has printed. */
  output(): string;
  /** Runs a command of the network, e.g. `command('dossier', '+7701…')`. Never rejects for an exit code. */
  command(
    name: 'dossier' | 'port' | 'service' | 'token' | 'story' | 'audit-export',
    ...args: readonly string[]
  ): Promise<CommandOutcome>;
  /** A fresh access token of a demo user, person or machine; with `words`, options of the command, by the command. */
  tokenOf(user: string, ...words: readonly string[]): Promise<string>;
  /** Stops the launcher as Ctrl-C does, waits for it, and removes the folder unless `keeps`. Resolves with its exit code. */
  stop(options?: { readonly keeps?: boolean }): Promise<number | null>;
}

/** What a command printed and how it ended. */
export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts a network and resolves when it is ready; rejects with its output when it ends before. With a scale it is made anew, which takes some
 * ten seconds; in a folder that is there it goes on; with neither it goes on from a copy of a network that is made once in a run of tests.
 */
export async function startTestNetwork(
  options: { readonly scale?: number; readonly folder?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<TestNetwork> {
  const folder = options.folder ?? temporaryFolder();
  const isCopy = options.folder === undefined && options.scale === undefined && (await copyMadeNetwork(folder));
  const scale = options.folder === undefined && !isCopy ? ['--scale', String(options.scale ?? SCALE)] : [];
  const args = ['--port', String(await freePort()), '--data', folder, ...scale];
  const launcher = spawn(process.execPath, [join(COMPILED, 'start.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  const output = collect(launcher);
  while (readNetwork(localFolder(folder)) === null) {
    if (launcher.exitCode !== null || launcher.signalCode !== null) {
      removeFolder(folder);
      throw new Error(`The network did not start:\n${output()}`);
    }
    await sleep(50);
  }
  await untilCalm(folder);
  const record = (): NetworkRecord => {
    const known = readNetwork(localFolder(folder));
    if (known === null) throw new Error('The network does not run.');
    return known;
  };
  return {
    folder,
    output,
    record,
    command: (name, ...words) => run(join(COMPILED, `${name}.js`), [...words, '--data', folder]),
    async tokenOf(user, ...words) {
      if (words.length === 0) {
        const fresh = await signIn(record(), localFolder(folder), userOf(user));
        if (!fresh.ok) throw new Error(SIGN_IN_REFUSALS[fresh.error]);
        return fresh.value;
      }
      const { exitCode, stdout, stderr } = await run(join(COMPILED, 'token.js'), [user, ...words, '--data', folder]);
      if (exitCode !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    async stop({ keeps = false } = {}) {
      if (launcher.exitCode === null && launcher.signalCode === null) {
        const ended = new Promise((resolve) => launcher.once('exit', resolve));
        launcher.kill('SIGINT');
        await ended;
      }
      if (!keeps) removeFolder(folder);
      return launcher.exitCode;
    },
  };
}

/** Runs a compiled command to its end. */
export async function run(file: string, args: readonly string[]): Promise<CommandOutcome> {
  return runWith(file, args, process.env);
}

/** Runs a compiled program to its end, with this environment and no other. */
export async function runWith(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<CommandOutcome> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, stdout, stderr };
}

/** Lines per operator of a network that no test asked to be of another size. */
const SCALE = 100;

/** Copies the network that this run of tests has made, which the first who asks makes; false outside of a run of tests. */
async function copyMadeNetwork(folder: string): Promise<boolean> {
  const made = process.env.SENIM_TEST_NETWORK;
  if (made === undefined) return false;
  if (!existsSync(made)) {
    const first = await startTestNetwork({ scale: SCALE });
    await first.stop({ keeps: true });
    copyFolder(first.folder, made);
    removeFolder(first.folder);
  }
  copyFolder(`${made}/.`, folder);
  return true;
}

/** With owners and modes: the database server reads no cluster of somebody else. */
function copyFolder(from: string, to: string): void {
  const { status } = spawnSync('cp', ['-a', from, to]);
  if (status !== 0) throw new Error('The folder of a network could not be copied.');
}

/**
 * The first thing that operators do is to rate all lines and report some; until that is done, a busy machine may answer late. And nothing is shown in
 * clear while a checkpoint of before has waited too long for its witnesses.
 */
async function untilCalm(folder: string): Promise<void> {
  const query =
    'query ($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { tenures { risk { level } } } auditCheckpoint { state } }';
  let token = '';
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(200)) {
    const record = readNetwork(localFolder(folder));
    const msisdn = (record?.stories.ported as { readonly msisdn?: string } | undefined)?.msisdn;
    if (record === null || msisdn === undefined) return;
    if (token === '') {
      token = (await run(join(COMPILED, 'token.js'), ['investigator-1', '--data', folder])).stdout.trim();
    }
    const headers = { authorization: `Bearer ${token}` };
    const { data, errors } = await askGraphQL(new URL(record.gateway.url).origin, query, { msisdn }, headers);
    const checkpoint = data?.auditCheckpoint as { readonly state?: string } | null | undefined;
    if (errors.length === 0 && checkpoint?.state === 'FINAL') return;
  }
}

/** A folder that the user who runs PostgreSQL may pass through. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'senim-test-network-'));
  chmodSync(folder, 0o711);
  return folder;
}

function removeFolder(folder: string): void {
  removeCluster(join(folder, 'postgres'));
  removeCluster(folder);
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + String(chunk)).slice(-100_000);
    });
  }
  return () => text;
}

/** A free port below those that the system gives to outgoing connections, whose neighbours are likely to be free as well. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The document in a JSON file of the network's folder. */
export function documentIn(network: TestNetwork, name: string): unknown {
  return JSON.parse(readFileSync(join(network.folder, name), 'utf8'));
}
