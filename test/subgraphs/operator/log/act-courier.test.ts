// Own acts on their way to a bank that is honest, down, slow, refuses or lies. Rounds are run one by one, over real HTTP, with real signatures.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readCheckpoint } from '../../../../shared/audit/bundle-checkpoints';
import { isPromiseBroken } from '../../../../shared/audit/promise';
import { verifyInclusion } from '../../../../shared/audit/proof';
import { parseTlogProof } from '../../../../shared/audit/tlog-proof';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import { checkLog } from '../../../../shared/audit-log/log-check';
import type { Day } from '../../../../shared/vocabulary/day';
import type { Instant } from '../../../../shared/vocabulary/instant';
import { MOST_REFUSALS } from '../../../../subgraphs/operator/domain/act-delivery';
import { DEFAULT_RISK_RULES } from '../../../../subgraphs/operator/domain/risk-rule-set';
import type { OnActAlarm } from '../../../../subgraphs/operator/log/act-alarm';
import { deliverDue } from '../../../../subgraphs/operator/log/act-courier';
import { bankLink } from '../../../../subgraphs/operator/log/bank-link';
import { eraseExpired } from '../../../../subgraphs/operator/log/own-erasure';
import { checkDueProofs } from '../../../../subgraphs/operator/log/proof-check';
import { FIRST_LINE, scanBatch } from '../../../../subgraphs/operator/log/suspicion-scan';
import { type ActOutbox, openActOutbox } from '../../../../subgraphs/operator/store/act-outbox';
import { openOperatorStore } from '../../../../subgraphs/operator/store/postgres-operator-store';
import { openReportStore } from '../../../../subgraphs/operator/store/report-store';
import { inTransaction } from '../../../shared/audit-log/log-database';
import { until } from '../../../shared/audit-log/log-network';
import { witnessesOf } from '../../../shared/audit-log/tampering-campaign';
import { createOperatorDatabase, type OperatorDatabase } from '../operator-fixture';
import { ACT_KEY, BANK_ACT_KEY, type LogWorld, openLogWorld } from './log-fixture';
import { simBoxFacts } from './suspicious-line';

let world: LogWorld;
let database: OperatorDatabase;
let outbox: ActOutbox;

beforeAll(async () => {
  world = await openLogWorld();
  world.network.startWitness('kcell');
}, 60_000);
afterAll(() => world.close());
afterEach(async () => {
  Object.assign(world.bank, { manner: 'HONEST', proofOf: null, promiseMs: 60_000 });
  world.bank.manners.clear();
  world.bank.open();
  await database.close();
});

/** An operator with so many signed reports that wait; every one of an author chain of its own database. */
async function withReports(lines: number): Promise<readonly string[]> {
  database = await createOperatorDatabase(simBoxFacts(lines));
  const { dataSource } = database;
  outbox = openActOutbox(dataSource);
  const author = createActAuthor({
    party: 'kcell',
    privateKey: ACT_KEY.privateKey,
    keepsCases: false,
    seen: () => null,
  });
  // The bank has seen other acts of this party: chains of a new database begin where the bank expects them.
  for (const { chain, next } of await nextNumbers()) {
    await dataSource.query('INSERT INTO audit.author_chain (author, chain, next_seq) VALUES ($1, $2, $3)', [
      'kcell',
      chain,
      next,
    ]);
  }
  const scan = { store: openOperatorStore(dataSource), reports: openReportStore(dataSource, author) };
  await scanBatch({ ...scan, ruleSet: DEFAULT_RISK_RULES, batch: 50 }, FIRST_LINE);
  const rows: readonly { readonly act_id: string }[] = await dataSource.query(
    'SELECT act_id FROM act_delivery ORDER BY place',
  );
  return rows.map((row) => row.act_id);
}

async function nextNumbers(): Promise<readonly { readonly chain: number; readonly next: string }[]> {
  const { pool } = world.network.database;
  const { rows } = await pool.query(`SELECT chain, next_seq AS next FROM audit.author_chain WHERE author = 'kcell'`);
  return rows as readonly { chain: number; next: string }[];
}

const onAlarm: OnActAlarm = async (actId, kind, evidence) => {
  await outbox.raise(actId, kind, evidence);
};

