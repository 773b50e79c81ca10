// What a witness cosigns and what it refuses, request by request; and what it can prove about a log that signs two trees.

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { verifyEquivocation } from '../../../shared/audit/equivocation';
import { EMPTY_ROOT } from '../../../shared/audit/hash';
import { formatNote, openNote, signNoteLine } from '../../../shared/audit/note';
import { signLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import type { FetchTile } from '../../../shared/witness/log-client';
import { openWitness, type Witness } from '../../../shared/witness/witness';
import type { WitnessAlarm } from '../../../shared/witness/witness-alarm';
import { signingKey, vkeyOf } from '../audit/signing-keys';
import { keyPair, LOG_KEY, ORIGIN, policyText } from '../audit-log/log-keys';
import { bodyOf, MemoryLog, testPolicy } from './memory-log';

const policy = testPolicy();
const folders: string[] = [];
const witnesses: Witness[] = [];
const alarms: WitnessAlarm[] = [];

afterEach(async () => {
  for (const witness of witnesses.splice(0)) await witness.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  alarms.length = 0;
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'senim-witness-'));
  folders.push(folder);
  return folder;
}

function open(
  options: { directory?: string; fetchTile?: FetchTile; admitted?: boolean; nowMs?: () => number } = {},
): Witness {
  const witness = openWitness({
    policy,
    name: 'kcell',
    key: keyPair('kcell witness'),
    directory: options.directory ?? newFolder(),
    fetchTile: options.fetchTile ?? (async () => null),
    onAlarm: (alarm) => alarms.push(alarm),
    nowMs: options.nowMs ?? (() => 1_795_000_000_999),
  });
  if (options.admitted !== false) witness.admit();
  witnesses.push(witness);
  return witness;
}

const status = async (witness: Witness, body: Uint8Array): Promise<number> =>
  (await witness.addCheckpoint(body)).status;

