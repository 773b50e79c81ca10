// One uninterrupted period in which this operator served one number. Its first instant comes from the portability database and is
// part of the key; a number that is recycled within the period gets a new contract, not a new tenure.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';

/** What names a tenure at this operator. */
export interface TenureKey {
  readonly msisdn: Msisdn;
  readonly since: Instant;
}

/** A tenure this operator holds, as it was when it was read. */
export interface OperatorTenure extends TenureKey {
  /** First instant at which the number was served elsewhere; null while the tenure runs. */
  readonly until: Instant | null;
  /** The database's clock at the reading: the "now" of everything that is derived from this tenure. */
  readonly readAt: Instant;
}

/** One text per tenure, for maps and caches. */
export function tenureKeyText(key: TenureKey): string {
  return `${key.msisdn} ${key.since}`;
}

/** Most tenures that an answer about a person, a legal entity or a handset lists; its count tells how many lines there are. */
export const MOST_LISTED_TENURES = 500;