const deliver = (callMs = 10_000) =>
  deliverDue({
    outbox,
    bank: bankLink(world.config.LOG_URL, callMs),
    bankActKeys: [BANK_ACT_KEY.publicKey],
    onAlarm,
    leaseMs: 20_000,
    random: () => 0,
  });

const kcell = () => {
  const running = world.network.running.get('kcell');
  if (running === undefined) throw new Error('the witness runs');
  return running.witness;
};

const check = () =>
  checkDueProofs({
    outbox,
    bank: bankLink(world.config.LOG_URL, 1_000),
    policy: world.network.policy,
    witness: kcell(),
    onAlarm,
    leaseMs: 20_000,
    random: () => 0,
  });

/** Makes everything due, as if its time had come. */
const due = () => database.dataSource.query('UPDATE act_delivery SET next_attempt_at = senim_now()');
const alarms = async (): Promise<readonly { readonly kind: string; readonly evidence: Record<string, unknown> }[]> =>
  database.dataSource.query('SELECT kind, evidence FROM act_alarm ORDER BY kind, act_id');
const rowOf = async (actId: string): Promise<Record<string, unknown>> => {
  const [row] = await database.dataSource.query('SELECT * FROM act_delivery WHERE act_id = $1', [actId]);
  return row;
};

/** Rounds until as many are proven. */
const provenAll = (count: number) =>
  until(`${count} proofs`, async () => {
    await due();
    await check();
    return (await outbox.counts()).PROVEN === count;
  });

describe('an honest bank', () => {
  it('promises every act in one round and proves it in another', async () => {
    const acts = await withReports(3);
    expect(await deliver()).toEqual({ promised: 3, postponed: 0, parked: 0 });
    expect(await deliver()).toEqual({ promised: 0, postponed: 0, parked: 0 });
    await provenAll(3);
    expect(world.bank.asked.slice(-3)).toEqual(acts);
    expect(await alarms()).toEqual([]);
  });

  it('gets an act twice when the answer was lost, and keeps it once', async () => {
    const [act = ''] = await withReports(1);
    await deliver();
    await database.dataSource.query(
      `UPDATE act_delivery SET state = 'WAITING', promise = NULL, due_at = NULL, next_attempt_at = senim_now()`,
    );
    expect(await deliver()).toEqual({ promised: 1, postponed: 0, parked: 0 });
    expect(world.bank.asked.filter((id) => id === act)).toHaveLength(2);
    expect(world.bank.taken.filter((taken) => taken.act.id === act)).toHaveLength(1);
  });

  it('gives each act to one of two couriers at once', async () => {
    const acts = await withReports(6);
    const [left, right] = await Promise.all([deliver(), deliver()]);
    await due();
    await deliver();
    expect(left.promised + right.promised).toBeGreaterThan(0);
    expect((await outbox.counts()).PROMISED).toBe(6);
    expect(new Set(world.bank.asked.filter((id) => acts.includes(id))).size).toBe(6);
  });
});

describe('a bank that does not answer', () => {
  it.each([
    ['is down', 10_000, () => world.bank.close()],
    ['fails', 10_000, () => Object.assign(world.bank, { manner: 'FAIL' })],
    ['is slow', 100, () => Object.assign(world.bank, { manner: 'SLOW' })],
  ])(
    'that %s loses nothing: acts come again, later each time, and are never parked',
    async (_what, callMs, spoil) => {
      const [act = ''] = await withReports(2);
      spoil();
      for (let round = 1; round <= MOST_REFUSALS + 2; round += 1) {
        expect(await deliver(callMs)).toEqual({ promised: 0, postponed: 2, parked: 0 });
        await due();
      }
      expect(await rowOf(act)).toMatchObject({ state: 'WAITING', attempts: MOST_REFUSALS + 2, refusals: 0 });
      expect(await alarms()).toEqual([]);
      Object.assign(world.bank, { manner: 'HONEST' });
      world.bank.open();
      // What a slow bank began it may still finish; the act is the same.
      await sleep(0);
      await due();
      expect((await deliver()).promised).toBe(2);
    },
    20_000,
  );
});

