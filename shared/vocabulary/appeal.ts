// Words of an appeal against a block.

/** States of an appeal. */
export const APPEAL_STATES = ['FILED', 'UNDER_REVIEW', 'PENDING_APPROVAL', 'UPHELD', 'REJECTED'] as const;
export type AppealState = (typeof APPEAL_STATES)[number];

/** Grounds on which a subscriber may appeal. */
export const APPEAL_GROUNDS = [
  'WRONG_PERSON',
  'NUMBER_SPOOFED',
  'STOLEN_PHONE',
  'RECYCLED_NUMBER',
  'LEGITIMATE_BUSINESS',
  'EMERGENCY_NEED',
  'OTHER',
] as const;
export type AppealGrounds = (typeof APPEAL_GROUNDS)[number];
