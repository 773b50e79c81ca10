// What is gathered in a case: subjects, reports, evidence, questions to operators, the decision, losses. Plain data.

import type {
  Channel,
  EvidenceKind,
  InformationRequestState,
  SignalSource,
  SubjectRole,
} from '../../../shared/vocabulary/case-file';
import type { CaseOutcome, FraudType } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { CaseScope } from './case-scope';

/** A number's part in a case. */
export interface CaseSubject {
  readonly caseId: string;
  readonly msisdn: Msisdn;
  readonly role: SubjectRole;
  readonly addedBy: string;
  readonly addedAt: Instant;
  readonly ground: string;
}

/** One report of a suspicious number. */
export interface SuspicionReport {
  readonly id: string;
  readonly caseId: string;
  readonly source: SignalSource;
  readonly sourceRef: string;
  readonly reporter: string;
  readonly suspect: Msisdn;
  readonly victim: Msisdn | null;
  readonly channel: Channel;
  readonly fraudType: FraudType | null;
  readonly occurredAt: Instant | null;
  readonly detectedAt: Instant | null;
  readonly receivedAt: Instant;
  readonly text: string | null;
}

/** A piece of evidence; its digest is kept, never its content. */
export interface Evidence {
  readonly id: string;
  readonly caseId: string;
  readonly kind: EvidenceKind;
  /** SHA-256, hex. */
  readonly sha256: string;
  readonly capturedAt: Instant;
  readonly capturedBy: string;
  readonly locked: boolean;
  readonly note: string | null;
}

/** Questions put to one operator. */
export interface InformationRequest {
  readonly id: string;
  readonly caseId: string;
  readonly operatorCode: OperatorCode;
  readonly questions: readonly string[];
  readonly answer: string | null;
  readonly issuedAt: Instant;
  readonly dueAt: Instant;
  readonly answeredAt: Instant | null;
  readonly state: InformationRequestState;
}

/** Which requests a list shows; null does not narrow. */
export interface InformationRequestFilter {
  readonly states: readonly InformationRequestState[] | null;
  readonly operatorCode: string | null;
  readonly caseId: string | null;
  readonly within: CaseScope;
}

/** A proposal and, once a second person agreed, the decision. */
export interface Decision {
  readonly caseId: string;
  readonly proposedOutcome: CaseOutcome;
  readonly reasonCode: string;
  readonly findings: string;
  readonly proposedBy: string;
  readonly proposedAt: Instant;
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
}

/** Money that a bank's client lost. */
export interface Loss {
  readonly id: string;
  readonly caseId: string;
  readonly bank: string;
  readonly amount: Kzt;
  readonly occurredAt: Instant;
  readonly transactionRef: string;
}
