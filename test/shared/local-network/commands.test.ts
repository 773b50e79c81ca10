// The commands as a shell sees them, without a network: usage, refusals, one sentence, exit code. From the build.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startOf } from '../../../shared/service/folder-lock';
import { run } from '../../support/network';

const COMPILED = join(__dirname, '..', '..', '..', 'dist', 'shared', 'local-network');
let empty = '';

beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), 'senim-commands-'));
});

afterAll(() => {
  rmSync(empty, { recursive: true, force: true });
});

const command = (name: string, ...args: readonly string[]) => run(join(COMPILED, `${name}.js`), args);

describe('every command', () => {
  test.each(['start', 'service', 'port', 'dossier', 'audit-export', 'token'])(
    '%s prints its usage when asked, and does nothing',
    async (name) => {
      const { exitCode, stdout, stderr } = await command(name, '--help');
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`usage: npm ${name === 'start' ? '' : 'run -s '}${name.replace('-', ':')} --`);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
    },
  );

  test.each([
    ['start', '--port', '70000'],
    ['start', '--scale', 'many'],
    ['start', 'now'],
    ['start', '--loud'],
    ['service', 'pause', 'kcell'],
    ['service', 'stop'],
    ['port', '+77011234567'],
    ['port', '+77011234567', '--to', 'Tele 2'],
    ['port', '+77011234', '--to', 'tele2'],
    ['dossier'],
    ['dossier', '+77011234567', '+77011234568'],
    ['dossier', '+7701123'],
    ['dossier', '+14155552671'],
    ['dossier', '+77172123456'],
    ['dossier', 'DROP TABLE'],
    ['dossier', '+77011234567', '--case', 'a\r\nb'],
    ['dossier', '+77011234567', '--as', ''],
    ['dossier', '+77011234567', '--as', 'DROP TABLE'],
    ['token'],
    ['token', 'DROP TABLE'],
    ['token', 'admin-1', 'admin-1'],
    ['token', '__proto__'],
    ['token', 'bank-1', '--dpop'],
    ['token', 'bank-1', '--signed-in-ago', '20'],
    ['token', 'supervisor-1', '--signed-in-ago', 'DROP TABLE'],
    ['token', 'supervisor-1', '--signed-in-ago', '1440'],
    ['audit-export'],
    ['audit-export', '--case', 'DROP TABLE', '--out', 'x'],
    ['audit-export', '--case', '11111111-2222-4333-8444-555555555555'],
    ['audit-export', '--case', '11111111-2222-4333-8444-555555555555', '--out', ''],
  ])('%s %s %s is refused with exit code 2 and one sentence', async (name, ...args) => {
    const { exitCode, stdout, stderr } = await command(name, ...args.filter((word) => word !== undefined));
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
    expect(stderr).not.toMatch(/DROP TABLE|4155552671/);
  });

  test.each([
    ['service', 'stop', 'kcell'],
    ['port', '+77011234567', '--to', 'tele2'],
    ['dossier', '8 (701) 123-45-67'],
    ['token', 'bank-1'],
    ['audit-export', '--case', '11111111-2222-4333-8444-555555555555', '--out', 'bundle.json'],
  ])('%s says that nothing runs when nothing runs', async (name, ...args) => {
    expect(await command(name, ...args, '--data', empty)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'The network is not running; start it with `npm start`.\n',
    });
  });

  test('start refuses data of a version without sign-in, and says what to add', async () => {
    const folder = join(empty, 'older');
    mkdirSync(join(folder, 'trust'), { recursive: true });
    writeFileSync(join(folder, 'trust', 'root.json'), '{}');
    const { exitCode, stderr } = await command(
      'start',
      '--data',
      folder,
      '--port',
      String(20_000 + (process.pid % 9_000)),
    );
    expect([exitCode, stderr]).toEqual([
      1,
      'The data is from a version with fewer keys; add --reset to make it anew.\n',
    ]);
  });

  test('dossier takes the file of a killed launcher for no network, and asks nothing without signing in', async () => {
    const network = {
      gateway: { url: 'http://127.0.0.1:9/graphql' },
      subgraphs: { numbering: { url: 'x' }, operators: {} },
      identity: { issuer: 'http://127.0.0.1:9', tokenEndpoint: 'http://127.0.0.1:9/token', pid: null },
    };
    writeFileSync(join(empty, 'network.json'), JSON.stringify(network));
    expect((await command('dossier', '+77011234567', '--data', empty)).stderr).toContain('not running');
    writeFileSync(join(empty, 'launcher.lock'), `${process.pid} ${startOf(process.pid)}`);
    const { exitCode, stderr } = await command('dossier', '+77011234567', '--data', empty);
    expect([exitCode, stderr]).toEqual([
      1,
      'identity is stopped; start it with `npm run -s service -- start identity`.\n',
    ]);
    expect(await command('token', 'investigator-1', '--data', empty)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'identity is stopped; start it with `npm run -s service -- start identity`.\n',
    });
  });
});
