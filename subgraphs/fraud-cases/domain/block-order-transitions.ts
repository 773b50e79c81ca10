// The table of a block order's states: which command leads from which state to which, and which act tells it. Data alone; who may give a
// command and what else changes is decided by the order's steps.

import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { ActAuthor, CaseActKind } from './act-draft';

/** What can happen to an order. */
export const BLOCK_ORDER_COMMANDS = [
  'issueOrder',
  'reissueOrder',
  'deliverOrder',
  'acknowledgeOrder',
  'concludeOrder',
  'leaveOperator',
  'supersedeOrder',
  'cancelBlockOrder',
  'requestLift',
  'approveLift',
  'orderLift',
  'concludeLift',
  'expireOrder',
] as const;
export type BlockOrderCommand = (typeof BLOCK_ORDER_COMMANDS)[number];

/** One row: from any of `from` to `to`. An empty `from` is an order that does not exist yet; SAME leaves the state as it is. */
export interface BlockOrderTransition {
  readonly from: readonly BlockOrderState[];
  readonly command: BlockOrderCommand;
  readonly to: BlockOrderState | 'SAME';
  readonly act: CaseActKind;
  readonly author: ActAuthor;
}

const UNDER_WAY = ['ISSUED', 'DELIVERED', 'ACKNOWLEDGED', 'FAILED'] as const;
const IN_FORCE = ['ENFORCED', 'PARTIALLY_ENFORCED'] as const;

/** Every row; any other pair of state and command is refused. */
export const BLOCK_ORDER_TRANSITIONS: readonly BlockOrderTransition[] = [
  row([], 'issueOrder', 'ISSUED', 'block.ordered'),
  row(['PENDING_APPROVAL'], 'issueOrder', 'ISSUED', 'block.ordered'),
  // The new order at the operator that serves the number now; the old one is superseded by it.
  row([], 'reissueOrder', 'ISSUED', 'block.reissued'),
  row(['ISSUED'], 'deliverOrder', 'DELIVERED', 'block.delivered'),
  row(['DELIVERED'], 'acknowledgeOrder', 'ACKNOWLEDGED', 'block.acknowledged'),
  // A failed or partly executed order is sent again, and each answer has its receipt.
  row(['FAILED', 'PARTIALLY_ENFORCED'], 'acknowledgeOrder', 'SAME', 'block.acknowledged'),
  row(['ACKNOWLEDGED', 'FAILED', 'PARTIALLY_ENFORCED'], 'concludeOrder', 'ENFORCED', 'block.enforced', 'OPERATOR'),
  row(['ACKNOWLEDGED', 'FAILED'], 'concludeOrder', 'PARTIALLY_ENFORCED', 'block.enforced', 'OPERATOR'),
  row(['ACKNOWLEDGED'], 'concludeOrder', 'FAILED', 'block.failed', 'OPERATOR'),
  row(['FAILED', 'PARTIALLY_ENFORCED'], 'concludeOrder', 'SAME', 'block.failed', 'OPERATOR'),
  row(['ACKNOWLEDGED', 'FAILED', 'PARTIALLY_ENFORCED'], 'concludeOrder', 'NOT_SERVED_HERE', 'block.failed', 'OPERATOR'),
  row(['ACKNOWLEDGED', 'FAILED', 'PARTIALLY_ENFORCED'], 'concludeOrder', 'SUPERSEDED', 'block.superseded'),
  // The line went to another operator under the block, which follows it there.
  row(
    [...UNDER_WAY, ...IN_FORCE, 'LIFT_PENDING_APPROVAL'],
    'leaveOperator',
    'NOT_SERVED_HERE',
    'block.failed',
    'OPERATOR',
  ),
  row(
    [...UNDER_WAY, ...IN_FORCE, 'NOT_SERVED_HERE', 'LIFT_PENDING_APPROVAL', 'LIFT_ISSUED'],
    'supersedeOrder',
    'SUPERSEDED',
    'block.superseded',
  ),
  row(['PENDING_APPROVAL', ...UNDER_WAY, 'NOT_SERVED_HERE'], 'cancelBlockOrder', 'CANCELLED', 'block.cancelled'),
  row([...IN_FORCE], 'requestLift', 'LIFT_PENDING_APPROVAL', 'lift.proposed'),
  row(['LIFT_PENDING_APPROVAL'], 'approveLift', 'LIFT_ISSUED', 'lift.ordered'),
  // The lift that a decision or an upheld appeal brings: its two people have decided already.
  row([...IN_FORCE, 'LIFT_PENDING_APPROVAL'], 'orderLift', 'LIFT_ISSUED', 'lift.ordered'),
  row(['LIFT_ISSUED'], 'concludeLift', 'LIFTED', 'lift.done', 'OPERATOR'),
  row(['LIFT_ISSUED'], 'concludeLift', 'SUPERSEDED', 'block.superseded'),
  row(['LIFT_ISSUED'], 'concludeLift', 'SAME', 'block.failed', 'OPERATOR'),
  // A cancelled order that may have gone out is followed by a lift, which is answered too.
  row(['CANCELLED'], 'concludeLift', 'SAME', 'lift.done', 'OPERATOR'),
  row(
    [...UNDER_WAY, ...IN_FORCE, 'NOT_SERVED_HERE', 'LIFT_PENDING_APPROVAL', 'LIFT_ISSUED'],
    'expireOrder',
    'EXPIRED',
    'block.expired',
    'OPERATOR',
  ),
];

/** The rows that a command may take in a state; null is an order that does not exist yet. Empty: the command is not possible there. */
export function blockOrderRows(
  state: BlockOrderState | null,
  command: BlockOrderCommand,
): readonly BlockOrderTransition[] {
  return BLOCK_ORDER_TRANSITIONS.filter(
    (each) => each.command === command && (state === null ? each.from.length === 0 : each.from.includes(state)),
  );
}

function row(
  from: readonly BlockOrderState[],
  command: BlockOrderCommand,
  to: BlockOrderState | 'SAME',
  act: CaseActKind,
  author: ActAuthor = 'BANK',
): BlockOrderTransition {
  return { from, command, to, act, author };
}
