// Words of the duties that law and agreements put on the parties, and of the clocks that measure them.

/** States of a duty's clock. */
export const CLOCK_STATES = ['RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED'] as const;
export type ClockState = (typeof CLOCK_STATES)[number];

/** How binding a rule is, strongest first. */
export const RULE_STATUSES = ['LAW', 'DRAFT_LAW', 'AGREEMENT', 'POLICY'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

/** Kinds of parties that may owe a duty. */
export const PARTY_KINDS = ['OPERATOR', 'BANK', 'AFC'] as const;
export type PartyKind = (typeof PARTY_KINDS)[number];
