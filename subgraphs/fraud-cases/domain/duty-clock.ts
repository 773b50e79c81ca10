// One clock of one duty: when its time is over, counted in minutes, hours, calendar or working days of Almaty without its pauses; and how
// it starts, stands still, stops, is missed or cancelled. Which happening does what to which clock is decided by the course of clocks.

import { AppError } from '../../../shared/vocabulary/app-error';
import type { Day } from '../../../shared/vocabulary/day';
import type { ClockState } from '../../../shared/vocabulary/duty';
import { type Instant, instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import type { DutyRuleVersion } from './duty-rules';
import { calendarAt, endOfCountedDay } from './working-calendar';

/** A time in which the clock stood still; `to` is null while it still does. */
export interface ClockPause {
  readonly from: Instant;
  readonly to: Instant | null;
}

/** A clock with all that its deadline is made of. Rule and calendar are those in force at its start. */
export interface CourseClock {
  readonly id: string;
  readonly caseId: string;
  /** The order, request or appeal that the duty is about; null when it is the case. */
  readonly about: string | null;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly party: string;
  readonly startedAt: Instant;
  /** The last instant at which the duty is still met. While the clock stands still: as of the beginning of the pause. */
  readonly deadlineAt: Instant;
  readonly stoppedAt: Instant | null;
  readonly state: ClockState;
  /** In order, the last one perhaps open. */
  readonly pauses: readonly ClockPause[];
}

/**
 * A clock that starts at an instant. A rule that holds at every instant is breached by the happening itself; a rule counted by the month
 * has no clock: null.
 */
export function startClock(
  rule: DutyRuleVersion,
  of: Pick<CourseClock, 'id' | 'caseId' | 'about' | 'party'>,
  at: Instant,
): CourseClock | null {
  if (rule.deadlineUnit === 'PER_MONTH') return null;
  const { id, version } = rule;
  const state = rule.deadlineUnit === 'STATE' ? 'BREACHED' : 'RUNNING';
  const deadlineAt = deadlineOf(rule, at);
  return { ...of, ruleId: id, ruleVersion: version, startedAt: at, deadlineAt, stoppedAt: null, state, pauses: [] };
}

/** The last instant at which a duty that began at `startedAt` is met. An open pause does not move it yet. */
export function deadlineOf(rule: DutyRuleVersion, startedAt: Instant, pauses: readonly ClockPause[] = []): Instant {
  const startMs = instantToMs(startedAt);
  switch (rule.deadlineUnit) {
    case 'MINUTE':
      return msToInstant(startMs + rule.deadlineValue * MINUTE_MS + pausedMs(pauses));
    case 'HOUR':
      return msToInstant(startMs + rule.deadlineValue * 60 * MINUTE_MS + pausedMs(pauses));
    case 'CALENDAR_DAY':
      return endOfDays(startMs, rule.deadlineValue, pauses, () => true);
    case 'WORKING_DAY': {
      const calendar = calendarAt(startedAt);
      return endOfDays(startMs, rule.deadlineValue, pauses, (day) => calendar.isWorkingDay(day));
    }
    case 'STATE':
      return startedAt;
    case 'PER_MONTH':
      throw new AppError('INTERNAL', 'A rule counted by the month has no clock.');
  }
}

/** The clock as it stands at an instant: BREACHED once its deadline lies before it. */
export function judgeClock(clock: CourseClock, now: Instant): CourseClock {
  return clock.state === 'RUNNING' && now > clock.deadlineAt ? { ...clock, state: 'BREACHED' } : clock;
}

/** The clock when its duty is done: MET up to the deadline, BREACHED after it. One that was settled before stays as it is. */
export function stopClock(clock: CourseClock, rule: DutyRuleVersion, at: Instant): CourseClock {
  if (!isOpen(clock)) return clock;
  const stoppedAt = at < clock.startedAt ? clock.startedAt : at;
  const resumed = resumeClock(clock, rule, stoppedAt);
  const inTime = resumed.state === 'RUNNING' && stoppedAt <= resumed.deadlineAt;
  return { ...resumed, stoppedAt, state: inTime ? 'MET' : 'BREACHED' };
}

/** The clock when what its duty was about is gone. One that is missed by then stays missed, and ends. */
export function cancelClock(clock: CourseClock, rule: DutyRuleVersion, at: Instant): CourseClock {
  if (!isOpen(clock)) return clock;
  const judged = judgeClock(clock, at);
  if (judged.state === 'BREACHED') return { ...judged, stoppedAt: at < judged.startedAt ? judged.startedAt : at };
  return { ...resumeClock(judged, rule, at), state: 'CANCELLED' };
}

/** The clock standing still from an instant on. A missed or settled one is not stopped by a pause. */
export function pauseClock(clock: CourseClock, at: Instant): CourseClock {
  const judged = judgeClock(clock, at);
  if (judged.state !== 'RUNNING') return judged;
  return { ...judged, state: 'PAUSED', pauses: [...judged.pauses, { from: at, to: null }] };
}

/** The clock running on, with a later deadline. One that does not stand still stays as it is. */
export function resumeClock(clock: CourseClock, rule: DutyRuleVersion, at: Instant): CourseClock {
  if (clock.state !== 'PAUSED') return clock;
  const pauses = clock.pauses.map((pause) =>
    pause.to === null ? { from: pause.from, to: at < pause.from ? pause.from : at } : pause,
  );
  return { ...clock, state: 'RUNNING', pauses, deadlineAt: deadlineOf(rule, clock.startedAt, pauses) };
}

/** The first instant at which a share of the clock's running time is used up; null while it stands still or once it is settled. */
export function warningAt(clock: CourseClock, percent: number): Instant | null {
  if (clock.state !== 'RUNNING' && clock.state !== 'BREACHED') return null;
  const startMs = instantToMs(clock.startedAt);
  const runningMs = instantToMs(clock.deadlineAt) - startMs - pausedMs(clock.pauses);
  let atMs = startMs + Math.ceil((runningMs * percent) / 100);
  for (const { from, to } of clock.pauses) {
    if (to !== null && instantToMs(from) <= atMs) atMs += instantToMs(to) - instantToMs(from);
  }
  return msToInstant(atMs);
}

/** The shares, in percent, at which the party is to be warned by now and was not by `warnedUntil`. */
export function warningsDue(
  clock: CourseClock,
  rule: DutyRuleVersion,
  warnedUntil: Instant,
  now: Instant,
): readonly number[] {
  if (clock.state !== 'RUNNING') return [];
  return rule.warnAtPercent.filter((percent) => {
    const at = warningAt(clock, percent);
    return at !== null && at > warnedUntil && at <= now;
  });
}

/** Whether the duty is neither done nor gone: the clock runs, stands still, or was missed and still waits. */
export function isOpen(clock: Pick<CourseClock, 'state' | 'stoppedAt'>): boolean {
  return clock.stoppedAt === null && clock.state !== 'CANCELLED' && clock.state !== 'MET';
}

const MINUTE_MS = 60_000;

function pausedMs(pauses: readonly ClockPause[]): number {
  return pauses.reduce((sum, { from, to }) => sum + (to === null ? 0 : instantToMs(to) - instantToMs(from)), 0);
}

/**
 * A day at whose end the clock stood still is not counted, so that a pause takes no whole day from the party; if it is the day of the
 * start, the counting begins on the day on which the clock ran on.
 */
function endOfDays(
  startMs: number,
  count: number,
  pauses: readonly ClockPause[],
  isCounted: (day: Day) => boolean,
): Instant {
  const stoodStill = (dayEndMs: number): number | null => {
    const pause = pauses.find(
      ({ from, to }) => to !== null && instantToMs(from) < dayEndMs && dayEndMs <= instantToMs(to),
    );
    return pause === undefined || pause.to === null ? null : instantToMs(pause.to);
  };
  let fromMs = startMs;
  for (let ranOnMs = stoodStill(endOfCountedDay(fromMs, 0, isCounted)); ranOnMs !== null; ) {
    fromMs = ranOnMs;
    ranOnMs = stoodStill(endOfCountedDay(fromMs, 0, isCounted));
  }
  return msToInstant(
    endOfCountedDay(fromMs, count, (day, dayEndMs) => isCounted(day) && stoodStill(dayEndMs) === null),
  );
}
