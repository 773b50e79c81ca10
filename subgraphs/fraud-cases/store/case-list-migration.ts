// Indexes that keep every question about cases as cheap after years as on the first day: a list finds the rows of each state, person, kind or
// party in its own order and reads no more than the page; rules and timers find what concerns one case, or what is under way, and never
// look through what is over.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Indexes of lists, rules and timers. Forward only. */
export class CaseLists1795000000060 implements MigrationInterface {
  readonly name = 'CaseLists1795000000060';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...LISTS, ...RULES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const LISTS = [
  // In the order of a list alone nothing can be found but a page of everything, which its states give as well; and a planner that takes every
  // state for a common one would look through such an index for the few rows of a rare one.
  'DROP INDEX fraud_case_by_opening, block_order_by_issue, appeal_by_filing, information_request_by_issue, duty_clock_by_deadline',
  'CREATE INDEX fraud_case_by_state ON fraud_case (state, opened_at DESC, id DESC)',
  'CREATE INDEX fraud_case_by_assignee ON fraud_case (assignee, state, opened_at DESC, id DESC)',
  'CREATE INDEX fraud_case_by_type ON fraud_case (fraud_type, state, opened_at DESC, id DESC)',
  'CREATE INDEX block_order_by_state ON block_order (state, listed_at DESC, id DESC)',
  'CREATE INDEX block_order_by_operator ON block_order (operator_code, state, listed_at DESC, id DESC)',
  'CREATE INDEX appeal_by_state ON appeal (state, filed_at DESC, id DESC)',
  'CREATE INDEX information_request_by_state ON information_request (state, issued_at DESC, id DESC)',
  'CREATE INDEX information_request_by_operator ON information_request (operator_code, state, issued_at DESC, id DESC)',
  'CREATE INDEX duty_clock_by_party ON duty_clock (party, state, deadline_at, id)',
  'CREATE INDEX duty_clock_by_rule ON duty_clock (rule_id, state, deadline_at, id)',
];

const RULES = [
  // That a confirmed block was decided by two is asked at each order, of voided decisions too; so are the people behind an appealed order.
  'CREATE INDEX decision_by_case ON decision (case_id)',
  'CREATE INDEX reopening_by_case ON reopening (case_id)',
];
