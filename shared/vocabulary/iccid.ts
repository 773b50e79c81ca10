// The serial number of a SIM card (ITU-T E.118): 19 or 20 digits, the last a Luhn check digit.

import { isAllZeros, isDigits } from './ascii-digits';
import { endsWithLuhnDigit } from './luhn';
import { accepted, type Result, refused } from './result';

declare const iccid: unique symbol;

/** An ICCID in canonical form: 19 or 20 ASCII digits. Personal datum once it is tied to a line. */
export type Iccid = string & { readonly [iccid]: true };

/** Why a text is not an ICCID. */
export const ICCID_REFUSALS = ['MALFORMED', 'WRONG_CHECK_DIGIT'] as const;
export type IccidRefusal = (typeof ICCID_REFUSALS)[number];

/** The ICCID that a text spells: 19 or 20 ASCII digits, not all zeros, with a right check digit. */
export function parseIccid(text: string): Result<Iccid, IccidRefusal> {
  if (!(isDigits(text, 19) || isDigits(text, 20)) || isAllZeros(text)) return refused('MALFORMED');
  return endsWithLuhnDigit(text) ? accepted(text as Iccid) : refused('WRONG_CHECK_DIGIT');
}

/** The ICCID as it may be shown without a case: industry, country and issuer (its first six digits) and the last two. */
export function maskIccid(value: Iccid): string {
  return `${value.slice(0, 6)}${'*'.repeat(value.length - 8)}${value.slice(-2)}`;
}
