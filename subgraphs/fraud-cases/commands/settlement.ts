// What an operator's answer does at the bank: its receipt is verified against the very document that was sent, and then one transaction holds the
// order's new state, the bank's acts over the receipt, the clocks and the outbox. An answer that comes twice finds nothing left to do.
// What if the program dies: before COMMIT nothing happened and the order is sent again, which an operator answers as before; after it the
// outbox says what is left. An order that the operator does not serve goes where the line was ported to, as an order of its own.

import { randomUUID } from 'node:crypto';
import type { PublicKey } from '../../../shared/audit/ed25519';
import type { SqlSource } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import { BLOCK_OUTCOMES } from '../../../shared/vocabulary/block-order';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import type { Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from '../domain/act-draft';
import { SYSTEM_ACTOR } from '../domain/actor';
import type { BlockOrder } from '../domain/block-order';
import { leaveOperator, settleOrder } from '../domain/block-order-settlement';
import { type BlockOrderStep, expireOrder, type OrderRecord, reissueOrder } from '../domain/block-order-step';
import { CLOCK_TOLERANCE_MS } from '../domain/case-change';
import type { CaseRecord } from '../domain/case-record';
import { operatorAfterPortings } from '../domain/porting-chain';
import type { Refusal } from '../domain/refusal';
import { documentHash, openReceipt, type Receipt } from '../log/order-document';
import { dropTasks, enqueueTask, NUMBERING, raiseOrderAlarm } from '../store/order-outbox';
import {
  documentLeaf,
  lockOrder,
  nextSequence,
  type OrderDocumentKind,
  readOrder,
  saveOrder,
} from '../store/order-writes';
import { type CaseWork, loadCaseRecord, saveCaseRecord, writeActs } from './case-work';
import { runCaseClocks } from './clock-work';
import { type CommandDesk, runOwnWork } from './command-desk';
import type { AskLineCourse } from './line-course-call';
import { withOrder, writeOrderStep } from './order-work';

/** What the settlement needs. */
export interface SettlementOptions {
  readonly desk: CommandDesk;
  /** Reads outside of transactions. */
  readonly source: SqlSource;
  /** The receipt key of an operator that has this id; null when it has none. */
  readonly receiptKeyOf: (operatorCode: string, keyId: string) => PublicKey | null;
  readonly askLineCourse: AskLineCourse;
}

/** DONE: nothing is left to do. AGAIN: it is to be sent again, because it was not, or not wholly, executed. */
export type Settled =
  | { readonly outcome: 'DONE' | 'AGAIN'; readonly isLate: boolean }
  | { readonly outcome: 'BAD_RECEIPT'; readonly isLate: false };

/**
 * Settles an order by the receipt that came for one of its documents. BAD_RECEIPT changes nothing: it is not signed by the operator's receipt
 * key, answers another document, has an outcome that is none for it, or is dated in the future.
 */
export async function settleReceipt(
  options: SettlementOptions,
  answer: { readonly orderId: string; readonly document: OrderDocumentKind; readonly receipt: string },
): Promise<Settled> {
  const sent = await readOrder(options.source, answer.orderId);
  const receipt = sent === null ? null : receiptFor(options, sent.order, answer);
  if (sent === null || receipt === null) return { outcome: 'BAD_RECEIPT', isLate: false };
  const { caseId } = sent.order;
  return runOwnWork<Settled>(options.desk, SYSTEM_ACTOR, async (work) => {
    const { record, before } = await lockBoth(work, caseId, answer.orderId);
    if (isAhead(receipt.effectiveAt, work.now)) {
      return { commits: false, value: { outcome: 'BAD_RECEIPT', isLate: false } };
    }
    const { document } = answer;
    const { outcome, effectiveAt } = receipt;
    const settled = settleOrder(
      before,
      { document, outcome: isOneOf(BLOCK_OUTCOMES, outcome) ? outcome : null, effectiveAt, receipt: answer.receipt },
      SYSTEM_ACTOR,
      work.now,
    );
    if (!settled.ok || !isOneOf(BLOCK_OUTCOMES, outcome)) {
      return { commits: false, value: { outcome: 'BAD_RECEIPT', isLate: false } };
    }
    const step = overReceipt(settled.value, before.order, answer, receipt);
    if (step.acts.length > 0) {
      const refs = await answeredBy(work, before.order, document);
      const { order } = await writeOrderStep(work, before, step, { refs });
      await saveWithOrders(work, record, [order], step);
    }
    const isAgain = isUnfinished(step.next.order, document);
    if (!isAgain) await dropTasks(work.session, answer.orderId, [document]);
    await queueReissue(work, before.order, step.next.order);
    const isLate = step.acts.some(({ fields }) => fields.late === true);
    return { commits: true, value: { outcome: isAgain ? 'AGAIN' : 'DONE', isLate } };
  });
}

/** What became of an order that an operator does not serve. NOWHERE: no operator serves the line of the person any more. */
export type Reissued = 'REISSUED' | 'NOWHERE' | 'GONE' | 'SILENT';

/**
 * Issues an order that was answered NOT_SERVED_HERE again, to the operator to which the line was ported since. SILENT: numbering does not
 * answer, and nothing was done. GONE: the order has ended otherwise.
 */
export async function reissueUnserved(options: SettlementOptions, orderId: string): Promise<Reissued> {
  const seen = await readOrder(options.source, orderId);
  if (seen === null || seen.order.state !== 'NOT_SERVED_HERE' || seen.order.issuedAt === null) {
    await dropTasks(options.source, orderId, ['REISSUE']);
    return 'GONE';
  }
  const { caseId, msisdn, operatorCode, issuedAt } = seen.order;
  const course = await options.askLineCourse(msisdn);
  if (course === null) return 'SILENT';
  const served = parseOperatorCode(operatorAfterPortings(course, { operatorCode, issuedAt }) ?? '');
  return runOwnWork(options.desk, SYSTEM_ACTOR, async (work) => {
    const { record, before } = await lockBoth(work, caseId, orderId);
    const sequence = await nextSequence(work.session, msisdn);
    const given = { id: randomUUID(), sequence, servedBy: served.ok ? served.value : null };
    const step = reissueOrder(before, given, work.actor, work.now);
    if (!step.ok) {
      await dropTasks(work.session, orderId, ['REISSUE']);
      // Its state or its time is over, or else the line is served nowhere but there.
      const isElsewhere = given.servedBy !== null && given.servedBy !== operatorCode;
      const isOver = before.order.state !== 'NOT_SERVED_HERE' || isElsewhere;
      if (!isOver) await raiseOrderAlarm(work.session, { orderId, task: 'REISSUE' }, 'SERVED_NOWHERE');
      return { commits: true, value: isOver ? 'GONE' : 'NOWHERE' };
    }
    const { old, reissued } = step.value;
    const refs = await answeredBy(work, before.order, 'BLOCK');
    // The number's place is free before the new order takes it; the act about the old one names the new one.
    await saveOrder(work.session, before, old.next);
    const { order, leaves } = await writeOrderStep(work, null, reissued, { refs });
    await writeActs(work, old.acts, { refs: [...refs, ...leaves] });
    await dropTasks(work.session, orderId, ['BLOCK', 'REISSUE']);
    await saveWithOrders(work, record, [old.next.order, order], old, reissued);
    return { commits: true, value: 'REISSUED' };
  });
}

/**
 * Ends a temporary block whose time is over and of whose end the operator has told nothing. False: it has ended already, or its time is not
 * over. Raises an alarm when the block was in force: the operator owes word of it.
 */
export async function expireOverdue(desk: CommandDesk, source: SqlSource, orderId: string): Promise<boolean> {
  const seen = await readOrder(source, orderId);
  if (seen === null) return false;
  return runOwnWork(desk, SYSTEM_ACTOR, async (work) => {
    const { record, before } = await lockBoth(work, seen.order.caseId, orderId);
    const step = expireOrder(before, { at: work.now }, work.actor, work.now);
    if (!step.ok) return { commits: false, value: false };
    const refs = await answeredBy(work, before.order, 'BLOCK');
    const { order } = await writeOrderStep(work, before, asBank(step.value), { refs });
    await saveWithOrders(work, record, [order], step.value);
    if (before.order.enforcedAt !== null) {
      await raiseOrderAlarm(work.session, { orderId, task: 'BLOCK' }, 'EXPIRY_NOT_TOLD');
    }
    return { commits: true, value: true };
  });
}

/** An act of an operator about one of its orders; the act itself is taken in by whoever calls, in the same transaction, on the case that it names. */
export interface OperatorWord {
  readonly orderId: string;
  readonly caseId: string;
  readonly at: Instant;
}

/** Ends a temporary block of whose end the operator tells. False: it changes nothing. */
export function expireByAct(work: CaseWork, act: OperatorWord): Promise<boolean> {
  return stepByAct(work, act, (before) => expireOrder(before, { at: act.at }, work.actor, work.now));
}

/** Sends an order after a line that has left the operator under the block. False: it changes nothing. */
export function leaveByAct(work: CaseWork, act: OperatorWord): Promise<boolean> {
  return stepByAct(work, act, (before) => leaveOperator(before, work.actor, work.now));
}

async function stepByAct(
  work: CaseWork,
  act: OperatorWord,
  decide: (before: OrderRecord) => Result<BlockOrderStep, Refusal>,
): Promise<boolean> {
  const seen = await readOrder(work.session, act.orderId);
  if (seen === null || seen.order.caseId !== act.caseId) return false;
  const { record, before } = await lockBoth(work, act.caseId, act.orderId);
  const step = decide(before);
  if (!step.ok) return false;
  const { order } = await writeOrderStep(work, before, { ...step.value, acts: [] });
  await dropTasks(work.session, order.id, ['BLOCK']);
  await queueReissue(work, before.order, order);
  await saveWithOrders(work, record, [order], step.value);
  return true;
}

/** The receipt in an answer, when it is this operator's word on this document; null otherwise. */
function receiptFor(
  { receiptKeyOf }: SettlementOptions,
  order: BlockOrder,
  answer: { readonly document: OrderDocumentKind; readonly receipt: string },
): Receipt | null {
  const document = answer.document === 'BLOCK' ? order.document : order.liftDocument;
  const receipt = openReceipt(answer.receipt, (keyId) => receiptKeyOf(order.operatorCode, keyId));
  return document !== null && receipt?.orderHash === documentHash(document) ? receipt : null;
}

async function lockBoth(
  work: CaseWork,
  caseId: string,
  orderId: string,
): Promise<{ readonly record: CaseRecord; readonly before: OrderRecord }> {
  const record = await loadCaseRecord(work, caseId);
  const before = await lockOrder(work.session, orderId);
  invariant(record !== null && before !== null, 'an order has its case');
  return { record, before };
}

/**
 * The step with the bank's acts alone, over the receipt. What the operator did, it tells itself; only where the bank has nothing of its own to
 * say (a lift) does it tell the receipt's word, so that nothing changes without an act.
 */
function overReceipt(
  step: BlockOrderStep,
  before: BlockOrder,
  answer: { readonly document: OrderDocumentKind; readonly receipt: string },
  receipt: Receipt,
): BlockOrderStep {
  const told = step.acts.find(({ author }) => author === 'OPERATOR')?.fields;
  const own = step.acts.filter(({ author }) => author === 'BANK');
  const document = answer.document === 'BLOCK' ? before.document : before.liftDocument;
  const isApart = receipt.effectiveAt !== null && isBefore(receipt.effectiveAt, before.issuedAt);
  const over: JsonObject = {
    orderHash: documentHash(document ?? ''),
    receiptHash: documentHash(answer.receipt),
    services: receipt.services,
    ...(isApart ? { clocks_apart: true } : {}),
  };
  const outcome: JsonObject =
    told === undefined
      ? {}
      : {
          outcome: told.outcome,
          effective_at: told.effective_at,
          ...(told.late === undefined ? {} : { late: told.late }),
        };
  const acts = own.length > 0 ? own : asBank(step).acts;
  const isLast = (place: number): boolean => place === acts.length - 1;
  return {
    ...step,
    acts: acts.map((act, place) => ({ ...act, fields: { ...act.fields, ...over, ...(isLast(place) ? outcome : {}) } })),
  };
}

/** The step with its acts as the bank's word: no receipt or act of the operator will bring them, or only a receipt did. */
function asBank(step: BlockOrderStep): BlockOrderStep {
  return { ...step, acts: step.acts.map((act): ActDraft => ({ ...act, author: 'BANK' })) };
}

/** Leaf hashes of the acts that tell the document, and for a lift also those of the block that it lifts. */
async function answeredBy(work: CaseWork, order: BlockOrder, document: OrderDocumentKind): Promise<readonly string[]> {
  const kinds: readonly OrderDocumentKind[] = document === 'LIFT' ? ['LIFT', 'BLOCK'] : ['BLOCK'];
  const leaves: string[] = [];
  for (const kind of kinds) {
    const leaf = await documentLeaf(work.session, order, kind);
    invariant(leaf !== null || kind !== document, 'a document that was sent is told by an act');
    if (leaf !== null) leaves.push(leaf);
  }
  return leaves;
}

/** Saves the case with orders as they are now, and with its clocks after what the steps brought about. */
async function saveWithOrders(
  work: CaseWork,
  record: CaseRecord,
  orders: readonly BlockOrder[],
  ...steps: readonly BlockOrderStep[]
): Promise<void> {
  const after = orders.reduce(withOrder, record);
  const events = steps.flatMap(({ clocks }) => clocks);
  await saveCaseRecord(work, record, await runCaseClocks(work, after, events));
}

function isUnfinished({ state }: BlockOrder, document: OrderDocumentKind): boolean {
  return document === 'BLOCK' ? state === 'FAILED' || state === 'PARTIALLY_ENFORCED' : state === 'LIFT_ISSUED';
}

async function queueReissue(work: CaseWork, before: BlockOrder, after: BlockOrder): Promise<void> {
  if (after.state !== 'NOT_SERVED_HERE' || before.state === 'NOT_SERVED_HERE') return;
  invariant(after.sequence !== null, 'an order that was answered has its sequence');
  await enqueueTask(work.session, after, { task: 'REISSUE', addressee: NUMBERING, sequence: after.sequence });
}

function isAhead(at: Instant | null, now: Instant): boolean {
  return at !== null && instantToMs(at) > instantToMs(now) + CLOCK_TOLERANCE_MS;
}

/** Whether the operator's clock says that it acted before it was told. */
function isBefore(at: Instant, issuedAt: Instant | null): boolean {
  return issuedAt !== null && instantToMs(at) < instantToMs(issuedAt) - CLOCK_TOLERANCE_MS;
}
