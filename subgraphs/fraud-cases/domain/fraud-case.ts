// A fraud case as it stands, and which cases count as open. Transitions between its states are not decided here.

import type {
  CaseOutcome,
  CaseTrack,
  FraudCaseState,
  FraudType,
  Severity,
} from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { CaseScope } from './case-scope';

/** A case without what hangs on it. State and outcome are different things: an outcome stands once the case is decided. */
export interface FraudCase {
  readonly id: string;
  /** `AFC-2026-000123`. */
  readonly number: string;
  readonly state: FraudCaseState;
  readonly outcome: CaseOutcome;
  readonly track: CaseTrack | null;
  readonly fraudType: FraudType | null;
  readonly severity: Severity;
  /** Raised by every change; a command names the version it saw. */
  readonly version: number;
  readonly openedAt: Instant;
  readonly dueAt: Instant | null;
  readonly assignee: string | null;
  readonly duplicateOf: string | null;
}

/** States in which a case still waits for its end. A number is the suspect of at most one such case: a constraint of the table. */
export const OPEN_CASE_STATES = [
  'REPORTED',
  'TRIAGED',
  'OPERATOR_CHECK',
  'UNDER_INVESTIGATION',
  'AWAITING_INFORMATION',
  'PENDING_APPROVAL',
] as const satisfies readonly FraudCaseState[];

/** Which cases a list shows; null does not narrow, an empty list shows none. */
export interface FraudCaseFilter {
  readonly states: readonly FraudCaseState[] | null;
  readonly fraudTypes: readonly FraudType[] | null;
  readonly assignee: string | null;
  /** A subject of the case in any role. */
  readonly msisdn: Msisdn | null;
  /** First instant of the opening that is shown. */
  readonly openedFrom: Instant | null;
  /** First instant of the opening that is no longer shown. */
  readonly openedTo: Instant | null;
  readonly within: CaseScope;
}
