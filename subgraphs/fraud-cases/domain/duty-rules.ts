// The duties of the parties as versioned data: who owes what from which happening to which, by when, what pauses the clock and how much
// a breach weighs. A case is judged by the version in force when a clock starts; versions are added, never changed. Rules whose
// happenings no command of a case brings about are data for those who measure them.

import type { ClockState, PartyKind, RuleStatus } from '../../../shared/vocabulary/duty';
import type { FraudCaseState } from '../../../shared/vocabulary/fraud-case';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import type { DeadlineUnit, DutyRule } from './duty';

/** One version of a rule with everything that drives its clocks. */
export interface DutyRuleVersion extends DutyRule {
  /** The happening that starts a clock. */
  readonly start: string;
  /** The happenings that stop it; empty for a rule that holds at every instant. */
  readonly stops: readonly string[];
  /** States of the case in which the clock stands still. */
  readonly pauseOn: readonly FraudCaseState[];
  /** Shares of the time at which the obliged party is warned. */
  readonly warnAtPercent: readonly number[];
  /** Ten-thousandths of the weight of an ordinary breach; 0 takes no share of a loss. */
  readonly weight: number;
  readonly validFrom: Instant;
  /** First instant at which it is no longer in force; null while it is. */
  readonly validTo: Instant | null;
}

/** Weight of an ordinary breach. */
export const FULL_WEIGHT = 10_000;

/** States of a clock that can still change by what its party does. */
export const UNSETTLED_CLOCK_STATES = ['RUNNING', 'PAUSED'] as const satisfies readonly ClockState[];

/** Version `version` of a rule; null when there is none. */
export function ruleVersion(
  id: string,
  version: number,
  rules: readonly DutyRuleVersion[] = DUTY_RULES,
): DutyRuleVersion | null {
  return rules.find((rule) => rule.id === id && rule.version === version) ?? null;
}

/** The rules in force at an instant, in the order of the data: of each id the highest version that is valid then. */
export function rulesInForce(at: Instant, rules: readonly DutyRuleVersion[] = DUTY_RULES): readonly DutyRuleVersion[] {
  const valid = rules.filter((rule) => rule.validFrom <= at && (rule.validTo === null || at < rule.validTo));
  return valid.filter((rule) => !valid.some((other) => other.id === rule.id && other.version > rule.version));
}

/** Midnight in Almaty on 18 November 2025, when the operators' two working days became law. */
const FIRST_VALID_FROM = msToInstant(Date.UTC(2025, 10, 17, 19));
const WARN_AT_PERCENT = [50, 80];
/** A late acknowledgement weighs a quarter of the duty to enforce, which follows it. */
const QUARTER_WEIGHT = FULL_WEIGHT / 4;

