// Rows of tables `duty_rule` and `duty_clock`, as far as readers need them. Closed words are checked by the tables.

import { EntitySchema } from 'typeorm';
import type { DutyClock, DutyRule } from '../domain/duty';
import { instantColumn, optionalInstantColumn, toInstant, toInstantOrNull } from './instant-column';

export interface DutyRuleRow extends Omit<DutyRule, 'deadlineValue'> {
  /** `numeric`, which the driver gives as text. */
  readonly deadlineValue: string;
}

export const DutyRuleRow = new EntitySchema<DutyRuleRow>({
  name: 'DutyRule',
  tableName: 'duty_rule',
  columns: {
    id: { type: 'text', primary: true },
    version: { type: 'integer', primary: true },
    title: { type: 'text' },
    status: { type: 'text' },
    obliged: { type: 'text' },
    deadlineValue: { type: 'numeric', name: 'deadline_value' },
    deadlineUnit: { type: 'text', name: 'deadline_unit' },
  },
});

/** The rule that a row holds. */
export function toDutyRule(row: DutyRuleRow): DutyRule {
  return { ...row, deadlineValue: Number(row.deadlineValue) };
}

export interface DutyClockRow extends Omit<DutyClock, 'startedAt' | 'deadlineAt' | 'stoppedAt' | 'readAt'> {
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  readonly stoppedAt: Date | null;
}

export const DutyClockRow = new EntitySchema<DutyClockRow>({
  name: 'DutyClock',
  tableName: 'duty_clock',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    orderId: { type: 'text', name: 'order_id', nullable: true },
    ruleId: { type: 'text', name: 'rule_id' },
    ruleVersion: { type: 'integer', name: 'rule_version' },
    party: { type: 'text' },
    startedAt: instantColumn('started_at'),
    deadlineAt: instantColumn('deadline_at'),
    stoppedAt: optionalInstantColumn('stopped_at'),
    state: { type: 'text' },
  },
});

/** The clock that a row holds, read at the database's instant `readAt`. */
export function toDutyClock(row: DutyClockRow, readAt: Date): DutyClock {
  return {
    ...row,
    startedAt: toInstant(row.startedAt),
    deadlineAt: toInstant(row.deadlineAt),
    stoppedAt: toInstantOrNull(row.stoppedAt),
    readAt: toInstant(readAt),
  };
}
