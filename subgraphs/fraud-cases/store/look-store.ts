// What budgets are counted by. Whoever looks is locked first, so that looks of one person are counted one after the other; the day of the
// bank is a counter that is locked last and only by what is new. All inside the transaction of the look.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { AccessAlarm, LookCounts } from '../domain/look-limits';

/** A subject as it is counted. Hashes are keyed. */
export interface CountedSubject {
  /** Of a tenure at an operator, or of another subject. */
  readonly subject: Buffer;
  /** Of the number alone, or of another subject. */
  readonly identity: Buffer;
  /** Of the two ranges that a number lies in; null for what has no number. */
  readonly blocks: readonly [Buffer, Buffer] | null;
  /** Whether it is looked at in clear for a link that the person made. */
  readonly isOwnLink: boolean;
}

/** Locks the person who looks until the transaction ends. */
export async function lockLooker(session: SqlSession, person: string): Promise<void> {
  const lock = { name: 'looker_lock', text: 'SELECT 1 FROM looker WHERE person = $1 FOR UPDATE', values: [person] };
  if ((await rowsOf(session, lock)).length > 0) return;
  await rowsOf(session, {
    name: 'looker_first',
    text: 'INSERT INTO looker (person) VALUES ($1) ON CONFLICT DO NOTHING',
    values: [person],
  });
  await rowsOf(session, lock);
}

/** What the person will have done with these subjects; `isPreliminary` when no case stands behind them. Writes nothing. */
export async function countLooks(
  session: SqlSession,
  person: string,
  subjects: readonly CountedSubject[],
  isPreliminary: boolean,
): Promise<LookCounts> {
  const blocks = subjects.flatMap(({ blocks: pair }) => pair ?? []);
  const [row] = await rowsOf<LookCounts>(session, {
    name: 'look_counts',
    text: COUNTS,
    values: [
      person,
      subjects.map(({ subject }) => subject),
      isPreliminary ? distinct(subjects.map(({ identity }) => identity)) : [],
      subjects.filter(({ isOwnLink }) => isOwnLink).map(({ subject }) => subject),
      blocks,
      subjects.flatMap(({ identity, blocks: pair }) => (pair === null ? [] : [identity, identity])),
    ],
  });
  invariant(row !== undefined, 'counts are one row');
  return row;
}

/** Counts what is new today for the whole bank; false, after which the transaction may only refuse, when that is beyond the limit. */
export async function countForBank(
  session: SqlSession,
  subjects: readonly CountedSubject[],
  limit: number,
): Promise<boolean> {
  const [row] = await rowsOf<{ readonly looks: number | null }>(session, {
    name: 'bank_look_count',
    text: `WITH today AS (SELECT (senim_now() AT TIME ZONE 'Asia/Almaty')::date AS day),
      fresh AS (INSERT INTO bank_look (day, subject) SELECT day, asked FROM today, unnest($1::bytea[]) AS asked ORDER BY asked
        ON CONFLICT DO NOTHING RETURNING 1)
      INSERT INTO bank_look_day AS known (day, looks) SELECT day, (SELECT count(*) FROM fresh) FROM today
        WHERE (SELECT count(*) FROM fresh) > 0
      ON CONFLICT (day) DO UPDATE SET looks = known.looks + excluded.looks RETURNING looks`,
    values: [subjects.map(({ subject }) => subject)],
  });
  return (row?.looks ?? 0) <= limit;
}

