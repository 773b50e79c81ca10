// Reads one page of a list by keyset. A list has one or more ways to its rows, and each is spread over the values of some columns, mostly states:
// the rows of each value are found in the list's order by an index that begins with these columns, no more of them than the page has, and
// merged. So a page costs the same however many rows there are of other values and other readers, or of these. Totals are counted up to a bound.

import type { DataSource, EntitySchema } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Page, PageRequest } from '../domain/page';
import { pageOf } from '../domain/page';
import type { Bind, Condition } from './scope-condition';

/** A list: its rows, and by which property they are sorted; ties by id in the same direction. */
export interface ListTable<Row> {
  readonly rows: EntitySchema<Row>;
  readonly order: { readonly property: keyof Row & string; readonly direction: 'ASC' | 'DESC' };
  /** More members of every row: SQL by name. */
  readonly more?: Readonly<Record<string, string>>;
}

/** Values of one column, SQL. */
export interface Spread {
  readonly column: string;
  readonly values: readonly string[];
}

/** One way to rows of a list: all of it holds for each. */
export interface ListBranch {
  /** Each row has one of the values in each of these columns, SQL. They are the first columns of one index, which the sort key ends. */
  readonly spread: readonly Spread[];
  readonly conditions: readonly Condition[];
  /** Where the list's order is another table's: that table, joined to `listed`, and its columns of the order. */
  readonly through?: { readonly join: string; readonly key: string; readonly id: string };
}

/** The ways to the rows of a narrowed list; no row is found by two of them. */
export type Narrowing = readonly ListBranch[];

/** Up to how many rows a total is counted. */
export const MOST_COUNTED = 10_000;

/** One page of the narrowed list. Cost: one statement. */
export async function readListPage<Row extends object>(
  dataSource: DataSource,
  list: ListTable<Row>,
  narrowing: Narrowing,
  { first, after }: PageRequest,
): Promise<Page<Row>> {
  if (narrowing.length === 0) return pageOf([], first);
  const { direction, property } = list.order;
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const columns = columnsOf(dataSource, list);
  const beyond = direction === 'ASC' ? '>' : '<';
  const limit = `LIMIT ${bind(first + 1)}`;
  const place = after === null ? null : `(${bind(after.at)}::timestamptz, ${bind(after.id)}::text)`;
  const branches = narrowing.map((branch) => {
    const { keys, rows, where, key, id } = branchOf(columns, branch, bind);
    if (place !== null) where.push(`(${key}, ${id}) ${beyond} ${place}`);
    return `SELECT shown.* FROM ${keys} CROSS JOIN LATERAL (
       SELECT ${columns.selection} FROM ${rows} ${whereOf(where)} ORDER BY ${key} ${direction}, ${id} ${direction} ${limit}
     ) AS shown`;
  });
  const rows: readonly Row[] = await dataSource.query(
    `SELECT * FROM (${branches.join(' UNION ALL ')}) AS found ORDER BY "${property}" ${direction}, id ${direction} ${limit}`,
    values,
  );
  return pageOf(rows, first);
}

/** Rows of the narrowed list; null when there are more than are counted. Cost: one statement, and a look at each counted row. */
export async function countList<Row extends object>(
  dataSource: DataSource,
  list: ListTable<Row>,
  narrowing: Narrowing,
): Promise<number | null> {
  if (narrowing.length === 0) return 0;
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const columns = columnsOf(dataSource, list);
  const limit = `LIMIT ${bind(MOST_COUNTED + 1)}`;
  const branches = narrowing.map((branch) => {
    const { keys, rows, where } = branchOf(columns, branch, bind);
    return `SELECT FROM ${keys} CROSS JOIN LATERAL (SELECT FROM ${rows} ${whereOf(where)} ${limit}) AS counted`;
  });
  const [row]: readonly { readonly count: number }[] = await dataSource.query(
    `SELECT count(*)::int AS count FROM (SELECT FROM (${branches.join(' UNION ALL ')}) AS found ${limit}) AS counted`,
    values,
  );
  invariant(row !== undefined, 'a count is one row');
  return row.count > MOST_COUNTED ? null : row.count;
}

interface Columns {
  readonly table: string;
  readonly selection: string;
  readonly key: string;
}

function columnsOf<Row>(dataSource: DataSource, { rows, more, order }: ListTable<Row>): Columns {
  const { columns, tableName } = dataSource.getMetadata(rows);
  const own = columns.map(({ propertyName, databaseName }) => `listed.${databaseName} AS "${propertyName}"`);
  const others = Object.entries(more ?? {}).map(([name, sql]) => `${sql} AS "${name}"`);
  const key = columns.find(({ propertyName }) => propertyName === order.property);
  invariant(key !== undefined, 'a list is sorted by its own column');
  return { table: tableName, selection: [...own, ...others].join(', '), key: `listed.${key.databaseName}` };
}

/** A branch in SQL. Every combination of values is a row of `keys`; without any there is the one combination of nothing. */
function branchOf(
  { table, key }: Columns,
  { spread, conditions, through }: ListBranch,
  bind: Bind,
): {
  readonly keys: string;
  readonly rows: string;
  readonly where: string[];
  readonly key: string;
  readonly id: string;
} {
  const lists = spread.map(({ values }, at) => `unnest(${bind([...new Set(values)])}::text[]) AS key${at} (value)`);
  const matches = spread.map(({ column }, at) => `${column} = key${at}.value`);
  return {
    keys: ['(VALUES (0)) AS one', ...lists].join(' CROSS JOIN '),
    rows: through === undefined ? `${table} AS listed` : `${table} AS listed JOIN ${through.join}`,
    where: [...matches, ...conditions.map((condition) => condition(bind))],
    key: through?.key ?? key,
    id: through?.id ?? 'listed.id',
  };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
