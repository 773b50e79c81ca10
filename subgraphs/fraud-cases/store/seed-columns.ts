// Which columns of which tables a case's facts fill, for seeding. A fact's member has the column's name in camel case, unless told.

/** Column, its type, and the fact's member when it is not the column's name in camel case. */
export type Column = readonly [name: string, type: string, member?: string];

const INSTANT = 'timestamptz';
export const CASE_COLUMNS: readonly Column[] = [
  ['id', 'text'],
  ['number', 'text'],
  ['state', 'text'],
  ['outcome', 'text'],
  ['track', 'text'],
  ['fraud_type', 'text'],
  ['severity', 'text'],
  ['version', 'int'],
  ['opened_at', INSTANT],
  ['due_at', INSTANT],
  ['assignee', 'text'],
  ['duplicate_of', 'text'],
  ['checked_by', 'text'],
];
export const NUMBER_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['msisdn', 'text'],
  ['is_suspect', 'boolean'],
  ['case_is_open', 'boolean'],
];
export const SUBJECT_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['msisdn', 'text'],
  ['role', 'text'],
  ['added_by', 'text'],
  ['added_at', INSTANT],
  ['ground', 'text'],
];
export const REPORT_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['source', 'text'],
  ['source_ref', 'text'],
  ['reporter', 'text'],
  ['suspect', 'text'],
  ['victim', 'text'],
  ['channel', 'text'],
  ['fraud_type', 'text'],
  ['occurred_at', INSTANT],
  ['detected_at', INSTANT],
  ['received_at', INSTANT],
  ['text', 'text'],
];
export const EVIDENCE_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['kind', 'text', 'evidenceKind'],
  ['sha256', 'text'],
  ['captured_at', INSTANT],
  ['captured_by', 'text'],
  ['note', 'text'],
];
export const REQUEST_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['operator_code', 'text'],
  ['questions', 'text[]'],
  ['answer', 'text'],
  ['issued_at', INSTANT],
  ['due_at', INSTANT],
  ['answered_at', INSTANT],
  ['state', 'text'],
];
export const LOSS_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['bank', 'text'],
  ['amount', 'numeric'],
  ['occurred_at', INSTANT],
  ['transaction_ref', 'text'],
];
export const ORDER_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['sequence', 'int'],
  ['msisdn', 'text'],
  ['operator_code', 'text'],
  ['kind', 'text', 'orderKind'],
  ['state', 'text'],
  ['version', 'int'],
  ['measures', 'text[]'],
  ['reason', 'text'],
  ['issued_at', INSTANT],
  ['delivered_at', INSTANT],
  ['acknowledged_at', INSTANT],
  ['enforced_at', INSTANT],
  ['lifted_at', INSTANT],
  ['valid_until', INSTANT],
  ['lift_sequence', 'int'],
  ['superseded_by', 'text'],
];
export const APPEAL_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['order_id', 'text'],
  ['state', 'text'],
  ['version', 'int'],
  ['grounds', 'text'],
  ['statement', 'text'],
  ['filed_at', INSTANT],
  ['due_at', INSTANT],
  ['decided_by', 'text'],
  ['approved_by', 'text'],
  ['decision', 'text'],
];
export const CLOCK_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['id', 'text'],
  ['order_id', 'text'],
  ['about', 'text'],
  ['rule_id', 'text'],
  ['rule_version', 'int'],
  ['party', 'text'],
  ['started_at', INSTANT],
  ['deadline_at', INSTANT],
  ['stopped_at', INSTANT],
  ['state', 'text'],
];
export const DECISION_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['proposed_outcome', 'text'],
  ['reason_code', 'text'],
  ['findings', 'text'],
  ['content_hash', 'text'],
];
export const APPROVAL_COLUMNS: readonly Column[] = [
  ['decision_id', 'bigint'],
  ['step', 'text'],
  ['person', 'text'],
  ['at', INSTANT],
  ['content_hash', 'text'],
];
export const SEEDED_COLUMNS: readonly Column[] = [['case_id', 'text']];
export const HISTORY_COLUMNS: readonly Column[] = [
  ['case_id', 'text'],
  ['place', 'int'],
  ['step', 'text'],
  ['at', INSTANT],
  ['by_whom', 'text', 'by'],
  ['about', 'text[]'],
  ['words', 'jsonb'],
];