/** Keeps that the person looked. */
export async function keepLooks(
  session: SqlSession,
  person: string,
  subjects: readonly CountedSubject[],
  isPreliminary: boolean,
): Promise<void> {
  await rowsOf(session, {
    name: 'looks_kept',
    text: `INSERT INTO looked_at AS known (person, subject, last_at, linked_at, block, next_block, identity)
      SELECT $1, subject, now, CASE WHEN own THEN now END, block, next_block, identity
      FROM unnest($2::bytea[], $3::boolean[], $4::bytea[], $5::bytea[], $6::bytea[]) AS asked (subject, own, block, next_block, identity), (SELECT senim_now() AS now)
      ON CONFLICT (person, subject) DO UPDATE SET last_at = excluded.last_at,
        linked_at = coalesce(excluded.linked_at, known.linked_at)`,
    values: [
      person,
      subjects.map(({ subject }) => subject),
      subjects.map(({ isOwnLink }) => isOwnLink),
      subjects.map(({ blocks }) => blocks?.[0] ?? null),
      subjects.map(({ blocks }) => blocks?.[1] ?? null),
      subjects.map(({ identity }) => identity),
    ],
  });
  if (!isPreliminary) return;
  await rowsOf(session, {
    name: 'preliminary_looks_kept',
    text: `INSERT INTO preliminary_look (person, subject, last_at) SELECT $1, subject, senim_now() FROM unnest($2::bytea[]) AS asked (subject)
      ON CONFLICT (person, subject) DO UPDATE SET last_at = excluded.last_at`,
    values: [person, distinct(subjects.map(({ identity }) => identity))],
  });
}

/** Keeps that look-ups found nobody. */
export async function keepMisses(session: SqlSession, person: string, misses: number): Promise<void> {
  await rowsOf(session, {
    name: 'misses_kept',
    text: 'INSERT INTO missed_look (person, misses) VALUES ($1, $2)',
    values: [person, misses],
  });
}

/** Raises an alarm about a person, and says whether it is the first of its kind that day. */
export async function raiseAccessAlarm(
  session: SqlSession,
  kind: AccessAlarm,
  person: string,
  breakGlassId: string | null = null,
): Promise<boolean> {
  const [row] = await rowsOf<{ readonly times: number }>(session, {
    name: 'access_alarm',
    text: `INSERT INTO access_alarm AS known (kind, person, day, break_glass_id)
      VALUES ($1, $2, (senim_now() AT TIME ZONE 'Asia/Almaty')::date, $3)
      ON CONFLICT (kind, person, day) DO UPDATE SET times = known.times + 1, last_at = senim_now() RETURNING times`,
    values: [kind, person, breakGlassId],
  });
  return row?.times === 1;
}

/** Every subject that is asked for now counts, whether it was looked at before or not; the others count while their last look is in the span. */
const others = (span: string): string =>
  `(SELECT count(*)::int FROM looked_at WHERE person = $1 AND last_at > now - interval '${span}' AND subject <> ALL ($2::bytea[]))`;

const COUNTS = `
  SELECT ${others('1 hour')} + cardinality($2::bytea[]) AS hour,
    ${others('24 hours')} + cardinality($2::bytea[]) AS day,
    ${others('30 days')} + cardinality($2::bytea[]) AS month,
    CASE WHEN cardinality($3::bytea[]) = 0 THEN 0 ELSE cardinality($3::bytea[]) + (SELECT count(*)::int FROM preliminary_look
      WHERE person = $1 AND last_at > now - interval '24 hours' AND subject <> ALL ($3::bytea[])) END AS preliminary,
    CASE WHEN cardinality($4::bytea[]) = 0 THEN 0 ELSE cardinality($4::bytea[]) + (SELECT count(*)::int FROM looked_at
      WHERE person = $1 AND linked_at > now - interval '24 hours' AND subject <> ALL ($4::bytea[])) END AS linked,
    (SELECT coalesce(max(numbers), 0)::int FROM (SELECT count(DISTINCT number) AS numbers FROM (
        SELECT near, seen AS number FROM unnest($5::bytea[], $6::bytea[]) AS asked (near, seen)
        UNION ALL
        SELECT near, identity FROM looked_at, unnest(ARRAY[block, next_block]) AS near
          WHERE person = $1 AND last_at > now - interval '24 hours' AND near = ANY ($5::bytea[])
      ) AS known GROUP BY near) AS ranges) AS close,
    (SELECT coalesce(sum(misses), 0)::int FROM missed_look WHERE person = $1 AND at > now - interval '24 hours') AS misses
  FROM (SELECT senim_now() AS now) AS clock`;

function distinct(hashes: readonly Buffer[]): readonly Buffer[] {
  return [...new Map(hashes.map((hash) => [hash.toString('base64'), hash])).values()];
}
