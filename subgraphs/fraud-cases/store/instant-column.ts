// Instants of rows: `timestamptz(3)` columns as the database driver gives them, and as the domain knows them.

import type { EntitySchemaColumnOptions } from 'typeorm';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';

/** A column that always holds an instant. */
export function instantColumn(name: string): EntitySchemaColumnOptions {
  return { type: 'timestamptz', precision: 3, name };
}

/** A column whose instant may be missing. */
export function optionalInstantColumn(name: string): EntitySchemaColumnOptions {
  return { ...instantColumn(name), nullable: true };
}

/** The instant of a column that always holds one. */
export function toInstant(value: Date): Instant {
  return msToInstant(value.getTime());
}

/** The instant of a column, or null. */
export function toInstantOrNull(value: Date | null): Instant | null {
  return value === null ? null : toInstant(value);
}
