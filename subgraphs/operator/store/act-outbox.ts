// Own acts on their way to the joint log. A row is queued by a trigger in the transaction of its act. Whoever takes a row leases it for a
// while: if the process dies with it, it comes up again, and the bank sees the act twice and takes it once. Nothing waits for a row that
// is refused or slow.

import type { DataSource } from 'typeorm';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ActAlarm } from '../domain/act-delivery';
import { disclosuresOf, type OpeningColumns, toActMessage } from './own-act';
import { toInstant } from './sql-fragment';

/** An act with what opens it, as it is delivered. */
export interface OutgoingAct {
  readonly actId: string;
  /** Chain of its author; acts of one chain come in the order of their numbers. */
  readonly chain: number;
  readonly message: SignedActMessage;
  readonly leafHash: Uint8Array;
  readonly attempts: number;
  readonly refusals: number;
  /** The database's clock when it was taken. */
  readonly now: Instant;
}

/** A promise that has to be kept. */
export interface OutstandingPromise {
  readonly actId: string;
  readonly jws: string;
  readonly salt: Uint8Array;
  readonly leafHash: Uint8Array;
  /** The bank's JWS. */
  readonly promise: string;
  readonly dueAt: Instant;
  readonly attempts: number;
  /** The database's clock when it was taken. */
  readonly now: Instant;
}

/** How many acts stand where. */
export type DeliveryCounts = Readonly<Record<'WAITING' | 'PROMISED' | 'PROVEN' | 'PARKED', number>>;

/** The queue of an operator's own acts. Each step is one statement and atomic. */
export interface ActOutbox {
  /**
   * Takes acts that are to be delivered, oldest first, for `leaseMs`. A chain is due when its first waiting act is, and then as a whole: what
   * comes behind is worth nothing to the bank before the first, and nothing is to wait once the first has gone.
   */
  takeWaiting(most: number, leaseMs: number): Promise<readonly OutgoingAct[]>;
  /** Takes promised acts whose proof is due to be asked for. */
  takePromised(most: number, leaseMs: number): Promise<readonly OutstandingPromise[]>;
  postpone(actId: string, delayMs: number, refusal: string | null): Promise<void>;
  park(actId: string, refusal: string): Promise<void>;
  /** `proofAfterMs`: when the proof is first asked for. */
  promised(actId: string, promise: string, dueAt: Instant, proofAfterMs: number): Promise<void>;
  proven(actId: string, proof: string): Promise<void>;
  /** Puts an alarm on record; false when it stands there already. */
  raise(actId: string, kind: ActAlarm, evidence: object): Promise<boolean>;
  /** Lets every parked act be tried again; resolves with how many. */
  retryParked(): Promise<number>;
  counts(): Promise<DeliveryCounts>;
}

