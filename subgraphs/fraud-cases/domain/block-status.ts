// What a reader is told about a number: one status over all its orders. The live order rules; without one, the order that ended last;
// orders that never bound anybody say nothing. The reason is one of a closed list of sentences, never an order's own text.

import type { BlockOrderState, BlockState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { type BlockOrder, LIVE_ORDER_STATES } from './block-order';

/** A number's status. `since` is the first instant of the state, as far as the bank knows it. */
export interface BlockStatus {
  readonly state: BlockState;
  readonly since: Instant | null;
  /** When a temporary block lapses by itself; null for every other status. */
  readonly until: Instant | null;
  readonly reason: string | null;
  readonly order: BlockOrder | null;
}

/** The status that a number's orders add up to, in any order. At most one of them is live. */
export function blockStatusOf(orders: readonly BlockOrder[]): BlockStatus {
  const live = orders.find((order) => (LIVE_ORDER_STATES as readonly BlockOrderState[]).includes(order.state));
  const order = live ?? lastEnded(orders);
  if (order === null) return { state: 'NONE', since: null, until: null, reason: null, order: null };
  const state = stateOf(order);
  return { state, since: sinceOf(order, state), until: untilOf(order, state), reason: REASONS[state], order };
}

const REASONS: Readonly<Record<BlockState, string | null>> = {
  NONE: null,
  TEMPORARILY_BLOCKED: 'Blocked for the time of an investigation.',
  BLOCK_ORDERED: 'A block is ordered and not in force yet.',
  BLOCKED: 'Blocked after a fraud case was confirmed.',
  PARTIALLY_BLOCKED: 'A part of the ordered measures is in force.',
  LIFT_ORDERED: 'The end of the block is ordered and not in force yet.',
  UNBLOCKED: 'An earlier block has ended.',
  BLOCK_FAILED: 'A block is ordered, but could not be put in force.',
};

function lastEnded(orders: readonly BlockOrder[]): BlockOrder | null {
  const ended = orders.filter((order) => order.state === 'LIFTED' || order.state === 'EXPIRED');
  return ended.reduce<BlockOrder | null>(
    (last, order) => (last === null || (endOf(order) ?? '') > (endOf(last) ?? '') ? order : last),
    null,
  );
}

function stateOf(order: BlockOrder): BlockState {
  switch (order.state) {
    case 'ISSUED':
    case 'DELIVERED':
    case 'ACKNOWLEDGED':
      return 'BLOCK_ORDERED';
    case 'ENFORCED':
    case 'LIFT_PENDING_APPROVAL':
      return order.kind === 'TEMPORARY' ? 'TEMPORARILY_BLOCKED' : 'BLOCKED';
    case 'PARTIALLY_ENFORCED':
      return 'PARTIALLY_BLOCKED';
    case 'FAILED':
    case 'NOT_SERVED_HERE':
      return 'BLOCK_FAILED';
    case 'LIFT_ISSUED':
      return 'LIFT_ORDERED';
    case 'LIFTED':
    case 'EXPIRED':
      return 'UNBLOCKED';
    case 'PENDING_APPROVAL':
    case 'SUPERSEDED':
    case 'CANCELLED':
      return 'NONE';
  }
}

/** An order keeps no instant at which its lift was ordered; a failure is dated by the answer that told it. */
function sinceOf(order: BlockOrder, state: BlockState): Instant | null {
  switch (state) {
    case 'BLOCK_ORDERED':
      return order.issuedAt;
    case 'TEMPORARILY_BLOCKED':
    case 'BLOCKED':
    case 'PARTIALLY_BLOCKED':
      return order.enforcedAt;
    case 'BLOCK_FAILED':
      return order.acknowledgedAt ?? order.deliveredAt ?? order.issuedAt;
    case 'UNBLOCKED':
      return endOf(order);
    case 'LIFT_ORDERED':
    case 'NONE':
      return null;
  }
}

function untilOf(order: BlockOrder, state: BlockState): Instant | null {
  return order.kind === 'TEMPORARY' && state !== 'UNBLOCKED' ? order.validUntil : null;
}

function endOf(order: BlockOrder): Instant | null {
  return order.liftedAt ?? order.validUntil;
}
