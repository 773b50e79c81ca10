// Words of the cap on lines per person and of the applications to exceed it.

/** Where a person stands against the cap; UNKNOWN when an operator did not answer. */
export const SIM_CAP_STATES = ['WITHIN', 'AT_CAP', 'OVER_CAP_JUSTIFIED', 'OVER_CAP', 'UNKNOWN'] as const;
export type SimCapState = (typeof SIM_CAP_STATES)[number];

/** What the lines beyond the cap are for. */
export const CAP_PURPOSES = ['PERSONAL', 'FAMILY', 'M2M', 'BUSINESS', 'OTHER'] as const;
export type CapPurpose = (typeof CAP_PURPOSES)[number];

/** States of an application to exceed the cap. */
export const CAP_JUSTIFICATION_STATUSES = [
  'SUBMITTED',
  'UNDER_REVIEW',
  'APPROVED',
  'REFUSED',
  'EXPIRED',
  'REVOKED',
] as const;
export type CapJustificationStatus = (typeof CAP_JUSTIFICATION_STATUSES)[number];
