// Reads one page of a list by keyset. A list is spread over the values of some columns, mostly states: the rows of each value are found in the
// list's order by an index that begins with these columns, no more of them than the page has, and merged. So a page costs the same
// however many rows there are of other values, or of these. Totals are counted up to a bound.

import type { DataSource, EntitySchema } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Page, PageRequest } from '../domain/page';
import { pageOf } from '../domain/page';
import type { Bind } from './scope-condition';

/** A list: its rows, and by which property they are sorted; ties by id in the same direction. */
export interface ListTable<Row> {
  readonly rows: EntitySchema<Row>;
  readonly order: { readonly property: keyof Row & string; readonly direction: 'ASC' | 'DESC' };
  /** More members of every row: SQL by name. */
  readonly more?: Readonly<Record<string, string>>;
}

/** What a list is narrowed to: all of it. */
export interface Narrowing<Row> {
  /** Each row has one of the values of each property. The properties are the first columns of one index, which the sort key ends. */
  readonly spread: readonly { readonly property: keyof Row & string; readonly values: readonly string[] }[];
  /** What else holds; `$` stands for the value, `listed` for the row. */
  readonly conditions: readonly { readonly sql: string; readonly value: unknown }[];
  /** Whose rows these are, as a condition on `listed`. */
  readonly scope: (bind: Bind) => string;
}

/** Up to how many rows a total is counted. */
export const MOST_COUNTED = 10_000;

/** One page of the narrowed list. Cost: one statement. */
export async function readListPage<Row extends object>(
  dataSource: DataSource,
  list: ListTable<Row>,
  narrowing: Narrowing<Row>,
  { first, after }: PageRequest,
): Promise<Page<Row>> {
  const { direction, property } = list.order;
  const values: unknown[] = [];
  const columns = columnsOf(dataSource, list);
  const key = `listed.${columns.nameOf(property)}`;
  const beyond = direction === 'ASC' ? '>' : '<';
  const from = fromOf(columns, narrowing.spread, values);
  const where = wheresOf(from.matches, narrowing, values);
  if (after !== null) {
    const place = `($${values.push(after.at)}::timestamptz, $${values.push(after.id)}::text)`;
    where.push(`(${key}, listed.id) ${beyond} ${place}`);
  }
  const limit = `LIMIT $${values.push(first + 1)}`;
  const rows: readonly Row[] = await dataSource.query(
    `SELECT shown.* FROM ${from.keys} CROSS JOIN LATERAL (
       SELECT ${columns.selection} FROM ${columns.table} AS listed ${whereOf(where)}
       ORDER BY ${key} ${direction}, listed.id ${direction} ${limit}
     ) AS shown ORDER BY shown."${property}" ${direction}, shown.id ${direction} ${limit}`,
    values,
  );
  return pageOf(rows, first);
}

/** Rows of the narrowed list; null when there are more than are counted. Cost: one statement, and a look at each counted row. */
export async function countList<Row extends object>(
  dataSource: DataSource,
  list: ListTable<Row>,
  narrowing: Narrowing<Row>,
): Promise<number | null> {
  const values: unknown[] = [];
  const columns = columnsOf(dataSource, list);
  const from = fromOf(columns, narrowing.spread, values);
  const where = wheresOf(from.matches, narrowing, values);
  const limit = `LIMIT $${values.push(MOST_COUNTED + 1)}`;
  const [row]: readonly { readonly count: number }[] = await dataSource.query(
    `SELECT count(*)::int AS count FROM (
       SELECT FROM ${from.keys} CROSS JOIN LATERAL (SELECT FROM ${columns.table} AS listed ${whereOf(where)} ${limit}) AS counted ${limit}
     ) AS counted`,
    values,
  );
  invariant(row !== undefined, 'a count is one row');
  return row.count > MOST_COUNTED ? null : row.count;
}

interface Columns {
  readonly table: string;
  readonly selection: string;
  nameOf(property: string): string;
}

function columnsOf<Row>(dataSource: DataSource, { rows, more }: ListTable<Row>): Columns {
  const { columns, tableName } = dataSource.getMetadata(rows);
  const names = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]));
  const own = [...names].map(([property, name]) => `listed.${name} AS "${property}"`);
  const others = Object.entries(more ?? {}).map(([name, sql]) => `${sql} AS "${name}"`);
  return {
    table: tableName,
    selection: [...own, ...others].join(', '),
    nameOf(property) {
      const name = names.get(property);
      invariant(name !== undefined, 'a list is sorted and narrowed by its own columns');
      return name;
    },
  };
}

/** Every combination of values, as a table, and how a row matches one. Without any, the one combination of nothing. */
function fromOf(
  columns: Columns,
  spread: readonly { readonly property: string; readonly values: readonly string[] }[],
  values: unknown[],
): { readonly keys: string; readonly matches: readonly string[] } {
  const lists = spread.map(
    (each, at) => `unnest($${values.push([...new Set(each.values)])}::text[]) AS key${at} (value)`,
  );
  return {
    keys: ['(VALUES (0)) AS one', ...lists].join(' CROSS JOIN '),
    matches: spread.map(({ property }, at) => `listed.${columns.nameOf(property)} = key${at}.value`),
  };
}

function wheresOf<Row>(matches: readonly string[], { conditions, scope }: Narrowing<Row>, values: unknown[]): string[] {
  const bind: Bind = (value) => `$${values.push(value)}`;
  return [...matches, ...conditions.map((condition) => bound(condition, values)), scope(bind)];
}

function bound({ sql, value }: { readonly sql: string; readonly value: unknown }, values: unknown[]): string {
  return sql.replace('$', () => `$${values.push(value)}`);
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
