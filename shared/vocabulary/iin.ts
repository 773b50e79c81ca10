// The individual identification number (IIN): twelve digits with a check digit. Since August 2013 it need not follow the
// holder's birth data, so a look-up accepts an impossible month or day; a number that is entered anew may not have one.

import { isAllZeros, isDigits, numberAt } from './ascii-digits';
import { identificationDigit } from './identification-digit';
import { accepted, type Result, refused } from './result';

declare const iin: unique symbol;

/** An individual identification number in canonical form: twelve ASCII digits. Personal datum. */
export type Iin = string & { readonly [iin]: true };

/** Why a text is not an IIN. */
export const IIN_REFUSALS = ['MALFORMED', 'NOT_A_PERSON', 'WRONG_CHECK_DIGIT', 'IMPOSSIBLE_DATE'] as const;
export type IinRefusal = (typeof IIN_REFUSALS)[number];

const LENGTH = 12;
const LATEST_CENTURY_DIGIT = 6;

/**
 * The IIN that a text spells, for a look-up. Refused: anything but twelve ASCII digits, twelve zeros (they pass the check sum),
 * a business number (fifth digit 4 to 6), a century digit that is not in use, a wrong check digit.
 */
export function parseIin(text: string): Result<Iin, IinRefusal> {
  if (!isDigits(text, LENGTH) || isAllZeros(text)) return refused('MALFORMED');
  const tensOfDay = numberAt(text, 4, 5);
  if (tensOfDay >= 4 && tensOfDay <= 6) return refused('NOT_A_PERSON');
  if (numberAt(text, 6, 7) > LATEST_CENTURY_DIGIT) return refused('NOT_A_PERSON');
  if (identificationDigit(text) !== numberAt(text, 11, 12)) return refused('WRONG_CHECK_DIGIT');
  return accepted(text as Iin);
}

/** The IIN that a text spells, for entry: as `parseIin`, and its first six digits must be a day of the calendar, YYMMDD. */
export function parseNewIin(text: string): Result<Iin, IinRefusal> {
  const parsed = parseIin(text);
  if (!parsed.ok) return parsed;
  return isBirthDay(text) ? parsed : refused('IMPOSSIBLE_DATE');
}

/** The IIN as it may be shown without a case: its last four digits, `********0007`. */
export function maskIin(value: Iin): string {
  return `********${value.slice(8)}`;
}

/** The twelfth digit for the first eleven ASCII digits; null when such an IIN cannot be issued. */
export function iinCheckDigit(first11: string): number | null {
  return isDigits(first11, LENGTH - 1) ? identificationDigit(first11) : null;
}

function isBirthDay(digits: string): boolean {
  const month = numberAt(digits, 2, 4);
  const day = numberAt(digits, 4, 6);
  // Without a century digit (0) the year is unknown; 2000 allows the 29th of February.
  const centuryDigit = numberAt(digits, 6, 7);
  const year = centuryDigit === 0 ? 2000 : 1800 + 100 * Math.floor((centuryDigit - 1) / 2) + numberAt(digits, 0, 2);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
