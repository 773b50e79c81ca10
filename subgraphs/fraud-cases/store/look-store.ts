// What budgets are counted by. Whoever looks is locked first, so that looks of one person are counted one after the other; the day of the
// bank is a counter that is locked last and only by what is new. All inside the transaction of the look: what a person has done is read with
// its first statements, and what is kept goes with its act.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { Statement, TextRows } from '../../../shared/audit-log/statement-group';
import type { AccessAlarm, LookCounts } from '../domain/look-limits';
import { hashArray } from './hash-array';

/** A subject as it is counted. Hashes are keyed. */
export interface CountedSubject {
  /** Of a tenure at an operator, or of another subject. */
  readonly subject: Buffer;
  /** Of the number alone, or of another subject. */
  readonly identity: Buffer;
  /** Of the two ranges that a number lies in; null for what has no number. */
  readonly blocks: readonly [Buffer, Buffer] | null;
  /** Whether it is looked at in clear for a link that people of the Anti-Fraud Center alone made. */
  readonly isStaffLink: boolean;
}

/** What a person did before, and whether what is asked for now was part of it. */
export interface PastLooks {
  /** Distinct subjects in each span. */
  readonly spans: Spans;
  /** Numbers without a case, in a day. */
  readonly preliminary: number;
  readonly misses: number;
  /** In which spans a subject that is asked for counts already, by its hash in hexadecimal. */
  readonly known: ReadonlyMap<string, KnownLook>;
  /** Those asked for whose number counts among those without a case. */
  readonly preliminaryKnown: ReadonlySet<string>;
  /** Numbers of a day in the ranges of those that are asked for. */
  readonly near: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Spans {
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly linked: number;
}

type KnownLook = { readonly [span in keyof Spans]: boolean };

/** Locks the person who looks until the transaction ends. */
export async function lockLooker(session: SqlSession, person: string): Promise<void> {
  const [lock, first] = [lookerLock(person), lookerFirst(person)];
  if ((await rowsOf(session, lock)).length > 0) return;
  await rowsOf(session, first);
  await rowsOf(session, lock);
}

/** The statement that locks the person; it answers with no row, and locks nothing, at their first look ever. */
export function lookerLock(person: string): Statement & { readonly values: readonly string[] } {
  return { name: 'looker_lock', text: 'SELECT 1 FROM looker WHERE person = $1 FOR UPDATE', values: [person] };
}

/** The statement that makes a person one who looks. */
export function lookerFirst(person: string): Statement & { readonly values: readonly string[] } {
  return {
    name: 'looker_first',
    text: 'INSERT INTO looker (person) VALUES ($1) ON CONFLICT DO NOTHING',
    values: [person],
  };
}

/** The statement that reads what a person did before; to be run behind the lock. */
export function pastLooks(person: string, asked: readonly CountedSubject[]): Statement {
  return {
    name: 'past_looks',
    text: PAST_LOOKS,
    values: [
      person,
      hashArray(asked.map(({ subject }) => subject)),
      hashArray(distinct(asked.map(({ identity }) => identity))),
      hashArray(distinct(asked.flatMap(({ blocks }) => blocks ?? []))),
    ],
  };
}

/** What that statement answered. */
export function pastLooksIn(rows: TextRows | undefined): PastLooks {
  const told = JSON.parse(rows?.[0]?.[0] ?? 'null') as ToldLooks;
  const near = new Map<string, Set<string>>();
  for (const [range, identity] of told.near ?? []) near.set(range, (near.get(range) ?? new Set()).add(identity));
  return {
    spans: told.spans,
    preliminary: told.preliminary,
    misses: told.misses,
    known: new Map(told.known?.map(({ subject, ...known }) => [subject, known])),
    preliminaryKnown: new Set(told.preliminary_known),
    near,
  };
}

/**
 * What the person will have done with these subjects; `isPreliminary` when no case stands behind them. Every one of them counts, whether it was
 * looked at before or not; the others count while their last look is in the span.
 */
export function countsWith(
  past: PastLooks,
  subjects: readonly CountedSubject[],
  isPreliminary: boolean,
  misses: number,
): LookCounts {
  const { spans, known } = past;
  const without = (span: keyof Spans, counted: readonly CountedSubject[]): number =>
    spans[span] - counted.filter(({ subject }) => known.get(hex(subject))?.[span] === true).length;
  const linked = subjects.filter(({ isStaffLink }) => isStaffLink);
  const numbers = isPreliminary ? [...new Set(subjects.map(({ identity }) => hex(identity)))] : [];
  const others = past.preliminary - numbers.filter((number) => past.preliminaryKnown.has(number)).length;
  return {
    hour: without('hour', subjects) + subjects.length,
    day: without('day', subjects) + subjects.length,
    month: without('month', subjects) + subjects.length,
    preliminary: numbers.length === 0 ? 0 : others + numbers.length,
    linked: linked.length === 0 ? 0 : without('linked', linked) + linked.length,
    close: closeAmong(past.near, subjects),
    misses: past.misses + misses,
  };
}

/** The statements that keep a look: of whom, and how many look-ups found nobody. */
export function keptLooks(
  person: string,
  subjects: readonly CountedSubject[],
  isPreliminary: boolean,
): readonly Statement[] {
  if (subjects.length === 0) return [];
  const looks = {
    name: 'looks_kept',
    text: `INSERT INTO looked_at AS known (person, subject, last_at, linked_at, block, next_block, identity)
      SELECT $1, subject, now, CASE WHEN own THEN now END, block, next_block, identity
      FROM unnest($2::bytea[], $3::boolean[], $4::bytea[], $5::bytea[], $6::bytea[]) AS asked (subject, own, block, next_block, identity), (SELECT senim_now() AS now)
      ON CONFLICT (person, subject) DO UPDATE SET last_at = excluded.last_at,
        linked_at = coalesce(excluded.linked_at, known.linked_at)`,
    values: [
      person,
      hashArray(subjects.map(({ subject }) => subject)),
      `{${subjects.map(({ isStaffLink }) => isStaffLink).join(',')}}`,
      hashArray(subjects.map(({ blocks }) => blocks?.[0] ?? null)),
      hashArray(subjects.map(({ blocks }) => blocks?.[1] ?? null)),
      hashArray(subjects.map(({ identity }) => identity)),
    ],
  };
  if (!isPreliminary) return [looks];
  return [
    looks,
    {
      name: 'preliminary_looks_kept',
      text: `INSERT INTO preliminary_look (person, subject, last_at) SELECT $1, subject, senim_now() FROM unnest($2::bytea[]) AS asked (subject)
        ON CONFLICT (person, subject) DO UPDATE SET last_at = excluded.last_at`,
      values: [person, hashArray(distinct(subjects.map(({ identity }) => identity)))],
    },
  ];
}

/** The statement that keeps that look-ups found nobody. */
export function keptMisses(person: string, misses: number): Statement {
  return {
    name: 'misses_kept',
    text: 'INSERT INTO missed_look (person, misses) VALUES ($1, $2)',
    values: [person, misses],
  };
}

/** The statement that counts what is new today for the whole bank. It fails when that is beyond the limit (`isBankSpent`), and nothing of its transaction holds then. */
export function bankLooks(subjects: readonly CountedSubject[], limit: number): Statement {
  return {
    name: 'bank_looks',
    text: `WITH today AS (SELECT (senim_now() AT TIME ZONE 'Asia/Almaty')::date AS day),
      fresh AS (INSERT INTO bank_look (day, subject) SELECT day, asked FROM today, unnest($1::bytea[]) AS asked ORDER BY asked
        ON CONFLICT DO NOTHING RETURNING 1)
      INSERT INTO bank_look_day AS known (day, looks, most) SELECT day, (SELECT count(*) FROM fresh), $2 FROM today
        WHERE (SELECT count(*) FROM fresh) > 0
      ON CONFLICT (day) DO UPDATE SET looks = known.looks + excluded.looks, most = excluded.most`,
    values: [hashArray(subjects.map(({ subject }) => subject)), limit],
  };
}

/** Whether a transaction failed because the day of the bank is spent. */
export function isBankSpent(fault: unknown): boolean {
  return fault instanceof Error && (fault as { readonly constraint?: unknown }).constraint === 'bank_look_day_within';
}

/** Raises an alarm about a person, and says whether it is the first of its kind that day. */
export async function raiseAccessAlarm(
  session: SqlSession,
  kind: AccessAlarm,
  person: string,
  breakGlassId: string | null = null,
): Promise<boolean> {
  const [row] = await rowsOf<{ readonly times: number }>(session, accessAlarm(kind, person, breakGlassId));
  return row?.times === 1;
}

/** The statement that raises an alarm; it answers with how many times it was raised that day. */
export function accessAlarm(
  kind: AccessAlarm,
  person: string,
  breakGlassId: string | null = null,
): Statement & { readonly values: readonly (string | null)[] } {
  return {
    name: 'access_alarm',
    text: `INSERT INTO access_alarm AS known (kind, person, day, break_glass_id)
      VALUES ($1, $2, (senim_now() AT TIME ZONE 'Asia/Almaty')::date, $3)
      ON CONFLICT (kind, person, day) DO UPDATE SET times = known.times + 1, last_at = senim_now() RETURNING times`,
    values: [kind, person, breakGlassId],
  };
}

interface ToldLooks {
  readonly spans: Spans;
  readonly preliminary: number;
  readonly misses: number;
  readonly known: readonly (KnownLook & { readonly subject: string })[] | null;
  readonly preliminary_known: readonly string[] | null;
  readonly near: readonly (readonly [range: string, identity: string])[] | null;
}

const PAST_LOOKS = `
  SELECT json_build_object(
    'spans', (SELECT json_build_object('hour', count(*) FILTER (WHERE last_at > now - interval '1 hour'),
        'day', count(*) FILTER (WHERE last_at > now - interval '24 hours'), 'month', count(*),
        'linked', count(*) FILTER (WHERE linked_at > now - interval '24 hours'))
      FROM looked_at WHERE person = $1 AND last_at > now - interval '30 days'),
    'known', (SELECT json_agg(json_build_object('subject', encode(subject, 'hex'), 'hour', last_at > now - interval '1 hour',
        'day', last_at > now - interval '24 hours', 'month', last_at > now - interval '30 days',
        'linked', linked_at > now - interval '24 hours'))
      FROM looked_at WHERE person = $1 AND subject = ANY ($2::bytea[])),
    'preliminary', (SELECT count(*) FROM preliminary_look WHERE person = $1 AND last_at > now - interval '24 hours'),
    'preliminary_known', (SELECT json_agg(encode(subject, 'hex')) FROM preliminary_look
      WHERE person = $1 AND subject = ANY ($3::bytea[]) AND last_at > now - interval '24 hours'),
    'near', (SELECT json_agg(json_build_array(encode(near, 'hex'), encode(identity, 'hex')))
      FROM looked_at, unnest(ARRAY[block, next_block]) AS near
      WHERE person = $1 AND last_at > now - interval '24 hours' AND near = ANY ($4::bytea[])),
    'misses', (SELECT coalesce(sum(misses), 0) FROM missed_look WHERE person = $1 AND at > now - interval '24 hours'))
  FROM (SELECT senim_now() AS now) AS clock`;

/** Most numbers, of those asked for and those of the day, that lie in one range. */
function closeAmong(near: PastLooks['near'], subjects: readonly CountedSubject[]): number {
  const ranges = new Map<string, Set<string>>();
  for (const { identity, blocks } of subjects) {
    for (const block of blocks ?? []) {
      const range = hex(block);
      ranges.set(range, (ranges.get(range) ?? new Set(near.get(range))).add(hex(identity)));
    }
  }
  return Math.max(0, ...[...ranges.values()].map(({ size }) => size));
}

function distinct(hashes: readonly Buffer[]): readonly Buffer[] {
  return [...new Map(hashes.map((hash) => [hex(hash), hash])).values()];
}

function hex(hash: Buffer): string {
  return hash.toString('hex');
}
