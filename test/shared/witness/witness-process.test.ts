// A witness as its own process: from its environment to its answers, killed in between, and what it says when something is missing.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { originHash } from '../../../shared/audit-log/witness-client';
import { signingKey } from '../audit/signing-keys';
import { ORIGIN, policyText, WITNESS_NAMES } from '../audit-log/log-keys';
import { SwitchedServer, until } from '../audit-log/log-network';
import { MemoryLog } from './memory-log';

const folder = mkdtempSync(join(tmpdir(), 'senim-witness-process-'));
const children: ChildProcess[] = [];
let others: SwitchedServer;

beforeAll(async () => {
  // The other witnesses hold nothing yet and say so.
  others = await SwitchedServer.open();
  others.handler = async () => false;
  writeFileSync(
    join(folder, 'policy.txt'),
    policyText(() => others.url),
  );
  const key = signingKey('regulator witness').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'witness.pem'), key, { mode: 0o600 });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await others.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function start(environment: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(
    process.execPath,
    ['-r', join(__dirname, '../../support/typescript-hook.cjs'), join(__dirname, '../../../shared/witness/main.ts')],
    {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        WITNESS_NAME: 'regulator',
        WITNESS_KEY_FILE: join(folder, 'witness.pem'),
        WITNESS_STATE_DIR: join(folder, 'state'),
        TRUST_POLICY_FILE: join(folder, 'policy.txt'),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  child.stdout?.on('data', (part: Buffer) => {
    text += part.toString();
  });
  child.stderr?.on('data', (part: Buffer) => {
    text += part.toString();
  });
  children.push(child);
  return { child, output: () => text };
}

async function urlOf({ output }: Started): Promise<string> {
  await until('it listens', () => output().includes('"msg":"listening"'));
  return `${/"url":"([^"]+)"/.exec(output())?.[1] ?? ''}/witness`;
}

async function exitOf({ child }: Started): Promise<number | null> {
  await until('it ended', () => child.exitCode !== null || child.signalCode !== null);
  return child.exitCode;
}

test('cosigns, survives a kill without going back, and stops in order', async () => {
  const log = new MemoryLog(20);
  const first = start();
  const add = async (url: string, from: number, to: number): Promise<number> => {
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: log.request(from, to).toString() });
    return response.status;
  };
  const url = await urlOf(first);
  await until('admitted', async () => (await add(url, 0, 5)) === 200);
  expect(await add(url, 5, 9)).toBe(200);
  first.child.kill('SIGKILL');
  await exitOf(first);

  const second = start();
  const again = await urlOf(second);
  expect(await add(again, 5, 12)).toBe(409);
  await until('admitted again', async () => (await add(again, 9, 12)) === 200);
  const shown = await fetch(`${again}/${originHash(ORIGIN)}/checkpoint`);
  expect((await shown.text()).split('\n').slice(0, 2)).toEqual([ORIGIN, '12']);
  second.child.kill('SIGTERM');
  expect(await exitOf(second)).toBe(0);
});

test('says in plain sentences what is missing or does not fit', async () => {
  const missing = start({ WITNESS_NAME: '', TRUST_POLICY_FILE: '' });
  expect(await exitOf(missing)).toBe(1);
  expect(missing.output()).toBe('WITNESS_NAME is missing.\nTRUST_POLICY_FILE is missing.\n');
  const stranger = start({ WITNESS_NAME: WITNESS_NAMES[0] });
  expect(await exitOf(stranger)).toBe(1);
  expect(stranger.output()).toBe('The policy has no witness kcell with the key that was given.\n');
});