/** The queue in a database at head. */
export function openActOutbox(dataSource: DataSource): ActOutbox {
  return {
    async takeWaiting(most, leaseMs) {
      const rows: readonly TakenRow[] = await dataSource.query(TAKE_WAITING, [most, leaseMs]);
      return rows.map((row) => ({
        actId: row.act_id,
        message: toActMessage(row),
        leafHash: row.leaf_hash,
        chain: row.chain,
        attempts: row.attempts,
        refusals: row.refusals,
        now: toInstant(row.now),
      }));
    },
    async takePromised(most, leaseMs) {
      const rows: readonly TakenRow[] = await dataSource.query(TAKE_PROMISED, [most, leaseMs]);
      return rows.flatMap(({ promise, due_at, ...row }) =>
        promise === null || due_at === null
          ? []
          : [{ ...openingOf(row), promise, dueAt: toInstant(due_at), attempts: row.attempts, now: toInstant(row.now) }],
      );
    },
    postpone: (actId, delayMs, refusal) =>
      run(
        `UPDATE act_delivery SET next_attempt_at = senim_now() + $2 * interval '1 millisecond', last_refusal = $3,
           refusals = refusals + CASE WHEN $3::text IS NULL THEN 0 ELSE 1 END
         WHERE act_id = $1`,
        [actId, delayMs, refusal],
      ),
    park: (actId, refusal) =>
      run(`UPDATE act_delivery SET state = 'PARKED', refusals = refusals + 1, last_refusal = $2 WHERE act_id = $1`, [
        actId,
        refusal,
      ]),
    promised: (actId, promise, dueAt, proofAfterMs) =>
      run(
        `UPDATE act_delivery SET state = 'PROMISED', promise = $2, due_at = $3, attempts = 0, refusals = 0, last_refusal = NULL,
           next_attempt_at = senim_now() + $4 * interval '1 millisecond'
         WHERE act_id = $1 AND state = 'WAITING'`,
        [actId, promise, dueAt, proofAfterMs],
      ),
    proven: (actId, proof) =>
      run(
        `UPDATE act_delivery SET state = 'PROVEN', proof = $2, proven_at = senim_now() WHERE act_id = $1 AND state = 'PROMISED'`,
        [actId, proof],
      ),
    async raise(actId, kind, evidence) {
      const rows: readonly unknown[] = await dataSource.query(
        'INSERT INTO act_alarm (act_id, kind, evidence) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING act_id',
        [actId, kind, JSON.stringify(evidence)],
      );
      return rows.length === 1;
    },
    async retryParked() {
      const [, count]: readonly [unknown, number] = await dataSource.query(
        `UPDATE act_delivery SET state = 'WAITING', attempts = 0, refusals = 0, next_attempt_at = senim_now() WHERE state = 'PARKED'`,
      );
      return count;
    },
    async counts() {
      const rows: readonly { readonly state: keyof DeliveryCounts; readonly count: number }[] = await dataSource.query(
        'SELECT state, count(*)::integer AS count FROM act_delivery GROUP BY state',
      );
      const countOf = (state: keyof DeliveryCounts): number => rows.find((row) => row.state === state)?.count ?? 0;
      return {
        WAITING: countOf('WAITING'),
        PROMISED: countOf('PROMISED'),
        PROVEN: countOf('PROVEN'),
        PARKED: countOf('PARKED'),
      };
    },
  };

  async function run(statement: string, parameters: unknown[]): Promise<void> {
    await dataSource.query(statement, parameters);
  }
}

interface TakenRow extends OpeningColumns {
  readonly act_id: string;
  readonly leaf_hash: Buffer;
  readonly chain: number;
  readonly attempts: number;
  readonly refusals: number;
  readonly promise: string | null;
  readonly due_at: Date | null;
  readonly now: Date;
}

const DUE_CHAINS = `
  SELECT act_id FROM (
    SELECT delivery.act_id, first_value(delivery.next_attempt_at) OVER (PARTITION BY act.chain ORDER BY act.seq) AS chain_due_at
    FROM act_delivery delivery JOIN audit.act act ON act.id = delivery.act_id WHERE delivery.state = 'WAITING') AS waiting
  WHERE chain_due_at <= (SELECT senim_now())`;

const DUE_PROOFS = `SELECT act_id FROM act_delivery WHERE state = 'PROMISED' AND next_attempt_at <= (SELECT senim_now())`;

const TAKE_WAITING = take('WAITING', DUE_CHAINS);
const TAKE_PROMISED = take('PROMISED', DUE_PROOFS);

/** Rows that another process holds are skipped. The attempt is counted when it begins, so that one that kills the process counts too. */
function take(state: 'WAITING' | 'PROMISED', due: string): string {
  return `
    WITH taken AS (
      UPDATE act_delivery SET attempts = attempts + 1, next_attempt_at = senim_now() + $2 * interval '1 millisecond'
      WHERE act_id IN (
        SELECT act_id FROM act_delivery WHERE state = '${state}' AND act_id IN (${due}) ORDER BY place LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING *)
    SELECT taken.act_id, taken.attempts, taken.refusals, taken.promise, taken.due_at, opening.jws, opening.salt, act.leaf_hash, act.chain,
      ${disclosuresOf('taken.act_id')} AS disclosures,
      senim_now() AS now
    FROM taken JOIN audit.act act ON act.id = taken.act_id JOIN audit.opening opening ON opening.act_id = taken.act_id
    ORDER BY act.chain, act.seq`;
}

function openingOf(row: Pick<TakenRow, 'act_id' | 'jws' | 'salt' | 'leaf_hash'>) {
  return { actId: row.act_id, jws: row.jws.toString('latin1'), salt: row.salt, leafHash: row.leaf_hash };
}
