// The international mobile equipment identity (3GPP TS 23.003, 6.2.1): fifteen digits, the last a Luhn check digit.

import { isAllZeros, isDigits } from './ascii-digits';
import { endsWithLuhnDigit } from './luhn';
import { accepted, type Result, refused } from './result';

declare const imei: unique symbol;

/** An IMEI in canonical form: fifteen ASCII digits. Personal datum once it is tied to a line. */
export type Imei = string & { readonly [imei]: true };

/** Why a text is not an IMEI. */
export const IMEI_REFUSALS = ['MALFORMED', 'WRONG_CHECK_DIGIT'] as const;
export type ImeiRefusal = (typeof IMEI_REFUSALS)[number];

const LENGTH = 15;

/** The IMEI that a text spells: fifteen ASCII digits, not all zeros, with a right check digit. */
export function parseImei(text: string): Result<Imei, ImeiRefusal> {
  if (!isDigits(text, LENGTH) || isAllZeros(text)) return refused('MALFORMED');
  return endsWithLuhnDigit(text) ? accepted(text as Imei) : refused('WRONG_CHECK_DIGIT');
}

/** The IMEI as it may be shown without a case: the model (its first eight digits) and the last two, `35693803*****09`. */
export function maskImei(value: Imei): string {
  return `${value.slice(0, 8)}*****${value.slice(13)}`;
}