describe('add-checkpoint', () => {
  const log = new MemoryLog(40);

  test('cosigns what extends the last checkpoint, with its own line and time alone', async () => {
    const witness = open();
    const answer = await witness.addCheckpoint(log.request(0, 5));
    expect(answer.status).toBe(200);
    const note = formatNote(log.checkpoint(5).text, [answer.body]);
    const vkey = vkeyOf('kcell.test/witness', 4, signingKey('kcell witness'));
    expect(openNote(Buffer.from(note), [vkey]).signers).toEqual(['kcell.test/witness']);
    expect(Buffer.from(answer.body.split(' ')[2] ?? '', 'base64').readBigUInt64BE(4)).toBe(1_795_000_000n);
    expect(await status(witness, log.request(5, 8))).toBe(200);
    expect(await status(witness, log.request(8, 8))).toBe(200);
    expect(witness.newest()?.size).toBe(8n);
    expect(witness.cosignedNotes()).toHaveLength(3);
  });

  test('answers 409 with its size when the log is mistaken about it', async () => {
    const witness = open();
    await witness.addCheckpoint(log.request(0, 5));
    for (const from of [0, 3, 7]) {
      expect(await witness.addCheckpoint(log.request(from, 9))).toEqual({
        status: 409,
        contentType: 'text/x.tlog.size',
        body: '5\n',
      });
    }
  });

  test('keeps its state over a restart', async () => {
    const directory = newFolder();
    const first = open({ directory });
    await first.addCheckpoint(log.request(0, 5));
    await first.close();
    const second = open({ directory });
    expect(await status(second, log.request(0, 9))).toBe(409);
    expect(await status(second, log.request(5, 9))).toBe(200);
  });

  test('refuses a folder that another witness holds', () => {
    const directory = newFolder();
    open({ directory });
    expect(() => open({ directory })).toThrow('Another witness already uses');
  });

  const five = new MemoryLog(40).checkpoint(5).note;
  const proof = new MemoryLog(40).proof(5, 9);
  const nine = new MemoryLog(40).checkpoint(9).note;
  const empty = (root: Uint8Array): string => signLogCheckpoint({ origin: ORIGIN, size: 0n, root }, LOG_KEY).note;
  const other = signLogCheckpoint({ origin: 'other.test/log', size: 9n, root: log.root(9) }, LOG_KEY).note;
  const stranger = formatNote(log.checkpoint(9).text, [
    signNoteLine(ORIGIN, signingKey('stranger').privateKey, log.checkpoint(9).text),
  ]);
  const broken = nine.replace(/.{6}\n$/, 'AAAA==\n');
  test.each<[string, number, Buffer]>([
    ['an old size above the new one', 400, bodyOf(10, [], nine)],
    ['no old line', 400, Buffer.from(`\n\n${nine}`)],
    ['an old size with a leading zero', 400, bodyOf('05', proof, nine)],
    ['an old size with a sign', 400, bodyOf('+5', proof, nine)],
    ['an old size of 2^64', 400, bodyOf('18446744073709551616', proof, nine)],
    ['a proof line that is no hash', 400, bodyOf(5, ['AAAA'], nine)],
    [
      '64 proof lines',
      400,
      bodyOf(
        5,
        Array.from({ length: 64 }, () => log.root(1)),
        nine,
      ),
    ],
    ['no checkpoint', 400, bodyOf(5, proof, 'hello\n')],
    ['bytes that are not UTF-8', 400, Buffer.concat([bodyOf(5, proof, nine), Buffer.of(0xff)])],
    ['CR LF', 400, Buffer.from(bodyOf(5, proof, nine).toString().replaceAll('\n', '\r\n'))],
    ['a size with leading zeros', 400, bodyOf(5, proof, nine.replace('\n9\n', '\n09\n'))],
    ['an extension line', 400, bodyOf(5, proof, nine.replace('\n\n', '\nextension\n\n'))],
    ['another log', 404, bodyOf(5, proof, other)],
    ["a stranger's signature", 403, bodyOf(5, proof, stranger)],
    ['a false signature of the log', 403, bodyOf(5, proof, broken)],
    ['a proof that is too short', 422, bodyOf(5, proof.slice(1), nine)],
    ['a proof with a hash too many', 422, bodyOf(5, [...proof, log.root(1)], nine)],
    ['an empty proof between sizes', 422, bodyOf(5, [], nine)],
    ['a proof at the same size', 422, bodyOf(5, proof, five)],
    ['a size of zero with a root', 422, bodyOf(0, [], empty(log.root(3)))],
    ['a size of zero with another root', 422, bodyOf(0, [], empty(log.root(2)))],
    ['a size of zero below what it records', 409, bodyOf(0, [], empty(EMPTY_ROOT))],
  ])('refuses %s with %i', async (_what, wanted, body) => {
    const witness = open();
    await witness.addCheckpoint(log.request(0, 5));
    expect(await status(witness, body)).toBe(wanted);
    expect(witness.newest()?.size).toBe(5n);
    expect(alarms.filter((alarm) => alarm.kind !== 'EXTENSION_UNPROVEN')).toEqual([]);
  });

  test('a proof from size 0 must be empty, and the empty tree may be cosigned', async () => {
    const witness = open();
    expect(await status(witness, bodyOf(0, [log.root(1)], five))).toBe(422);
    expect(await status(witness, bodyOf(0, [], empty(EMPTY_ROOT)))).toBe(200);
    expect(await status(witness, bodyOf(0, [], five))).toBe(200);
  });

  test('requests at once end in one chain that never goes back', async () => {
    const witness = open();
    await witness.addCheckpoint(log.request(0, 1));
    for (let size = 1; size < 30; ) {
      const before = size;
      const answers = await Promise.all(
        [before + 5, before + 1, before + 3].map((to) => witness.addCheckpoint(log.request(before, to))),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      size = Number(witness.newest()?.size ?? 0n);
      expect(size).toBeGreaterThan(before);
    }
    const sizes = witness.cosignedNotes().map((note) => Number(note.split('\n')[1]));
    expect(sizes).toEqual(sizes.toSorted((left, right) => left - right));
  });

  test('a note is on its disk before its cosignature leaves', async () => {
    const directory = newFolder();
    const witness = open({ directory });
    const answer = await witness.addCheckpoint(log.request(0, 7));
    expect(readFileSync(join(directory, 'newest-cosigned'), 'utf8')).toBe(
      formatNote(log.checkpoint(7).text, [
        log.checkpoint(7).note.slice(log.checkpoint(7).text.length + 1),
        answer.body,
      ]),
    );
  });
});

describe('a log that signs two trees', () => {
  const log = new MemoryLog(300);

  /** What its file says, judged by the policy alone. */
  function verdict(directory: string): string {
    const evidence = readFileSync(join(directory, 'equivocation.json'));
    return verifyEquivocation({ evidence, policy: Buffer.from(policyText(() => 'http://127.0.0.1:9')) }).verdict;
  }

  test('of one size: 422, an alarm, and evidence that holds by itself', async () => {
    const directory = newFolder();
    const witness = open({ directory });
    await witness.addCheckpoint(log.request(0, 20));
    const fork = new MemoryLog(20, 10);
    expect(await status(witness, bodyOf(20, [], fork.checkpoint(20).note))).toBe(422);
    expect(alarms).toEqual([{ kind: 'LOG_EQUIVOCATED', evidence: join(directory, 'equivocation.json') }]);
    expect(verdict(directory)).toBe('EQUIVOCATION');
  });

  test('a smaller one of another tree: proven out of the copied leaf hashes', async () => {
    const directory = newFolder();
    const witness = open({ directory, fetchTile: log.fetchTile });
    await witness.addCheckpoint(log.request(0, 300));
    expect(await witness.copyLeaves()).toBe(true);
    expect(witness.mirroredSize()).toBe(300n);
    await witness.consider(new MemoryLog(270, 100).checkpoint(270).note);
    expect(alarms.map((alarm) => alarm.kind)).toEqual(['LOG_EQUIVOCATED']);
    expect(verdict(directory)).toBe('EQUIVOCATION');
  });

  test('a larger one: refused, and proven as soon as the honest log has grown over it', async () => {
    const directory = newFolder();
    const witness = open({ directory, fetchTile: log.fetchTile });
    await witness.addCheckpoint(log.request(0, 100));
    const fork = new MemoryLog(150, 50);
    expect(await status(witness, fork.request(100, 150))).toBe(422);
    expect(alarms).toEqual([{ kind: 'EXTENSION_UNPROVEN' }]);
    expect(await status(witness, log.request(100, 200))).toBe(200);
    await witness.copyLeaves();
    expect(alarms.map((alarm) => alarm.kind)).toEqual(['EXTENSION_UNPROVEN', 'LOG_EQUIVOCATED']);
    expect(verdict(directory)).toBe('EQUIVOCATION');
  });

  test('what is only consistent is no alarm', async () => {
    const witness = open({ fetchTile: log.fetchTile });
    await witness.addCheckpoint(log.request(0, 100));
    await witness.copyLeaves();
    for (const size of [0, 1, 57, 100]) await witness.consider(log.checkpoint(size).note);
    await witness.consider('rubbish\n');
    expect(alarms).toEqual([]);
  });
});

describe('tiles', () => {
  test('that do not have the signed root are an alarm, and nothing of them is kept', async () => {
    const log = new MemoryLog(300);
    const lying = new MemoryLog(300, 150);
    const witness = open({ fetchTile: lying.fetchTile });
    await witness.addCheckpoint(log.request(0, 300));
    expect(await witness.copyLeaves()).toBe(false);
    expect(alarms).toEqual([{ kind: 'TILES_DIFFER' }]);
    expect(witness.mirroredSize()).toBe(0n);
  });

  test('that were rebuilt after they were copied are found, with the first index', async () => {
    const log = new MemoryLog(300);
    let serving = log;
    const witness = open({ fetchTile: (tile) => serving.fetchTile(tile) });
    await witness.addCheckpoint(log.request(0, 300));
    await witness.copyLeaves();
    expect(await witness.compareTiles()).toBeNull();
    serving = new MemoryLog(300, 271);
    expect(await witness.compareTiles()).toBe(271n);
    expect(alarms).toEqual([{ kind: 'TILES_DIFFER' }]);
  });
});

describe('a witness that was restored from an old backup', () => {
  const log = new MemoryLog(300);

  /** At size 200, then back at 100 with the same key. */
  async function restored(fetchTile: FetchTile): Promise<{ witness: Witness; lost: string }> {
    const directory = newFolder();
    const backup = newFolder();
    const before = open({ directory, fetchTile });
    await before.addCheckpoint(log.request(0, 100));
    await before.close();
    cpSync(directory, backup, { recursive: true });
    const later = open({ directory, fetchTile });
    await later.addCheckpoint(log.request(100, 200));
    const lost = later.newest()?.note ?? '';
    return { witness: open({ directory: backup, fetchTile, admitted: false }), lost };
  }

  test('signs nothing before its state was compared with the others', async () => {
    const { witness } = await restored(log.fetchTile);
    expect(await status(witness, log.request(100, 200))).toBe(503);
    witness.admit();
    expect(await status(witness, log.request(100, 200))).toBe(200);
  });

  test('refuses a fork from there, because others hold a larger checkpoint, and proves it', async () => {
    const fork = new MemoryLog(250, 120);
    const { witness, lost } = await restored(fork.fetchTile);
    await witness.consider(lost);
    witness.admit();
    expect(alarms).toEqual([{ kind: 'STATE_WENT_BACK' }]);
    expect(await status(witness, fork.request(100, 150))).toBe(503);
    expect(await status(witness, fork.request(100, 250))).toBe(503);
    expect(witness.newest()?.size).toBe(100n);
    expect(alarms.map((alarm) => alarm.kind)).toEqual(['STATE_WENT_BACK', 'LOG_EQUIVOCATED']);
  });

  test('goes on with the honest log', async () => {
    const { witness, lost } = await restored(log.fetchTile);
    await witness.consider(lost);
    witness.admit();
    expect(await status(witness, log.request(100, 250))).toBe(200);
    expect(await status(witness, log.request(250, 260))).toBe(200);
  });
});
