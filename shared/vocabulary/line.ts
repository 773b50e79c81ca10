// Words of a line at its operator: contract, SIM card and services.

/** States of a contract on a number. */
export const LINE_STATUSES = [
  'PENDING_IDENTIFICATION',
  'IDENTIFICATION_FAILED',
  'ACTIVE',
  'SUSPENDED',
  'PORTED_OUT',
  'DEACTIVATED',
  'QUARANTINE',
] as const;
export type LineStatus = (typeof LINE_STATUSES)[number];

/** Kinds of tariff plans. */
export const PLAN_KINDS = ['PREPAID', 'POSTPAID', 'BUSINESS'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** Why a SIM card was issued. */
export const SIM_CHANGE_REASONS = ['FIRST_ISSUE', 'LOST', 'DAMAGED', 'ESIM', 'UPGRADE', 'PORT_IN', 'OTHER'] as const;
export type SimChangeReason = (typeof SIM_CHANGE_REASONS)[number];

/** What the network says of one service of a line. */
export const SERVICE_STATES = ['ACTIVE', 'SUSPENDED', 'THROTTLED'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];
