// Rows written many at once, from objects whose members have the columns' names in camel case.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';

/** A table with the columns that are written, each with its type. */
export interface RowTarget {
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Columns whose value follows from the row's members, as SQL. */
  readonly derived?: Readonly<Record<string, string>>;
  /** What follows the rows, e.g. ON CONFLICT. */
  readonly more?: string;
}

/** Inserts the rows; nothing is said to the database when there are none. */
export async function insertRows(session: SqlSession, target: RowTarget, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const { table, columns, derived = {}, more = '' } = target;
  const names = Object.keys(columns);
  const members = names.map((name) => `"${memberOf(name)}"`);
  const types = names.map((name, place) => `${members[place]} ${columns[name]}`);
  await rowsOf(session, {
    name: `insert_${table}`,
    text: `INSERT INTO ${table} (${[...names, ...Object.keys(derived)].join(', ')})
      SELECT ${[...members, ...Object.values(derived)].join(', ')} FROM jsonb_to_recordset($1) AS given (${types.join(', ')}) ${more}`,
    values: [JSON.stringify(rows)],
  });
}

function memberOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
