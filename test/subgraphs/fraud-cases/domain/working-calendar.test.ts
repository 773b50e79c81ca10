// Kazakhstan's working days, each day of three years: the data against the law's own rule, and against published totals.

import { describe, expect, it } from '@jest/globals';
import { addDays, type Day, weekdayOf } from '../../../../shared/vocabulary/day';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import { KAZAKHSTAN_CALENDAR } from '../../../../subgraphs/fraud-cases/domain/kazakhstan-calendar';
import {
  calendarAt,
  endOfCountedDay,
  openCalendar,
  type WorkingCalendar,
  workingDaysBetween,
} from '../../../../subgraphs/fraud-cases/domain/working-calendar';

const [first, second] = KAZAKHSTAN_CALENDAR.map(openCalendar);
if (first === undefined || second === undefined) throw new Error('two versions are expected');

const yearOf = (year: number): readonly Day[] => {
  const days: Day[] = [];
  for (let day = `${year}-01-01` as Day; day.startsWith(String(year)); day = addDays(day, 1)) days.push(day);
  return days;
};

const HOLIDAYS = '01-01 01-02 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 10-25 12-16'.split(' ');
/** 7 January and the first day of Kurban Ait: off, and never moved. */
const RELIGIOUS = ['2025-01-07', '2026-01-07', '2027-01-07', '2025-06-06', '2026-05-27', '2027-05-16'];

/** The law, article 5: a holiday on a day off makes the next working day a day off. */
function lawfulDaysOff(year: number, constitutionDay: string | null): ReadonlySet<string> {
  const holidays = [...HOLIDAYS, ...(constitutionDay === null ? [] : [constitutionDay])]
    .map((date) => `${year}-${date}`)
    .sort();
  const off = new Set<string>([...holidays, ...RELIGIOUS]);
  for (const holiday of holidays) {
    let day = holiday as Day;
    if (weekdayOf(day) < 6) continue;
    while (weekdayOf(day) > 5 || off.has(day)) day = addDays(day, 1);
    off.add(day);
  }
  return off;
}

const workedIn = (calendar: WorkingCalendar, from: string, to: string): number =>
  [2025, 2026, 2027].flatMap(yearOf).filter((day) => day >= from && day <= to && calendar.isWorkingDay(day)).length;

describe('the calendar', () => {
  it.each([
    [1, first, 2025, '08-30'],
    [1, first, 2026, '08-30'],
    [1, first, 2027, '08-30'],
    [2, second, 2025, '08-30'],
    [2, second, 2026, null],
    [2, second, 2027, '03-15'],
  ] as const)('version %i follows the law on each day (%#)', (_version, calendar, year, constitutionDay) => {
    const off = lawfulDaysOff(year, constitutionDay);
    for (const day of yearOf(year)) {
      // The one move that an order of the ministry made, not the law.
      const expected = day === '2025-01-05' || (day !== '2025-01-03' && weekdayOf(day) < 6 && !off.has(day));
      expect([day, calendar.covers(day), calendar.isWorkingDay(day)]).toEqual([day, true, expected]);
    }
  });

  it.each([
    ['2025, published', first, '2025-01-01', '2025-12-31', 246],
    ['2026, as first published', first, '2026-01-01', '2026-12-31', 246],
    ['2026, since 30 August is no holiday', second, '2026-01-01', '2026-12-31', 247],
    ['2027', second, '2027-01-01', '2027-12-31', 247],
    ['August 2025, published', first, '2025-08-01', '2025-08-31', 21],
    ['January 2026, published', first, '2026-01-01', '2026-01-31', 19],
    ['May 2026, published', first, '2026-05-01', '2026-05-31', 17],
  ])('has the working days of %s', (_period, calendar, from, to, expected) => {
    expect(workedIn(calendar, from, to)).toBe(expected);
  });

  it('in force is the one of the instant', () => {
    expect(calendarAt('2020-01-01T00:00:00.000Z' as Instant).version).toBe(1);
    expect(calendarAt('2026-03-17T18:59:59.999Z' as Instant).version).toBe(1);
    expect(calendarAt('2026-03-17T19:00:00.000Z' as Instant).version).toBe(2);
  });

  it('outside its years is an estimate and says so', () => {
    expect([second.covers('2028-01-01' as Day), second.covers('2024-12-31' as Day)]).toEqual([false, false]);
    expect(second.isWorkingDay('2028-01-07' as Day)).toBe(false);
    expect(second.isWorkingDay('2028-01-06' as Day)).toBe(true);
  });
});

describe('counting', () => {
  const almaty = (text: string): number => Date.parse(`${text}+05:00`);

  it.each([
    ['2026-02-02T10:00:00', 2, '2026-02-05T00:00:00', 'Monday: the end of Wednesday'],
    ['2026-02-06T23:59:59', 2, '2026-02-11T00:00:00', 'Friday: over the weekend'],
    ['2026-02-07T12:00:00', 2, '2026-02-11T00:00:00', 'Saturday: as Friday'],
    ['2026-03-19T12:00:00', 2, '2026-03-27T00:00:00', 'before Nauryz: five days off between'],
    ['2025-01-02T12:00:00', 1, '2025-01-06T00:00:00', 'New Year 2025: the worked Sunday counts'],
    ['2026-12-31T12:00:00', 1, '2027-01-06T00:00:00', 'over New Year 2027'],
    ['2026-02-02T00:00:00', 1, '2026-02-04T00:00:00', 'the first instant of a day is of that day'],
    ['2026-02-01T23:59:59.999', 1, '2026-02-03T00:00:00', 'the last one too'],
  ])('from %s, %i working days end at %s (%s)', (from, count, expected) => {
    const end = endOfCountedDay(almaty(from), count, (day) => second.isWorkingDay(day));
    expect(msToInstant(end)).toBe(msToInstant(almaty(expected)));
  });

  it('between two instants takes the later day and not the earlier', () => {
    const between = (from: string, to: string): number =>
      workingDaysBetween(msToInstant(almaty(from)), msToInstant(almaty(to)), second);
    expect(between('2026-02-02T10:00:00', '2026-02-02T20:00:00')).toBe(0);
    expect(between('2026-02-06T10:00:00', '2026-02-09T10:00:00')).toBe(1);
    expect(between('2026-03-20T10:00:00', '2026-03-26T10:00:00')).toBe(1);
  });
});
