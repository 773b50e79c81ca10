// Reads a case with all that its rules look at, locked, inside the transaction of a command. Two statements: the lock, and then the record as
// it is once the lock is held (a statement that waited would still show the rows of its beginning). Every part is found by index.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import { type BlockOrder, LIVE_ORDER_STATES } from '../domain/block-order';
import type { CaseRecord } from '../domain/case-record';
import type { FraudCase } from '../domain/fraud-case';

/** A record and the database's instant at which it was read. */
export interface LockedCase {
  readonly record: CaseRecord;
  readonly now: Instant;
}

/** Locks the case until the transaction ends and reads it; null when there is none. */
export async function lockCase(session: SqlSession, caseId: string): Promise<LockedCase | null> {
  if (!(await holdCase(session, caseId))) return null;
  const [row] = await rowsOf<LockedCase>(session, { name: 'case_record', text: RECORD, values: [caseId] });
  invariant(row !== undefined, 'a locked case is read');
  return row;
}

/**
 * Locks the case until the transaction ends; false when there is none. Whoever writes an act on a case does this first, also when nothing else of
 * the case is asked: an act locks the case's chain, and its event the case, and two that lock them in another order wait for each other.
 */
export async function holdCase(session: SqlSession, caseId: string): Promise<boolean> {
  const locked = await rowsOf(session, {
    name: 'case_lock',
    text: 'SELECT 1 FROM fraud_case WHERE id = $1 FOR UPDATE',
    values: [caseId],
  });
  return locked.length > 0;
}

/** The open case in which a number is the suspect; null when there is none. */
export async function openCaseOf(
  session: SqlSession,
  msisdn: string,
): Promise<Pick<FraudCase, 'id' | 'number'> | null> {
  return (await openCasesOf(session, [msisdn]))[0] ?? null;
}

/** The open cases in which the numbers are suspects, by id. */
export function openCasesOf(
  session: SqlSession,
  msisdns: readonly string[],
): Promise<readonly Pick<FraudCase, 'id' | 'number'>[]> {
  return rowsOf(session, {
    name: 'open_cases_of',
    text: `SELECT DISTINCT fraud_case.id, fraud_case.number FROM case_number JOIN fraud_case ON fraud_case.id = case_id
      WHERE msisdn = ANY ($1) AND is_suspect AND case_is_open ORDER BY fraud_case.id`,
    values: [msisdns],
  });
}

/** The live order about each number, of whatever case. */
export function liveOrdersOf(session: SqlSession, msisdns: readonly string[]): Promise<readonly BlockOrder[]> {
  return readOrders(session, 'live_orders', `msisdn = ANY ($1) AND state = ANY (${LIVE})`, [msisdns]);
}

/** Orders by id. */
export function ordersById(session: SqlSession, ids: readonly string[]): Promise<readonly BlockOrder[]> {
  return readOrders(session, 'orders_by_id', 'id = ANY ($1)', [ids]);
}

/** The number of a case that is opened at an instant. */
export async function nextCaseNumber(session: SqlSession, at: Instant): Promise<string> {
  const [row] = await rowsOf<{ readonly number: string }>(session, {
    name: 'next_case_number',
    text: 'SELECT next_case_number($1) AS number',
    values: [at],
  });
  invariant(row !== undefined, 'a case has a number');
  return row.number;
}

async function readOrders(
  session: SqlSession,
  name: string,
  condition: string,
  values: readonly unknown[],
): Promise<readonly BlockOrder[]> {
  const rows = await rowsOf<{ readonly found: BlockOrder }>(session, {
    name,
    text: `SELECT ${ORDER} AS found FROM block_order WHERE ${condition} ORDER BY id`,
    values,
  });
  return rows.map(({ found }) => found);
}

/** The words that the partial unique index over live orders names, so that it is used. */
const LIVE = `'{${LIVE_ORDER_STATES.join()}}'::text[]`;

/** A JSON object with the members of the domain; instants in their one form. */
function json(members: Readonly<Record<string, string>>): string {
  return `json_build_object(${Object.entries(members)
    .map(([member, value]) => `'${member}', ${value}`)
    .join(', ')})`;
}

/** Members whose columns have the same name in snake case. */
function same(...members: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(members.map((member) => [member, columnOf(member)]));
}

