// Transactions in which the bank changes cases and writes acts, each on one connection, with the database's instant at which it began.

import type { DataSource } from 'typeorm';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import { toInstant } from './instant-column';

/** What a transaction came to: kept, or rolled back with its answer all the same. */
export interface Outcome<Value> {
  readonly commits: boolean;
  readonly value: Value;
}

/** Opens transactions. */
export interface CaseTransactions {
  /** Runs the work; rolls back when it says so or rejects. */
  run<Value>(work: (transaction: SqlSession, now: Instant) => Promise<Outcome<Value>>): Promise<Value>;
  /** The same for work that only reads, all of it at one moment. */
  read<Value>(work: (transaction: SqlSession, now: Instant) => Promise<Value>): Promise<Value>;
}

/** Transactions over a database at head. */
export function caseTransactions(dataSource: DataSource): CaseTransactions {
  return {
    async run(work) {
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      try {
        const session = await sessionOf(runner.manager);
        const { commits, value } = await work(session, await instantOf(session));
        if (commits) await runner.commitTransaction();
        else await runner.rollbackTransaction();
        return value;
      } catch (cause) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
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

async function instantOf(session: SqlSession): Promise<Instant> {
  const [row] = await rowsOf<{ readonly now: Date }>(session, {
    name: 'transaction_instant',
    text: 'SELECT senim_now() AS now',
  });
  invariant(row !== undefined, 'the database has a clock');
  return toInstant(row.now);
}
