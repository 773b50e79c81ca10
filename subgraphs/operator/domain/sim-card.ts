// The SIM cards a line has had. The newest card is the one in use; an IMSI stays inside the operator.

import type { Iccid } from '../../../shared/vocabulary/iccid';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { SimChangeReason } from '../../../shared/vocabulary/line';

/** One card of a line; `replacedAt` is null for the card in use. */
export interface SimCard {
  readonly iccid: Iccid;
  readonly issuedAt: Instant;
  readonly replacedAt: Instant | null;
  readonly reason: SimChangeReason;
}
