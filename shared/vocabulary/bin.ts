// The business identification number (BIN): twelve digits with the same check digit as an IIN. Its fifth digit tells it apart.

import { isDigits, numberAt } from './ascii-digits';
import { identificationDigit } from './identification-digit';
import { accepted, type Result, refused } from './result';

declare const bin: unique symbol;

/** A business identification number in canonical form: twelve ASCII digits. */
export type Bin = string & { readonly [bin]: true };

/** Why a text is not a BIN. */
export const BIN_REFUSALS = ['MALFORMED', 'NOT_A_LEGAL_ENTITY', 'IMPOSSIBLE_DATE', 'WRONG_CHECK_DIGIT'] as const;
export type BinRefusal = (typeof BIN_REFUSALS)[number];

const LENGTH = 12;

/**
 * The BIN that a text spells. Its first four digits are the year and month of registration, its fifth is 4 (resident),
 * 5 (non-resident) or 6 (joint entrepreneurs). Refused: anything else, and a wrong check digit.
 */
export function parseBin(text: string): Result<Bin, BinRefusal> {
  if (!isDigits(text, LENGTH)) return refused('MALFORMED');
  const kind = numberAt(text, 4, 5);
  if (kind < 4 || kind > 6) return refused('NOT_A_LEGAL_ENTITY');
  const month = numberAt(text, 2, 4);
  if (month < 1 || month > 12) return refused('IMPOSSIBLE_DATE');
  if (identificationDigit(text) !== numberAt(text, 11, 12)) return refused('WRONG_CHECK_DIGIT');
  return accepted(text as Bin);
}

/** The twelfth digit for the first eleven ASCII digits; null when such a BIN cannot be issued. */
export function binCheckDigit(first11: string): number | null {
  return isDigits(first11, LENGTH - 1) ? identificationDigit(first11) : null;
}
