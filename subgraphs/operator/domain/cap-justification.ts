// The cap on lines per person, and the justifications that allow more. The count over all operators is the bank's to make; this
// operator knows its own lines only.

import type { Imei } from '../../../shared/vocabulary/imei';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { CapJustificationStatus, CapPurpose } from '../../../shared/vocabulary/sim-cap';

/** Lines one person may hold without a justification. */
export const LINE_CAP = 10;

/** A person's application for more lines than the cap, with the devices they are for. */
export interface CapJustification {
  readonly id: string;
  readonly purpose: CapPurpose;
  readonly status: CapJustificationStatus;
  readonly requestedLines: number;
  readonly devices: readonly Imei[];
  readonly decidedAt: Instant | null;
  readonly expiresAt: Instant | null;
}

/** The justification that allows the most lines at an instant; null when none is approved and unexpired. */
export function justificationInForce(all: readonly CapJustification[], now: Instant): CapJustification | null {
  return all
    .filter((one) => one.status === 'APPROVED' && (one.expiresAt === null || one.expiresAt > now))
    .reduce<CapJustification | null>(
      (widest, one) => (widest === null || one.requestedLines > widest.requestedLines ? one : widest),
      null,
    );
}
