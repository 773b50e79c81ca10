// A log with everything in it, and a campaign of seeded tamperings, each undone again.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eraseOpenings } from '../../../shared/audit-log/erasure';
import { takeInForeignAct } from '../../../shared/audit-log/foreign-act';
import { checkLog, type LogFault, type LogWitnesses } from '../../../shared/audit-log/log-check';
import { readLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import type { Day } from '../../../shared/vocabulary/day';
import type { Instant } from '../../../shared/vocabulary/instant';
import {
  actKeyOf,
  actWithEvent,
  bankAuthor,
  draftOf,
  inTransaction,
  kcellAuthor,
  openLogDatabase,
} from './log-database';
import { LogNetwork, until, WITNESS_NAMES } from './log-network';
import { Random } from './random';
import { TAMPERINGS } from './tampering';

/** A log at rest, with what an auditor is given beside it. */
export interface RestingLog {
  readonly net: LogNetwork;
  readonly witnesses: LogWitnesses;
}

const CASES = 8;
const ROUNDS = 9;
const at = '2026-11-20T08:00:00.000Z' as Instant;
const expiresOn = '2031-11-20' as Day;

/** A log of about 340 entries over several checkpoints: many cases, foreign acts, an erasure, and a few acts that are still queued. */
export async function makeRestingLog(): Promise<RestingLog> {
  const net = await LogNetwork.open();
  const author = bankAuthor();
  const cases = Array.from({ length: CASES }, () => randomUUID());
  const kcell = await openLogDatabase();
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(
      cases.map((caseId) =>
        inTransaction(net.database.pool, async (session) => {
          for (const kind of ['evidence.added', 'check.recorded', 'identity.read', 'case.assigned'] as const) {
            await actWithEvent(session, author, draftOf(kind, caseId, { note: `${round}`, by: 'investigator-1' }));
          }
        }),
      ),
    );
    const foreign = await inTransaction(kcell.pool, (session) =>
      actWithEvent(session, kcellAuthor(), draftOf('suspicion.reported', null, { msisdn: `+7701000000${round}` })),
    );
    const taken = await inTransaction(net.database.pool, (session) =>
      takeInForeignAct(session, author, { foreign, caseId: cases[0] ?? null, at, expiresOn }),
    );
    if (!taken.ok) throw new Error(taken.error);
    await until('final', async () => (await net.stateOf(foreign.act.id)) === 'FINAL');
  }
  await kcell.close();
  const erased = await inTransaction(net.database.pool, (session) =>
    eraseOpenings(session, author, { scope: { caseId: cases[1] ?? '' }, basis: 'retention over', at, expiresOn }),
  );
  await until('final', async () => (await net.stateOf(erased?.act.id ?? '')) === 'FINAL');
  const size = (await net.reads.newestCheckpoint())?.size;
  await until('every witness is through', () =>
    WITNESS_NAMES.every((name) => net.running.get(name)?.witness.mirroredSize() === size),
  );
  await net.stopLog();
  for (let more = 0; more < 5; more += 1) await net.act(cases[2]);
  return { net, witnesses: witnessesOf(net) };
}

/** What the store of the last checkpoint and the witnesses hold. */
export function witnessesOf(net: LogNetwork): LogWitnesses {
  return {
    policy: net.policy,
    actKeyOf,
    last: readLogCheckpoint(readFileSync(join(net.folder, 'lock', 'last-checkpoint'), 'utf8'), net.policy),
    records: [...net.running.values()].map(({ witness }) => ({
      leafHashes: witness.leafHashes(),
      notes: witness.cosignedNotes(),
    })),
  };
}

/** One outcome of a campaign. */
export interface TamperingOutcome {
  readonly what: string;
  readonly faults: readonly LogFault[];
  readonly isNamed: boolean;
}

/** Tampers once, audits, and undoes it. The same seed does the same to the same log. */
export async function tamperOnce({ net, witnesses }: RestingLog, seed: number): Promise<TamperingOutcome> {
  const random = new Random(seed);
  const name = Object.keys(TAMPERINGS)[seed % Object.keys(TAMPERINGS).length] ?? '';
  const tamper = TAMPERINGS[name];
  if (tamper === undefined) throw new Error('no such tampering');
  const client = await net.database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL session_replication_role = 'replica'");
    const tampering = await tamper(client, random);
    const faults = await checkLog(client as SqlSession, witnesses);
    const [first] = faults;
    return {
      what: `${name}, seed ${seed}: ${tampering.what}`,
      faults,
      isNamed: first !== undefined && tampering.isNamed(first),
    };
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
