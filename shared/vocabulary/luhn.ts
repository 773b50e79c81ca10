// The Luhn check digit (ISO/IEC 7812-1, annex B), which ends an IMEI and an ICCID.

import { digitAt } from './ascii-digits';

/** The check digit, 0 to 9, that makes `digits` followed by it pass. `digits` holds ASCII digits only. */
export function luhnCheckDigit(digits: string): number {
  let sum = 0;
  for (let fromEnd = 0; fromEnd < digits.length; fromEnd += 1) {
    const digit = digitAt(digits, digits.length - 1 - fromEnd);
    const weighed = fromEnd % 2 === 0 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether the last digit of a text of ASCII digits is the check digit of those before it. */
export function endsWithLuhnDigit(digits: string): boolean {
  return luhnCheckDigit(digits.slice(0, -1)) === digitAt(digits, digits.length - 1);
}
