// Snapshots of statistics: taken once a night by whichever process comes first, read by whoever asks. What is stored is what may be shown.

import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { rowsOf } from '../../../shared/audit-log/sql-session';
import { addDays, type Day, dayOf } from '../../../shared/vocabulary/day';
import { protectDuties } from '../domain/duty-statistics';
import { protectWeek } from '../domain/statistics';
import { firstMondayOf, SNAPSHOT_WEEKS, type StatisticsSnapshot } from '../domain/statistics-snapshot';
import { countWeeks } from './statistics-counts';

/** What can be asked about statistics. */
export interface StatisticsReads {
  /** The newest snapshot; null before the first night. */
  newestSnapshot(): Promise<StatisticsSnapshot | null>;
}

const LOCK = 7_263_652;
/** Older snapshots are dropped: they answer nobody any more. */
const DAYS_KEPT = 7;

/** The reads over a database at head. */
export function statisticsReads(dataSource: DataSource): StatisticsReads {
  return {
    async newestSnapshot() {
      const [row]: readonly { readonly figures: StatisticsSnapshot }[] = await dataSource.query(
        'SELECT figures FROM statistics_snapshot ORDER BY day DESC LIMIT 1',
      );
      return row?.figures ?? null;
    },
  };
}

/**
 * Takes the snapshot of the day by the database's clock, if there is none. Resolves with whether this call took it; another process that
 * does it at this moment is left to it. All counts are of one moment.
 */
export async function takeSnapshot(pool: Pool): Promise<boolean> {
  const client = await pool.connect();
  // A connection that is in use has no listener of the pool: when the server goes away, the statement in hand rejects, and that is all.
  const onLost = (): void => {};
  client.on('error', onLost);
  let isBroken = true;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query("SET LOCAL statement_timeout = '10min'");
    const [state] = await rowsOf<{ readonly now: Date; readonly is_mine: boolean }>(client, {
      text: 'SELECT senim_now() AS now, pg_try_advisory_xact_lock($1) AS is_mine',
      values: [LOCK],
    });
    const day = dayOf(state?.now.getTime() ?? 0);
    const taken = state?.is_mine === true && !(await hasSnapshot(client, day));
    if (taken) {
      const figures = await figuresOf(client, day);
      const values = [day, JSON.stringify(figures)];
      await rowsOf(client, { text: 'INSERT INTO statistics_snapshot (day, figures) VALUES ($1, $2)', values });
      await rowsOf(client, {
        text: 'DELETE FROM statistics_snapshot WHERE day < $1',
        values: [addDays(day, -DAYS_KEPT)],
      });
    }
    await client.query('COMMIT');
    isBroken = false;
    return taken;
  } finally {
    client.removeListener('error', onLost);
    // Whatever went wrong: the server rolls back what a connection leaves behind.
    client.release(isBroken);
  }
}

async function hasSnapshot(client: Parameters<typeof rowsOf>[0], day: Day): Promise<boolean> {
  const rows = await rowsOf(client, { text: 'SELECT FROM statistics_snapshot WHERE day = $1', values: [day] });
  return rows.length > 0;
}

async function figuresOf(client: Parameters<typeof countWeeks>[0], day: Day): Promise<StatisticsSnapshot> {
  const weeks = await countWeeks(client, firstMondayOf(day), SNAPSHOT_WEEKS);
  return {
    day,
    weeks: Object.fromEntries(
      weeks.map(({ monday, cases, duties }) => [monday, { cases: protectWeek(cases), duties: protectDuties(duties) }]),
    ),
  };
}
