// The whole way of an act: committed, sequenced, signed, final; and what happens when witnesses, database or file are not as they should be.

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseTlogProof } from '../../../shared/audit/tlog-proof';
import { LogNetwork, until, WITNESS_NAMES } from './log-network';

const open: LogNetwork[] = [];
async function network(options: { readonly start?: boolean } = {}): Promise<LogNetwork> {
  const made = await LogNetwork.open(options);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

describe('an act', () => {
  test('becomes final, with a receipt that proves it, and every witness mirrors it', async () => {
    const net = await network();
    const ids = await Promise.all(Array.from({ length: 5 }, () => net.act()));
    for (const id of ids) await until('final', async () => (await net.stateOf(id)) === 'FINAL');
    const receipt = await net.reads.receiptOf(ids[0] ?? '');
    const proof = parseTlogProof(Buffer.from(receipt?.proof ?? ''));
    expect(proof.index).toBe(receipt?.index);
    for (const name of WITNESS_NAMES) {
      await until('mirrored', () => net.running.get(name)?.witness.mirroredSize() === 5n);
    }
    const overHttp = await fetch(`${net.server('log').url}/receipts/${ids[0]}`);
    expect(await overHttp.json()).toMatchObject({ actId: ids[0], state: 'FINAL', proof: receipt?.proof });
    expect(net.alarms).toEqual([]);
    expect(net.witnessAlarms).toEqual([]);
  });
});

describe('witnesses that are away', () => {
  test('one down: acts become final; two down: signed and never final; back: all catch up by themselves', async () => {
    const net = await network();
    const first = await net.act();
    await until('final', async () => (await net.stateOf(first)) === 'FINAL');
    await net.stopWitness('tele2');
    const second = await net.act();
    await until('final with three', async () => (await net.stateOf(second)) === 'FINAL');
    await net.stopWitness('beeline');
    const third = await net.act();
    await until('signed', async () => (await net.stateOf(third)) === 'SIGNED');
    const fourth = await net.act();
    await until('signed', async () => (await net.stateOf(fourth)) === 'SIGNED');
    expect(await net.stateOf(third)).toBe('SIGNED');
    net.startWitness('beeline');
    net.startWitness('tele2');
    await until('final again', async () => (await net.stateOf(fourth)) === 'FINAL');
    await until('both caught up', () =>
      (['beeline', 'tele2'] as const).every((name) => net.running.get(name)?.witness.newest()?.size === 4n),
    );
  });

  test('nothing is signed until enough witnesses have answered, while acts are sequenced', async () => {
    const net = await network({ start: false });
    net.startLog();
    const id = await net.act();
    await until('sequenced', async () => (await net.stateOf(id)) === 'SEQUENCED');
    net.startWitness('kcell');
    await until('the log asks', () => net.log?.state() === 'CHECKING');
    expect(await net.reads.newestCheckpoint()).toBeNull();
    for (const name of ['beeline', 'tele2'] as const) net.startWitness(name);
    await until('final', async () => (await net.stateOf(id)) === 'FINAL');
  });
});

describe('a log that starts', () => {
  test('only one of two keepers runs; the other takes over when it stops', async () => {
    const net = await network();
    const first = net.log;
    await until('running', () => first?.state() === 'RUNNING');
    const second = net.startLog();
    const id = await net.act();
    await until('final', async () => (await net.stateOf(id)) === 'FINAL');
    expect([first?.state(), second.state()]).toEqual(['RUNNING', 'STANDBY']);
    await first?.stop();
    await until('taken over', () => second.state() === 'RUNNING');
    const later = await net.act();
    await until('final', async () => (await net.stateOf(later)) === 'FINAL');
  });

  test('refuses a database that was restored from a backup: the file of the last checkpoint has seen more', async () => {
    const net = await network();
    await restoreAfter(net);
    net.startLog();
    await until('halted', () => net.log?.state() === 'HALTED');
    expect(net.alarms.at(-1)).toMatchObject({ kind: 'LOG_HALTED', reason: expect.stringContaining('went back') });
  });

  test('refuses it also when the file was rolled back too, because witnesses have seen more', async () => {
    const net = await network();
    const lock = join(net.folder, 'lock', 'last-checkpoint');
    await restoreAfter(net, () => copyFileSync(lock, join(net.folder, 'old-lock')));
    copyFileSync(join(net.folder, 'old-lock'), lock);
    net.startLog();
    await until('halted', () => net.log?.state() === 'HALTED');
    expect(net.alarms.map((alarm) => alarm.kind)).toContain('LOG_WENT_BACK');
  });

  test('refuses to start when the file is missing', async () => {
    const net = await network();
    const id = await net.act();
    await until('final', async () => (await net.stateOf(id)) === 'FINAL');
    await net.stopLog();
    rmSync(join(net.folder, 'lock', 'last-checkpoint'));
    net.startLog();
    await until('halted', () => net.log?.state() === 'HALTED');
    expect(net.alarms.at(-1)).toMatchObject({ reason: expect.stringContaining('missing or older') });
  });
});

/** Three final acts, two more, and then the database as it was after the first three, as a restored backup would be. */
async function restoreAfter(net: LogNetwork, atBackup: () => void = () => {}): Promise<void> {
  const before = await Promise.all([net.act(), net.act(), net.act()]);
  for (const id of before) await until('final', async () => (await net.stateOf(id)) === 'FINAL');
  atBackup();
  const backup = await net.database.copy();
  const after = await Promise.all([net.act(), net.act()]);
  for (const id of after) await until('final', async () => (await net.stateOf(id)) === 'FINAL');
  await net.stopLog();
  await net.database.restore(backup);
}
