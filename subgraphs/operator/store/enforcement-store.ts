// Executes orders of the bank. One transaction under the number's lock: the highest sequence is accepted before anything is tried, the network is
// told and read back, and enforcement, signed receipt, signed act and its place in the outbox are written together. If the process dies
// before the commit nothing happened, and the order comes again; after it, before the answer went out, the order comes again and gets the
// first receipt. What is decided comes from domain/enforcement.ts; signatures of orders are checked before.

import type { DataSource } from 'typeorm';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import { type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import type { Statement } from '../../../shared/audit-log/statement-group';
import type { EnforcementState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import {
  actKindOf,
  answerTried,
  answerUntried,
  decideOrder,
  fateOfLive,
  isAccepted,
  isSameAnswer,
  type OrderAnswer,
  type OrderDecision,
} from '../domain/enforcement';
import type { OrderDocument, ReceiptFacts } from '../domain/order-document';
import {
  acceptedOrder,
  enforcementChange,
  enforcementRecord,
  type GivenAnswer,
  type NumberRecord,
  readNumber,
  recordEvent,
  switchServices,
} from './enforcement-rows';
import { lockNumber } from './number-lock';
import { toInstantOrNull } from './sql-fragment';

/** An order whose signature, addressee and act were verified. */
export interface VerifiedOrder {
  readonly order: OrderDocument;
  /** The JWS as it came. */
  readonly document: string;
  readonly orderHash: string;
  /** Leaf hash of the bank's act that ordered it. */
  readonly answered: string;
}

/** The last answer to a document, and the bank's act that it answered. */
export interface KnownOrder {
  readonly answer: GivenAnswer;
  readonly answered: string | null;
}

/** Signs a receipt: its text, and how acts name it. */
export type SealReceipt = (facts: ReceiptFacts) => { readonly text: string; readonly hash: string };

/** Orders of the bank, executed. */
export interface EnforcementStore {
  /** What was last answered to a document; null for a new one. Reads only. */
  knownOrder(orderHash: string): Promise<KnownOrder | null>;
  /** Executes an order, or repeats what was answered. Atomic; orders of one number come one after the other. CONFLICT: another document of the number has this sequence. */
  execute(order: VerifiedOrder): Promise<Result<GivenAnswer, 'CONFLICT'>>;
  /** Ends every temporary block whose time is over by the database's clock; several at once do no harm. Resolves with how many ended. Rejects after all were tried when one could not be ended. */
  expireDue(): Promise<number>;
}

/** Orders over a database at head; `author` signs acts, `seal` receipts. */
export function openEnforcementStore(dataSource: DataSource, author: ActAuthor, seal: SealReceipt): EnforcementStore {
  return {
    async knownOrder(orderHash) {
      const [row]: readonly KnownRow[] = await dataSource.query(SELECT_KNOWN, [orderHash]);
      if (row === undefined) return null;
      const { outcome, services, receipt } = row;
      return {
        answer: { outcome, services, effectiveAt: toInstantOrNull(row.effective_at), receipt },
        answered: row.answered,
      };
    },
    execute: (order) =>
      dataSource.transaction(async (manager) => {
        const session = await sessionOf(manager);
        await lockNumber(session, order.order.msisdn);
        return executeLocked(session, author, seal, order);
      }),
    async expireDue() {
      let ended = 0;
      const faults: unknown[] = [];
      let after: DueRow = { place: '0', order_id: '', sequence: 0, msisdn: '' };
      for (;;) {
        const due: readonly DueRow[] = await dataSource.query(SELECT_DUE, [
          after.place,
          after.order_id,
          after.sequence,
        ]);
        for (const { msisdn } of due) {
          try {
            if (await expire(dataSource, author, msisdn)) ended += 1;
          } catch (fault) {
            faults.push(fault);
          }
        }
        const last = due.at(-1);
        if (last === undefined) {
          if (faults.length > 0) throw faults[0];
          return ended;
        }
        after = last;
      }
    },
  };
}

async function executeLocked(
  session: SqlSession,
  author: ActAuthor,
  seal: SealReceipt,
  { order, document, orderHash, answered }: VerifiedOrder,
): Promise<Result<GivenAnswer, 'CONFLICT'>> {
  const record = await readNumber(session, order.msisdn, orderHash);
  const { situation, live } = record;
  const { given, now } = situation;
  const decision = decideOrder(order, orderHash, situation);
  if (decision.kind === 'CONFLICT') return refused('CONFLICT');
  if (decision.kind === 'REPEAT') return given === null ? refused('CONFLICT') : accepted(given);
  const answer = await tryOrder(session, order, record, decision);
  if (given !== null && isSameAnswer(given, answer)) return accepted(given);

  const receipt = seal({ orderHash, ...answer });
  const kind = actKindOf(order, answer);
  const event = {
    change: order.kind === 'BLOCK' ? ('EXECUTED' as const) : ('LIFTED' as const),
    orderId: order.id,
    sequence: order.sequence,
    msisdn: order.msisdn,
    caseId: order.caseId,
    ...answer,
    orderDocument: document,
    orderHash,
    answered,
    receipt,
    attempt: record.attempts + 1,
    at: now,
  };
  const fate = live === null ? 'STAYS' : fateOfLive(order, answer, live);
  await recordEvent(session, author, event, kind, (actId) => [
    ...(isAccepted(answer) ? [acceptedOrder({ ...order, orderHash })] : []),
    ...(live === null || fate === 'STAYS'
      ? []
      : [enforcementChange(live, { state: fate, liftedAt: fate === 'LIFTED' ? now : null, actId })]),
    ...(order.kind === 'BLOCK' ? [blockRecord(order, record, answer, actId)] : []),
  ]);
  return accepted({ ...answer, receipt: receipt.text });
}

/** The answer, after the network was told what the decision says. */
async function tryOrder(
  session: SqlSession,
  order: OrderDocument,
  { situation, line, live }: NumberRecord,
  decision: OrderDecision & { readonly kind: 'ANSWER' | 'SWITCH' },
): Promise<OrderAnswer> {
  const { held, now } = situation;
  if (decision.kind === 'ANSWER') return answerUntried(decision.outcome, held);
  // What is set, is set on the line that is served; what is taken back, where the block in force holds it.
  const served = line?.contractKey ?? null;
  const contractKey = decision.measures.length > 0 ? served : (live?.contractKey ?? served);
  if (contractKey === null) return answerTried(order, [], now);
  return answerTried(
    order,
    await switchServices(session, { contractKey, orderId: order.id }, decision.measures, now),
    now,
  );
}

/** The record of a block at the line for which it was meant. A number that somebody else took over gets none. */
function blockRecord(
  order: OrderDocument,
  { situation, line }: NumberRecord,
  answer: OrderAnswer,
  actId: string,
): Statement {
  const state = stateAfter(answer);
  const { now, servedSince } = situation;
  if (line === null || servedSince === null || servedSince > order.issuedAt) {
    return enforcementChange({ orderId: order.id, sequence: order.sequence }, { state, liftedAt: null, actId });
  }
  return enforcementRecord(
    {
      orderId: order.id,
      sequence: order.sequence,
      msisdn: order.msisdn,
      since: line.since,
      contractKey: line.contractKey,
      state,
      measures: state === 'SUPERSEDED' ? [] : answer.services,
      receivedAt: now,
      enforcedAt: answer.effectiveAt,
      validUntil: order.validUntil,
    },
    actId,
  );
}

function stateAfter({ outcome }: OrderAnswer): EnforcementState {
  return outcome === 'ALREADY_DONE' ? 'ENFORCED' : outcome;
}

/** Whether the block in force on a number was over and was ended; read again under the number's lock, so that only one ends it. */
function expire(dataSource: DataSource, author: ActAuthor, msisdn: string): Promise<boolean> {
  return dataSource.transaction(async (manager) => {
    const session = await sessionOf(manager);
    await lockNumber(session, msisdn);
    const { situation, live } = await readNumber(session, msisdn, '');
    const { now } = situation;
    if (live === null || live.validUntil === null || live.validUntil > now) return false;
    const { contractKey, orderId } = live;
    const held = contractKey === null ? [] : await switchServices(session, { contractKey, orderId }, [], now);
    // An element that is out keeps what it holds: the block is over when the line is wholly restored.
    if (held.length > 0) return false;
    await recordEvent(session, author, endOf(live, msisdn, now), 'block.expired', (actId) => [
      enforcementChange(live, { state: 'LIFTED', liftedAt: now, actId }),
    ]);
    return true;
  });
}

function endOf(live: NonNullable<NumberRecord['live']>, msisdn: string, at: Instant) {
  return {
    ...live,
    change: 'EXPIRED' as const,
    msisdn,
    outcome: 'LIFTED' as const,
    services: [],
    effectiveAt: at,
    receipt: null,
    attempt: 1,
    at,
  };
}

interface KnownRow {
  readonly outcome: GivenAnswer['outcome'];
  readonly services: GivenAnswer['services'];
  readonly effective_at: Date | null;
  readonly receipt: string;
  readonly answered: string | null;
}

const SELECT_KNOWN = `
  SELECT outcome, services, effective_at, receipt, answered FROM enforcement_event
  WHERE order_hash = $1 AND change IN ('EXECUTED', 'LIFTED') ORDER BY attempt DESC LIMIT 1`;

interface DueRow {
  readonly place: string;
  readonly order_id: string;
  readonly sequence: number;
  readonly msisdn: string;
}

/** Page by page in the order of their ends, so that one which cannot end keeps nobody behind it waiting. */
const SELECT_DUE = `
  SELECT (extract(epoch FROM valid_until) * 1000)::bigint AS place, order_id, sequence, msisdn
  FROM block_enforcement
  WHERE state IN ('ENFORCED', 'PARTIALLY_ENFORCED') AND valid_until <= (SELECT senim_now())
    AND (valid_until, order_id, sequence) > (to_timestamp($1::bigint / 1000.0), $2, $3)
  ORDER BY valid_until, order_id, sequence LIMIT 100`;
