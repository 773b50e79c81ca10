// Counts the rows of tables at which PostgreSQL looked for a piece of work, by whatever way.

import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { SqlSource } from '../../shared/audit-log/sql-session';

/** Does the work on the client, in a transaction that is rolled back. The database has nobody else in that transaction, so the figure is the work's. */
export async function touchedRows<Value>(
  client: Client,
  dataSource: DataSource,
  work: (source: SqlSource & DataSource) => Promise<Value>,
): Promise<{ readonly value: Value; readonly touched: number }> {
  const source: SqlSource & DataSource = Object.create(dataSource, {
    query: {
      value: async (statement: string | { readonly text: string }, values?: unknown[]) =>
        typeof statement === 'string' ? (await client.query(statement, values)).rows : client.query(statement),
    },
  });
  await client.query('BEGIN');
  try {
    const before = await touchedSoFar(client);
    const value = await work(source);
    return { value, touched: (await touchedSoFar(client)) - before };
  } finally {
    await client.query('ROLLBACK');
  }
}

async function touchedSoFar(client: Client): Promise<number> {
  const { rows } = await client.query<{ touched: number }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS touched FROM pg_stat_xact_user_tables`,
  );
  return rows[0]?.touched ?? 0;
}
