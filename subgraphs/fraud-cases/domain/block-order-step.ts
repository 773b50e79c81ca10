// The steps of one block order: issued, replaced, cancelled, lifted, expired. Each gives the order as it stands afterwards, its act and
// what it does to the clocks. Sequences come from the number's counter, ids and instants from the caller; what an operator answered is
// settled in the order's settlement.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { BlockKind, BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from './act-draft';
import { type Actor, type ActorRole, AFC_PARTY, actsAs } from './actor';
import type { BlockOrder } from './block-order';
import { type BlockOrderCommand, type BlockOrderTransition, blockOrderRows } from './block-order-transitions';
import type { ClockEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/** An order and who asked for its lift; null while nobody did. */
export interface OrderRecord {
  readonly order: BlockOrder;
  readonly liftRequestedBy: string | null;
}

/** What a step does. */
export interface BlockOrderStep {
  readonly next: OrderRecord;
  readonly acts: readonly ActDraft[];
  readonly clocks: readonly ClockEvent[];
  /** The document that goes out to the operator after the step; null when none does. */
  readonly dispatch: 'BLOCK' | 'LIFT' | null;
}

/** A block that a case wants. */
export interface BlockIntent {
  readonly caseId: string;
  readonly msisdn: Msisdn;
  readonly operatorCode: OperatorCode;
  readonly kind: BlockKind;
  readonly measures: readonly BlockMeasure[];
  readonly reason: string;
  readonly validUntil: Instant | null;
}

/** What a number's live order says to a new one: nothing, that it gives way (its id), or that there is no room. */
export function roomFor(
  kind: BlockKind,
  live: BlockOrder | null,
): Result<{ readonly supersedes: string | null }, Refusal> {
  if (live === null) return accepted({ supersedes: null });
  return kind === 'CONFIRMED' && live.kind === 'TEMPORARY'
    ? accepted({ supersedes: live.id })
    : refuse('BLOCKED_ALREADY');
}

/** A new order, ISSUED, with the number's next sequence. The live order that it replaces is superseded in the same transaction. */
export function issueOrder(
  intent: BlockIntent,
  given: { readonly id: string; readonly sequence: number },
  actor: Actor,
  now: Instant,
): BlockOrderStep {
  const issuance = stepOf(null, 'issueOrder', newOrder(intent, given, now), actor, { reason: intent.reason });
  return { ...issuance, clocks: orderIssued(now), dispatch: 'BLOCK' };
}

/**
 * The order again at the operator that serves the number now, as a new one; the old one is superseded by it. `servedBy` is null when no
 * operator serves the line of the person who was blocked: a later holder of the number is never blocked. Refused: NUMBER_NOT_SERVED.
 */
export function reissueOrder(
  record: OrderRecord,
  given: { readonly id: string; readonly sequence: number; readonly servedBy: OperatorCode | null },
  actor: Actor,
  now: Instant,
): Result<{ readonly old: BlockOrderStep; readonly reissued: BlockOrderStep }, Refusal> {
  const { order } = record;
  if (order.state !== 'NOT_SERVED_HERE' || isPast(order.validUntil, now)) return refuse('NOT_IN_THIS_STATE');
  if (given.servedBy === null || given.servedBy === order.operatorCode) return refuse('NOT_SERVED');
  const old = supersedeOrder(record, given.id, actor, now);
  if (!old.ok) return old;
  const next = newOrder({ ...order, operatorCode: given.servedBy }, given, now);
  const reissued = stepOf(null, 'reissueOrder', next, actor, { instead_of: order.id });
  return accepted({ old: old.value, reissued: { ...reissued, dispatch: 'BLOCK' } });
}

/** The order when a newer one of the number takes its place. */
export function supersedeOrder(
  record: OrderRecord,
  by: string,
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  if (blockOrderRows(record.order.state, 'supersedeOrder').length === 0) return refuse('NOT_IN_THIS_STATE');
  const next = { ...record.order, state: 'SUPERSEDED', supersededBy: by } as const;
  return accepted(ended(stepOf(record, 'supersedeOrder', next, actor, { superseded_by: by }), now));
}

/**
 * The order cancelled before it was in force. One that was issued may have reached the operator without the bank knowing: a lift with the
 * number's next sequence goes after it, so that it cannot take effect later. Refused: role, stale version, already in force.
 */
export function cancelBlockOrder(
  record: OrderRecord,
  command: { readonly expectedVersion: number; readonly reason: string; readonly liftSequence: number },
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const guard = guardOf(record, 'cancelBlockOrder', actor, ['INVESTIGATOR', 'SUPERVISOR'], command.expectedVersion);
  if (!guard.ok) return guard;
  if (command.reason.trim() === '') return refuse('NO_REASON');
  return accepted(cancelled(record, command.reason, command.liftSequence, actor, now));
}

/** Somebody asks to lift a block in force. Refused: role, not in force. */
export function requestLift(
  record: OrderRecord,
  command: { readonly reason: string },
  actor: Actor,
): Result<BlockOrderStep, Refusal> {
  if (!actsAs(actor, 'INVESTIGATOR', 'SUPERVISOR', 'APPEALS')) return refuse('ROLE');
  if (!isInForce(record.order) && record.order.state !== 'LIFT_PENDING_APPROVAL') return refuse('NOT_BLOCKED');
  const guard = guardOf(record, 'requestLift', actor, ['INVESTIGATOR', 'SUPERVISOR', 'APPEALS']);
  if (!guard.ok) return guard;
  if (command.reason.trim() === '') return refuse('NO_REASON');
  const next = { ...record.order, state: 'LIFT_PENDING_APPROVAL' } as const;
  const step = stepOf(record, 'requestLift', next, actor, { reason: command.reason });
  return accepted({ ...step, next: { ...step.next, liftRequestedBy: actor.person } });
}

/** The second person agrees to the lift: freeing a number takes the same two people as blocking it. Refused: role, stale, same person. */
export function approveLift(
  record: OrderRecord,
  command: { readonly expectedVersion: number; readonly liftSequence: number },
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const guard = guardOf(record, 'approveLift', actor, ['SUPERVISOR'], command.expectedVersion);
  if (!guard.ok) return guard;
  if (record.liftRequestedBy === actor.person) return refuse('OWN_REQUEST');
  return accepted(liftIssued(record, 'approveLift', command.liftSequence, actor, now));
}

/**
 * The end of a block that two people, or a rule, decided elsewhere (a case refuted, an appeal upheld): lifted when it is in force, cancelled
 * before. Refused with NOT_BLOCKED when it is ended or ending already.
 */
export function endOrder(
  record: OrderRecord,
  command: { readonly reason: string; readonly liftSequence: number },
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  if (blockOrderRows(record.order.state, 'orderLift').length > 0) {
    return accepted(liftIssued(record, 'orderLift', command.liftSequence, actor, now));
  }
  if (blockOrderRows(record.order.state, 'cancelBlockOrder').length > 0) {
    return accepted(cancelled(record, command.reason, command.liftSequence, actor, now));
  }
  return refuse('NOT_BLOCKED');
}

/**
 * A temporary block that lapsed at its end: told by the operator, or seen by the bank's timer. `at` is the instant told or the timer's own.
 * Refused: role, confirmed order, before its end.
 */
export function expireOrder(
  record: OrderRecord,
  command: { readonly at: Instant },
  actor: Actor,
  now: Instant,
): Result<BlockOrderStep, Refusal> {
  const { order } = record;
  if (!actsAs(actor, 'SYSTEM') && !(actsAs(actor, 'OPERATOR') && actor.organisation === order.operatorCode)) {
    return refuse('ROLE');
  }
  if (blockOrderRows(order.state, 'expireOrder').length === 0 || order.kind !== 'TEMPORARY') {
    return refuse('NOT_IN_THIS_STATE');
  }
  if (order.validUntil === null || command.at < order.validUntil) return refuse('NOT_OVERDUE');
  const liftedAt = order.enforcedAt === null ? null : order.validUntil;
  const step = stepOf(record, 'expireOrder', { ...order, state: 'EXPIRED', liftedAt }, actor, {
    valid_until: order.validUntil,
  });
  return accepted(ended(step, now));
}

/** The step of one row of the table: next version, the row's act. For the steps of an order alone. */
export function stepOf(
  before: OrderRecord | null,
  command: BlockOrderCommand,
  next: BlockOrder,
  actor: Actor,
  fields: ActDraft['fields'],
): BlockOrderStep {
  const row = rowFor(before, command, next);
  const version = before === null ? 1 : before.order.version + 1;
  const act: ActDraft = {
    kind: row.act,
    author: row.author,
    caseId: next.caseId,
    actor: actor.person,
    to: [next.operatorCode],
    fields: { order: next.id, msisdn: next.msisdn, sequence: next.sequence, state: next.state, ...fields },
  };
  return {
    next: { order: { ...next, version }, liftRequestedBy: before?.liftRequestedBy ?? null },
    acts: [act],
    clocks: [],
    dispatch: null,
  };
}

function rowFor(before: OrderRecord | null, command: BlockOrderCommand, next: BlockOrder): BlockOrderTransition {
  const state = before?.order.state ?? null;
  const rows = blockOrderRows(state, command);
  const row = rows.find(({ to }) => (to === 'SAME' ? state : to) === next.state);
  invariant(row !== undefined, `an order does not go from ${state ?? 'nothing'} to ${next.state} by ${command}`);
  return row;
}

function newOrder(
  intent: BlockIntent,
  given: { readonly id: string; readonly sequence: number },
  now: Instant,
): BlockOrder {
  return {
    id: given.id,
    caseId: intent.caseId,
    sequence: given.sequence,
    msisdn: intent.msisdn,
    operatorCode: intent.operatorCode,
    kind: intent.kind,
    state: 'ISSUED',
    version: 1,
    measures: intent.measures,
    reason: intent.reason,
    issuedAt: now,
    deliveredAt: null,
    acknowledgedAt: null,
    enforcedAt: null,
    liftedAt: null,
    validUntil: intent.validUntil,
    supersededBy: null,
    liftSequence: null,
    document: null,
    receipt: null,
    liftDocument: null,
    liftReceipt: null,
  };
}

function guardOf(
  record: OrderRecord,
  command: BlockOrderCommand,
  actor: Actor,
  roles: readonly ActorRole[],
  expectedVersion?: number,
): Result<null, Refusal> {
  if (!actsAs(actor, ...roles)) return refuse('ROLE');
  if (expectedVersion !== undefined && expectedVersion !== record.order.version) return refuse('STALE');
  return blockOrderRows(record.order.state, command).length === 0 ? refuse('NOT_IN_THIS_STATE') : accepted(null);
}

function cancelled(record: OrderRecord, reason: string, sequence: number, actor: Actor, now: Instant): BlockOrderStep {
  const wentOut = record.order.state !== 'PENDING_APPROVAL';
  const liftSequence = wentOut ? laterSequence(record.order, sequence) : null;
  const next = { ...record.order, state: 'CANCELLED', liftSequence } as const;
  const step = stepOf(record, 'cancelBlockOrder', next, actor, { reason });
  return { ...ended(step, now), dispatch: wentOut ? 'LIFT' : null };
}

function liftIssued(
  record: OrderRecord,
  command: 'approveLift' | 'orderLift',
  sequence: number,
  actor: Actor,
  now: Instant,
): BlockOrderStep {
  const liftSequence = laterSequence(record.order, sequence);
  const next = { ...record.order, state: 'LIFT_ISSUED', liftSequence } as const;
  const step = stepOf(record, command, next, actor, { lift_sequence: liftSequence });
  const party = { kind: 'AFC', code: AFC_PARTY } as const;
  return { ...step, clocks: [{ event: 'LIFT_ISSUED', party, about: next.id, at: now }], dispatch: 'LIFT' };
}

function laterSequence(order: BlockOrder, sequence: number): number {
  invariant(order.sequence !== null && sequence > order.sequence, "a lift's sequence is later than its order's");
  return sequence;
}

function ended(step: BlockOrderStep, now: Instant): BlockOrderStep {
  return { ...step, clocks: [{ event: 'ORDER_ENDED', party: null, about: step.next.order.id, at: now }] };
}

function orderIssued(now: Instant): readonly ClockEvent[] {
  return [{ event: 'ORDER_ISSUED', party: { kind: 'AFC', code: AFC_PARTY }, about: null, at: now }];
}

function isInForce(order: BlockOrder): boolean {
  return order.state === 'ENFORCED' || order.state === 'PARTIALLY_ENFORCED';
}

function isPast(end: Instant | null, now: Instant): boolean {
  return end !== null && end <= now;
}
