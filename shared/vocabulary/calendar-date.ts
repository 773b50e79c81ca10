// Year, month and day of foreign text, checked against the calendar and against the years this system can mean. Instants and days
// read their dates here; what a date means in a time zone is theirs.

import { isDigitCode, numberAt } from './ascii-digits';

/** First year that is read; nothing in this system happened before. */
export const FIRST_YEAR = 1900;
/** First year that is not read any more. */
export const YEAR_LIMIT = 2200;

/** Length of `YYYY-MM-DD`. */
export const DATE_LENGTH = 10;

/**
 * Midnight UTC, in milliseconds since 1970, of the calendar date that the first ten characters of a text spell as `YYYY-MM-DD`.
 * Null when they spell none: another form, a day that the month does not have, a year outside 1900 to 2199.
 */
export function dateMsOf(text: string): number | null {
  if (text.length < DATE_LENGTH || !hasDateForm(text)) return null;
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 7);
  const day = numberAt(text, 8, 10);
  if (year < FIRST_YEAR || year >= YEAR_LIMIT) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return Date.UTC(year, month - 1, day);
}

/** `YYYY-MM-DD` of midnight UTC given in milliseconds since 1970. */
export function dateTextOf(midnightMs: number): string {
  return new Date(midnightMs).toISOString().slice(0, DATE_LENGTH);
}

/** How many days a month of the Gregorian calendar has; `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function hasDateForm(text: string): boolean {
  for (let at = 0; at < DATE_LENGTH; at += 1) {
    const isDash = at === 4 || at === 7;
    if (isDash ? text[at] !== '-' : !isDigitCode(text.charCodeAt(at))) return false;
  }
  return true;
}
