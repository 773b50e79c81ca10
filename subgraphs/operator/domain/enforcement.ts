// What an operator does with a verified order: decided from what it knows of the number, before anything is tried. Pure. Per number the highest
// sequence that was accepted rules, whatever came first over the wire; what an order left behind is told by its answer. Emergency
// numbers stay reachable under every measure: no measure names them, and so nothing here can take them (service-status.ts).

import type { BlockMeasure, BlockOutcome } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { OrderDocument } from './order-document';

/** The answer to an order, as its signed receipt says it. */
export interface OrderAnswer {
  readonly outcome: BlockOutcome;
  /** Measures that the network holds on the line afterwards. */
  readonly services: readonly BlockMeasure[];
  /** Null when nothing took effect. */
  readonly effectiveAt: Instant | null;
}

/** What an operator knows of a number when an order on it comes; read under the number's lock. */
export interface NumberSituation {
  /** The order with the highest sequence that was accepted; null before the first. */
  readonly accepted: { readonly sequence: number; readonly orderHash: string } | null;
  /** The last answer that was given to this very document; null when it is new. */
  readonly given: OrderAnswer | null;
  /** First instant of the contract that is in force on the number; null when the number is not served here. */
  readonly servedSince: Instant | null;
  /** The block in force; null when there is none. */
  readonly live: { readonly orderId: string; readonly sequence: number } | null;
  /** What the network holds now on the line of the block in force, else on the line that is served. */
  readonly held: readonly BlockMeasure[];
  readonly now: Instant;
}

/**
 * REPEAT: the answer that was given stands. CONFLICT: another document has this sequence. ANSWER: nothing is to be tried. SWITCH: the network
 * is told to hold exactly these measures, and what it then holds makes the answer.
 */
export type OrderDecision =
  | { readonly kind: 'REPEAT'; readonly answer: OrderAnswer }
  | { readonly kind: 'CONFLICT' }
  | { readonly kind: 'ANSWER'; readonly outcome: 'SUPERSEDED' | 'NOT_SERVED_HERE' | 'ALREADY_DONE' }
  | { readonly kind: 'SWITCH'; readonly measures: readonly BlockMeasure[] };

/** What becomes of the block that was in force when an order was answered. */
export type LiveBlockFate = 'STAYS' | 'SUPERSEDED' | 'LIFTED';

/** Kinds of acts by which an operator tells what it did with an order. */
export type OrderActKind = 'block.enforced' | 'block.failed' | 'block.superseded' | 'lift.done';

/** What to do with an order. Its signature, addressee and the bank's act were verified before. */
export function decideOrder(order: OrderDocument, orderHash: string, situation: NumberSituation): OrderDecision {
  const { accepted, given, servedSince, live, held, now } = situation;
  if (given !== null && standsNow(order, given, now)) return { kind: 'REPEAT', answer: given };
  if (accepted !== null && accepted.sequence > order.sequence) {
    // What was in force in part has had its effect; what failed never will.
    const isOver = given === null || given.outcome === 'FAILED';
    return isOver ? { kind: 'ANSWER', outcome: 'SUPERSEDED' } : { kind: 'REPEAT', answer: given };
  }
  if (accepted !== null && accepted.sequence === order.sequence && accepted.orderHash !== orderHash) {
    return { kind: 'CONFLICT' };
  }
  if (order.kind === 'LIFT') {
    if (live !== null || held.length > 0) return { kind: 'SWITCH', measures: [] };
    return { kind: 'ANSWER', outcome: servedSince === null ? 'NOT_SERVED_HERE' : 'ALREADY_DONE' };
  }
  if (servedSince === null || servedSince > order.issuedAt) return { kind: 'ANSWER', outcome: 'NOT_SERVED_HERE' };
  return { kind: 'SWITCH', measures: hasLapsed(order, now) ? [] : order.measures };
}

/** The answer when nothing was tried. */
export function answerUntried(
  outcome: (OrderDecision & { readonly kind: 'ANSWER' })['outcome'],
  held: readonly BlockMeasure[],
): OrderAnswer {
  return { outcome, services: outcome === 'NOT_SERVED_HERE' ? [] : held, effectiveAt: null };
}

/** The answer after the network was told; `held` was read back from it. A block whose time was over before it came is FAILED: it never held. */
export function answerTried(order: OrderDocument, held: readonly BlockMeasure[], now: Instant): OrderAnswer {
  const outcome = order.kind === 'LIFT' ? liftOutcome(held) : blockOutcome(order, held, now);
  return { outcome, services: held, effectiveAt: outcome === 'FAILED' ? null : now };
}

/** Whether a new attempt left things as an earlier answer says them: then that answer is given again. */
export function isSameAnswer(given: OrderAnswer | null, answer: OrderAnswer): boolean {
  return given !== null && given.outcome === answer.outcome && given.services.join() === answer.services.join();
}

/** Whether an order with this answer became the number's highest. */
export function isAccepted(answer: OrderAnswer): boolean {
  return answer.outcome !== 'SUPERSEDED';
}

/** What becomes of the block in force: whatever is accepted after it ends it, but a lift that failed leaves it as it is. */
export function fateOfLive(
  order: OrderDocument,
  answer: OrderAnswer,
  live: { readonly orderId: string; readonly sequence: number },
): LiveBlockFate {
  if (!isAccepted(answer)) return 'STAYS';
  if (order.kind === 'LIFT') {
    if (answer.outcome === 'FAILED') return 'STAYS';
    return live.orderId === order.id ? 'LIFTED' : 'SUPERSEDED';
  }
  return live.orderId === order.id && live.sequence === order.sequence ? 'STAYS' : 'SUPERSEDED';
}

/** The act that tells an answer. */
export function actKindOf(order: OrderDocument, { outcome }: OrderAnswer): OrderActKind {
  if (outcome === 'SUPERSEDED') return 'block.superseded';
  if (outcome === 'FAILED') return 'block.failed';
  if (order.kind === 'LIFT') return 'lift.done';
  return outcome === 'NOT_SERVED_HERE' ? 'block.failed' : 'block.enforced';
}

/** Whether an answer stands for good. What failed, or holds in part, is tried again when the order comes again. */
export function isSettled(order: Pick<OrderDocument, 'kind'>, { outcome }: OrderAnswer): boolean {
  return outcome !== 'FAILED' && !(order.kind === 'BLOCK' && outcome === 'PARTIALLY_ENFORCED');
}

/** Whether a temporary block is over. */
export function hasLapsed({ validUntil }: Pick<OrderDocument, 'validUntil'>, now: Instant): boolean {
  return validUntil !== null && validUntil <= now;
}

/** A block that held in part until its end is not tried again after it. */
function standsNow(order: OrderDocument, given: OrderAnswer, now: Instant): boolean {
  return isSettled(order, given) || (given.outcome === 'PARTIALLY_ENFORCED' && hasLapsed(order, now));
}

function blockOutcome(order: OrderDocument, held: readonly BlockMeasure[], now: Instant): BlockOutcome {
  if (hasLapsed(order, now)) return 'FAILED';
  const taken = order.measures.filter((measure) => held.includes(measure)).length;
  if (taken === 0) return 'FAILED';
  return taken === order.measures.length && held.length === taken ? 'ENFORCED' : 'PARTIALLY_ENFORCED';
}

function liftOutcome(held: readonly BlockMeasure[]): BlockOutcome {
  return held.length === 0 ? 'LIFTED' : 'FAILED';
}
