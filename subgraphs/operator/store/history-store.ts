// The past of an operator, signed step by step: each step writes the operator's own row, what it changed on the line, and the act, and
// takes the fact off the list, in one transaction. If the process dies before the commit the step is done again; after it, never.

import type { DataSource } from 'typeorm';
import type { ActAuthor, ActDraft } from '../../../shared/audit-log/act-author';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import {
  acceptedOrder,
  enforcementChange,
  enforcementRecord,
  type OrderEvent,
  readNumber,
  recordEvent,
  switchServices,
} from './enforcement-rows';
import type { ExecutedOrder, HistoryFact } from './history-rows';
import { lockNumber } from './number-lock';
import { disclosuresOf, type OpeningColumns, toActMessage } from './own-act';
import { markReported, writeReport } from './report-store';
import { toInstant } from './sql-fragment';
import { writeAnswer, writeCheckResult } from './statement-store';

/** What was answered with a signed receipt, or came about by itself. */
export interface OrderStep {
  readonly change: 'EXECUTED' | 'LIFTED' | 'EXPIRED';
  readonly outcome: 'ENFORCED' | 'PARTIALLY_ENFORCED' | 'FAILED' | 'NOT_SERVED_HERE' | 'LIFTED';
  readonly services: readonly BlockMeasure[];
  readonly effectiveAt: Instant | null;
  readonly at: Instant;
  readonly caseId: string;
  /** Leaf hash of the act that ordered it. */
  readonly answered: string;
  /** Of the document: a lift has its own. */
  readonly sequence: number;
  readonly validUntil: Instant | null;
  readonly orderDocument: string;
  readonly orderHash: string;
  /** Null for what lapsed by itself. */
  readonly receipt: OrderEvent['receipt'];
  /** Whether nothing of this order is left to be signed afterwards. */
  readonly isLast: boolean;
}

/** An own act as it is told to the bank's replay. */
export interface OwnAct {
  readonly subject: 'report' | 'information-answer' | 'check-result' | 'enforcement' | 'lift-enforcement';
  readonly id: string;
  readonly actId: string;
  readonly message: SignedActMessage;
  readonly receipt: string | null;
}

/** The past of an operator. Steps are atomic. */
export interface HistoryStore {
  /** What is not signed to its end, oldest first. */
  unsigned(): Promise<readonly HistoryFact[]>;
  /** Ids of orders whose execution is signed. */
  executedOrders(): Promise<ReadonlySet<string>>;
  signReport(fact: HistoryFact & { readonly kind: 'report' }): Promise<void>;
  /** `answered` is the leaf hash of the act that is answered. */
  signAnswer(fact: HistoryFact & { readonly kind: 'informationAnswer' }, answered: string): Promise<void>;
  signCheckResult(fact: HistoryFact & { readonly kind: 'checkResult' }, answered: string): Promise<void>;
  signOrderStep(order: ExecutedOrder, step: OrderStep): Promise<void>;
  /** Every own act, in the order in which they were signed. */
  ownActs(): Promise<readonly OwnAct[]>;
}

/** The past in a database at head; `author` signs. */
export function openHistoryStore(dataSource: DataSource, author: ActAuthor): HistoryStore {
  const step = (
    kind: HistoryFact['kind'],
    id: string,
    isLast: boolean,
    work: (session: SqlSession) => Promise<unknown>,
  ) =>
    dataSource.transaction(async (manager) => {
      const session = await sessionOf(manager);
      if (!(await takeFact(session, kind, id, isLast))) return;
      await work(session);
    });
  return {
    async unsigned() {
      const rows: readonly FactRow[] = await dataSource.query(
        'SELECT kind, subject_id AS id, at, body FROM history_fact ORDER BY at, kind, subject_id',
      );
      return rows.map((row) => ({ ...row, at: toInstant(row.at) }) as HistoryFact);
    },
    async executedOrders() {
      const rows: readonly { readonly id: string }[] = await dataSource.query(
        `SELECT order_id AS id FROM enforcement_event WHERE change = 'EXECUTED'`,
      );
      return new Set(rows.map(({ id }) => id));
    },
    signReport: (fact) =>
      step('report', fact.id, true, async (session) => {
        await writeReport(session, author, fact.body, fact.at);
        await markReported(session, fact.body, fact.at);
      }),
    signAnswer: (fact, answered) =>
      step('informationAnswer', fact.id, true, (session) =>
        writeAnswer(session, author, { ...fact.body, requestId: fact.id, caseId: null, answered }, fact.at),
      ),
    signCheckResult: (fact, answered) =>
      step('checkResult', fact.id, true, (session) =>
        writeCheckResult(session, author, { ...fact.body, caseId: fact.id, answered }, fact.at),
      ),
    signOrderStep: (order, taken) =>
      step('enforcement', order.orderId, taken.isLast, async (session) => {
        await storeOrderStep(session, author, order, taken);
      }),
    async ownActs() {
      const rows: readonly OwnActRow[] = await dataSource.query(SELECT_OWN_ACTS);
      return rows.map((row) => ({
        subject: row.subject,
        id: row.id,
        actId: row.actId,
        message: toActMessage(row),
        receipt: row.receipt,
      }));
    },
  };
}

