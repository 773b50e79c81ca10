// The night's snapshot and which questions it answers: whole weeks that are over, days of months that are over, and nothing else, so that no two
// answers differ by less than what is protected.

import { addDays, type Day, daysBetween, weekdayOf } from '../../../shared/vocabulary/day';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { type ShownDuty, sumDuties } from './duty-statistics';
import { type CaseGrouping, type ShownRow, sumShown, type WeekOf } from './statistics';

/** Figures of one night. `weeks` are those that were over, by their Mondays. */
export interface StatisticsSnapshot {
  /** The day in Almaty on which it was taken. */
  readonly day: Day;
  readonly weeks: Readonly<Record<string, { readonly cases: WeekOf<ShownRow>; readonly duties: readonly ShownDuty[] }>>;
}

/** How many weeks a snapshot reaches back. */
export const SNAPSHOT_WEEKS = 105;

/** The Monday on which a snapshot taken on a day begins. */
export function firstMondayOf(day: Day): Day {
  return addDays(day, 1 - weekdayOf(day) - 7 * SNAPSHOT_WEEKS);
}

/** The rows of a question about cases, both days included. Refused: anything but whole weeks that are over, or with DAY days of one month that is over. */
export function answerCaseStatistics(
  snapshot: StatisticsSnapshot,
  from: Day,
  to: Day,
  grouping: CaseGrouping,
): Result<readonly ShownRow[], 'BAD_RANGE'> {
  if (grouping === 'DAY') return answerDays(snapshot, from, to);
  const weeks = weeksBetween(snapshot, from, to);
  return weeks === null ? refused('BAD_RANGE') : accepted(sumShown(weeks.map(({ cases }) => cases[grouping])));
}

/** The rows of a question about duties, both days included. Refused: anything but whole weeks that are over. */
export function answerDutyReport(
  snapshot: StatisticsSnapshot,
  from: Day,
  to: Day,
): Result<readonly ShownDuty[], 'BAD_RANGE'> {
  const weeks = weeksBetween(snapshot, from, to);
  return weeks === null ? refused('BAD_RANGE') : accepted(sumDuties(weeks.map(({ duties }) => duties)));
}

function weeksBetween({ day, weeks }: StatisticsSnapshot, from: Day, to: Day) {
  const days = daysBetween(from, to) + 1;
  const isWhole = days > 0 && days % 7 === 0 && weekdayOf(from) === 1;
  if (!isWhole || to >= day || from < firstMondayOf(day)) return null;
  return Array.from({ length: days / 7 }, (_, at) => weeks[addDays(from, 7 * at)]).filter((week) => week !== undefined);
}

function answerDays({ day, weeks }: StatisticsSnapshot, from: Day, to: Day): Result<readonly ShownRow[], 'BAD_RANGE'> {
  const month = from.slice(0, 7);
  const isOneClosedMonth = from <= to && to.slice(0, 7) === month && month < day.slice(0, 7);
  const lastSunday = addDays(to, 7 - weekdayOf(to));
  if (!isOneClosedMonth || lastSunday >= day || from < firstMondayOf(day)) return refused('BAD_RANGE');
  const rows = Object.values(weeks).flatMap(({ cases }) => cases.DAY);
  return accepted(
    rows.filter(({ key }) => key >= from && key <= to).toSorted((left, right) => (left.key < right.key ? -1 : 1)),
  );
}
