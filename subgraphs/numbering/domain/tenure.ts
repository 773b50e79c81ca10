// Who served a number and when. Plain data; that tenures of one number never overlap is a constraint of the table.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';

/** Names one tenure. `since` is the first instant of the tenure, as the registry decided it. */
export interface TenureKey {
  readonly msisdn: Msisdn;
  readonly operatorCode: OperatorCode;
  readonly since: Instant;
}

/** One uninterrupted period in which one operator served one number. */
export interface Tenure extends TenureKey {
  /** First instant that is no longer part of the tenure; null while it runs. */
  readonly until: Instant | null;
}

/** The tenure that is running now, or null. At most one of a number's tenures is open. */
export function openTenure(tenures: readonly Tenure[]): Tenure | null {
  return tenures.find((tenure) => tenure.until === null) ?? null;
}
