// The ceremony as its program holds it: what it makes once, what it keeps, and what it refuses in one sentence. From the build.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseTrustRoot, requireAgreement } from '../../../shared/audit/trust-root';
import { loadKeyFile } from '../../../shared/audit-log/key-file';
import { loadPolicyFile } from '../../../shared/audit-log/policy-file';
import { holdCeremony } from '../../../shared/ceremony/ceremony';
import { type Parties, parseParties } from '../../../shared/ceremony/parties';
import type { Instant } from '../../../shared/vocabulary/instant';
import { runWith } from '../../support/network';

const PROGRAM = join(__dirname, '..', '..', '..', 'dist', 'shared', 'ceremony', 'main.js');
const NOW = '2026-11-20T08:00:00.000Z' as Instant;
const LATER = '2026-11-21T08:00:00.000Z' as Instant;

const PARTIES: Parties = {
  origin: 'example.test/log',
  logUrl: 'http://127.0.0.1:4002/log',
  quorum: 3,
  bank: 'afc',
  parties: [
    { code: 'afc', keys: ['act', 'order', 'log'], witnessUrl: null },
    ...['kcell', 'beeline', 'tele2'].map((code, place) => ({
      code,
      keys: ['act', 'receipt', 'witness'] as const,
      witnessUrl: `http://127.0.0.1:${4101 + place}/witness`,
    })),
    { code: 'regulator', keys: ['witness'], witnessUrl: 'http://127.0.0.1:4201/witness' },
  ],
};

let base = '';
let folder = '';
let count = 0;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'senim-ceremony-'));
});

afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

beforeEach(() => {
  count += 1;
  folder = join(base, String(count));
});

const hold = (parties = PARTIES, now = NOW) =>
  holdCeremony({ parties, keysFolder: join(folder, 'keys'), trustFolder: join(folder, 'trust'), now });
const keyFile = (party: string, purpose: string): string => join(folder, 'keys', party, `${purpose}.pem`);
const trustFile = (name: string): string => join(folder, 'trust', name);

describe('the first ceremony', () => {
  test('makes one key per party and purpose, readable by its owner alone', () => {
    hold();
    for (const { code, keys } of PARTIES.parties) {
      expect(readdirSync(join(folder, 'keys', code)).sort()).toEqual(keys.map((key) => `${key}.pem`).sort());
      expect(statSync(join(folder, 'keys', code)).mode & 0o777).toBe(0o700);
      for (const key of keys) expect(statSync(keyFile(code, key)).mode & 0o777).toBe(0o600);
    }
    const ids = PARTIES.parties.flatMap(({ code, keys }) => keys.map((key) => loadKeyFile(keyFile(code, key))));
    expect(new Set(ids.map((pair) => pair.publicKey.keyId)).size).toBe(13);
  });

  test('writes a policy and a root that agree, hold no private key, and are all that is trusted', () => {
    hold();
    expect(readdirSync(join(folder, 'trust')).sort()).toEqual(['policy.txt', 'root.json']);
    const policy = loadPolicyFile(trustFile('policy.txt'));
    const root = parseTrustRoot(readFileSync(trustFile('root.json')));
    expect(() => requireAgreement(policy, root)).not.toThrow();
    expect(policy.origin).toBe('example.test/log');
    expect(policy.logUrl).toBe(PARTIES.logUrl);
    expect([policy.needed, policy.tolerated]).toEqual([3, 1]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual(
      PARTIES.parties.flatMap(({ code, witnessUrl }) => (witnessUrl === null ? [] : [[code, witnessUrl]])),
    );
    expect([root.bank, root.opened]).toEqual(['afc', NOW]);
    expect(root.parties.map(({ code, keys }) => [code, keys.map(({ role }) => role)])).toEqual([
      ['afc', ['act', 'order']],
      ['kcell', ['act', 'receipt']],
      ['beeline', ['act', 'receipt']],
      ['tele2', ['act', 'receipt']],
      ['regulator', []],
    ]);
    for (const name of ['policy.txt', 'root.json'])
      expect(readFileSync(trustFile(name), 'utf8')).not.toContain('PRIVATE');
  });
});

describe('a later ceremony', () => {
  test('keeps keys and root, byte for byte, and follows the addresses', () => {
    const first = hold();
    const before = readFileSync(trustFile('root.json'), 'utf8');
    const moved = { ...PARTIES, logUrl: 'http://127.0.0.1:5002/log' };
    expect(hold(moved, LATER)).toEqual(first);
    expect(readFileSync(trustFile('root.json'), 'utf8')).toBe(before);
    expect(loadPolicyFile(trustFile('policy.txt')).logUrl).toBe(moved.logUrl);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'a key that others may read',
      () => chmodSync(keyFile('kcell', 'act'), 0o644),
      /^The key file \S+act\.pem must be .+0600\)\.$/,
    ],
    [
      'a broken key',
      () => writeFileSync(keyFile('kcell', 'act'), 'x'),
      /^The key file \S+ does not hold a sound .+\.$/,
    ],
    ['a missing key', () => rmSync(keyFile('kcell', 'act')), /^The key file \S+ cannot be read\.$/],
    [
      'another key',
      () => writeFileSync(keyFile('kcell', 'act'), readFileSync(keyFile('tele2', 'act'))),
      /^The root of trust \S+ names other parties or keys than the key files hold\.$/,
    ],
    ['a broken root', () => writeFileSync(trustFile('root.json'), '{}'), /^The root of trust \S+ is broken\.$/],
  ])('refuses %s in one sentence', (_what, damage, sentence) => {
    hold();
    damage();
    expect(() => hold()).toThrow(sentence);
  });
});

