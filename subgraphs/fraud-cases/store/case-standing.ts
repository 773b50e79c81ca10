// What a look-up rests on: the case that is named, the numbers of it, what occurred in it, and glasses that are broken. Read in the look's own
// transaction; the case is locked against change, so that from the COMMIT that closes it nothing more is given for it.

import { rowsOf, type SqlSession, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import { toInstant } from './instant-column';

/** A case as far as a look-up asks. */
export interface CaseStanding {
  readonly isOpen: boolean;
  readonly assignee: string | null;
  readonly openedAt: Instant;
}

/** A glass that is broken now. */
export interface OpenGlass {
  readonly id: string;
  readonly msisdn: string;
  readonly openedAt: Instant;
}

/** The case, locked against change until the transaction ends; null when there is none. */
export async function shareCase(session: SqlSession, caseId: string): Promise<CaseStanding | null> {
  return readCase(session, caseId, 'FOR SHARE');
}

/** The case as it is at this moment, which may pass. */
export async function seeCase(source: SqlSource, caseId: string): Promise<CaseStanding | null> {
  return readCase(source, caseId, '');
}

/** Those of the numbers that are subjects of a case, and who linked each to it. */
export async function subjectsAmong(
  source: SqlSource,
  caseId: string,
  msisdns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf<{ readonly msisdn: string; readonly added_by: string }>(source, {
    name: 'case_subjects_among',
    text: 'SELECT msisdn, added_by FROM case_subject WHERE case_id = $1 AND msisdn = ANY ($2)',
    values: [caseId, msisdns],
  });
  return new Map(rows.map((row) => [row.msisdn, row.added_by]));
}

/** Those of the keyed hashes that occurred in what was shown for a case, as hexadecimal text. */
export async function occurredAmong(
  session: SqlSession,
  caseId: string,
  identifiers: readonly Buffer[],
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ readonly identifier: Buffer }>(session, {
    name: 'case_occurrences_among',
    text: 'SELECT identifier FROM case_occurrence WHERE case_id = $1 AND identifier = ANY ($2)',
    values: [caseId, identifiers],
  });
  return new Set(rows.map(({ identifier }) => identifier.toString('hex')));
}

/** Keeps what occurred in what a grant opened. False when it is no grant in clear for a case, or not one of the last two minutes. */
export async function keepOccurrences(
  source: SqlSource,
  grantId: string,
  identifiers: readonly Buffer[],
): Promise<boolean> {
  const rows = await rowsOf(source, {
    name: 'occurrences_kept',
    text: `WITH given AS (SELECT case_id FROM lookup_grant WHERE id = $1 AND class = 'CLEAR' AND case_id IS NOT NULL
        AND issued_at > senim_now() - interval '2 minutes'),
      kept AS (INSERT INTO case_occurrence (case_id, identifier) SELECT case_id, hash FROM given, unnest($2::bytea[]) AS hash
        ORDER BY hash ON CONFLICT DO NOTHING)
      SELECT 1 FROM given`,
    values: [grantId, identifiers],
  });
  return rows.length > 0;
}

/** A glass that the person broke and that is open now. */
export async function openGlass(source: SqlSource, id: string, person: string): Promise<OpenGlass | null> {
  const [row] = await rowsOf<{ readonly id: string; readonly msisdn: string; readonly opened_at: Date }>(source, {
    name: 'open_glass',
    text: 'SELECT id, msisdn, opened_at FROM break_glass WHERE id = $1 AND person = $2 AND until > senim_now() AND reviewed_at IS NULL',
    values: [id, person],
  });
  return row === undefined ? null : { id: row.id, msisdn: row.msisdn, openedAt: toInstant(row.opened_at) };
}

async function readCase(source: SqlSource, caseId: string, lock: 'FOR SHARE' | ''): Promise<CaseStanding | null> {
  const [row] = await rowsOf<{
    readonly is_open: boolean;
    readonly assignee: string | null;
    readonly opened_at: Date;
  }>(source, {
    name: lock === '' ? 'case_seen' : 'case_shared',
    text: `SELECT is_open, assignee, opened_at FROM fraud_case WHERE id = $1 ${lock}`,
    values: [caseId],
  });
  return row === undefined ? null : { isOpen: row.is_open, assignee: row.assignee, openedAt: toInstant(row.opened_at) };
}
