// Words of dividing a loss between the parties.

/** Ways of dividing a loss. */
export const LIABILITY_MODES = ['JOINT_AND_SEVERAL', 'WATERFALL', 'EQUAL_SPLIT', 'PROPORTIONAL'] as const;
export type LiabilityMode = (typeof LIABILITY_MODES)[number];

/** States of an assessment. */
export const LIABILITY_STATES = ['DRAFT', 'APPROVED'] as const;
export type LiabilityState = (typeof LIABILITY_STATES)[number];