describe('the file of the parties', () => {
  const without = (change: object): string => JSON.stringify({ ...PARTIES, ...change });

  test('is read as it was written', () =>
    expect(parseParties(JSON.stringify(PARTIES))).toEqual({ ok: true, value: PARTIES }));

  test.each([
    ['no JSON', '{'],
    ['no party that keeps the log', without({ bank: 'kcell' })],
    ['a member nobody knows', without({ colour: 'red' })],
    ['an address that is none', without({ logUrl: 'ftp://x' })],
    ['a party twice', without({ parties: [...PARTIES.parties, PARTIES.parties[1]] })],
    [
      'a witness without its key',
      without({ parties: [PARTIES.parties[0], { code: 'x1', keys: [], witnessUrl: 'http://h/w' }] }),
    ],
    ['a key for nothing', without({ parties: [{ code: 'afc', keys: ['log', 'door'], witnessUrl: null }] })],
  ])('is refused for %s', (_what, text) => {
    const parsed = parseParties(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toMatch(/^[^\n]+\.$/);
  });

  test('may not name a quorum that two halves could reach', () =>
    expect(() => hold({ ...PARTIES, quorum: 2 })).toThrow());
});

describe('the program', () => {
  test('prints public keys, nothing secret, and the same the second time', async () => {
    hold();
    const file = join(folder, 'parties.json');
    writeFileSync(file, JSON.stringify(PARTIES));
    const environment = { PARTIES_FILE: file, KEYS_DIR: join(folder, 'keys'), TRUST_DIR: join(folder, 'trust') };
    const { exitCode, stdout, stderr } = await runWith(PROGRAM, ['make'], environment);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(hold());
    expect(Object.keys(JSON.parse(stdout).kcell)).toEqual(['act', 'receipt', 'witness']);
  });

  test('says in one sentence each what it was not told', async () => {
    const { exitCode, stderr } = await runWith(PROGRAM, [], {});
    expect([exitCode, stderr]).toEqual([1, 'PARTIES_FILE is missing.\nKEYS_DIR is missing.\nTRUST_DIR is missing.\n']);
  });
});

describe('keys that no root names', () => {
  const OTHERS = [
    { code: 'afc', keys: [], secrets: ['cursor'] },
    { code: 'identity', keys: ['signing-1'], secrets: [] },
    { code: 'bank-1', keys: ['client'], secrets: [] },
  ];
  const withOthers: Parties = { ...PARTIES, others: OTHERS };
  const secretFile = (): string => join(folder, 'keys', 'afc', 'cursor.key');

  test('are made with the others, told, and readable by their owner alone', () => {
    const told = hold(withOthers);
    for (const [code, name] of [
      ['identity', 'signing-1'],
      ['bank-1', 'client'],
    ] as const) {
      expect(statSync(keyFile(code, name)).mode & 0o777).toBe(0o600);
      const { publicKey } = loadKeyFile(keyFile(code, name));
      expect(told[code]).toEqual({ [name]: Buffer.from(publicKey.bytes).toString('base64url') });
    }
    expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
    expect(readFileSync(secretFile(), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(Object.keys(told.afc ?? {}).sort()).toEqual(['act', 'log', 'order']);
    const root = parseTrustRoot(readFileSync(trustFile('root.json')));
    expect(root.parties.map((party) => party.code)).not.toContain('identity');
  });

  test('stay as they are at the next ceremony, and are made when they are new', () => {
    const told = hold(withOthers);
    const secret = readFileSync(secretFile(), 'utf8');
    const more: Parties = { ...PARTIES, others: [...OTHERS, { code: 'portal-1', keys: ['client'], secrets: [] }] };
    const later = hold(more, LATER);
    expect(later).toMatchObject(told);
    expect(later['portal-1']?.client).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(readFileSync(secretFile(), 'utf8')).toBe(secret);
  });

  test('are refused when a secret is gone, open to others, or no secret', () => {
    hold(withOthers);
    chmodSync(secretFile(), 0o640);
    expect(() => hold(withOthers)).toThrow(/cursor\.key must be a file that only its owner may read/);
    writeFileSync(secretFile(), 'guess me');
    chmodSync(secretFile(), 0o600);
    expect(() => hold(withOthers)).toThrow(/cursor\.key must be 64 hexadecimal digits\.$/);
    rmSync(secretFile());
    expect(() => hold(withOthers)).toThrow(/cursor\.key cannot be read\.$/);
  });

  test('are named once', () => {
    const twice = [{ code: 'afc', keys: ['act'], secrets: [] }];
    expect(parseParties(JSON.stringify({ ...PARTIES, others: twice }))).toEqual({
      ok: false,
      error: 'The file of the parties names a key twice.',
    });
  });
});

test('a key of a party that another program holds lies in a folder of its own and stands in the root as the party’s', () => {
  const [bank, ...rest] = PARTIES.parties;
  const keys = ['act', 'order', 'log', 'gateway'] as const;
  hold({
    ...PARTIES,
    parties: [{ code: 'afc', keys, apart: ['gateway'], witnessUrl: bank?.witnessUrl ?? null }, ...rest],
  });
  expect(readdirSync(join(folder, 'keys', 'afc')).sort()).toEqual(['act.pem', 'log.pem', 'order.pem']);
  const { publicKey } = loadKeyFile(keyFile('afc-gateway', 'gateway'));
  const root = parseTrustRoot(readFileSync(trustFile('root.json')));
  const registered = root.parties.find((party) => party.code === 'afc')?.keys.find((key) => key.role === 'gateway');
  expect(registered?.key.keyId).toBe(publicKey.keyId);
});
