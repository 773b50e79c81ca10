// Rows that the program writes one by one when a number leaves or comes: tenure, contract, what the network holds on it, and the
// record of the porting. Bulk reads and seeding speak SQL; these rows never leave store/.

import { EntitySchema } from 'typeorm';

const INSTANT = { type: 'timestamptz', precision: 3 } as const;

export interface TenureRow {
  msisdn: string;
  since: Date;
  until: Date | null;
}

export const TenureRow = new EntitySchema<TenureRow>({
  name: 'Tenure',
  tableName: 'tenure',
  columns: {
    msisdn: { type: 'text', primary: true },
    since: { ...INSTANT, primary: true },
    until: { ...INSTANT, nullable: true },
  },
});

export interface LineContractRow {
  /** Assigned by the database. */
  key: string;
  id: string;
  msisdn: string;
  since: Date;
  status: string;
  openedAt: Date;
  endedAt: Date | null;
  verificationResult: string;
  verificationAttempts: number;
}

export const LineContractRow = new EntitySchema<LineContractRow>({
  name: 'LineContract',
  tableName: 'line_contract',
  columns: {
    key: { type: 'bigint', primary: true, generated: 'increment' },
    id: { type: 'text' },
    msisdn: { type: 'text' },
    since: INSTANT,
    status: { type: 'text' },
    openedAt: { ...INSTANT, name: 'opened_at' },
    endedAt: { ...INSTANT, name: 'ended_at', nullable: true },
    verificationResult: { type: 'text', name: 'verification_result' },
    verificationAttempts: { type: 'integer', name: 'verification_attempts' },
  },
});

export interface ServiceStateRow {
  contractKey: string;
  measures: string[];
}

export const ServiceStateRow = new EntitySchema<ServiceStateRow>({
  name: 'ServiceState',
  tableName: 'service_state',
  columns: {
    contractKey: { type: 'bigint', name: 'contract_key', primary: true },
    measures: { type: 'text', array: true },
  },
});

export interface PortRecordRow {
  portId: string;
  direction: 'OUT' | 'IN';
  msisdn: string;
  since: Date;
  /** End of the donor's tenure; at the recipient the same as `since`. */
  at: Date;
  recordedAt: Date;
}

export const PortRecordRow = new EntitySchema<PortRecordRow>({
  name: 'PortRecord',
  tableName: 'port_record',
  columns: {
    portId: { type: 'text', name: 'port_id', primary: true },
    direction: { type: 'text', primary: true },
    msisdn: { type: 'text' },
    since: INSTANT,
    at: INSTANT,
    recordedAt: { ...INSTANT, name: 'recorded_at' },
  },
});

/** Entities of this subgraph's data source. */
export const OPERATOR_ENTITIES = [TenureRow, LineContractRow, ServiceStateRow, PortRecordRow] as const;
