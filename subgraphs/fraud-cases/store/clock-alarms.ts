// What the scheduler reads and writes of one clock: the clock under the lock of its case, that it was missed, what was told about it, when to
// look again. Alarms are rows, each once for a clock and a share of its time.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { ClockState } from '../../../shared/vocabulary/duty';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ClockPause, CourseClock } from '../domain/duty-clock';
import { toInstant, toInstantOrNull } from './instant-column';

/** A clock under the lock of its case, and the database's instant after that lock was granted. */
export interface LockedClock {
  readonly clock: CourseClock;
  readonly now: Instant;
}

/** Locks the clock's case until the transaction ends and reads the clock; null when there is none. */
export async function lockClock(transaction: SqlSession, id: string): Promise<LockedClock | null> {
  await rowsOf(transaction, {
    name: 'clock_case_lock',
    text: `SELECT 1 FROM fraud_case WHERE id = (SELECT case_id FROM duty_clock WHERE id = $1) FOR UPDATE`,
    values: [id],
  });
  const [row] = await rowsOf<ClockRow>(transaction, {
    name: 'clock_under_lock',
    text: `SELECT id, case_id, about, rule_id, rule_version, party, started_at, deadline_at, stopped_at, state, pauses,
        (SELECT senim_now()) AS now FROM duty_clock WHERE id = $1`,
    values: [id],
  });
  return row === undefined ? null : { clock: toCourseClock(row), now: toInstant(row.now) };
}

/** Writes that a clock was missed. */
export async function markMissed(transaction: SqlSession, id: string): Promise<void> {
  await rowsOf(transaction, {
    name: 'clock_missed',
    text: `UPDATE duty_clock SET state = 'BREACHED' WHERE id = $1 AND state = 'RUNNING'`,
    values: [id],
  });
}

/** When to look at a clock again; null for never, unless it changes. */
export async function attendAgain(transaction: SqlSession, id: string, at: Instant | null): Promise<void> {
  await rowsOf(transaction, {
    name: 'clock_attend_again',
    text: 'UPDATE duty_clock SET attend_at = $2 WHERE id = $1',
    values: [id, at],
  });
}

/** Keeps alarms of a clock and resolves with those that are new. */
export async function raiseAlarms(
  transaction: SqlSession,
  id: string,
  percents: readonly number[],
  at: Instant,
): Promise<readonly number[]> {
  if (percents.length === 0) return [];
  const rows = await rowsOf<{ readonly percent: number }>(transaction, {
    name: 'raise_duty_alarms',
    text: `INSERT INTO duty_alarm (clock_id, percent, raised_at) SELECT $1, percent, $3 FROM unnest($2::int[]) AS percent
      ON CONFLICT (clock_id, percent) DO NOTHING RETURNING percent`,
    values: [id, percents, at],
  });
  return rows.map(({ percent }) => percent);
}

interface ClockRow {
  readonly id: string;
  readonly case_id: string;
  readonly about: string | null;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly party: string;
  readonly started_at: Date;
  readonly deadline_at: Date;
  readonly stopped_at: Date | null;
  readonly state: ClockState;
  readonly pauses: readonly ClockPause[];
  readonly now: Date;
}

function toCourseClock(row: ClockRow): CourseClock {
  return {
    id: row.id,
    caseId: row.case_id,
    about: row.about,
    ruleId: row.rule_id,
    ruleVersion: row.rule_version,
    party: row.party,
    startedAt: toInstant(row.started_at),
    deadlineAt: toInstant(row.deadline_at),
    stoppedAt: toInstantOrNull(row.stopped_at),
    state: row.state,
    pauses: row.pauses,
  };
}
