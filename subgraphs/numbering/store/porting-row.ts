// Rows of table `porting`, by port id. A refused porting leaves no row; a finished one stays for ever.

import { EntitySchema } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import { msToInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { CompletedPorting, PortingRecord, PortingState } from '../domain/porting';

export interface PortingRow {
  readonly portId: string;
  readonly msisdn: string;
  readonly donor: string;
  readonly recipient: string;
  readonly state: PortingState;
  readonly donorSince: Date | null;
  readonly completedAt: Date | null;
}

export const PortingRow = new EntitySchema<PortingRow>({
  name: 'Porting',
  tableName: 'porting',
  columns: {
    portId: { type: 'text', name: 'port_id', primary: true },
    msisdn: { type: 'text' },
    donor: { type: 'text' },
    recipient: { type: 'text' },
    state: { type: 'text' },
    donorSince: { type: 'timestamptz', precision: 3, name: 'donor_since', nullable: true },
    completedAt: { type: 'timestamptz', precision: 3, name: 'completed_at', nullable: true },
  },
});

/** The porting that a row holds. */
export function toPortingRecord(row: PortingRow): PortingRecord {
  return {
    portId: row.portId,
    msisdn: row.msisdn as Msisdn,
    donor: row.donor as OperatorCode,
    recipient: row.recipient as OperatorCode,
    state: row.state,
    donorSince: row.donorSince === null ? null : msToInstant(row.donorSince.getTime()),
    completedAt: row.completedAt === null ? null : msToInstant(row.completedAt.getTime()),
  };
}

/** The porting that took place; requires a row that is no longer PENDING. */
export function toCompletedPorting(row: PortingRow): CompletedPorting {
  const { msisdn, donor, recipient, completedAt } = toPortingRecord(row);
  invariant(completedAt !== null, 'a porting that took place has its instant');
  return { msisdn, donor, recipient, completedAt };
}
