// Statements about orders on one number, in the caller's transaction, which holds the number's lock: what is known of the number, what the network
// is told, and what is put on record. Live orders and the replay of the past write through the same statements. What is decided, and
// what is signed, comes from the callers.

import type { HashText } from '../../../shared/audit/act';
import { type ActAuthor, type ActDraft, appendAct } from '../../../shared/audit-log/act-author';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { type Statement, textArray } from '../../../shared/audit-log/statement-group';
import type { BlockMeasure, BlockOutcome, EnforcementState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { LINE_STATUSES } from '../../../shared/vocabulary/line';
import type { NumberSituation, OrderAnswer } from '../domain/enforcement';
import { isInForce } from '../domain/line-contract';
import { BANK, openingExpiry } from './own-act';
import { toInstant, toInstantOrNull } from './sql-fragment';

/** An answer as it was given, with the receipt that says it. */
export interface GivenAnswer extends OrderAnswer {
  readonly receipt: string;
}

/** A block in force, with what is needed to end it. */
export interface LiveBlock {
  readonly orderId: string;
  readonly sequence: number;
  readonly caseId: string | null;
  /** Null for blocks of the past whose contract is not known. */
  readonly contractKey: string | null;
  readonly validUntil: Instant | null;
  readonly orderDocument: string;
  readonly orderHash: string;
  /** Leaf hash of the act that ordered it; null when its opening was erased. */
  readonly answered: HashText | null;
}

/** The line that is served now. */
export interface ServedLine {
  readonly contractKey: string;
  readonly since: Instant;
}

/** A number with what is stored about it. */
export interface NumberRecord {
  readonly situation: NumberSituation & { readonly given: GivenAnswer | null };
  readonly line: ServedLine | null;
  readonly live: LiveBlock | null;
  /** How many answers were given to the document. */
  readonly attempts: number;
}

/** Something that happened to a block, told by one act. */
export interface OrderEvent {
  readonly change: 'EXECUTED' | 'LIFTED' | 'EXPIRED' | 'LEFT';
  readonly orderId: string;
  /** Of the document. */
  readonly sequence: number;
  readonly msisdn: string;
  readonly caseId: string | null;
  readonly outcome: BlockOutcome;
  readonly services: readonly BlockMeasure[];
  readonly effectiveAt: Instant | null;
  readonly orderDocument: string;
  readonly orderHash: HashText;
  /** Leaf hash of the bank's act upon which it was done; null when its opening was erased. */
  readonly answered: HashText | null;
  /** Null for what came about without an order. */
  readonly receipt: { readonly text: string; readonly hash: HashText } | null;
  readonly attempt: number;
  readonly at: Instant;
}

/** The operator's own record of a block order. */
export interface EnforcementRecord {
  readonly orderId: string;
  readonly sequence: number;
  readonly msisdn: string;
  readonly since: Instant;
  readonly contractKey: string | null;
  readonly state: EnforcementState;
  readonly measures: readonly BlockMeasure[];
  readonly receivedAt: Instant;
  readonly enforcedAt: Instant | null;
  readonly validUntil: Instant | null;
}

/** What is known of a number and of an answer to this document. One statement. */
export async function readNumber(session: SqlSession, msisdn: string, orderHash: string): Promise<NumberRecord> {
  const [row] = await rowsOf<NumberRow>(session, {
    name: 'operator_read_number',
    text: SELECT_NUMBER,
    values: [msisdn, orderHash, IN_FORCE],
  });
  if (row === undefined) throw new Error('A number required one row.');
  const given =
    row.outcome === null || row.services === null || row.receipt === null
      ? null
      : {
          outcome: row.outcome,
          services: row.services,
          effectiveAt: toInstantOrNull(row.effective_at),
          receipt: row.receipt,
        };
  const { sequence, accepted_hash: acceptedHash } = row;
  return {
    situation: {
      accepted: sequence === null || acceptedHash === null ? null : { sequence, orderHash: acceptedHash },
      given,
      servedSince: toInstantOrNull(row.opened_at),
      live: row.live,
      held: row.held ?? [],
      now: toInstant(row.now),
    },
    line:
      row.contract_key === null || row.since === null
        ? null
        : { contractKey: row.contract_key, since: toInstant(row.since) },
    live: row.live === null ? null : { ...row.live, validUntil: toInstantOrNull(row.live.validUntil) },
    attempts: row.attempt ?? 0,
  };
}

/** Tells the network to hold exactly these measures on a contract; resolves with what it holds afterwards, read back. */
export async function switchServices(
  session: SqlSession,
  line: { readonly contractKey: string; readonly orderId: string },
  measures: readonly BlockMeasure[],
  at: Instant,
): Promise<readonly BlockMeasure[]> {
  const [row] = await rowsOf<{ readonly measures: readonly BlockMeasure[] }>(session, {
    name: 'operator_switch_services',
    text: `INSERT INTO service_state AS state (contract_key, measures, order_id, changed_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT (contract_key) DO UPDATE
        SET measures = $2, order_id = EXCLUDED.order_id, changed_at = EXCLUDED.changed_at
      RETURNING measures`,
    values: [line.contractKey, measures, line.orderId, at],
  });
  return row?.measures ?? [];
}

/**
 * Signs what happened, and puts it on record with its act; `also` gives what else is written then, in its order. All of it goes to the database
 * in one message.
 */
export async function recordEvent(
  session: SqlSession,
  author: ActAuthor,
  event: OrderEvent,
  kind: ActDraft['kind'],
  also: (actId: string) => readonly Statement[],
): Promise<void> {
  const { orderId, orderHash, receipt, outcome, at } = event;
  const documents = { orderId, orderHash };
  const fields = event.change === 'EXPIRED' ? documents : { ...documents, receiptHash: receipt?.hash ?? null, outcome };
  const draft: ActDraft = {
    kind,
    caseId: event.caseId,
    ref: event.answered === null ? [] : [event.answered],
    to: [BANK],
    at,
    fields,
    expiresOn: openingExpiry(at),
  };
  await appendAct(session, author, draft, (actId) => [storedEvent(event, actId), ...also(actId)]);
}

/** Makes an order the number's highest, if it is. */
export function acceptedOrder(order: {
  readonly msisdn: string;
  readonly sequence: number;
  readonly orderHash: string;
}): Statement {
  return {
    name: 'operator_accept_order',
    text: `INSERT INTO accepted_order AS highest (msisdn, sequence, order_hash) VALUES ($1, $2, $3)
      ON CONFLICT (msisdn) DO UPDATE SET sequence = EXCLUDED.sequence, order_hash = EXCLUDED.order_hash
      WHERE highest.sequence < EXCLUDED.sequence`,
    values: [order.msisdn, order.sequence, order.orderHash],
  };
}

/** The record of an order as this act leaves it; when it was first received and first enforced stays. */
export function enforcementRecord(record: EnforcementRecord, actId: string): Statement {
  return {
    name: 'operator_record_enforcement',
    text: `INSERT INTO block_enforcement AS kept (order_id, sequence, msisdn, since, contract_key, state, measures, received_at,
        enforced_at, valid_until, last_act_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      ON CONFLICT (order_id, sequence) DO UPDATE SET state = EXCLUDED.state, measures = EXCLUDED.measures,
        enforced_at = coalesce(kept.enforced_at, EXCLUDED.enforced_at), last_act_id = EXCLUDED.last_act_id`,
    values: [
      record.orderId,
      record.sequence,
      record.msisdn,
      record.since,
      record.contractKey,
      record.state,
      textArray(record.measures),
      record.receivedAt,
      record.enforcedAt,
      record.validUntil,
      actId,
    ],
  };
}

/** The new state of a block by what came after it. `liftedAt` is null when it was not lifted. Nothing when there is no such record. */
export function enforcementChange(
  block: { readonly orderId: string; readonly sequence: number },
  change: { readonly state: EnforcementState; readonly liftedAt: Instant | null; readonly actId: string },
): Statement {
  return {
    name: 'operator_change_enforcement',
    text: `UPDATE block_enforcement SET state = $3, lifted_at = $4, last_act_id = $5 WHERE order_id = $1 AND sequence = $2`,
    values: [block.orderId, block.sequence, change.state, change.liftedAt, change.actId],
  };
}

/** States of a contract that binds the operator and its holder. */
export const IN_FORCE = LINE_STATUSES.filter(isInForce);

function storedEvent(event: OrderEvent, actId: string): Statement {
  return {
    name: 'operator_enforcement_event',
    text: `INSERT INTO enforcement_event (act_id, order_id, sequence, change, outcome, order_document, receipt, at, msisdn, order_hash,
        attempt, answered, services, effective_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: [
      actId,
      event.orderId,
      event.sequence,
      event.change,
      event.outcome,
      event.orderDocument,
      event.receipt?.text ?? null,
      event.at,
      event.msisdn,
      event.orderHash,
      event.attempt,
      event.answered,
      textArray(event.services),
      event.effectiveAt,
    ],
  };
}

interface NumberRow {
  readonly now: Date;
  readonly sequence: number | null;
  readonly accepted_hash: string | null;
  readonly contract_key: string | null;
  readonly since: Date | null;
  readonly opened_at: Date | null;
  readonly live: (Omit<LiveBlock, 'validUntil'> & { readonly validUntil: number | null }) | null;
  readonly held: readonly BlockMeasure[] | null;
  readonly outcome: BlockOutcome | null;
  readonly services: readonly BlockMeasure[] | null;
  readonly effective_at: Date | null;
  readonly receipt: string | null;
  readonly attempt: number | null;
}

const SELECT_NUMBER = `
  SELECT senim_now() AS now, highest.sequence, highest.order_hash AS accepted_hash,
    line.key::text AS contract_key, line.since, line.opened_at,
    CASE WHEN live.order_id IS NOT NULL THEN json_build_object('orderId', live.order_id, 'sequence', live.sequence,
      'caseId', live.case_id, 'contractKey', live.contract_key::text, 'validUntil', live.valid_until_ms,
      'orderDocument', live.order_document, 'orderHash', live.order_hash, 'answered', live.answered) END AS live,
    held.measures AS held,
    answer.outcome, answer.services, answer.effective_at, answer.receipt, answer.attempt
  FROM (SELECT $1::text AS msisdn) asked
  LEFT JOIN accepted_order highest USING (msisdn)
  LEFT JOIN LATERAL (
    SELECT contract.key, contract.since, contract.opened_at
    FROM tenure JOIN line_contract contract USING (msisdn, since)
    WHERE tenure.msisdn = asked.msisdn AND tenure.until IS NULL AND contract.status = ANY ($3::text[])) line ON true
  LEFT JOIN LATERAL (
    SELECT block.order_id, block.sequence, block.contract_key, act.case_id,
      (extract(epoch FROM block.valid_until) * 1000)::bigint AS valid_until_ms,
      event.order_document, event.order_hash, event.answered
    FROM block_enforcement block
    JOIN LATERAL (
      SELECT * FROM enforcement_event ordered
      WHERE ordered.order_id = block.order_id AND ordered.sequence = block.sequence AND ordered.change = 'EXECUTED'
      ORDER BY ordered.attempt DESC LIMIT 1) event ON true
    JOIN audit.act act ON act.id = event.act_id
    WHERE block.msisdn = asked.msisdn AND block.state IN ('ENFORCED', 'PARTIALLY_ENFORCED')) live ON true
  LEFT JOIN service_state held ON held.contract_key = coalesce(live.contract_key, line.key)
  LEFT JOIN LATERAL (
    SELECT event.outcome, event.services, event.effective_at, event.receipt, event.attempt
    FROM enforcement_event event
    WHERE event.order_hash = $2 AND event.change IN ('EXECUTED', 'LIFTED')
    ORDER BY event.attempt DESC LIMIT 1) answer ON true`;