/** Every version of every rule. */
export const DUTY_RULES: readonly DutyRuleVersion[] = [
  rule('OP-01', 'Relay an own detection to the Anti-Fraud Center', 'OPERATOR', 'DETECTED > REPORT_RECEIVED', 1, 'HOUR'),
  rule(
    'OP-02',
    'Check a complaint or a signal',
    'OPERATOR',
    'SIGNAL_RECEIVED > CHECK_CONFIRMED, CHECK_NOT_CONFIRMED',
    2,
    'WORKING_DAY',
    { status: 'LAW' },
  ),
  // The operator answers for the line from its finding on, but not for the time that the second pair of eyes takes.
  rule(
    'OP-03',
    'Suspend the line once the check confirmed the fraud',
    'OPERATOR',
    'CHECK_CONFIRMED > SERVICES_SUSPENDED',
    15,
    'MINUTE',
    { status: 'LAW', pauseOn: ['PENDING_APPROVAL', 'UNDER_INVESTIGATION', 'AWAITING_INFORMATION'] },
  ),
  rule(
    'OP-04',
    "Report the check's result to the Anti-Fraud Center",
    'OPERATOR',
    'CHECK_RESULT > RESULT_RECEIVED',
    2,
    'WORKING_DAY',
    { status: 'LAW' },
  ),
  rule('OP-05', 'Acknowledge a block order', 'OPERATOR', 'ORDER_DELIVERED > ORDER_ACKNOWLEDGED', 15, 'MINUTE', {
    weight: QUARTER_WEIGHT,
  }),
  rule('OP-06', 'Enforce a block order', 'OPERATOR', 'ORDER_DELIVERED > ORDER_ENFORCED', 1, 'HOUR'),
  rule('OP-07', 'Answer a request for information', 'OPERATOR', 'REQUEST_DELIVERED > REQUEST_ANSWERED', 4, 'HOUR'),
  rule('OP-08', 'Activate no line without biometric identification', 'OPERATOR', 'LINE_ACTIVATED', 0, 'STATE', {
    status: 'LAW',
  }),
  rule(
    'OP-09',
    'Issue no line beyond the cap without a justification that names devices',
    'OPERATOR',
    'LINE_ISSUED',
    0,
    'STATE',
  ),
  rule(
    'OP-10',
    'Restrict a line beyond the cap in a device that was not named',
    'OPERATOR',
    'DEVICE_MISMATCH > LINE_RESTRICTED',
    24,
    'HOUR',
  ),
  rule('OP-11', 'Keep a free channel for complaints open at all hours', 'OPERATOR', 'MONTH_BEGAN', 99.5, 'PER_MONTH'),
  rule(
    'OP-12',
    'Deliver messages of authorised senders only, and filter their links',
    'OPERATOR',
    'MESSAGE_RECEIVED',
    0,
    'STATE',
  ),
  rule('OP-13', 'Restore the services after a lift order', 'OPERATOR', 'LIFT_DELIVERED > SERVICES_RESTORED', 2, 'HOUR'),
  rule('AFC-01', 'Triage a report', 'AFC', 'REPORT_RECEIVED > CASE_TRIAGED, CASE_DISMISSED', 4, 'HOUR'),
  // While an operator checks or answers, the ball is not with the Center.
  rule('AFC-02', 'Decide a case', 'AFC', 'CASE_TRIAGED > CASE_DECIDED', 5, 'WORKING_DAY', {
    pauseOn: ['AWAITING_INFORMATION', 'OPERATOR_CHECK'],
  }),
  rule('AFC-03', 'Issue the orders once a case is confirmed', 'AFC', 'CASE_CONFIRMED > ORDER_ISSUED', 15, 'MINUTE'),
  rule(
    'AFC-04',
    'Confirm or end a temporary block',
    'AFC',
    'TEMPORARY_BLOCK_ENFORCED > CASE_CONFIRMED, LIFT_ISSUED',
    72,
    'HOUR',
  ),
  rule('AFC-05', 'Decide an appeal', 'AFC', 'APPEAL_FILED > APPEAL_DECIDED', 2, 'WORKING_DAY'),
  rule(
    'AFC-06',
    'Tell the subscriber of a block, its reason and the way to appeal',
    'AFC',
    'ORDER_ENFORCED > NOTICE_SENT',
    1,
    'HOUR',
  ),
  rule('BANK-01', 'Report a suspicious payment or number', 'BANK', 'BANK_DETECTED > REPORT_RECEIVED', 1, 'HOUR'),
  rule('BANK-02', 'Hold a transaction on a signal', 'BANK', 'SIGNAL_RECEIVED > TRANSACTION_HELD', 15, 'MINUTE'),
  rule(
    'BANK-03',
    "Read a number's signals before a payment of high risk",
    'BANK',
    'PAYMENT_INITIATED > SIGNAL_READ',
    0,
    'STATE',
  ),
  rule(
    'BANK-04',
    'Review the accounts linked to a revoked number',
    'BANK',
    'NUMBER_REVOKED > ACCOUNTS_REVIEWED',
    5,
    'WORKING_DAY',
  ),
  rule('BANK-05', 'Pay a claim that was accepted', 'BANK', 'CLAIM_ACCEPTED > CLAIM_PAID', 5, 'WORKING_DAY'),
  ...everyParty('ALL-01', 'Read personal data only under a case and a purpose', 'PERSONAL_DATA_READ', 0, 'STATE'),
  ...everyParty('ALL-02', "Reconcile the day's log with the other parties", 'DAY_ENDED > ROOT_EXCHANGED', 12, 'HOUR'),
];

/** Version 1 of a rule; `events` is `START` or `START > STOP, STOP`. */
function rule(
  id: string,
  title: string,
  obliged: PartyKind,
  events: string,
  deadlineValue: number,
  deadlineUnit: DeadlineUnit,
  more: {
    readonly status?: RuleStatus;
    readonly pauseOn?: readonly FraudCaseState[];
    readonly weight?: number;
  } = {},
): DutyRuleVersion {
  const [start = '', stops] = events.split(' > ');
  return {
    id,
    version: 1,
    title,
    status: more.status ?? 'POLICY',
    obliged,
    deadlineValue,
    deadlineUnit,
    start,
    stops: stops?.split(', ') ?? [],
    pauseOn: more.pauseOn ?? [],
    warnAtPercent: WARN_AT_PERCENT,
    weight: more.weight ?? FULL_WEIGHT,
    validFrom: FIRST_VALID_FROM,
    validTo: null,
  };
}

/** A duty of every party: one rule for each kind, because a clock runs for one party. */
function everyParty(
  id: string,
  title: string,
  events: string,
  deadlineValue: number,
  deadlineUnit: DeadlineUnit,
): readonly DutyRuleVersion[] {
  return (['OPERATOR', 'BANK', 'AFC'] as const).map((obliged) =>
    rule(`${id}-${obliged}`, title, obliged, events, deadlineValue, deadlineUnit),
  );
}
