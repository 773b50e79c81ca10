// Words of a fraud case. Which state follows which, and who may cause it, is decided by the fraud cases' own domain.

/** States of a case, roughly in the order of its life. */
export const FRAUD_CASE_STATES = [
  'REPORTED',
  'TRIAGED',
  'OPERATOR_CHECK',
  'UNDER_INVESTIGATION',
  'AWAITING_INFORMATION',
  'PENDING_APPROVAL',
  'DECIDED',
  'CLOSED',
  'DISMISSED',
  'DUPLICATE',
] as const;
export type FraudCaseState = (typeof FRAUD_CASE_STATES)[number];

/** What a case found; UNSET until it is decided. */
export const CASE_OUTCOMES = ['UNSET', 'CONFIRMED', 'REFUTED', 'INCONCLUSIVE'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** Who checks first: the operator within its working days, or the Anti-Fraud Center. */
export const CASE_TRACKS = ['OPERATOR_CHECK', 'AFC_INVESTIGATION'] as const;
export type CaseTrack = (typeof CASE_TRACKS)[number];

/** Kinds of fraud; the first seven are those of the public statistics. */
export const FRAUD_TYPES = [
  'PHONE_IMPERSONATION',
  'FALSE_INVESTMENT',
  'SOCIAL_MESSENGER',
  'CREDIT_FRAUD',
  'FAKE_SHOP',
  'DROPPER_MULE',
  'MIRROR_SITE',
  'SIM_BOX_BYPASS',
  'MASS_CALLING',
  'BULK_SMS',
  'SIM_SWAP_TAKEOVER',
  'IDENTITY_MISUSE',
  'OTHER',
] as const;
export type FraudType = (typeof FRAUD_TYPES)[number];

/** Severities, lowest first. */
export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** By what case statistics may be counted. */
export const CASE_GROUPINGS = ['FRAUD_TYPE', 'OPERATOR', 'DAY', 'STATE'] as const;
export type CaseGrouping = (typeof CASE_GROUPINGS)[number];
