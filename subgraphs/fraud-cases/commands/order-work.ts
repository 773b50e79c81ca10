// Carries out what the rules decided about block orders, inside the transaction of whoever decided it: ids, the number's next sequence, the
// signed document, the bank's acts, the outbox. If the program dies before COMMIT nothing happened; after it the document stands, its act
// is in the log's queue and the outbox holds what has to go out. Whether an order may be issued, ended or settled is the domain's.

import { randomUUID } from 'node:crypto';
import type { HashText } from '../../../shared/audit/act';
import { invariant } from '../../../shared/vocabulary/app-error';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from '../domain/act-draft';
import type { BlockOrder } from '../domain/block-order';
import {
  type BlockOrderStep,
  endOrder,
  issueOrder,
  type OrderRecord,
  roomFor,
  supersedeOrder,
} from '../domain/block-order-step';
import type { OrderIntent } from '../domain/case-change';
import type { CaseRecord } from '../domain/case-record';
import type { ClockEvent } from '../domain/clock-event';
import { type Refusal, refuse } from '../domain/refusal';
import { documentHash, type OrderDraft, signOrder } from '../log/order-document';
import { dropTasks, enqueueTask, type OrderTask } from '../store/order-outbox';
import {
  documentLeaf,
  keepDocument,
  liveOrderOf,
  lockOrder,
  nextSequence,
  type OrderDocumentKind,
  type OrderPeople,
  saveOrder,
} from '../store/order-writes';
import { type CaseWork, loadCaseRecord, saveCaseRecord, writeActs } from './case-work';
import { runCaseClocks } from './clock-work';

/** What carrying out came to: the record with its orders as they are now, and what it means for the case's clocks. */
export interface CarriedOrders {
  readonly record: CaseRecord;
  readonly clocks: readonly ClockEvent[];
}

/** How a step of one order is written down. */
export interface StepWriting {
  /** Leaf hashes that every act of the step answers. */
  readonly refs?: readonly HashText[];
  /** Members for the fields of every act of the step. */
  readonly fields?: ActDraft['fields'];
  readonly people?: OrderPeople;
}

/**
 * Carries out what a step of a case wants of orders. Numbers are locked one after the other, in one order for everybody, by their
 * counters. Refused with ALREADY_BLOCKED when another order took the number's place since it was looked at; then nothing may be kept.
 */
export async function carryOutOrders(
  work: CaseWork,
  record: CaseRecord,
  intents: readonly OrderIntent[],
): Promise<Result<CarriedOrders, Refusal>> {
  const numbered = intents.map((intent) => ({ intent, msisdn: numberOf(record, intent) }));
  let carried: CarriedOrders = { record, clocks: [] };
  for (const { intent, msisdn } of numbered.toSorted((one, other) => (one.msisdn < other.msisdn ? -1 : 1))) {
    const sequence = await nextSequence(work.session, msisdn);
    const done =
      intent.kind === 'ISSUE'
        ? await issue(work, carried.record, intent, sequence)
        : await end(work, carried.record, intent, sequence);
    if (!done.ok) return done;
    carried = { record: done.value.record, clocks: [...carried.clocks, ...done.value.clocks] };
  }
  return accepted(carried);
}

/**
 * Writes one step of an order down: its document if one goes out, its acts, its row, the outbox. The acts of operators are not written: they
 * come from them. Requires the lock of the order's case. Resolves with the order as it is kept and the leaf hashes of its acts.
 */
export async function writeOrderStep(
  work: CaseWork,
  before: OrderRecord | null,
  step: BlockOrderStep,
  writing: StepWriting = {},
): Promise<{ readonly order: BlockOrder; readonly leaves: readonly HashText[] }> {
  const { next, dispatch } = step;
  const document = dispatch === null ? null : signOrder(draftOf(next.order, dispatch, work), work.orderKey);
  const order = withDocument(next.order, dispatch, document);
  await saveOrder(work.session, before, { ...next, order }, writing.people);
  const told = tellingDraft(step, document, work.actor.person);
  const acts = [...step.acts.filter(({ author }) => author === 'BANK'), ...(told.isMore ? [told.draft] : [])].map(
    (draft) => ({
      ...draft,
      fields: {
        ...draft.fields,
        ...writing.fields,
        ...(document !== null && draft.kind === told.draft?.kind ? { orderHash: documentHash(document) } : {}),
      },
    }),
  );
  const signed = acts.length === 0 ? [] : await writeActs(work, acts, { refs: writing.refs ?? [] });
  if (order.state === 'SUPERSEDED' || order.state === 'CANCELLED' || order.state === 'EXPIRED' || dispatch === 'LIFT') {
    await dropTasks(work.session, order.id, UNWANTED);
  }
  if (dispatch !== null && document !== null) {
    const telling = signed.find(({ act }) => act.kind === told.draft?.kind);
    const sequence = dispatch === 'BLOCK' ? order.sequence : order.liftSequence;
    invariant(telling !== undefined && sequence !== null, 'a document is told by an act and has a sequence');
    const { act, leafHash } = telling;
    const entry = { hash: documentHash(document), kind: dispatch, sequence, actId: act.id, leafHash };
    await keepDocument(work.session, order, entry);
    await enqueueTask(work.session, order, { task: dispatch, addressee: order.operatorCode, sequence });
  }
  return { order, leaves: signed.map(({ leafHash }) => leafHash) };
}

/** The record with one of its orders as it is now; an order that is not of the case changes nothing. */
export function withOrder(record: CaseRecord, order: BlockOrder): CaseRecord {
  if (order.caseId !== record.case.id) return record;
  const isNew = record.orders.every(({ id }) => id !== order.id);
  const orders = isNew ? [...record.orders, order] : record.orders.map((each) => (each.id === order.id ? order : each));
  return { ...record, orders };
}

