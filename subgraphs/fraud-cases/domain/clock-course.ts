// The course of a case's clocks: which of them a happening starts, stops or cancels, and which stand still in the state that the case is
// in. All of it follows from the rules' data; the caller tells the happenings in order and gives every new clock its id.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { FraudCaseState } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ClockEvent } from './clock-event';
import {
  type CourseClock,
  cancelClock,
  isOpen,
  judgeClock,
  pauseClock,
  resumeClock,
  startClock,
  stopClock,
} from './duty-clock';
import { DUTY_RULES, type DutyRuleVersion, rulesInForce, ruleVersion } from './duty-rules';

/** What the clocks of one case are told at once. */
export interface ClockStep {
  readonly caseId: string;
  readonly events: readonly ClockEvent[];
  /** The state of the case after the step. */
  readonly caseState: FraudCaseState;
  readonly now: Instant;
}

/**
 * The clocks of a case after a step: new ones at the end, those that did not change the same objects. `idOf` gives the id of the n-th new
 * clock of the step. A stop comes before a start of the same happening; a duty whose clock is still open is not started twice.
 */
export function runClocks(
  clocks: readonly CourseClock[],
  step: ClockStep,
  idOf: (place: number) => string,
  rules: readonly DutyRuleVersion[] = DUTY_RULES,
): readonly CourseClock[] {
  let course = clocks;
  let started = 0;
  for (const event of step.events) {
    course = course.map((clock) => afterEvent(clock, ruleOf(clock, rules), event));
    for (const rule of startedBy(event, rules)) {
      if (event.party === null || course.some((clock) => isSameDuty(clock, rule, event) && isOpen(clock))) continue;
      const of = { id: idOf(started), caseId: step.caseId, about: event.about, party: event.party.code };
      const clock = startClock(rule, of, event.at);
      if (clock === null) continue;
      course = [...course, clock];
      started += 1;
    }
  }
  return course.map((clock) => inCaseState(clock, ruleOf(clock, rules), step));
}

/** The earliest deadline among a case's clocks that still run: when something is due. Null when nothing is. */
export function nextDeadline(clocks: readonly CourseClock[]): Instant | null {
  const running = clocks.filter((clock) => clock.state === 'RUNNING').map((clock) => clock.deadlineAt);
  return running.reduce<Instant | null>((first, at) => (first === null || at < first ? at : first), null);
}

function afterEvent(clock: CourseClock, rule: DutyRuleVersion, event: ClockEvent): CourseClock {
  if (!isOpen(clock)) return clock;
  if (isGone(clock, rule, event)) return cancelClock(clock, rule, event.at);
  const concerns =
    (event.party === null || (event.party.kind === rule.obliged && event.party.code === clock.party)) &&
    (event.about === null || event.about === clock.about);
  return concerns && rule.stops.includes(event.event) ? stopClock(clock, rule, event.at) : clock;
}

/** Whether what the duty was about is gone. The end of a case leaves the clocks of its orders to the orders. */
function isGone(clock: CourseClock, rule: DutyRuleVersion, event: ClockEvent): boolean {
  switch (event.event) {
    case 'CASE_ENDED':
      return clock.about === null;
    case 'ORDER_ENDED':
      return event.about !== null && clock.about === event.about;
    case 'NOTHING_TO_SUSPEND':
      return rule.stops.includes('SERVICES_SUSPENDED');
    default:
      return false;
  }
}

function startedBy(event: ClockEvent, rules: readonly DutyRuleVersion[]): readonly DutyRuleVersion[] {
  return rulesInForce(event.at, rules).filter(
    (rule) => rule.start === event.event && rule.obliged === event.party?.kind,
  );
}

function isSameDuty(clock: CourseClock, rule: DutyRuleVersion, event: ClockEvent): boolean {
  return clock.ruleId === rule.id && clock.party === event.party?.code && clock.about === event.about;
}

function inCaseState(clock: CourseClock, rule: DutyRuleVersion, { caseState, now }: ClockStep): CourseClock {
  const current = judgeClock(clock, now);
  return rule.pauseOn.includes(caseState) ? pauseClock(current, now) : resumeClock(current, rule, now);
}

function ruleOf(clock: CourseClock, rules: readonly DutyRuleVersion[]): DutyRuleVersion {
  const rule = ruleVersion(clock.ruleId, clock.ruleVersion, rules);
  invariant(rule !== null, 'a clock runs by a version of a rule that exists');
  return rule;
}
