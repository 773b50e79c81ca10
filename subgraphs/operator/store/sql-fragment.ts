// Pieces of SQL and of row reading that several statements share: instants inside JSON, usage days as arrays, grouping by key.

import { type Day } from '../../../shared/vocabulary/day';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import { USAGE_MEASURES } from '../../../shared/vocabulary/seed-fact';
import type { UsageDay } from '../domain/usage-day';

/** SQL for an instant as whole milliseconds since 1970, which JSON carries without loss. */
export function epochMs(expression: string): string {
  return `(extract(epoch FROM ${expression}) * 1000)::bigint`;
}

/** An instant from `epochMs` or a `Date` column; null stays null. */
export function toInstant(value: Date | number): Instant {
  return msToInstant(typeof value === 'number' ? value : value.getTime());
}

/** The same for a column that may be null. */
export function toInstantOrNull(value: Date | number | null): Instant | null {
  return value === null ? null : toInstant(value);
}

/** Columns of `usage_day` in the order of `USAGE_MEASURES`. */
export const USAGE_COLUMNS: readonly string[] = USAGE_MEASURES.map((measure) =>
  measure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** SQL for one usage day as a JSON array: the day, then its measures. `alias` is the table's. */
export function usageArray(alias: string): string {
  return `json_build_array(${['day', ...USAGE_COLUMNS].map((column) => `${alias}.${column}`).join(', ')})`;
}

/** A usage day as `usageArray` gives it. */
export type UsageArray = readonly [day: string, ...measures: number[]];

/** The day that such an array holds. */
export function toUsageDay([day, ...measures]: UsageArray): UsageDay {
  const values = USAGE_MEASURES.map((measure, index) => [measure, measures[index] ?? 0] as const);
  return { day: day as Day, ...(Object.fromEntries(values) as Record<(typeof USAGE_MEASURES)[number], number>) };
}

/** Rows by key, each list in the order of the rows. */
export function groupRows<Row, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  toValue: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [toValue(row)]);
    else group.push(toValue(row));
  }
  return groups;
}