/** What nobody wants any more once an order has ended: a lift that goes out stands for itself. */
const UNWANTED: readonly OrderTask[] = ['BLOCK', 'REISSUE'];

function numberOf(record: CaseRecord, intent: OrderIntent): string {
  if (intent.kind === 'ISSUE') return intent.block.msisdn;
  const order = record.orders.find(({ id }) => id === intent.orderId);
  invariant(order !== undefined, 'an order that ends is one of the case');
  return order.msisdn;
}

async function issue(
  work: CaseWork,
  record: CaseRecord,
  { block }: Extract<OrderIntent, { readonly kind: 'ISSUE' }>,
  sequence: number,
): Promise<Result<CarriedOrders, Refusal>> {
  // Asked again under the number's lock: an order may have come or gone since.
  const room = roomFor(block.kind, await liveOrderOf(work.session, block.msisdn));
  if (!room.ok) return room;
  const id = randomUUID();
  const step = issueOrder(block, { id, sequence }, work.actor, work.now);
  let carried: CarriedOrders = { record, clocks: step.clocks };
  const { supersedes } = room.value;
  let replaced: { readonly before: OrderRecord; readonly step: BlockOrderStep } | null = null;
  if (supersedes !== null) {
    const before = await lockOrder(work.session, supersedes);
    const gone = before === null ? null : supersedeOrder(before, id, work.actor, work.now);
    if (before === null || gone?.ok !== true) return refuse('BLOCKED_ALREADY');
    replaced = { before, step: gone.value };
    // The number's place is free before the new order takes it; the act about it names the new one.
    await saveOrder(work.session, before, gone.value.next);
  }
  const { order, leaves } = await writeOrderStep(work, null, step, { people: { issuedBy: work.actor.person } });
  if (replaced !== null) carried = await tellReplaced(work, carried, replaced, leaves);
  return accepted({ record: withOrder(carried.record, order), clocks: carried.clocks });
}

/** The act, outbox and clocks of an order that gave way; its row is written already. */
async function tellReplaced(
  work: CaseWork,
  carried: CarriedOrders,
  { before, step }: { readonly before: OrderRecord; readonly step: BlockOrderStep },
  by: readonly HashText[],
): Promise<CarriedOrders> {
  const { order } = step.next;
  const leaf = await documentLeaf(work.session, order, 'BLOCK');
  await writeActs(work, step.acts, { refs: [...(leaf === null ? [] : [leaf]), ...by] });
  await dropTasks(work.session, order.id, UNWANTED);
  const { record, clocks } = carried;
  if (before.order.caseId === record.case.id) {
    return { record: withOrder(record, order), clocks: [...clocks, ...step.clocks] };
  }
  const other = await loadCaseRecord(work, before.order.caseId);
  invariant(other !== null, 'an order has its case');
  await saveCaseRecord(work, other, await runCaseClocks(work, withOrder(other, order), step.clocks));
  return carried;
}

async function end(
  work: CaseWork,
  record: CaseRecord,
  { orderId, reason }: Extract<OrderIntent, { readonly kind: 'END' }>,
  liftSequence: number,
): Promise<Result<CarriedOrders, Refusal>> {
  const before = await lockOrder(work.session, orderId);
  invariant(before !== null, 'an order that ends is there');
  const step = endOrder(before, { reason, liftSequence }, work.actor, work.now);
  if (!step.ok) return step;
  const leaf = await documentLeaf(work.session, before.order, 'BLOCK');
  const { order } = await writeOrderStep(work, before, step.value, { refs: leaf === null ? [] : [leaf] });
  return accepted({ record: withOrder(record, order), clocks: step.value.clocks });
}

function draftOf(order: BlockOrder, kind: OrderDocumentKind, work: CaseWork): OrderDraft {
  const sequence = kind === 'BLOCK' ? order.sequence : order.liftSequence;
  invariant(sequence !== null, 'a document that goes out has its sequence');
  const { id, operatorCode, msisdn, measures, reason, caseId } = order;
  const validUntil = kind === 'BLOCK' ? order.validUntil : null;
  return { id, sequence, kind, operatorCode, msisdn, measures, reason, caseId, issuedAt: work.now, validUntil };
}

function withDocument(order: BlockOrder, kind: OrderDocumentKind | null, document: string | null): BlockOrder {
  if (kind === null) return order;
  return kind === 'BLOCK' ? { ...order, document } : { ...order, liftDocument: document };
}

/** `isMore`: the act is one more than those of the step. */
type Telling =
  | { readonly draft: null; readonly isMore: false }
  | { readonly draft: ActDraft; readonly isMore: boolean };

/** The act that commits to the document: the order's own, or `lift.ordered` for a lift that follows a cancelled order. */
function tellingDraft(step: BlockOrderStep, document: string | null, actor: string): Telling {
  if (document === null) return { draft: null, isMore: false };
  const told = step.acts.find(({ kind }) => TELLING_KINDS.includes(kind));
  if (told !== undefined) return { draft: told, isMore: false };
  const { id, caseId, operatorCode, msisdn, sequence, liftSequence, state } = step.next.order;
  const fields = { order: id, msisdn, sequence, state, lift_sequence: liftSequence };
  return { draft: { kind: 'lift.ordered', author: 'BANK', caseId, actor, to: [operatorCode], fields }, isMore: true };
}

const TELLING_KINDS: readonly ActDraft['kind'][] = ['block.ordered', 'block.reissued', 'lift.ordered'];
