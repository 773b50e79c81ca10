// Rows of table `fraud_case`.

import { EntitySchema } from 'typeorm';
import type { FraudCase } from '../domain/fraud-case';
import { instantColumn, optionalInstantColumn, toInstant, toInstantOrNull } from './instant-column';

/** A row; its closed words are checked by the table. */
export interface FraudCaseRow extends Omit<FraudCase, 'openedAt' | 'dueAt'> {
  readonly openedAt: Date;
  readonly dueAt: Date | null;
}

export const FraudCaseRow = new EntitySchema<FraudCaseRow>({
  name: 'FraudCase',
  tableName: 'fraud_case',
  columns: {
    id: { type: 'text', primary: true },
    number: { type: 'text' },
    state: { type: 'text' },
    outcome: { type: 'text' },
    track: { type: 'text', nullable: true },
    fraudType: { type: 'text', name: 'fraud_type', nullable: true },
    severity: { type: 'text' },
    version: { type: 'integer' },
    openedAt: instantColumn('opened_at'),
    dueAt: optionalInstantColumn('due_at'),
    assignee: { type: 'text', nullable: true },
    duplicateOf: { type: 'text', name: 'duplicate_of', nullable: true },
  },
});

/** The case that a row holds. */
export function toFraudCase(row: FraudCaseRow): FraudCase {
  return { ...row, openedAt: toInstant(row.openedAt), dueAt: toInstantOrNull(row.dueAt) };
}
