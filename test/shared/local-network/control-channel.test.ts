// The way from `service` to the launcher: only with the token, only for services that are there, one sentence for every outcome.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askLauncher, openControlChannel } from '../../../shared/local-network/control-channel';
import { type LocalFolder, localFolder } from '../../../shared/local-network/local-folder';
import { AppError } from '../../../shared/vocabulary/app-error';

let folder: LocalFolder;
let channel: { close(): Promise<void> };
const asked: string[] = [];

beforeEach(async () => {
  folder = localFolder(mkdtempSync(join(tmpdir(), 'senim-control-')));
  asked.splice(0);
  channel = await openControlChannel(folder, {
    names: ['kcell', 'gateway'],
    start: async (name) => {
      asked.push(`start ${name}`);
      if (name === 'gateway') throw new AppError('INTERNAL', 'gateway ended before it was ready.');
      return name === 'kcell' ? 'DONE' : 'UNKNOWN_SERVICE';
    },
    stop: async (name) => {
      asked.push(`stop ${name}`);
      return 'ALREADY';
    },
  });
});

afterEach(async () => {
  await channel.close();
  rmSync(folder.path, { recursive: true, force: true });
});

test('tells every outcome in one sentence', async () => {
  expect(await askLauncher(folder, 'start', 'kcell')).toEqual({ ok: true, message: 'kcell is running.' });
  expect(await askLauncher(folder, 'stop', 'kcell')).toEqual({ ok: true, message: 'kcell was stopped already.' });
  expect(await askLauncher(folder, 'start', 'gateway')).toEqual({
    ok: false,
    message: 'gateway ended before it was ready.',
  });
  const none = { ok: false, message: 'There is no such service; there are kcell, gateway.' };
  expect(await askLauncher(folder, 'start', 'nobody')).toEqual(none);
  expect(await askLauncher(folder, 'start', '../x')).toEqual(none);
  expect(asked).toEqual(['start kcell', 'stop kcell', 'start gateway', 'start nobody']);
});

test('does nothing without the token, which only its owner can read', async () => {
  expect(statSync(folder.control).mode & 0o077).toBe(0);
  const { url } = JSON.parse(readFileSync(folder.control, 'utf8')) as { url: string };
  for (const authorization of ['', 'Bearer guess']) {
    const response = await fetch(`${url}/stop/kcell`, { method: 'POST', headers: { authorization } });
    expect(response.status).toBe(401);
  }
  expect(asked).toEqual([]);
});