interface FactRow {
  readonly kind: string;
  readonly id: string;
  readonly at: Date;
  readonly body: unknown;
}

type OwnActRow = Omit<OwnAct, 'message'> & OpeningColumns;

/** Whether the fact still waits to be signed; locked until the end of the transaction, and gone with it after its last step. */
async function takeFact(session: SqlSession, kind: HistoryFact['kind'], id: string, isLast: boolean): Promise<boolean> {
  const verb = isLast ? 'DELETE' : 'SELECT 1';
  const lock = isLast ? 'RETURNING 1' : 'FOR UPDATE';
  const rows = await rowsOf(session, {
    text: `${verb} FROM history_fact WHERE kind = $1 AND subject_id = $2 ${lock}`,
    values: [kind, id],
  });
  return rows.length === 1;
}

/** Signs a step and writes what it did, by the statements of live orders; only the instants are those of the past. */
async function storeOrderStep(
  session: SqlSession,
  author: ActAuthor,
  order: ExecutedOrder,
  step: OrderStep,
): Promise<void> {
  const { orderId, sequence, msisdn, since } = order;
  await lockNumber(session, msisdn);
  const { live } = await readNumber(session, msisdn, step.orderHash);
  const event = { ...step, orderId, msisdn, attempt: 1 };
  const acceptance = acceptedOrder({ msisdn, sequence: step.sequence, orderHash: step.orderHash });
  if (step.change !== 'EXECUTED') {
    await recordEvent(session, author, event, kindOf(step), (actId) => [
      acceptance,
      enforcementChange({ orderId, sequence }, { state: 'LIFTED', liftedAt: step.at, actId }),
    ]);
    const heldAt = live?.orderId === orderId ? live.contractKey : null;
    if (heldAt !== null) await switchServices(session, { contractKey: heldAt, orderId }, [], step.at);
    return;
  }
  const contractKey = await contractAt(session, order);
  const takesEffect = step.effectiveAt !== null;
  const { measures, receivedAt, enforcedAt } = order;
  const { outcome: state, validUntil } = step;
  const record = { orderId, sequence, msisdn, since, contractKey, state, measures, receivedAt, enforcedAt, validUntil };
  await recordEvent(session, author, event, kindOf(step), (actId) => [
    acceptance,
    ...(takesEffect && live !== null ? [enforcementChange(live, { state: 'SUPERSEDED', liftedAt: null, actId })] : []),
    enforcementRecord(record, actId),
  ]);
  if (takesEffect && contractKey !== null) {
    await switchServices(session, { contractKey, orderId }, step.services, step.at);
  }
}

function kindOf({ change, effectiveAt }: OrderStep): ActDraft['kind'] {
  if (change === 'EXPIRED') return 'block.expired';
  if (change === 'LIFTED') return 'lift.done';
  return effectiveAt === null ? 'block.failed' : 'block.enforced';
}

/** The contract that was open when the order came: measures hang on it, so that they never pass to the next holder. */
async function contractAt(session: SqlSession, order: ExecutedOrder): Promise<string | null> {
  const [row] = await rowsOf<{ readonly key: string }>(session, {
    text: `SELECT key::text FROM line_contract WHERE msisdn = $1 AND since = $2 AND opened_at <= $3
      ORDER BY opened_at DESC, key DESC LIMIT 1`,
    values: [order.msisdn, order.since, order.receivedAt],
  });
  return row?.key ?? null;
}

const SELECT_OWN_ACTS = `
  SELECT said.subject, said.id, said.act_id AS "actId", said.receipt, opening.jws, opening.salt,
    ${disclosuresOf('said.act_id')} AS disclosures
  FROM (
    SELECT 'report' AS subject, id::text, act_id, NULL AS receipt FROM suspicion_report
    UNION ALL SELECT 'information-answer', request_id::text, act_id, NULL FROM information_answer
    UNION ALL SELECT 'check-result', case_id::text, act_id, NULL FROM check_result
    UNION ALL SELECT CASE change WHEN 'EXECUTED' THEN 'enforcement' ELSE 'lift-enforcement' END, order_id, act_id, receipt
      FROM enforcement_event WHERE change <> 'LEFT'
  ) said
  JOIN act_delivery delivery USING (act_id)
  JOIN audit.opening opening USING (act_id)
  ORDER BY delivery.place`;
