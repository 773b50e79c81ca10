// What an operator's receipt does to an order: delivered, acknowledged, and what came of it. The signature was verified before; the receipt's
// own instant is the operator's word and is kept beside the bank's. A receipt that comes too late to matter changes nothing.

import type { BlockOrderState, BlockOutcome } from '../../../shared/vocabulary/block-order';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { type Actor, AFC_PARTY, actsAs } from './actor';
import type { BlockOrder } from './block-order';
import { type BlockOrderStep, type OrderRecord, stepOf } from './block-order-step';
import { type BlockOrderCommand, blockOrderRows } from './block-order-transitions';
import type { ClockEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/** A receipt whose signature is good, or an answer of which only the sender is sure (`outcome` null). */
export interface OperatorAnswer {
  readonly document: 'BLOCK' | 'LIFT';
  readonly outcome: BlockOutcome | null;
  /** When it took effect by the operator's clock; null when nothing did. */
  readonly effectiveAt: Instant | null;
  /** The signed receipt; null when there is none. */
  readonly receipt: string | null;
}

/** An effect that comes later than this after the order was issued is marked late. */
export const LATE_AFTER_MS = 3_600_000;

/**
 * The order after an operator's answer. Steps through the table's rows, so that one answer may tell three acts of one instant. The same
 * answer again, or one for an order that has ended meanwhile, is accepted and changes nothing. Refused: an outcome that does not answer
 * the document, an answer to an order that was never sent, a role other than the bank's dispatcher or that operator.
 */
export function settleOrder(
  record: OrderRecord,
  answer: OperatorAnswer,
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const { order } = record;
  if (!actsAs(actor, 'SYSTEM') && !(actsAs(actor, 'OPERATOR') && actor.organisation === order.operatorCode)) {
    return refuse('ROLE');
  }
  if (order.state === 'PENDING_APPROVAL') return refuse('NOT_IN_THIS_STATE');
  return answer.document === 'BLOCK' ? settleBlock(record, answer, actor, now) : settleLift(record, answer, actor, now);
}

/**
 * The order after the line that it blocks has left the operator, by that operator's own word: from then on it binds nobody there, and it is
 * issued again where the line is served now. Refused: role, an order that binds nobody any more or is being lifted.
 */
export function leaveOperator(record: OrderRecord, actor: Actor, now: Instant): Result<BlockOrderStep, Refusal> {
  const { order } = record;
  if (!actsAs(actor, 'OPERATOR') || actor.organisation !== order.operatorCode) return refuse('ROLE');
  if (blockOrderRows(order.state, 'leaveOperator').length === 0) return refuse('NOT_IN_THIS_STATE');
  const step = stepOf(record, 'leaveOperator', { ...order, state: 'NOT_SERVED_HERE' }, actor, {
    outcome: 'NOT_SERVED_HERE',
    effective_at: null,
  });
  return accepted({ ...step, clocks: [{ event: 'ORDER_ENDED', party: null, about: order.id, at: now }] });
}

function settleBlock(
  record: OrderRecord,
  answer: OperatorAnswer,
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const target = answer.outcome === null ? null : BLOCK_TARGETS[answer.outcome];
  if (target === undefined) return refuse('BAD_OUTCOME');
  let step = unchanged(record);
  if (answer.receipt !== null && answer.receipt === record.order.receipt) return accepted(step);
  step = follow(step, 'deliverOrder', 'DELIVERED', { deliveredAt: now }, actor, (order) =>
    ofOperator(order, now, 'ORDER_DELIVERED'),
  );
  if (target === null) return accepted(step);
  const receipt = answer.receipt ?? step.next.order.receipt;
  const isNews = blockOrderRows(step.next.order.state, 'concludeOrder').some(
    ({ to }) => to === target || (to === 'SAME' && target === 'FAILED'),
  );
  step = follow(
    step,
    'acknowledgeOrder',
    'ACKNOWLEDGED',
    { acknowledgedAt: step.next.order.acknowledgedAt ?? now, receipt },
    actor,
    (order) => ofOperator(order, now, 'ORDER_ACKNOWLEDGED'),
  );
  if (!isNews && step.next.order.state !== 'ACKNOWLEDGED') return accepted(unchanged(record));
  if (step.next.order.state === 'PARTIALLY_ENFORCED' && target === 'FAILED') {
    return accepted(follow(step, 'concludeOrder', 'PARTIALLY_ENFORCED', {}, actor, () => [], outcomeFields(answer)));
  }
  const enforcedAt = isEffect(target) ? (step.next.order.enforcedAt ?? now) : step.next.order.enforcedAt;
  const fields = { ...outcomeFields(answer), late: isEffect(target) && isLate(record.order, now) };
  return accepted(
    follow(step, 'concludeOrder', target, { enforcedAt }, actor, (order) => afterOutcome(order, target, now), fields),
  );
}

function settleLift(
  record: OrderRecord,
  answer: OperatorAnswer,
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const target = answer.outcome === null ? null : LIFT_TARGETS[answer.outcome];
  if (target === undefined) return refuse('BAD_OUTCOME');
  const { order } = record;
  if (order.liftSequence === null) return refuse('NOT_IN_THIS_STATE');
  if (target === null) return accepted(unchanged(record));
  const step = unchanged(record);
  const told = { liftReceipt: answer.receipt ?? order.liftReceipt };
  const fields = outcomeFields(answer);
  if (order.state === 'CANCELLED') {
    return accepted(
      order.liftReceipt === null && target !== 'FAILED'
        ? follow(step, 'concludeLift', 'CANCELLED', told, actor, () => [], fields)
        : step,
    );
  }
  if (order.state !== 'LIFT_ISSUED') return accepted(step);
  if (target === 'FAILED') {
    const started = (): readonly ClockEvent[] => ofOperator(order, now, 'LIFT_DELIVERED');
    return accepted(follow(step, 'concludeLift', 'LIFT_ISSUED', {}, actor, started, fields));
  }
  const liftedAt = target === 'LIFTED' ? now : order.liftedAt;
  const clocks = (): readonly ClockEvent[] => [
    ...ofOperator(order, now, 'LIFT_DELIVERED', 'SERVICES_RESTORED'),
    { event: 'ORDER_ENDED', party: null, about: order.id, at: now },
  ];
  return accepted(follow(step, 'concludeLift', target, { ...told, liftedAt }, actor, clocks, fields));
}

/** Undefined: not an answer to a block. ALREADY_DONE says that the line stands as ordered. */
const BLOCK_TARGETS: Readonly<Partial<Record<BlockOutcome, BlockOrderState>>> = {
  ENFORCED: 'ENFORCED',
  ALREADY_DONE: 'ENFORCED',
  PARTIALLY_ENFORCED: 'PARTIALLY_ENFORCED',
  FAILED: 'FAILED',
  NOT_SERVED_HERE: 'NOT_SERVED_HERE',
  SUPERSEDED: 'SUPERSEDED',
};

/** Where the line is not served any more, nothing of the block is left to lift. */
const LIFT_TARGETS: Readonly<Partial<Record<BlockOutcome, 'LIFTED' | 'SUPERSEDED' | 'FAILED'>>> = {
  LIFTED: 'LIFTED',
  ALREADY_DONE: 'LIFTED',
  NOT_SERVED_HERE: 'LIFTED',
  SUPERSEDED: 'SUPERSEDED',
  FAILED: 'FAILED',
};

/** The step followed by one more row of the table, or as it was when the row is not for its state. */
function follow(
  step: BlockOrderStep,
  command: BlockOrderCommand,
  to: BlockOrderState,
  changes: Partial<BlockOrder>,
  actor: Actor,
  clocks: (order: BlockOrder) => readonly ClockEvent[],
  fields: Parameters<typeof stepOf>[4] = {},
): BlockOrderStep {
  const { order } = step.next;
  const rows = blockOrderRows(order.state, command);
  if (rows.length === 0) return step;
  const state = rows.some((row) => row.to === to) ? to : order.state;
  const more = stepOf(step.next, command, { ...order, ...changes, state }, actor, fields);
  return { ...more, acts: [...step.acts, ...more.acts], clocks: [...step.clocks, ...clocks(more.next.order)] };
}

function unchanged(record: OrderRecord): BlockOrderStep {
  return { next: record, acts: [], clocks: [], dispatch: null };
}

function outcomeFields(answer: OperatorAnswer): Parameters<typeof stepOf>[4] {
  return { outcome: answer.outcome, effective_at: answer.effectiveAt };
}

function afterOutcome(order: BlockOrder, target: BlockOrderState, now: Instant): readonly ClockEvent[] {
  switch (target) {
    case 'ENFORCED':
      return [
        ...ofOperator(order, now, 'ORDER_ENFORCED'),
        { ...operatorEvent(order, now, 'SERVICES_SUSPENDED'), about: null },
        ...(order.kind === 'TEMPORARY' ? [blockBegan(order, now)] : []),
      ];
    case 'PARTIALLY_ENFORCED':
      return order.kind === 'TEMPORARY' ? [blockBegan(order, now)] : [];
    case 'NOT_SERVED_HERE':
    case 'SUPERSEDED':
      return [{ event: 'ORDER_ENDED', party: null, about: order.id, at: now }];
    default:
      return [];
  }
}

function blockBegan(order: BlockOrder, at: Instant): ClockEvent {
  return { event: 'TEMPORARY_BLOCK_ENFORCED', party: { kind: 'AFC', code: AFC_PARTY }, about: order.id, at };
}

function ofOperator(order: BlockOrder, at: Instant, ...events: readonly ClockEvent['event'][]): readonly ClockEvent[] {
  return events.map((event) => operatorEvent(order, at, event));
}

function operatorEvent(order: BlockOrder, at: Instant, event: ClockEvent['event']): ClockEvent {
  return { event, party: { kind: 'OPERATOR', code: order.operatorCode }, about: order.id, at };
}

function isEffect(target: BlockOrderState): boolean {
  return target === 'ENFORCED' || target === 'PARTIALLY_ENFORCED';
}

function isLate(order: BlockOrder, now: Instant): boolean {
  return order.issuedAt !== null && instantToMs(now) - instantToMs(order.issuedAt) > LATE_AFTER_MS;
}
