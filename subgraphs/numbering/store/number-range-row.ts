// Rows of table `number_range`: first allocations of prefixes.

import { EntitySchema } from 'typeorm';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { NumberRange } from '../domain/number-range';

export interface NumberRangeRow {
  readonly prefix: string;
  readonly operatorCode: string;
}

export const NumberRangeRow = new EntitySchema<NumberRangeRow>({
  name: 'NumberRange',
  tableName: 'number_range',
  columns: {
    prefix: { type: 'text', primary: true },
    operatorCode: { type: 'text', name: 'operator_code' },
  },
});

/** The range that a row holds. */
export function toNumberRange(row: NumberRangeRow): NumberRange {
  return { prefix: row.prefix, operatorCode: row.operatorCode as OperatorCode };
}
