// Broken glasses as rows: who broke one for which number, until when, and what another person said of it. Each change stands beside its act.

import type { DataSource } from 'typeorm';
import { rowsOf, type SqlSession, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { Statement } from '../../../shared/audit-log/statement-group';
import type { Instant } from '../../../shared/vocabulary/instant';
import { toInstant } from './instant-column';

/** A broken glass. */
export interface BreakGlass {
  readonly id: string;
  readonly person: string;
  readonly until: Instant;
  readonly reviewedBy: string | null;
  readonly justified: boolean | null;
}

/** A glass as it is broken. */
export interface NewBreakGlass {
  readonly id: string;
  readonly person: string;
  readonly organisation: string;
  readonly msisdn: string;
  readonly operatorCode: string;
  readonly reason: string;
  readonly openedAt: Instant;
  readonly until: Instant;
  readonly reviewDue: Instant;
}

/** Another person's word on a broken glass. */
export interface GlassReview {
  readonly id: string;
  readonly reviewedBy: string;
  readonly reviewedAt: Instant;
  readonly justified: boolean;
  readonly reason: string;
}

/** Glasses that the person broke in the last thirty days. */
export async function glassesOf(session: SqlSession, person: string): Promise<number> {
  const [row] = await rowsOf<{ readonly broken: number }>(session, {
    name: 'glasses_of',
    text: `SELECT count(*)::int AS broken FROM break_glass WHERE person = $1 AND opened_at > senim_now() - interval '30 days'`,
    values: [person],
  });
  return row?.broken ?? 0;
}

/** A broken glass, locked until the transaction ends; null when there is none. */
export async function lockGlass(session: SqlSession, id: string): Promise<BreakGlass | null> {
  return readGlass(session, id, 'FOR UPDATE');
}

/** What readers may ask of broken glasses. */
export interface GlassReads {
  /** As it stands; null when there is none. */
  breakGlassById(id: string): Promise<BreakGlass | null>;
}

/** The reads over a database at head. */
export function glassReads(dataSource: DataSource): GlassReads {
  const source: SqlSource = {
    async query({ text, values }) {
      const rows: unknown[] = await dataSource.query(text, values);
      return { rows, rowCount: rows.length };
    },
  };
  return { breakGlassById: (id) => readGlass(source, id, '') };
}

/** The statements that keep a broken glass with its act. */
export function glassStatements(actId: string, glass: NewBreakGlass): readonly Statement[] {
  const { id, person, organisation, msisdn, operatorCode, reason, openedAt, until, reviewDue } = glass;
  return [
    glassEvent(actId, id, 'access.broken_glass'),
    {
      name: 'break_glass',
      text: `INSERT INTO break_glass (id, person, organisation, msisdn, operator_code, reason, opened_at, until, review_due)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [id, person, organisation, msisdn, operatorCode, reason, openedAt, until, reviewDue],
    },
  ];
}

/** The statements that keep a review with its act. */
export function reviewStatements(actId: string, review: GlassReview): readonly Statement[] {
  const { id, reviewedBy, reviewedAt, justified, reason } = review;
  return [
    glassEvent(actId, id, 'access.reviewed'),
    {
      name: 'break_glass_review',
      text: `UPDATE break_glass SET reviewed_by = $2, reviewed_at = $3, justified = $4, review_reason = $5 WHERE id = $1`,
      values: [id, reviewedBy, reviewedAt, justified, reason],
    },
  ];
}

/** Glasses that nobody reviewed in time, the most overdue first. */
export async function overdueReviews(
  source: SqlSource,
  { limit, except }: { readonly limit: number; readonly except: readonly string[] },
): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly id: string }>(source, {
    name: 'overdue_reviews',
    text: `SELECT id FROM break_glass WHERE reviewed_at IS NULL AND lapsed_at IS NULL AND review_due <= (SELECT senim_now())
      AND id <> ALL ($2::uuid[]) ORDER BY review_due LIMIT $1`,
    values: [limit, except],
  });
  return rows.map(({ id }) => id);
}

/** Writes that nobody reviewed a glass in time, and says whose it was; null when it is not so any more. */
export async function lapseReview(session: SqlSession, id: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly person: string }>(session, {
    name: 'review_lapsed',
    text: `UPDATE break_glass SET lapsed_at = senim_now()
      WHERE id = $1 AND reviewed_at IS NULL AND lapsed_at IS NULL AND review_due <= senim_now() RETURNING person`,
    values: [id],
  });
  return row?.person ?? null;
}

function glassEvent(actId: string, id: string, kind: 'access.broken_glass' | 'access.reviewed'): Statement {
  return {
    name: 'break_glass_event',
    text: 'INSERT INTO break_glass_event (act_id, break_glass_id, kind) VALUES ($1, $2, $3)',
    values: [actId, id, kind],
  };
}

async function readGlass(source: SqlSource, id: string, lock: 'FOR UPDATE' | ''): Promise<BreakGlass | null> {
  if (!UUID.test(id)) return null;
  const [row] = await rowsOf<{
    readonly id: string;
    readonly person: string;
    readonly until: Date;
    readonly reviewed_by: string | null;
    readonly justified: boolean | null;
  }>(source, {
    name: lock === '' ? 'glass_seen' : 'glass_locked',
    text: `SELECT id, person, until, reviewed_by, justified FROM break_glass WHERE id = $1 ${lock}`,
    values: [id],
  });
  if (row === undefined) return null;
  const { person, until, reviewed_by: reviewedBy, justified } = row;
  return { id, person, until: toInstant(until), reviewedBy, justified };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
