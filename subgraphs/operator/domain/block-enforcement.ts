// The operator's own record of executed block orders. Decides which measures a record leaves in force; the execution of an order
// itself is decided where orders are verified.

import type { BlockMeasure, EnforcementState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';

/** What became of one block order at this operator. */
export interface BlockEnforcement {
  readonly orderId: string;
  readonly sequence: number;
  readonly state: EnforcementState;
  /** The measures that were executed. */
  readonly measures: readonly BlockMeasure[];
  readonly receivedAt: Instant | null;
  readonly enforcedAt: Instant | null;
  readonly liftedAt: Instant | null;
}

/** The measures that this record leaves in force; null when it never touched the services or is no longer the one that rules. */
export function measuresLeftBy(enforcement: BlockEnforcement): readonly BlockMeasure[] | null {
  switch (enforcement.state) {
    case 'ENFORCED':
    case 'PARTIALLY_ENFORCED':
      return enforcement.measures;
    case 'LIFTED':
      return [];
    case 'RECEIVED':
    case 'FAILED':
    case 'NOT_SERVED_HERE':
    case 'SUPERSEDED':
      return null;
  }
}
