// A point in time. Foreign text must be RFC 3339 with an offset; inside and on output there is one form, UTC in whole
// milliseconds. Nothing rolls over: a date or time that does not exist is refused, not moved.

import { invariant } from './app-error';
import { isDigitCode, numberAt } from './ascii-digits';
import { dateMsOf, FIRST_YEAR, YEAR_LIMIT } from './calendar-date';
import { accepted, type Result, refused } from './result';

declare const instant: unique symbol;

/** An instant in canonical form, `YYYY-MM-DDTHH:mm:ss.sssZ`. Sorts as text. */
export type Instant = string & { readonly [instant]: true };

/** Why a text is not an instant. */
export const INSTANT_REFUSALS = [
  'MALFORMED',
  'NO_OFFSET',
  'IMPOSSIBLE_DATE',
  'IMPOSSIBLE_TIME',
  'OUT_OF_RANGE',
] as const;
export type InstantRefusal = (typeof INSTANT_REFUSALS)[number];

/** `YYYY-MM-DDTHH:mm:ss`, a point, nine digits of a fraction, `+HH:mm`. */
const LONGEST = 35;
const SECONDS_END = 19;
const MOST_FRACTION_DIGITS = 9;
const WIDEST_OFFSET_MINUTES = 14 * 60;
const EARLIEST_MS = Date.UTC(FIRST_YEAR, 0, 1);
const LIMIT_MS = Date.UTC(YEAR_LIMIT, 0, 1);

/**
 * The instant that a text spells: RFC 3339 section 5.6 with capital `T` and `Z`, or an offset of at most 14 hours; up to nine digits of a
 * fraction, of which whole milliseconds are kept and the rest is cut off. Refused: no offset, days and hours that do not exist, a
 * leap second, years outside 1900 to 2199.
 */
export function parseInstant(text: string): Result<Instant, InstantRefusal> {
  if (typeof text !== 'string' || text.length < SECONDS_END || text.length > LONGEST) return refused('MALFORMED');
  if (!hasTimeForm(text)) return refused('MALFORMED');
  const fraction = fractionAt(text);
  if (fraction === null) return refused('MALFORMED');
  if (fraction.end === text.length) return refused('NO_OFFSET');
  const offsetMinutes = offsetMinutesAt(text, fraction.end);
  if (offsetMinutes === null) return refused('MALFORMED');
  const dateMs = dateMsOf(text);
  if (dateMs === null) return refused('IMPOSSIBLE_DATE');
  const hour = numberAt(text, 11, 13);
  const minute = numberAt(text, 14, 16);
  const second = numberAt(text, 17, 19);
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offsetMinutes) > WIDEST_OFFSET_MINUTES) {
    return refused('IMPOSSIBLE_TIME');
  }
  const ms = dateMs + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fraction.ms;
  return isInRange(ms) ? accepted(msToInstant(ms)) : refused('OUT_OF_RANGE');
}

/** Milliseconds since 1970 of an instant. */
export function instantToMs(value: Instant): number {
  return Date.parse(value);
}

/** The instant at a whole number of milliseconds since 1970, in the years 1900 to 2199. */
export function msToInstant(ms: number): Instant {
  invariant(
    Number.isInteger(ms) && isInRange(ms),
    'an instant is a whole number of milliseconds in the years 1900 to 2199',
  );
  return new Date(ms).toISOString() as Instant;
}

function isInRange(ms: number): boolean {
  return ms >= EARLIEST_MS && ms < LIMIT_MS;
}

/** Whether `THH:mm:ss` stands at its place, in digits of any value. */
function hasTimeForm(text: string): boolean {
  return (
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    areDigits(text, 11) &&
    areDigits(text, 14) &&
    areDigits(text, 17)
  );
}

function areDigits(text: string, at: number): boolean {
  return isDigitCode(text.charCodeAt(at)) && isDigitCode(text.charCodeAt(at + 1));
}

/** Whole milliseconds of the fraction after the seconds, and where it ends; null when a point has no digits or too many. */
function fractionAt(text: string): { readonly ms: number; readonly end: number } | null {
  if (text[SECONDS_END] !== '.') return { ms: 0, end: SECONDS_END };
  const start = SECONDS_END + 1;
  let end = start;
  while (end < text.length && isDigitCode(text.charCodeAt(end))) end += 1;
  const length = end - start;
  if (length === 0 || length > MOST_FRACTION_DIGITS) return null;
  const kept = numberAt(text, start, Math.min(end, start + 3));
  return { ms: kept * 10 ** Math.max(0, 3 - length), end };
}

/** Minutes of `Z` or `±HH:mm` that must end the text; null for anything else. */
function offsetMinutesAt(text: string, at: number): number | null {
  const sign = text[at];
  if (sign === 'Z') return text.length === at + 1 ? 0 : null;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return null;
  if (!areDigits(text, at + 1) || !areDigits(text, at + 4)) return null;
  const minutes = numberAt(text, at + 4, at + 6);
  // 60 minutes or more are no offset; a value beyond the widest lets the caller refuse the time.
  if (minutes > 59) return Number.MAX_SAFE_INTEGER;
  const total = numberAt(text, at + 1, at + 3) * 60 + minutes;
  return sign === '-' ? -total : total;
}
