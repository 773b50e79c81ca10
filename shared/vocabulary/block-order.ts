// Words of blocking a number: what the bank orders, what an operator did, and what a reader is told. Transitions are decided by the
// fraud cases' and the operator's own domains.

/** TEMPORARY lapses by itself; CONFIRMED stands until it is lifted. */
export const BLOCK_KINDS = ['TEMPORARY', 'CONFIRMED'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** What is taken from a line. */
export const BLOCK_MEASURES = [
  'VOICE_OUT',
  'VOICE_IN',
  'SMS_OUT',
  'SMS_IN',
  'DATA',
  'PORT_FREEZE',
  'SIM_SWAP_FREEZE',
] as const;
export type BlockMeasure = (typeof BLOCK_MEASURES)[number];

/** States of an order at the bank. */
export const BLOCK_ORDER_STATES = [
  'PENDING_APPROVAL',
  'ISSUED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'SUPERSEDED',
  'LIFT_PENDING_APPROVAL',
  'LIFT_ISSUED',
  'LIFTED',
  'EXPIRED',
  'CANCELLED',
] as const;
export type BlockOrderState = (typeof BLOCK_ORDER_STATES)[number];

/** What a reader is told about a number, over all its orders. */
export const BLOCK_STATES = [
  'NONE',
  'TEMPORARILY_BLOCKED',
  'BLOCK_ORDERED',
  'BLOCKED',
  'PARTIALLY_BLOCKED',
  'LIFT_ORDERED',
  'UNBLOCKED',
  'BLOCK_FAILED',
] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** States of an order at the operator that received it. */
export const ENFORCEMENT_STATES = [
  'RECEIVED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'LIFTED',
  'SUPERSEDED',
] as const;
export type EnforcementState = (typeof ENFORCEMENT_STATES)[number];

/** What an operator answers to an order. */
export const BLOCK_OUTCOMES = [
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'LIFTED',
  'ALREADY_DONE',
  'SUPERSEDED',
] as const;
export type BlockOutcome = (typeof BLOCK_OUTCOMES)[number];
