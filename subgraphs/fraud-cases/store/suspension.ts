// Who is suspended: a person or a machine whose tokens are true and who may do nothing all the same, from the moment of the COMMIT.

import type { DataSource } from 'typeorm';
import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { Statement } from '../../../shared/audit-log/statement-group';

/** What is asked before each mutation. */
export interface SuspensionReads {
  isSuspended(person: string): Promise<boolean>;
}

/** The reads over a database at head. */
export function suspensionReads(dataSource: DataSource): SuspensionReads {
  const source: SqlSource = {
    async query({ text, values }) {
      const rows: unknown[] = await dataSource.query(text, values);
      return { rows, rowCount: rows.length };
    },
  };
  return { isSuspended: (person) => isSuspended(source, person) };
}

/** Whether the person is suspended now. Inside a transaction, a suspension that was committed before the statement counts. */
export async function isSuspended(source: SqlSource, person: string): Promise<boolean> {
  const rows = await rowsOf(source, suspensionStatement(person));
  return rows.length > 0;
}

/** The same as a statement, which answers with a row for one who is suspended. */
export function suspensionStatement(person: string): Statement & { readonly values: readonly string[] } {
  return {
    name: 'is_suspended',
    text: 'SELECT 1 FROM suspended_principal WHERE person = $1 AND reinstated_at IS NULL',
    values: [person],
  };
}

/** Suspends a person; false when they are suspended already. */
export async function suspend(source: SqlSource, person: string): Promise<boolean> {
  const rows = await rowsOf(source, {
    text: `INSERT INTO suspended_principal (person) VALUES ($1)
           ON CONFLICT (person) WHERE reinstated_at IS NULL DO NOTHING RETURNING 1`,
    values: [person],
  });
  return rows.length > 0;
}

/** Ends the suspension of a person; false when there is none. */
export async function reinstate(source: SqlSource, person: string): Promise<boolean> {
  const rows = await rowsOf(source, {
    text: `UPDATE suspended_principal SET reinstated_at = senim_now()
           WHERE person = $1 AND reinstated_at IS NULL RETURNING 1`,
    values: [person],
  });
  return rows.length > 0;
}
