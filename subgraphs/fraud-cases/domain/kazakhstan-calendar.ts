// Kazakhstan's days off that fall on weekdays, and weekend days that are worked, for a five-day week, as published: the data alone.
// Sources: Law "On holidays in the Republic of Kazakhstan", article 5 (a holiday on a Saturday or Sunday moves to the next working day;
// 7 January and the first day of Kurban Ait do not move), the calendars of the electronic government's portal for 2025 and 2026, the
// labour ministry's order that moved Sunday 5 January 2025 to Friday 3 January, and its notice of 18 March 2026 that Constitution Day
// is 15 March from 2027 on and 30 August no more. 2027 follows the law; moves that the government may still order are not in it.

import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';

/** One published state of the calendar. A later version never changes an earlier one. */
export interface CalendarVersion {
  readonly version: number;
  /** From when on clocks that start are counted by it. */
  readonly validFrom: Instant;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Days off from Monday to Friday, `YYYY-MM-DD`. */
  readonly daysOff: readonly string[];
  /** Saturdays and Sundays that are worked. */
  readonly workedWeekends: readonly string[];
}

const YEAR_2025 = days(
  2025,
  '01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16',
);
const YEAR_2026_UNTIL_JULY = days(2026, '01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06');
const YEAR_2026_AFTER_AUGUST = days(2026, '10-26 12-16');
/** New Year's second day is a Saturday, so Monday the 4th is off; Kurban Ait falls on Sunday, 16 May, and does not move. */
const YEAR_2027_WITHOUT_CONSTITUTION_DAY = days(
  2027,
  '01-01 01-04 01-07 03-08 03-22 03-23 03-24 05-03 05-07 05-10 07-06 10-25 12-16',
);

/** Every version, oldest first. */
export const KAZAKHSTAN_CALENDAR: readonly CalendarVersion[] = [
  {
    version: 1,
    validFrom: msToInstant(Date.UTC(2024, 11, 31, 19)),
    firstDay: '2025-01-01',
    lastDay: '2027-12-31',
    daysOff: [
      ...YEAR_2025,
      ...YEAR_2026_UNTIL_JULY,
      '2026-08-31',
      ...YEAR_2026_AFTER_AUGUST,
      ...YEAR_2027_WITHOUT_CONSTITUTION_DAY,
      '2027-08-30',
    ],
    workedWeekends: ['2025-01-05'],
  },
  {
    version: 2,
    validFrom: msToInstant(Date.UTC(2026, 2, 17, 19)),
    firstDay: '2025-01-01',
    lastDay: '2027-12-31',
    daysOff: [
      ...YEAR_2025,
      ...YEAR_2026_UNTIL_JULY,
      ...YEAR_2026_AFTER_AUGUST,
      ...YEAR_2027_WITHOUT_CONSTITUTION_DAY,
      '2027-03-15',
    ],
    workedWeekends: ['2025-01-05'],
  },
];

function days(year: number, monthDays: string): readonly string[] {
  return monthDays.split(' ').map((monthDay) => `${year}-${monthDay}`);
}
