// A mobile number of Kazakhstan, canonical in E.164: `+77` and nine digits. Decides which spellings are read and which numbers
// cannot be a mobile line. Who serves a number is numbering's knowledge: an unallocated prefix is well-formed here.

import { digitAt, isDigitCode } from './ascii-digits';
import { accepted, type Result, refused } from './result';

declare const msisdn: unique symbol;

/** A mobile number in canonical form, `+77` and nine ASCII digits. Personal datum. */
export type Msisdn = string & { readonly [msisdn]: true };

/** Why a text is not a mobile number of Kazakhstan. */
export const MSISDN_REFUSALS = ['MALFORMED', 'WRONG_LENGTH', 'NOT_KZ_NUMBER', 'NOT_MOBILE'] as const;
export type MsisdnRefusal = (typeof MSISDN_REFUSALS)[number];

/** Longest text that is looked at, in UTF-16 code units: eleven digits with a separator between any two, and some room. */
const LONGEST_SPELLING = 32;
const DIGITS = 11;

/**
 * The mobile number that a text spells. Read: `+7 7…`, `7 7…` and the national `8 7…`, with spaces and dashes between the digits
 * and one pair of brackets. Nothing else is stripped: marks, controls, digits of other scripts, extensions, a
 * space or newline at either end are MALFORMED. Geographic codes (+7 71x, +7 72x) and the network code +7 75x are NOT_MOBILE; every
 * other code after +77 is a mobile one or not allocated, and then simply served by nobody.
 */
export function parseMsisdn(text: string): Result<Msisdn, MsisdnRefusal> {
  if (typeof text !== 'string' || text.length > LONGEST_SPELLING) return refused('MALFORMED');
  const digits = digitsOfSpelling(text);
  if (digits === null) return refused('MALFORMED');
  if (digits.length !== DIGITS) return refused('WRONG_LENGTH');
  const trunk = digitAt(digits, 0);
  const isInternational = text.charCodeAt(0) === PLUS;
  if (!(trunk === 7 || (trunk === 8 && !isInternational)) || digitAt(digits, 1) !== 7) return refused('NOT_KZ_NUMBER');
  const range = digitAt(digits, 2);
  if (range === 1 || range === 2 || range === 5) return refused('NOT_MOBILE');
  return accepted(`+7${digits.slice(1)}` as Msisdn);
}

/** The number as it may be shown in a list: `+7701***4567`. */
export function maskMsisdn(value: Msisdn): string {
  return `${value.slice(0, 5)}***${value.slice(8)}`;
}

const PLUS = 43;
const SPACE = 32;
const DASH = 45;
const OPEN = 40;
const CLOSE = 41;

/** The digits of an accepted spelling; null when anything stands where it may not. */
function digitsOfSpelling(text: string): string | null {
  let digits = '';
  let brackets: 'none' | 'open' | 'closed' = 'none';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigitCode(code)) {
      digits += text[at];
    } else if (digits === '') {
      if (code !== PLUS || at !== 0) return null;
    } else if (code === OPEN && brackets === 'none') {
      brackets = 'open';
    } else if (code === CLOSE && brackets === 'open') {
      brackets = 'closed';
    } else if (code !== SPACE && code !== DASH) {
      return null;
    }
  }
  const endsInDigit = digits !== '' && isDigitCode(text.charCodeAt(text.length - 1));
  return endsInDigit && brackets !== 'open' ? digits : null;
}
