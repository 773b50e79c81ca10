// A calendar day in Almaty. Working days and holidays are the fraud cases' matter; here a day is a date and its two ends.

import { invariant } from './app-error';
import { DATE_LENGTH, dateMsOf, dateTextOf } from './calendar-date';
import { accepted, type Result, refused } from './result';
import { almatyOffsetMs } from './time-zone';

declare const day: unique symbol;

/** A calendar day in Asia/Almaty, `YYYY-MM-DD`. Sorts as text. */
export type Day = string & { readonly [day]: true };

/** Why a text is not a day. */
export const DAY_REFUSALS = ['MALFORMED'] as const;
export type DayRefusal = (typeof DAY_REFUSALS)[number];

const DAY_MS = 86_400_000;

/** The day that a text spells: `YYYY-MM-DD`, a date of the calendar, in the years 1900 to 2199. */
export function parseDay(text: string): Result<Day, DayRefusal> {
  if (typeof text !== 'string' || text.length !== DATE_LENGTH || dateMsOf(text) === null) return refused('MALFORMED');
  return accepted(text as Day);
}

/** The day in Almaty at an instant in milliseconds since 1970. */
export function dayOf(instantMs: number): Day {
  return dateTextOf(instantMs + almatyOffsetMs(instantMs)) as Day;
}

/** The day `count` days later; earlier when `count` is negative. */
export function addDays(from: Day, count: number): Day {
  invariant(Number.isInteger(count), 'days are counted in whole numbers');
  return dateTextOf(midnightUtcOf(from) + count * DAY_MS) as Day;
}

/** How many days `to` lies after `from`; negative when before. */
export function daysBetween(from: Day, to: Day): number {
  return (midnightUtcOf(to) - midnightUtcOf(from)) / DAY_MS;
}

/** Day of the week, 1 for Monday to 7 for Sunday. */
export function weekdayOf(value: Day): number {
  return new Date(midnightUtcOf(value)).getUTCDay() || 7;
}

/**
 * First millisecond of a day in Almaty, since 1970. The day lasts until the first of the next one: 29.02.2024 had 25 hours, because
 * its last hour came twice.
 */
export function dayStartMs(value: Day): number {
  const midnightMs = midnightUtcOf(value);
  const candidates = [almatyOffsetMs(midnightMs - DAY_MS), almatyOffsetMs(midnightMs + DAY_MS)].map(
    (offset) => midnightMs - offset,
  );
  const start = candidates.find((ms) => dayOf(ms) === value && dayOf(ms - 1) !== value);
  invariant(start !== undefined, 'every day in Almaty has a first millisecond at one of its offsets');
  return start;
}

function midnightUtcOf(value: Day): number {
  return Date.parse(`${value}T00:00:00.000Z`);
}
