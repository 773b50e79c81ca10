// The outbox of orders: what still has to be done, who may try it when, and what was put aside. A row is claimed for a time, by whoever comes
// first; one that was claimed by a program that died comes due again by itself. Rows of one number to one operator are tried in the
// order of their sequences, rows of different numbers and operators do not wait for each other.

import { rowsOf, type SqlSession, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { BlockOrder } from '../domain/block-order';
import { toInstant } from './instant-column';
import { BASE64URL } from './order-writes';

/** What has to be done for an order. */
export type OrderTask = 'BLOCK' | 'LIFT' | 'REISSUE';

/** Addressee of tasks that numbering answers. */
export const NUMBERING = '-';

/** A row that somebody may try now. */
export interface ClaimedTask {
  readonly orderId: string;
  readonly task: OrderTask;
  readonly addressee: string;
  readonly attempts: number;
  readonly refusals: number;
  /** When it was claimed. */
  readonly claimedAt: Instant;
}

/** Puts a task into the outbox; what waits there already stays as it is. */
export async function enqueueTask(
  transaction: SqlSession,
  order: Pick<BlockOrder, 'id' | 'msisdn'>,
  of: { readonly task: OrderTask; readonly addressee: string; readonly sequence: number },
): Promise<void> {
  await rowsOf(transaction, {
    name: 'enqueue_order_task',
    text: `INSERT INTO order_outbox (order_id, task, msisdn, addressee, sequence) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT DO NOTHING`,
    values: [order.id, of.task, order.msisdn, of.addressee, of.sequence],
  });
}

/** Takes tasks of an order out of the outbox: done, or nothing that anybody wants any more. */
export async function dropTasks(source: SqlSource, orderId: string, tasks: readonly OrderTask[]): Promise<void> {
  await rowsOf(source, {
    name: 'drop_order_tasks',
    text: 'DELETE FROM order_outbox WHERE order_id = $1 AND task = ANY ($2)',
    values: [orderId, [...tasks]],
  });
}

/** Addressees with a task that is due, and milliseconds until the next one of the others; null when nothing else waits. One query. */
export async function dueAddressees(
  source: SqlSource,
): Promise<{ readonly due: readonly string[]; readonly nextInMs: number | null }> {
  const rows = await rowsOf<{ readonly addressee: string; readonly wait: string }>(source, {
    name: 'due_addressees',
    text: `WITH RECURSIVE found (addressee, due_at) AS (
        (SELECT addressee, due_at FROM order_outbox WHERE parked_at IS NULL ORDER BY addressee, due_at LIMIT 1)
        UNION ALL SELECT next.addressee, next.due_at FROM found CROSS JOIN LATERAL
          (SELECT addressee, due_at FROM order_outbox WHERE parked_at IS NULL AND addressee > found.addressee
            ORDER BY addressee, due_at LIMIT 1) AS next)
      SELECT addressee, ceil(extract(epoch FROM due_at - (SELECT senim_now())) * 1000) AS wait FROM found`,
  });
  const due = rows.filter(({ wait }) => Number(wait) <= 0).map(({ addressee }) => addressee);
  const later = rows.filter(({ wait }) => Number(wait) > 0).map(({ wait }) => Number(wait));
  return { due, nextInMs: later.length === 0 ? null : Math.min(...later) };
}

/** Claims at most `most` due tasks for `leaseMs`, those that wait longest first. */
export async function claimTasks(
  source: SqlSource,
  claim: { readonly addressee: string; readonly most: number; readonly leaseMs: number },
): Promise<readonly ClaimedTask[]> {
  const rows = await rowsOf<Omit<ClaimedTask, 'claimedAt'> & { readonly claimedAt: Date }>(source, {
    name: 'claim_order_tasks',
    text: `UPDATE order_outbox AS claimed SET due_at = senim_now() + $3 * interval '1 millisecond', attempts = claimed.attempts + 1
      FROM (SELECT order_id, task FROM order_outbox AS waiting
        WHERE addressee = $1 AND parked_at IS NULL AND due_at <= (SELECT senim_now())
          AND NOT EXISTS (SELECT FROM order_outbox AS earlier WHERE earlier.msisdn = waiting.msisdn
            AND earlier.addressee = waiting.addressee AND earlier.sequence < waiting.sequence AND earlier.parked_at IS NULL)
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
      WHERE claimed.order_id = due.order_id AND claimed.task = due.task
      RETURNING claimed.order_id AS "orderId", claimed.task, claimed.addressee, claimed.attempts, claimed.refusals,
        senim_now() AS "claimedAt"`,
    values: [claim.addressee, claim.most, claim.leaseMs],
  });
  return rows.map((row) => ({ ...row, claimedAt: toInstant(row.claimedAt) }));
}

/** Gives a claimed task back: it comes due again after a while. `refusal` is why it was refused; null when nobody answered. */
export async function postponeTask(
  source: SqlSource,
  { orderId, task }: Pick<ClaimedTask, 'orderId' | 'task'>,
  later: { readonly afterMs: number; readonly refusal: string | null },
): Promise<void> {
  await rowsOf(source, {
    name: 'postpone_order_task',
    text: `UPDATE order_outbox SET due_at = senim_now() + $3 * interval '1 millisecond',
        refusals = refusals + CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END, last_refusal = coalesce($4, last_refusal)
      WHERE order_id = $1 AND task = $2`,
    values: [orderId, task, Math.round(later.afterMs), later.refusal],
  });
}

/** Puts a task aside until somebody sets it going again. False when it was done meanwhile. */
export async function parkTask(
  source: SqlSource,
  { orderId, task }: Pick<ClaimedTask, 'orderId' | 'task'>,
  refusal: string,
): Promise<boolean> {
  const rows = await rowsOf(source, {
    name: 'park_order_task',
    text: `UPDATE order_outbox SET parked_at = senim_now(), refusals = refusals + 1, last_refusal = $3
      WHERE order_id = $1 AND task = $2 AND parked_at IS NULL RETURNING 1`,
    values: [orderId, task, refusal],
  });
  return rows.length > 0;
}

/** Sets parked tasks going again: all, or those of one order. Resolves with their number. */
export async function unparkTasks(source: SqlSource, orderId: string | null): Promise<number> {
  const rows = await rowsOf(source, {
    text: `WITH unparked AS (UPDATE order_outbox SET parked_at = NULL, refusals = 0, due_at = senim_now()
        WHERE parked_at IS NOT NULL AND ($1::text IS NULL OR order_id = $1) RETURNING 1),
      told AS (SELECT pg_notify('order_outbox', ''))
      SELECT 1 FROM unparked, told`,
    values: [orderId],
  });
  return rows.length;
}

/** Raises an alarm; true when it is a new one, false when it was raised before and is counted. */
export async function raiseOrderAlarm(
  source: SqlSource,
  { orderId, task }: Pick<ClaimedTask, 'orderId' | 'task'>,
  kind: string,
): Promise<boolean> {
  const [row] = await rowsOf<{ readonly times: number }>(source, {
    name: 'raise_order_alarm',
    text: `INSERT INTO order_alarm (order_id, task, kind) VALUES ($1, $2, $3)
      ON CONFLICT (order_id, task, kind) DO UPDATE SET times = order_alarm.times + 1, last_at = senim_now()
      RETURNING times`,
    values: [orderId, task, kind],
  });
  return row?.times === 1;
}

/** Puts orders and lifts of a replayed history that nobody has answered into the outbox. Once; doing it again changes nothing. */
export async function adoptUnanswered(source: SqlSource): Promise<void> {
  await rowsOf(source, {
    text: `WITH unanswered AS (
        SELECT id, case_id, msisdn, operator_code, 'BLOCK' AS kind, sequence, document FROM block_order
          WHERE state IN ('ISSUED', 'DELIVERED', 'ACKNOWLEDGED') AND document IS NOT NULL
        UNION ALL SELECT id, case_id, msisdn, operator_code, 'LIFT', lift_sequence, lift_document FROM block_order
          WHERE state = 'LIFT_ISSUED' AND lift_document IS NOT NULL),
      told AS (
        SELECT unanswered.*, act.id AS act_id, ${BASE64URL} AS leaf_hash FROM unanswered
          JOIN case_event AS event ON event.case_id = unanswered.case_id
            AND event.step = CASE unanswered.kind WHEN 'BLOCK' THEN 'ordered:' ELSE 'lift-ordered:' END || unanswered.id
          JOIN audit.act ON act.id = event.act_id
          WHERE NOT EXISTS (SELECT FROM order_document WHERE order_id = unanswered.id AND order_document.kind = unanswered.kind)),
      kept AS (
        INSERT INTO order_document (hash, order_id, kind, msisdn, sequence, act_id, leaf_hash)
          SELECT translate(rtrim(encode(sha256(convert_to(document, 'UTF8')), 'base64'), '='), '+/', '-_'), id, kind, msisdn, sequence,
            act_id, leaf_hash FROM told
        ON CONFLICT DO NOTHING RETURNING order_id, kind)
      INSERT INTO order_outbox (order_id, task, msisdn, addressee, sequence)
        SELECT id, kind, msisdn, operator_code, sequence FROM told JOIN kept USING (kind) WHERE kept.order_id = told.id
      ON CONFLICT DO NOTHING`,
  });
}
