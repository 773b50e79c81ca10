// When a duty must be done, for the clocks of the demo's cases: minutes, hours and working days from the clock's start. The rules
// themselves, and the calendar of moved days off, are the bank's data; here a working day is one that is neither Saturday, Sunday
// nor a holiday of a fixed date.

import { DAY_MS, HOUR_MS, MINUTE_MS } from './demo-calendar';

/** The duties that the demo's cases start clocks for. */
export type DutyRuleId = keyof typeof DEADLINES;

/** The last instant at which the duty is still met. */
export function deadlineOf(rule: DutyRuleId, startedAtMs: number): number {
  const { unit, value } = DEADLINES[rule];
  if (unit === 'WORKING_DAY') return endOfWorkingDay(startedAtMs, value);
  return startedAtMs + value * (unit === 'HOUR' ? HOUR_MS : MINUTE_MS);
}

/** The end of the `days`-th working day after the Almaty day of an instant. */
export function endOfWorkingDay(instantMs: number, days: number): number {
  let dayMs = Math.floor((instantMs + ALMATY_OFFSET_MS) / DAY_MS) * DAY_MS;
  for (let left = days; left > 0; ) {
    dayMs += DAY_MS;
    if (isWorkingDay(dayMs)) left -= 1;
  }
  return dayMs + DAY_MS - ALMATY_OFFSET_MS;
}

const DEADLINES = {
  'OP-01': { unit: 'HOUR', value: 1 },
  'OP-02': { unit: 'WORKING_DAY', value: 2 },
  'OP-04': { unit: 'WORKING_DAY', value: 2 },
  'OP-05': { unit: 'MINUTE', value: 15 },
  'OP-06': { unit: 'HOUR', value: 1 },
  'OP-07': { unit: 'WORKING_DAY', value: 1 },
  'OP-13': { unit: 'HOUR', value: 2 },
  'AFC-01': { unit: 'HOUR', value: 4 },
  'AFC-02': { unit: 'WORKING_DAY', value: 5 },
  'AFC-03': { unit: 'MINUTE', value: 15 },
  'AFC-04': { unit: 'HOUR', value: 72 },
  'AFC-05': { unit: 'WORKING_DAY', value: 2 },
  'BANK-01': { unit: 'HOUR', value: 1 },
} as const;

const ALMATY_OFFSET_MS = 5 * HOUR_MS;

/** Month and day of the holidays that never move. */
const HOLIDAYS = new Set(
  '01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 08-30 10-25 12-16'.split(' '),
);

function isWorkingDay(dayMs: number): boolean {
  const day = new Date(dayMs);
  const weekday = day.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !HOLIDAYS.has(day.toISOString().slice(5, 10));
}
