// Rows of tables `block_order` and `appeal`. Closed words are checked by the tables.

import { EntitySchema } from 'typeorm';
import type { Appeal, BlockOrder } from '../domain/block-order';
import { instantColumn, optionalInstantColumn, toInstant, toInstantOrNull } from './instant-column';

type OrderInstant = 'issuedAt' | 'deliveredAt' | 'acknowledgedAt' | 'enforcedAt' | 'liftedAt' | 'validUntil';

export interface BlockOrderRow extends Omit<BlockOrder, OrderInstant> {
  readonly issuedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly enforcedAt: Date | null;
  readonly liftedAt: Date | null;
  readonly validUntil: Date | null;
  /** Made by the database for sorting: `issuedAt`, or infinity before that. Never selected. */
  readonly listedAt: Date;
}

export const BlockOrderRow = new EntitySchema<BlockOrderRow>({
  name: 'BlockOrder',
  tableName: 'block_order',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    sequence: { type: 'integer', nullable: true },
    msisdn: { type: 'text' },
    operatorCode: { type: 'text', name: 'operator_code' },
    kind: { type: 'text' },
    state: { type: 'text' },
    version: { type: 'integer' },
    measures: { type: 'text', array: true },
    reason: { type: 'text' },
    issuedAt: optionalInstantColumn('issued_at'),
    deliveredAt: optionalInstantColumn('delivered_at'),
    acknowledgedAt: optionalInstantColumn('acknowledged_at'),
    enforcedAt: optionalInstantColumn('enforced_at'),
    liftedAt: optionalInstantColumn('lifted_at'),
    validUntil: optionalInstantColumn('valid_until'),
    supersededBy: { type: 'text', name: 'superseded_by', nullable: true },
    liftSequence: { type: 'integer', name: 'lift_sequence', nullable: true },
    document: { type: 'text', nullable: true },
    receipt: { type: 'text', nullable: true },
    liftDocument: { type: 'text', name: 'lift_document', nullable: true },
    liftReceipt: { type: 'text', name: 'lift_receipt', nullable: true },
    listedAt: { ...instantColumn('listed_at'), select: false, insert: false, update: false },
  },
});

/** The order that a row holds. */
export function toBlockOrder({ listedAt: _, ...row }: BlockOrderRow): BlockOrder {
  return {
    ...row,
    issuedAt: toInstantOrNull(row.issuedAt),
    deliveredAt: toInstantOrNull(row.deliveredAt),
    acknowledgedAt: toInstantOrNull(row.acknowledgedAt),
    enforcedAt: toInstantOrNull(row.enforcedAt),
    liftedAt: toInstantOrNull(row.liftedAt),
    validUntil: toInstantOrNull(row.validUntil),
  };
}

export interface AppealRow extends Omit<Appeal, 'filedAt' | 'dueAt'> {
  readonly filedAt: Date;
  readonly dueAt: Date;
}

export const AppealRow = new EntitySchema<AppealRow>({
  name: 'Appeal',
  tableName: 'appeal',
  columns: {
    id: { type: 'text', primary: true },
    orderId: { type: 'text', name: 'order_id' },
    caseId: { type: 'text', name: 'case_id' },
    state: { type: 'text' },
    version: { type: 'integer' },
    grounds: { type: 'text' },
    statement: { type: 'text' },
    filedAt: instantColumn('filed_at'),
    dueAt: instantColumn('due_at'),
    decidedBy: { type: 'text', name: 'decided_by', nullable: true },
    approvedBy: { type: 'text', name: 'approved_by', nullable: true },
    decision: { type: 'text', nullable: true },
  },
});

/** The appeal that a row holds. */
export function toAppeal(row: AppealRow): Appeal {
  return { ...row, filedAt: toInstant(row.filedAt), dueAt: toInstant(row.dueAt) };
}