describe('acts of one chain', () => {
  const dueIn = (actId: string, interval: string) =>
    database.dataSource.query(
      'UPDATE act_delivery SET next_attempt_at = senim_now() + $2::interval WHERE act_id = $1',
      [actId, interval],
    );

  it('come again when the first of them does, and all with it, however late they are due themselves', async () => {
    const [first = '', ...behind] = await withReports(4);
    await dueIn(first, '1 minute');
    expect(await deliver()).toEqual({ promised: 0, postponed: 0, parked: 0 });
    await dueIn(first, '-1 second');
    for (const act of behind) await dueIn(act, '1 hour');
    expect(await deliver()).toEqual({ promised: 4, postponed: 0, parked: 0 });
  });
});

describe('a bank that refuses', () => {
  it('has an act parked with an alarm after several refusals, and the acts behind it are tried all the same', async () => {
    const [first = '', second = ''] = await withReports(2);
    world.bank.manners.set(first, 'REFUSE');
    for (let round = 1; round < MOST_REFUSALS; round += 1) {
      await deliver();
      await due();
    }
    expect(world.bank.asked.filter((id) => id === second)).toHaveLength(MOST_REFUSALS - 1);
    expect((await deliver()).parked).toBe(1);
    expect(await rowOf(first)).toMatchObject({ state: 'PARKED', last_refusal: 'NOT_ACCEPTED' });
    expect(await rowOf(second)).toMatchObject({ state: 'WAITING', refusals: 0 });
    expect(await alarms()).toEqual([
      { kind: 'DELIVERY_REFUSED', evidence: expect.objectContaining({ reason: 'NOT_ACCEPTED' }) },
    ]);
    world.bank.manners.clear();
    expect(await outbox.retryParked()).toBe(1);
    await due();
    expect(await deliver()).toEqual({ promised: 2, postponed: 0, parked: 0 });
  });
});

describe('openings whose time is over', () => {
  it('are erased on record once their acts are proven, and every proof stays good', async () => {
    const acts = await withReports(3);
    await deliver();
    await provenAll(3);
    const { dataSource } = database;
    await dataSource.query(`UPDATE audit.opening SET expires_on = '2026-01-01' WHERE act_id <> $1`, [acts[0]]);
    const author = createActAuthor({
      party: 'kcell',
      privateKey: ACT_KEY.privateKey,
      keepsCases: false,
      seen: () => null,
    });
    const erase = (before: string) => eraseExpired(dataSource, author, { before: before as Day, basis: 'Retention.' });
    expect(await erase('2026-01-01')).toBe(0);
    expect(await erase('2026-01-02')).toBe(2);
    expect(await erase('2026-01-02')).toBe(0);
    for (const table of ['opening', 'disclosure']) {
      const left = await dataSource.query(`SELECT DISTINCT act_id FROM audit.${table} WHERE act_id = ANY ($1)`, [acts]);
      expect(left).toEqual([{ act_id: acts[0] }]);
    }
    const kept = await dataSource.query(
      'SELECT leaf_hash, proof FROM act_delivery JOIN audit.act ON act.id = act_id WHERE act_id = ANY ($1)',
      [acts],
    );
    for (const { leaf_hash: leafHash, proof: text } of kept) {
      const { index, proof, checkpoint } = parseTlogProof(Buffer.from(text, 'utf8'));
      const { size, root, final } = readCheckpoint(checkpoint, world.network.policy);
      expect([final, verifyInclusion({ index, size, leafHash, proof, root })]).toEqual([true, true]);
    }
    // The erasure is an act like any other, and the bank's audit of the log has nothing against it.
    await deliver();
    await provenAll(4);
    expect(world.bank.taken.at(-1)?.act).toMatchObject({ kind: 'erasure.performed', author: 'kcell', to: ['afc'] });
    const known = {
      [BANK_ACT_KEY.publicKey.keyId]: BANK_ACT_KEY.publicKey,
      [ACT_KEY.publicKey.keyId]: ACT_KEY.publicKey,
    };
    const measure = {
      ...witnessesOf(world.network),
      actKeyOf: (_party: string, keyId: string) => known[keyId] ?? null,
    };
    const faults = await inTransaction(world.network.database.pool, (session) => checkLog(session, measure));
    expect(faults).toEqual([]);
  });

  it('stay while their acts are not proven: they convict a log that forgot them', async () => {
    await withReports(1);
    await database.dataSource.query(`UPDATE audit.opening SET expires_on = '2026-01-01'`);
    const author = createActAuthor({
      party: 'kcell',
      privateKey: ACT_KEY.privateKey,
      keepsCases: false,
      seen: () => null,
    });
    expect(await eraseExpired(database.dataSource, author, { before: '2026-06-01' as Day, basis: 'Retention.' })).toBe(
      0,
    );
  });
});

