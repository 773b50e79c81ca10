// What a look-up rests on: the case that is named, the numbers of it, what occurred in it, and glasses that are broken. Read in the look's own
// transaction; the case is locked against change, so that from the COMMIT that closes it nothing more is given for it.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import { type Statement, type TextRows, textArray } from '../../../shared/audit-log/statement-group';
import { invariant } from '../../../shared/vocabulary/app-error';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import { STAFF_SOURCES } from '../domain/case-intake';
import { hashArray } from './hash-array';

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

/** What is asked of a case, or of a broken glass that is named in its place. */
export interface StandingQuestion {
  readonly caseId: string;
  readonly person: string;
  readonly msisdns: readonly string[];
  /** Keyed hashes of persons and handsets. */
  readonly identifiers: readonly Buffer[];
}

/** What is known of it. */
export interface Standing {
  /** Null when there is no such case. */
  readonly found: CaseStanding | null;
  /** Those of the numbers that are subjects of the case, and whether an organisation or a citizen reported each in it. */
  readonly subjects: ReadonlyMap<string, boolean>;
  /** Those of the hashes that occurred in what was shown for the case, as hexadecimal text. */
  readonly occurred: ReadonlySet<string>;
  /** A glass of that id that the person broke and that is open now. */
  readonly glass: OpenGlass | null;
}

/** Of a look that names nothing. */
export const NO_STANDING: Standing = { found: null, subjects: new Map(), occurred: new Set(), glass: null };

/**
 * The statements that ask it: the first locks the case against change until the transaction ends, and the second, which begins when that
 * lock is had, reads what came with the last change.
 */
export function standingStatements({ caseId, person, msisdns, identifiers }: StandingQuestion): readonly Statement[] {
  return [
    {
      name: 'case_shared',
      text: `SELECT is_open, assignee, ${instantText('opened_at')} FROM fraud_case WHERE id = $1 FOR SHARE`,
      values: [caseId],
    },
    {
      name: 'case_standing',
      text: `SELECT json_build_object(
        'subjects', (SELECT json_object_agg(msisdn, EXISTS (SELECT FROM suspicion_report AS told WHERE told.case_id = $1
            AND told.source <> ALL ($5::text[]) AND msisdn IN (told.suspect, told.victim)))
          FROM case_subject WHERE case_id = $1 AND msisdn = ANY ($3::text[])),
        'occurred', (SELECT json_agg(encode(identifier, 'hex')) FROM case_occurrence WHERE case_id = $1 AND identifier = ANY ($4::bytea[])),
        'glass', (SELECT json_build_object('id', id, 'msisdn', msisdn, 'openedAt', ${instantText('opened_at')}) FROM break_glass
          WHERE id = ($1::text)::uuid AND person = $2 AND until > senim_now() AND reviewed_at IS NULL))`,
      values: [caseId, person, textArray(msisdns), hashArray(identifiers), textArray(STAFF_SOURCES)],
    },
  ];
}

/** What those statements answered. */
export function standingIn([cases, others]: readonly TextRows[]): Standing {
  const [isOpen, assignee = null, openedAt] = cases?.[0] ?? [];
  const told = JSON.parse(others?.[0]?.[0] ?? '{}') as {
    readonly subjects: Readonly<Record<string, boolean>> | null;
    readonly occurred: readonly string[] | null;
    readonly glass: { readonly id: string; readonly msisdn: string; readonly openedAt: string } | null;
  };
  return {
    found: isOpen === undefined ? null : { isOpen: isOpen === 't', assignee, openedAt: instantOf(openedAt) },
    subjects: new Map(Object.entries(told.subjects ?? {})),
    occurred: new Set(told.occurred),
    glass: told.glass === null ? null : { ...told.glass, openedAt: instantOf(told.glass.openedAt) },
  };
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

const instantText = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

function instantOf(text: string | null | undefined): Instant {
  const parsed = parseInstant(text ?? '');
  invariant(parsed.ok, 'an instant of the database is one');
  return parsed.value;
}
