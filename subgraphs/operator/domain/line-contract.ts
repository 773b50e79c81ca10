// A contract on a number within a tenure, and the life of a line. Decides which contract speaks for a tenure and which state may
// follow which; what a state means for the services is decided in service-status.ts.

import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { LineStatus, PlanKind } from '../../../shared/vocabulary/line';
import type { BiometricVerification } from './biometric-verification';
import type { SimCard } from './sim-card';
import type { Subscriber } from './subscriber';

/** The sale of a line; the dealer may be unknown for old lines. */
export interface LineSale {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly soldAt: Instant | null;
}

/** One contract with what hangs directly on it. Handsets are read apart: they are many and seldom asked. */
export interface LineContract {
  readonly id: string;
  readonly status: LineStatus;
  /** Null until the holder has chosen one. */
  readonly plan: PlanKind | null;
  readonly activatedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Null while nobody has identified themselves, as after a porting in. */
  readonly subscriber: Subscriber | null;
  readonly assignedUser: Subscriber | null;
  readonly verification: BiometricVerification;
  /** Newest first. */
  readonly simCards: readonly SimCard[];
  readonly sale: LineSale | null;
  /** Measures of a block order that the network holds on this contract now; empty when there is none. */
  readonly measuresInForce: readonly BlockMeasure[];
}

/** Which state of a line may follow which. A quarantined number comes back as a new contract, never as this one. */
export const LINE_TRANSITIONS: Readonly<Record<LineStatus, readonly LineStatus[]>> = {
  PENDING_IDENTIFICATION: ['ACTIVE', 'IDENTIFICATION_FAILED', 'PORTED_OUT', 'DEACTIVATED'],
  IDENTIFICATION_FAILED: ['PENDING_IDENTIFICATION', 'PORTED_OUT', 'DEACTIVATED'],
  ACTIVE: ['SUSPENDED', 'PORTED_OUT', 'DEACTIVATED'],
  SUSPENDED: ['ACTIVE', 'PORTED_OUT', 'DEACTIVATED'],
  PORTED_OUT: [],
  DEACTIVATED: ['QUARANTINE'],
  QUARANTINE: [],
};

/** Whether a line may go from one state to the other. */
export function mayFollow(from: LineStatus, to: LineStatus): boolean {
  return LINE_TRANSITIONS[from].includes(to);
}

/** Whether a contract in this state binds the operator and its holder. */
export function isInForce(status: LineStatus): boolean {
  return mayFollow(status, 'PORTED_OUT');
}

/** Whether a contract in this state counts as a line of its holder: identified and not ended. */
export function countsAsActiveLine(status: LineStatus): boolean {
  return status === 'ACTIVE' || status === 'SUSPENDED';
}

/** The contract that speaks for a tenure: the one in force, else the last; null without any. Takes them newest first. */
export function contractOfTenure<Contract extends { readonly status: LineStatus }>(
  newestFirst: readonly Contract[],
): Contract | null {
  return newestFirst.find((contract) => isInForce(contract.status)) ?? newestFirst[0] ?? null;
}