describe('a bank that lies', () => {
  it.each(['WRONG_LEAF', 'WRONG_KEY', 'FAR_PROMISE', 'NO_PROMISE'] as const)(
    'a promise that is none (%s) is not believed; it is evidence, and counts as a refusal',
    async (manner) => {
      const [act = ''] = await withReports(1);
      world.bank.manner = manner;
      expect(await deliver()).toEqual({ promised: 0, postponed: 1, parked: 0 });
      expect(await rowOf(act)).toMatchObject({ state: 'WAITING', refusals: 1, promise: null });
      const [alarm] = await alarms();
      expect(alarm).toMatchObject({ kind: 'PROMISE_FALSE', evidence: { promise: expect.any(String) } });
    },
  );

  it('a promise that was not kept is an alarm, and is shown broken with what the own witness copied', async () => {
    const [forgotten = ''] = await withReports(1);
    Object.assign(world.bank, { manner: 'FORGET', promiseMs: -6_000 });
    await deliver();
    // The log goes on and its witnesses see it, so that nobody can say that there was nothing to see.
    const other = await world.network.act();
    await until('a later final checkpoint', async () => (await world.network.stateOf(other)) === 'FINAL');
    await until('a copy of it', () => kcell().mirroredSize() === (kcell().newest()?.size ?? -1n));
    await due();
    expect(await check()).toEqual({ proven: 0, waiting: 1 });
    const told = await alarms();
    expect(told.map(({ kind }) => kind)).toEqual(['PROMISE_BROKEN', 'PROOF_LATE']);
    const { checkpoint, leaf_hashes: hashes, leafHash } = told[0]?.evidence ?? {};
    const read = readCheckpoint(String(checkpoint), world.network.policy);
    const promise = { leafHash: String(leafHash), due: '2026-01-01T00:00:00.000Z' as Instant };
    const leaves = (hashes as readonly string[]).map((hash) => Buffer.from(hash, 'base64url'));
    expect(isPromiseBroken(promise, read, leaves, world.network.policy.tolerated)).toBe(true);
    expect(await rowOf(forgotten)).toMatchObject({ state: 'PROMISED' });
    await due();
    await check();
    expect(await alarms()).toHaveLength(2);
  });

  it('the proof of another act proves nothing', async () => {
    const [first = ''] = await withReports(2);
    await deliver();
    await provenAll(2);
    await database.dataSource.query(`UPDATE act_delivery SET state = 'PROMISED', proof = NULL, proven_at = NULL`);
    world.bank.proofOf = first;
    await due();
    expect(await check()).toEqual({ proven: 1, waiting: 1 });
    expect((await alarms()).map(({ kind }) => kind)).toEqual(['PROOF_FALSE']);
    world.bank.proofOf = null;
    await provenAll(2);
  });

  it('evidence and alarms name no number and no text of a report', async () => {
    await withReports(1);
    world.bank.manner = 'WRONG_LEAF';
    await deliver();
    const stored = JSON.stringify(await alarms());
    expect(stored).not.toMatch(/\+?77\d{9}/);
    expect(stored).not.toContain('IMEI');
  });
});

describe('an own witness that is behind', () => {
  it('keeps a final proof waiting, without an alarm, until it has the leaf itself', async () => {
    await world.network.stopWitness('kcell');
    await withReports(1);
    await deliver();
    const { taken } = world.bank;
    const act = taken.at(-1)?.act.id ?? '';
    await until('FINAL by the other three', async () => (await world.network.stateOf(act)) === 'FINAL');
    const silent = { newest: () => null, leafHashes: () => [], consider: async () => {} };
    await due();
    const parts = {
      outbox,
      bank: bankLink(world.config.LOG_URL, 1_000),
      policy: world.network.policy,
      onAlarm,
      leaseMs: 20_000,
      random: () => 0,
    };
    expect(await checkDueProofs({ ...parts, witness: silent })).toEqual({ proven: 0, waiting: 1 });
    expect(await alarms()).toEqual([]);
    world.network.startWitness('kcell');
    await provenAll(1);
  });
});
