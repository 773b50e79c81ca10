// The check digit that Kazakh individual and business identification numbers share: a weighed sum modulo 11, tried with two rows
// of weights. Some numbers have no check digit at all; those are never issued. The weight 11 counts nothing modulo 11: a wrong
// eleventh digit goes unnoticed, as it does at every issuer.

import { digitAt } from './ascii-digits';

const FIRST_WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
const SECOND_WEIGHTS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2] as const;

/**
 * The twelfth digit of an identification number, from its first eleven ASCII digits. Null when both rows of weights leave the
 * remainder 10: such a number cannot be issued.
 */
export function identificationDigit(first11: string): number | null {
  const first = remainder(first11, FIRST_WEIGHTS);
  if (first < 10) return first;
  const second = remainder(first11, SECOND_WEIGHTS);
  return second < 10 ? second : null;
}

function remainder(first11: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [at, weight] of weights.entries()) sum += weight * digitAt(first11, at);
  return sum % 11;
}
