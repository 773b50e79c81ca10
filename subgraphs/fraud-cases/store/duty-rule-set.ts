// The first set of duty rules, as data: version 1 of every rule. What Kazakh law demands stands as LAW; what the parties have yet to agree
// stands as POLICY with the deadline that the bank proposes. A later set is a later migration with higher versions.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { PartyKind, RuleStatus } from '../../../shared/vocabulary/duty';
import type { DeadlineUnit } from '../domain/duty';

/** Loads version 1 of every rule. Forward only. */
export class DutyRules1795000000001 implements MigrationInterface {
  readonly name = 'DutyRules1795000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const rule of RULES) {
      await runner.query(
        `INSERT INTO duty_rule (id, version, title, status, obliged, clock_start, clock_stops, deadline_value, deadline_unit,
                                pause_on, warn_at_percent, liability_weight, valid_from)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [...rule, WARN_AT_PERCENT, weightOf(rule[0]), VALID_FROM],
      );
    }
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

type Rule = readonly [
  id: string,
  title: string,
  status: RuleStatus,
  obliged: PartyKind,
  clockStart: string,
  clockStops: readonly string[],
  deadlineValue: number,
  deadlineUnit: DeadlineUnit,
  pauseOn: readonly string[],
];

/** Midnight in Almaty on the day on which the operators' two working days became law. */
const VALID_FROM = '2025-11-17T19:00:00.000Z';
const WARN_AT_PERCENT = [50, 80];

const RULES: readonly Rule[] = [
  [
    'OP-01',
    'Relay an own detection to the Anti-Fraud Center',
    'POLICY',
    'OPERATOR',
    'DETECTED',
    ['REPORT_RECEIVED'],
    1,
    'HOUR',
    [],
  ],
  [
    'OP-02',
    'Check a complaint or a signal',
    'LAW',
    'OPERATOR',
    'SIGNAL_RECEIVED',
    ['CHECK_CONFIRMED', 'CHECK_NOT_CONFIRMED'],
    2,
    'WORKING_DAY',
    [],
  ],
  [
    'OP-03',
    'Suspend the line once the check confirmed the fraud',
    'LAW',
    'OPERATOR',
    'CHECK_CONFIRMED',
    ['SERVICES_SUSPENDED'],
    15,
    'MINUTE',
    [],
  ],
  [
    'OP-04',
    "Report the check's result to the Anti-Fraud Center",
    'LAW',
    'OPERATOR',
    'CHECK_RESULT',
    ['RESULT_RECEIVED'],
    2,
    'WORKING_DAY',
    [],
  ],
  [
    'OP-05',
    'Acknowledge a block order',
    'POLICY',
    'OPERATOR',
    'ORDER_DELIVERED',
    ['ORDER_ACKNOWLEDGED'],
    15,
    'MINUTE',
    [],
  ],
  ['OP-06', 'Enforce a block order', 'POLICY', 'OPERATOR', 'ORDER_DELIVERED', ['ORDER_ENFORCED'], 1, 'HOUR', []],
  [
    'OP-07',
    'Answer a request for information',
    'POLICY',
    'OPERATOR',
    'REQUEST_DELIVERED',
    ['REQUEST_ANSWERED'],
    4,
    'HOUR',
    [],
  ],
  [
    'OP-08',
    'Activate no line without biometric identification',
    'LAW',
    'OPERATOR',
    'LINE_ACTIVATED',
    [],
    0,
    'STATE',
    [],
  ],
  [
    'OP-09',
    'Issue no line beyond the cap without a justification that names devices',
    'POLICY',
    'OPERATOR',
    'LINE_ISSUED',
    [],
    0,
    'STATE',
    [],
  ],
  [
    'OP-10',
    'Restrict a line beyond the cap in a device that was not named',
    'POLICY',
    'OPERATOR',
    'DEVICE_MISMATCH',
    ['LINE_RESTRICTED'],
    24,
    'HOUR',
    [],
  ],
  [
    'OP-11',
    'Keep a free channel for complaints open at all hours',
    'POLICY',
    'OPERATOR',
    'MONTH_BEGAN',
    [],
    99.5,
    'PER_MONTH',
    [],
  ],
  [
    'OP-12',
    'Deliver messages of authorised senders only, and filter their links',
    'POLICY',
    'OPERATOR',
    'MESSAGE_RECEIVED',
    [],
    0,
    'STATE',
    [],
  ],
  [
    'OP-13',
    'Restore the services after a lift order',
    'POLICY',
    'OPERATOR',
    'LIFT_DELIVERED',
    ['SERVICES_RESTORED'],
    2,
    'HOUR',
    [],
  ],
  ['AFC-01', 'Triage a report', 'POLICY', 'AFC', 'REPORT_RECEIVED', ['CASE_TRIAGED', 'CASE_DISMISSED'], 4, 'HOUR', []],
  [
    'AFC-02',
    'Decide a case',
    'POLICY',
    'AFC',
    'CASE_TRIAGED',
    ['CASE_DECIDED'],
    5,
    'WORKING_DAY',
    ['AWAITING_INFORMATION'],
  ],
  [
    'AFC-03',
    'Issue the orders once a case is confirmed',
    'POLICY',
    'AFC',
    'CASE_CONFIRMED',
    ['ORDER_ISSUED'],
    15,
    'MINUTE',
    [],
  ],
  [
    'AFC-04',
    'Confirm or end a temporary block',
    'POLICY',
    'AFC',
    'TEMPORARY_BLOCK_ENFORCED',
    ['CASE_CONFIRMED', 'LIFT_ISSUED'],
    72,
    'HOUR',
    [],
  ],
  ['AFC-05', 'Decide an appeal', 'POLICY', 'AFC', 'APPEAL_FILED', ['APPEAL_DECIDED'], 2, 'WORKING_DAY', []],
  [
    'AFC-06',
    'Tell the subscriber of a block, its reason and the way to appeal',
    'POLICY',
    'AFC',
    'ORDER_ENFORCED',
    ['NOTICE_SENT'],
    1,
    'HOUR',
    [],
  ],
  [
    'BANK-01',
    'Report a suspicious payment or number',
    'POLICY',
    'BANK',
    'BANK_DETECTED',
    ['REPORT_RECEIVED'],
    1,
    'HOUR',
    [],
  ],
  [
    'BANK-02',
    'Hold a transaction on a signal',
    'POLICY',
    'BANK',
    'SIGNAL_RECEIVED',
    ['TRANSACTION_HELD'],
    15,
    'MINUTE',
    [],
  ],
  [
    'BANK-03',
    "Read a number's signals before a payment of high risk",
    'POLICY',
    'BANK',
    'PAYMENT_INITIATED',
    ['SIGNAL_READ'],
    0,
    'STATE',
    [],
  ],
  [
    'BANK-04',
    'Review the accounts linked to a revoked number',
    'POLICY',
    'BANK',
    'NUMBER_REVOKED',
    ['ACCOUNTS_REVIEWED'],
    5,
    'WORKING_DAY',
    [],
  ],
  [
    'BANK-05',
    'Pay a claim that was accepted',
    'POLICY',
    'BANK',
    'CLAIM_ACCEPTED',
    ['CLAIM_PAID'],
    5,
    'WORKING_DAY',
    [],
  ],
  ...everyParty('ALL-01', 'Read personal data only under a case and a purpose', 'PERSONAL_DATA_READ', [], 0, 'STATE'),
  ...everyParty(
    'ALL-02',
    "Reconcile the day's log with the other parties",
    'DAY_ENDED',
    ['ROOT_EXCHANGED'],
    12,
    'HOUR',
  ),
];

/** A duty of every party: one rule for each kind, because a clock runs for one party. */
function everyParty(
  id: string,
  title: string,
  clockStart: string,
  clockStops: readonly string[],
  deadlineValue: number,
  deadlineUnit: DeadlineUnit,
): readonly Rule[] {
  return (['OPERATOR', 'BANK', 'AFC'] as const).map(
    (obliged): Rule => [
      `${id}-${obliged}`,
      title,
      'POLICY',
      obliged,
      clockStart,
      clockStops,
      deadlineValue,
      deadlineUnit,
      [],
    ],
  );
}

/** A late acknowledgement weighs a quarter of the duty to enforce, which follows it. */
function weightOf(id: string): number {
  return id === 'OP-05' ? 0.25 : 1;
}
