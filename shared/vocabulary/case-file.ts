// Words of what is gathered in a case: reports, subjects, evidence and requests for information.

/** Where a report of a suspicious number came from. */
export const SIGNAL_SOURCES = [
  'SUBSCRIBER_COMPLAINT',
  'OPERATOR_DETECTION',
  'BANK_SIGNAL',
  'AFC_SIGNAL',
  'LAW_ENFORCEMENT',
  'CITIZEN_PORTAL',
] as const;
export type SignalSource = (typeof SIGNAL_SOURCES)[number];

/** By which channel the victim was reached or robbed. */
export const CHANNELS = ['CALL', 'SMS', 'MESSENGER', 'PAYMENT'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a number is in a case. */
export const SUBJECT_ROLES = ['SUSPECT', 'VICTIM', 'WITNESS'] as const;
export type SubjectRole = (typeof SUBJECT_ROLES)[number];

/** Kinds of evidence, of which only digests are kept. */
export const EVIDENCE_KINDS = [
  'OPERATOR_ANSWER',
  'USAGE_AGGREGATE',
  'AUDIO',
  'SCREENSHOT',
  'DOCUMENT',
  'BANK_TRANSACTION',
  'INDICATOR_SNAPSHOT',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** States of a question put to an operator. */
export const INFORMATION_REQUEST_STATES = ['SENT', 'ANSWERED', 'OVERDUE'] as const;
export type InformationRequestState = (typeof INFORMATION_REQUEST_STATES)[number];
