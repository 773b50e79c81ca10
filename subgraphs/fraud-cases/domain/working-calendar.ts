// Which days are worked, and when a number of them is over, by the clock of Almaty. The days themselves are data, in versions; outside
// the years that a version covers, every Monday to Friday is worked except holidays of a fixed date, which is an estimate and said so.

import { addDays, type Day, dayOf, dayStartMs, weekdayOf } from '../../../shared/vocabulary/day';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import { type CalendarVersion, KAZAKHSTAN_CALENDAR } from './kazakhstan-calendar';

/** A calendar that can be asked. */
export interface WorkingCalendar {
  readonly version: number;
  /** Whether the day was published; an estimate otherwise. */
  covers(day: Day): boolean;
  isWorkingDay(day: Day): boolean;
}

/** The calendar in force at an instant: the newest version valid by then, or the oldest before that. */
export function calendarAt(at: Instant, versions: readonly CalendarVersion[] = KAZAKHSTAN_CALENDAR): WorkingCalendar {
  const inForce = versions.reduce((chosen, version) => (version.validFrom <= at ? version : chosen));
  return openCalendar(inForce);
}

/** A calendar over one version of the data. */
export function openCalendar(data: CalendarVersion): WorkingCalendar {
  const daysOff = new Set(data.daysOff);
  const worked = new Set(data.workedWeekends);
  const covers = (day: Day): boolean => day >= data.firstDay && day <= data.lastDay;
  return {
    version: data.version,
    covers,
    isWorkingDay: (day) => {
      if (worked.has(day)) return true;
      if (weekdayOf(day) > LAST_WEEKDAY) return false;
      return covers(day) ? !daysOff.has(day) : !FIXED_HOLIDAYS.has(day.slice(5));
    },
  };
}

/**
 * The end, 24:00, of the `count`-th day after the day of `fromMs` that is counted. Cost: one look at each day between.
 */
export function endOfCountedDay(
  fromMs: number,
  count: number,
  isCounted: (day: Day, endMs: number) => boolean,
): number {
  let day = dayOf(fromMs);
  let endMs = dayEndMs(day);
  for (let left = count; left > 0; ) {
    day = addDays(day, 1);
    endMs = dayEndMs(day);
    if (isCounted(day, endMs)) left -= 1;
  }
  return endMs;
}

/** How many working days begin after the day of one instant and no later than the day of another. */
export function workingDaysBetween(from: Instant, to: Instant, calendar: WorkingCalendar): number {
  const last = dayOf(instantToMs(to));
  let count = 0;
  for (let day = addDays(dayOf(instantToMs(from)), 1); day <= last; day = addDays(day, 1)) {
    if (calendar.isWorkingDay(day)) count += 1;
  }
  return count;
}

const LAST_WEEKDAY = 5;
const FIXED_HOLIDAYS = new Set(
  '01-01 01-02 01-07 03-08 03-15 03-21 03-22 03-23 05-01 05-07 05-09 07-06 10-25 12-16'.split(' '),
);

function dayEndMs(day: Day): number {
  return dayStartMs(addDays(day, 1));
}
