// Number ranges: to which operator the digits after +7 were first allocated. Says nothing about who serves a number today.

import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';

/** One allocation. `prefix` is 1 to 10 digits after +7; of two that fit a number the longer one holds. */
export interface NumberRange {
  readonly prefix: string;
  readonly operatorCode: OperatorCode;
}

/** The operator of the longest range that holds the number; null when no range does. Costs one map look-up per prefix length. */
export function rangeHolderOf(msisdn: Msisdn, rangesByPrefix: ReadonlyMap<string, NumberRange>): OperatorCode | null {
  const national = msisdn.slice('+7'.length);
  for (let length = national.length; length > 0; length -= 1) {
    const range = rangesByPrefix.get(national.slice(0, length));
    if (range !== undefined) return range.operatorCode;
  }
  return null;
}
