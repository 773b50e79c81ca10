// Rows of table `tenure`: who served a number and when. The table itself forbids two tenures of one number to overlap.

import { EntitySchema } from 'typeorm';
import { msToInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { Tenure } from '../domain/tenure';

export interface TenureRow {
  readonly msisdn: string;
  readonly operatorCode: string;
  readonly since: Date;
  readonly until: Date | null;
}

export const TenureRow = new EntitySchema<TenureRow>({
  name: 'Tenure',
  tableName: 'tenure',
  columns: {
    msisdn: { type: 'text', primary: true },
    since: { type: 'timestamptz', precision: 3, primary: true },
    operatorCode: { type: 'text', name: 'operator_code' },
    until: { type: 'timestamptz', precision: 3, nullable: true },
  },
});

/** The tenure that a row holds; the table's checks stand for the forms of its texts. */
export function toTenure(row: TenureRow): Tenure {
  return {
    msisdn: row.msisdn as Msisdn,
    operatorCode: row.operatorCode as OperatorCode,
    since: msToInstant(row.since.getTime()),
    until: row.until === null ? null : msToInstant(row.until.getTime()),
  };
}
