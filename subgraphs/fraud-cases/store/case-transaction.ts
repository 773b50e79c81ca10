// Transactions in which the bank changes cases and writes acts, each on one connection, with the database's instant at which it began.

import type { DataSource } from 'typeorm';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import { beginWith, commitWith, type Statement, type TextRows } from '../../../shared/audit-log/statement-group';
import { invariant } from '../../../shared/vocabulary/app-error';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import { toInstant } from './instant-column';

/** What a transaction came to: kept, or rolled back with its answer all the same. */
export interface Outcome<Value> {
  readonly commits: boolean;
  readonly value: Value;
}

/** Opens transactions. */
export interface CaseTransactions {
  /**
   * Runs the work; rolls back when it says so or rejects. Statements that are to be run first of all whatever they answer go with BEGIN,
   * and their rows are handed to the work.
   */
  run<Value>(
    work: (transaction: SqlSession, now: Instant, rows: readonly TextRows[]) => Promise<Outcome<Value>>,
    first?: readonly Statement[],
  ): Promise<Value>;
  /** The same for work that only reads, all of it at one moment. */
  read<Value>(work: (transaction: SqlSession, now: Instant) => Promise<Value>): Promise<Value>;
}

/** Transactions over a database at head. */
export function caseTransactions(dataSource: DataSource): CaseTransactions {
  return {
    async run(work, first = []) {
      const runner = dataSource.createQueryRunner();
      const session = (await runner.connect()) as SqlSession;
      try {
        const { now, rows } = await begin(session, first);
        const { commits, value } = await work(session, now, rows);
        // A statement that failed unnoticed would turn COMMIT into ROLLBACK; this one tells.
        if (commits) await commitWith(session, []);
        else await session.query('ROLLBACK');
        return value;
      } catch (cause) {
        await session.query('ROLLBACK').catch(() => {});
        throw cause;
      } finally {
        await runner.release();
      }
    },
    read(work) {
      return dataSource.transaction('REPEATABLE READ', async (manager) => {
        const session = await sessionOf(manager);
        return work(session, await instantOf(session));
      });
    },
  };
}

/** Begins a transaction, reads the database's instant and runs the first statements, in one message. */
async function begin(
  session: SqlSession,
  first: readonly Statement[],
): Promise<{ readonly now: Instant; readonly rows: readonly TextRows[] }> {
  const [clock, ...rows] = await beginWith(session, [
    {
      name: 'transaction_begin',
      text: `SELECT to_char(senim_now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    },
    ...first,
  ]);
  const now = parseInstant(clock?.[0]?.[0] ?? '');
  invariant(now.ok, 'the database has a clock');
  return { now: now.value, rows };
}

async function instantOf(session: SqlSession): Promise<Instant> {
  const [row] = await rowsOf<{ readonly now: Date }>(session, {
    name: 'transaction_instant',
    text: 'SELECT senim_now() AS now',
  });
  invariant(row !== undefined, 'the database has a clock');
  return toInstant(row.now);
}
