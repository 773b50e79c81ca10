// How long what opens an act is kept: as long as a claim between the parties can be brought, and a year for it to be heard.

import { addDays, type Day, dayOf } from '../../../shared/vocabulary/day';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';

/** Days for which the opening of an act is kept. */
export const KEPT_DAYS = 4 * 365 + 1;

/** The day from which the opening of an act that is recorded now may be erased. */
export function openingExpiry(now: Instant): Day {
  return addDays(dayOf(instantToMs(now)), KEPT_DAYS);
}
