// Money in tenge. As text it has exactly two decimals; sums are made in tiyn as bigint, never in floating point.

import { invariant } from './app-error';
import { accepted, type Result, refused } from './result';

declare const kzt: unique symbol;

/** An amount of tenge that is not negative, with two decimals: `150000.00`. */
export type Kzt = string & { readonly [kzt]: true };

/** Why a text is not an amount. */
export const KZT_REFUSALS = ['MALFORMED'] as const;
export type KztRefusal = (typeof KZT_REFUSALS)[number];

/** Fifteen digits of tenge, a point, two of tiyn: more than the money of the country. */
const LONGEST = 18;
const FORM = /^(?:0|[1-9][0-9]{0,14})\.[0-9]{2}$/;

/** The amount that a text spells: no sign, no leading zeros, no separators, two decimals. */
export function parseKzt(text: string): Result<Kzt, KztRefusal> {
  if (typeof text !== 'string' || text.length > LONGEST || !FORM.test(text)) return refused('MALFORMED');
  return accepted(text as Kzt);
}

/** An amount in tiyn, hundredths of a tenge. */
export function toTiyn(amount: Kzt): bigint {
  return BigInt(amount.replace('.', ''));
}

/** The amount of a number of tiyn that is not negative. */
export function fromTiyn(tiyn: bigint): Kzt {
  const digits = tiyn.toString().padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
  invariant(parseKzt(text).ok, 'an amount is not negative and below a quadrillion tenge');
  return text as Kzt;
}