/** The same for instants. */
function instants(...members: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(members.map((member) => [member, `instant_text(${columnOf(member)})`]));
}

function columnOf(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The rows of a table that belong to the case, as a JSON list. */
function list(table: string, members: Readonly<Record<string, string>>, order: string): string {
  return `(SELECT coalesce(json_agg(${json(members)} ORDER BY ${order}), '[]') FROM ${table} WHERE ${table}.case_id = fraud_case.id)`;
}

const ORDER = json({
  ...same('id', 'caseId', 'sequence', 'msisdn', 'operatorCode', 'kind', 'state', 'version', 'measures', 'reason'),
  ...instants('issuedAt', 'deliveredAt', 'acknowledgedAt', 'enforcedAt', 'liftedAt', 'validUntil'),
  ...same('supersededBy', 'liftSequence', 'document', 'receipt', 'liftDocument', 'liftReceipt'),
});

const PARTS: Readonly<Record<string, string>> = {
  case: json({
    ...same('id', 'number', 'state', 'outcome', 'track', 'fraudType', 'severity', 'version', 'assignee', 'duplicateOf'),
    ...instants('openedAt', 'dueAt'),
  }),
  subjects: list(
    'case_subject',
    { ...same('caseId', 'msisdn', 'role', 'addedBy', 'ground'), ...instants('addedAt') },
    'added_at, msisdn',
  ),
  reports: list(
    'suspicion_report',
    {
      ...same('id', 'caseId', 'source', 'sourceRef', 'reporter', 'suspect', 'victim', 'channel', 'fraudType', 'text'),
      ...instants('occurredAt', 'detectedAt', 'receivedAt'),
    },
    'received_at, id',
  ),
  indicators: `(SELECT coalesce(json_agg(code ORDER BY code), '[]') FROM case_indicator WHERE case_id = fraud_case.id)`,
  evidence: list(
    'evidence',
    { ...same('id', 'caseId', 'kind', 'sha256', 'capturedBy', 'locked', 'note'), ...instants('capturedAt') },
    'captured_at, id',
  ),
  informationRequests: list(
    'information_request',
    {
      ...same('id', 'caseId', 'operatorCode', 'questions', 'answer', 'state'),
      ...instants('issuedAt', 'dueAt', 'answeredAt'),
    },
    'issued_at, id',
  ),
  losses: list(
    'loss',
    {
      ...same('id', 'caseId', 'bank', 'transactionRef'),
      // A number in JSON would lose its two decimals.
      amount: 'amount::text',
      ...instants('occurredAt'),
    },
    'occurred_at, id',
  ),
  holds: list(
    'transaction_hold',
    { ...same('id', 'caseId', 'bank', 'transactionRef'), ...instants('heldAt', 'recordedAt') },
    'recorded_at, id',
  ),
  checkedBy: 'fraud_case.checked_by',
  proposal: `(SELECT ${json({
    outcome: 'proposed_outcome',
    ...same('reasonCode', 'findings', 'measures'),
    proposedBy: 'approval.person',
    proposedAt: 'instant_text(approval.at)',
  })} FROM decision JOIN approval ON approval.decision_id = decision.id AND step = 'PROPOSED'
    WHERE decision.case_id = fraud_case.id AND voided_at IS NULL)`,
  editors: 'fraud_case.editors',
  approvedBy: `(SELECT approval.person FROM decision JOIN approval ON approval.decision_id = decision.id AND step = 'APPROVED'
    WHERE decision.case_id = fraud_case.id AND voided_at IS NULL)`,
  reopening: `(SELECT ${json({ ...same('reason', 'proposedBy'), ...instants('proposedAt') })} FROM reopening
    WHERE case_id = fraud_case.id AND approved_at IS NULL AND dropped_at IS NULL)`,
  orders: `(SELECT coalesce(json_agg(${ORDER} ORDER BY listed_at, id), '[]') FROM block_order WHERE case_id = fraud_case.id)`,
  clocks: list(
    'duty_clock',
    {
      ...same('id', 'caseId', 'about', 'ruleId', 'ruleVersion', 'party', 'state', 'pauses'),
      ...instants('startedAt', 'deadlineAt', 'stoppedAt'),
    },
    'started_at, id',
  ),
};

const RECORD = `SELECT instant_text(senim_now()) AS now, ${json(PARTS)} AS record FROM fraud_case WHERE id = $1`;
