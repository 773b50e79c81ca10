// What the operator's own systems state, signed: each statement is a row of its own and its act in one transaction, and the outbox delivers it.
// A statement is made once for its natural key (reference, request, case): the same again gets the same act, another one is refused. If
// the process dies before the commit nothing was said; after it, the same statement gets the act that was signed.

import type { DataSource } from 'typeorm';
import { type ActAuthor, appendAct } from '../../../shared/audit-log/act-author';
import { newActId } from '../../../shared/audit-log/act-id';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import { type Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { OwnStatement } from '../domain/own-statement';
import { BANK, disclosuresOf, type OpeningColumns, openingExpiry, toActMessage } from './own-act';
import { markReported, writeReport } from './report-store';
import { toInstant } from './sql-fragment';

/** Signs a statement, or hands out what was signed for it before. CONFLICT: its key stands for another one. Atomic; may be repeated. */
export type StateOwn = (statement: OwnStatement) => Promise<Result<SignedActMessage, 'CONFLICT'>>;

/** Statements in a database at head; `author` signs. */
export function openStatementStore(dataSource: DataSource, author: ActAuthor): StateOwn {
  return (statement) =>
    dataSource.transaction(async (manager) => {
      const session = await sessionOf(manager);
      const { key, table, column } = naturalKey(statement);
      const now = await lockKey(session, key);
      const before = await findAct(session, table, column, key);
      if (before !== null) return isSame(before, statement) ? accepted(toActMessage(before)) : refused('CONFLICT');
      await write(session, author, statement, now);
      const made = await findAct(session, table, column, key);
      return made === null ? refused('CONFLICT') : accepted(toActMessage(made));
    });
}

/** Signs an answer to the bank and stores it with its act, in the caller's transaction. */
export async function writeAnswer(
  session: SqlSession,
  author: ActAuthor,
  said: Omit<OwnStatement & { readonly kind: 'information.answered' }, 'kind'>,
  at: Instant,
): Promise<void> {
  const { requestId, answer, caseId, answered } = said;
  const { act } = await appendAct(session, author, {
    kind: 'information.answered',
    caseId,
    ref: [answered],
    to: [BANK],
    at,
    fields: { requestId, answer },
    expiresOn: openingExpiry(at),
  });
  await rowsOf(session, {
    name: 'operator_answer',
    text: 'INSERT INTO information_answer (request_id, act_id, answer, answered_at) VALUES ($1, $2, $3, $4)',
    values: [requestId, act.id, answer, at],
  });
}

/** Signs what the operator's own check found and stores it with its act, in the caller's transaction. */
export async function writeCheckResult(
  session: SqlSession,
  author: ActAuthor,
  said: Omit<OwnStatement & { readonly kind: 'check.recorded' }, 'kind'>,
  at: Instant,
): Promise<void> {
  const { caseId, answered, confirmed, findings } = said;
  const { act } = await appendAct(session, author, {
    kind: 'check.recorded',
    caseId,
    ref: [answered],
    to: [BANK],
    at,
    fields: { confirmed, findings },
    expiresOn: openingExpiry(at),
  });
  await rowsOf(session, {
    name: 'operator_check_result',
    text: 'INSERT INTO check_result (case_id, act_id, confirmed, findings, checked_at) VALUES ($1, $2, $3, $4, $5)',
    values: [caseId, act.id, confirmed, findings, at],
  });
}

const LOCKS_OF_STATEMENTS = 7_703;

interface NaturalKey {
  readonly key: string;
  readonly table: 'suspicion_report' | 'information_answer' | 'check_result';
  readonly column: 'source_ref' | 'request_id' | 'case_id';
}

function naturalKey(statement: OwnStatement): NaturalKey {
  switch (statement.kind) {
    case 'suspicion.reported':
      return { key: statement.report.sourceRef, table: 'suspicion_report', column: 'source_ref' };
    case 'information.answered':
      return { key: statement.requestId, table: 'information_answer', column: 'request_id' };
    case 'check.recorded':
      return { key: statement.caseId, table: 'check_result', column: 'case_id' };
  }
}

/** The same statement twice at once is made once. Resolves with the database's clock. */
async function lockKey(session: SqlSession, key: string): Promise<Instant> {
  await rowsOf(session, {
    name: 'operator_lock_statement',
    text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
    values: [LOCKS_OF_STATEMENTS, key],
  });
  const [clock] = await rowsOf<{ readonly now: Date }>(session, { text: 'SELECT senim_now() AS now' });
  return toInstant(clock?.now ?? new Date(Number.NaN));
}

interface StatedAct extends OpeningColumns {
  readonly case_id: string | null;
}

async function findAct(
  session: SqlSession,
  table: NaturalKey['table'],
  column: NaturalKey['column'],
  key: string,
): Promise<StatedAct | null> {
  const [row] = await rowsOf<StatedAct>(session, {
    name: `operator_find_${table}`,
    text: `SELECT act.case_id, opening.jws, opening.salt, ${disclosuresOf('act.id')} AS disclosures
      FROM ${table} stated JOIN audit.act act ON act.id = stated.act_id JOIN audit.opening opening ON opening.act_id = act.id
      WHERE stated.${column} = $1`,
    values: [key],
  });
  return row ?? null;
}

/** Whether an act says what is stated: its case, what it answers, and every field. */
function isSame(act: StatedAct, statement: OwnStatement): boolean {
  const fields = fieldsOf(statement);
  const caseId = statement.kind === 'suspicion.reported' ? null : statement.caseId;
  const answered = statement.kind === 'suspicion.reported' ? [] : [statement.answered];
  const told = new Map((act.disclosures ?? []).map(([field, , value]) => [field, value]));
  return (
    act.case_id === caseId &&
    answeredBy(act.jws).join() === answered.join() &&
    Object.entries(fields).every(([field, value]) => told.get(field) === JSON.stringify(value))
  );
}

function fieldsOf(statement: OwnStatement): Readonly<Record<string, unknown>> {
  switch (statement.kind) {
    case 'suspicion.reported':
      return statement.report;
    case 'information.answered':
      return { requestId: statement.requestId, answer: statement.answer };
    case 'check.recorded':
      return { confirmed: statement.confirmed, findings: statement.findings };
  }
}

/** `ref` of an own act, which was checked when it was signed. */
function answeredBy(jws: Buffer): readonly unknown[] {
  const [, payload = ''] = jws.toString('latin1').split('.');
  const act: { readonly ref: readonly unknown[] } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return act.ref;
}

async function write(session: SqlSession, author: ActAuthor, statement: OwnStatement, now: Instant): Promise<void> {
  switch (statement.kind) {
    case 'suspicion.reported': {
      const report = { id: newActId(Date.now()), ...statement.report };
      await writeReport(session, author, report, now);
      return markReported(session, report, now);
    }
    case 'information.answered':
      return writeAnswer(session, author, statement, now);
    case 'check.recorded':
      return writeCheckResult(session, author, statement, now);
  }
}
