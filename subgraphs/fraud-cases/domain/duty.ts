// Duties and their clocks as they stand: what a rule demands, in words, and by how much a clock overran. Starting and stopping
// clocks is not decided here.

import type { ClockState, PartyKind, RuleStatus } from '../../../shared/vocabulary/duty';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import type { CaseScope } from './case-scope';

/** In what a deadline is counted. STATE: no time at all, the rule holds at every instant. PER_MONTH: a share of each month. */
export const DEADLINE_UNITS = ['MINUTE', 'HOUR', 'CALENDAR_DAY', 'WORKING_DAY', 'STATE', 'PER_MONTH'] as const;
export type DeadlineUnit = (typeof DEADLINE_UNITS)[number];

/** One version of a duty rule. */
export interface DutyRule {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly status: RuleStatus;
  readonly obliged: PartyKind;
  readonly deadlineValue: number;
  readonly deadlineUnit: DeadlineUnit;
}

/** One clock of one duty in one case. */
export interface DutyClock {
  readonly id: string;
  readonly caseId: string;
  readonly orderId: string | null;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly party: string;
  readonly startedAt: Instant;
  readonly deadlineAt: Instant;
  readonly stoppedAt: Instant | null;
  readonly state: ClockState;
  /** The database's instant at which the clock was read. */
  readonly readAt: Instant;
}

/** Which clocks a list shows; null does not narrow. */
export interface DutyClockFilter {
  readonly states: readonly ClockState[] | null;
  readonly party: string | null;
  readonly ruleId: string | null;
  readonly within: CaseScope;
}

/** What a list shows when no state is asked for: clocks that run, wait, or were missed. */
export const PRESSING_CLOCK_STATES = ['RUNNING', 'PAUSED', 'BREACHED'] as const satisfies readonly ClockState[];

/** The rule's deadline in words, e.g. `2 working days`. */
export function deadlineText(rule: DutyRule): string {
  switch (rule.deadlineUnit) {
    case 'MINUTE':
      return counted(rule.deadlineValue, 'minute');
    case 'HOUR':
      return counted(rule.deadlineValue, 'hour');
    case 'CALENDAR_DAY':
      return counted(rule.deadlineValue, 'calendar day');
    case 'WORKING_DAY':
      return counted(rule.deadlineValue, 'working day');
    case 'STATE':
      return 'at every instant';
    case 'PER_MONTH':
      return `${rule.deadlineValue} % of each month`;
  }
}

/**
 * Whole seconds by which a clock was stopped, or still runs, after its deadline; null when it did not overrun. A clock that is paused or
 * cancelled overruns nothing.
 */
export function overrunSeconds(clock: DutyClock): number | null {
  if (clock.state === 'PAUSED' || clock.state === 'CANCELLED') return null;
  const overrunMs = instantToMs(clock.stoppedAt ?? clock.readAt) - instantToMs(clock.deadlineAt);
  return overrunMs > 0 ? Math.floor(overrunMs / 1_000) : null;
}

function counted(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}
