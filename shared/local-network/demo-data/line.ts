// The history of one number as the demo data plans it: tenures, and within them contracts with holder, SIM cards and handsets.
// People and handsets are references by number here; what they look like is resolved when a fact is written.

import type { OperatorIndex } from './demo-operator';
import type { HandsetKind } from './handset';
import type { Trade } from './identity';
import type { TrafficProfile } from './traffic-profile';

/** What the parties of the demo network have in common. */
export interface DemoSettings {
  readonly seed: number;
  /** Population lines of each operator; stories come on top. */
  readonly scale: number;
}

/** A person or company by its number. `borrowed`: another line of the same operator brings the fact about it. */
export type HolderRef =
  | { readonly kind: 'PERSON'; readonly number: number; readonly borrowed: boolean }
  | { readonly kind: 'COMPANY'; readonly number: number; readonly trade: Trade; readonly borrowed: boolean };

export type PersonRef = Extract<HolderRef, { readonly kind: 'PERSON' }>;

/** A handset by its number. */
export interface HandsetRef {
  readonly number: number;
  readonly handsetKind: HandsetKind;
  readonly borrowed: boolean;
}

/** The history of one number, tenures oldest first. */
export interface Line {
  readonly msisdn: string;
  readonly tenures: readonly Tenure[];
  readonly traffic: KnownTraffic | null;
}

/** Traffic that the serving operator knows to be legitimate. */
export interface KnownTraffic {
  readonly purpose: 'CALL_CENTRE' | 'DELIVERY' | 'NOTIFICATION' | 'MACHINE' | 'NETWORK_PROBE';
  readonly grantedAtMs: number;
  readonly expiresAtMs: number;
}

/** One period in which one operator served the number; contracts oldest first. */
export interface Tenure {
  readonly operator: OperatorIndex;
  readonly sinceMs: number;
  readonly untilMs: number | null;
  readonly contracts: readonly Contract[];
}

export type ContractStatus =
  | 'PENDING_IDENTIFICATION'
  | 'IDENTIFICATION_FAILED'
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'PORTED_OUT'
  | 'DEACTIVATED'
  | 'QUARANTINE';

export interface Contract {
  /** Stands for the contract: its id follows from it. */
  readonly key: number;
  readonly status: ContractStatus;
  readonly plan: 'PREPAID' | 'POSTPAID' | 'BUSINESS';
  readonly activatedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly holder: HolderRef;
  /** The employee who uses a corporate line. */
  readonly user: PersonRef | null;
  readonly verification: Verification;
  readonly dealer: number;
  readonly soldAtMs: number;
  readonly simCards: readonly SimCardUse[];
  readonly handsets: readonly HandsetUse[];
  readonly usage: UsagePlan | null;
}

export interface Verification {
  readonly result: 'PASSED' | 'FAILED' | 'INCONCLUSIVE' | 'NOT_PERFORMED' | 'LEGACY_UNVERIFIED';
  readonly method: 'FACE_LIVENESS_APP' | 'IN_PERSON_FACE' | 'EGOV_BIOMETRY' | null;
  readonly verifiedAtMs: number | null;
  readonly attempts: number;
}

export interface SimCardUse {
  readonly number: number;
  readonly issuedAtMs: number;
  readonly replacedAtMs: number | null;
  readonly reason: 'FIRST_ISSUE' | 'LOST' | 'DAMAGED' | 'ESIM' | 'UPGRADE' | 'PORT_IN';
}

export interface HandsetUse {
  readonly handset: HandsetRef;
  readonly simCard: number;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

/** Which days of the usage window have a row, and what they are like. */
export interface UsagePlan {
  /** Stands for the line in every draw. */
  readonly key: number;
  readonly profile: TrafficProfile;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Days on which nothing went through although the contract ran: both included. */
  readonly silences: readonly { readonly firstDay: number; readonly lastDay: number }[];
  /** The day on which the line moved to another handset, if it lies in the window. */
  readonly handsetChangeDay: number | null;
}
