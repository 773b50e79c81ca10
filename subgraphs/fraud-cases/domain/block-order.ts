// A block order as it stands, and which orders are live. Its transitions are not decided here.

import type { AppealGrounds, AppealState } from '../../../shared/vocabulary/appeal';
import type { BlockKind, BlockMeasure, BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { CaseScope } from './case-scope';

/** One order to one operator about one number. */
export interface BlockOrder {
  readonly id: string;
  readonly caseId: string;
  /** Per number over all operators; null until it is issued. */
  readonly sequence: number | null;
  readonly msisdn: Msisdn;
  readonly operatorCode: OperatorCode;
  readonly kind: BlockKind;
  readonly state: BlockOrderState;
  readonly version: number;
  readonly measures: readonly BlockMeasure[];
  readonly reason: string;
  readonly issuedAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly acknowledgedAt: Instant | null;
  readonly enforcedAt: Instant | null;
  readonly liftedAt: Instant | null;
  /** End of a temporary block; null for a confirmed one. */
  readonly validUntil: Instant | null;
  readonly supersededBy: string | null;
  readonly liftSequence: number | null;
  /** Signed documents, compact JWS; null until they exist. */
  readonly document: string | null;
  readonly receipt: string | null;
  readonly liftDocument: string | null;
  readonly liftReceipt: string | null;
}

/** States in which an order binds an operator or soon will. A number has at most one such order: a constraint of the table. */
export const LIVE_ORDER_STATES = [
  'ISSUED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'LIFT_PENDING_APPROVAL',
  'LIFT_ISSUED',
] as const satisfies readonly BlockOrderState[];

/** Which orders a list shows; null does not narrow. */
export interface BlockOrderFilter {
  readonly states: readonly BlockOrderState[] | null;
  readonly operatorCode: string | null;
  readonly msisdn: Msisdn | null;
  readonly within: CaseScope;
}

/** Which appeals a list shows; null does not narrow. */
export interface AppealFilter {
  readonly states: readonly AppealState[] | null;
  readonly within: CaseScope;
}

/** A subscriber's appeal against one order. */
export interface Appeal {
  readonly id: string;
  readonly orderId: string;
  readonly caseId: string;
  readonly state: AppealState;
  readonly version: number;
  readonly grounds: AppealGrounds;
  readonly statement: string;
  readonly filedAt: Instant;
  readonly dueAt: Instant;
  readonly decidedBy: string | null;
  readonly approvedBy: string | null;
  readonly decision: string | null;
}

/** States in which an appeal is not decided yet. */
export const OPEN_APPEAL_STATES = [
  'FILED',
  'UNDER_REVIEW',
  'PENDING_APPROVAL',
] as const satisfies readonly AppealState[];
