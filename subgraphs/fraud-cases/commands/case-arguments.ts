// Arguments of the mutations of cases as the commands read them: by the names of the contract, absent members null.

import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Channel, EvidenceKind, SignalSource, SubjectRole } from '../../../shared/vocabulary/case-file';
import type { CaseOutcome, CaseTrack, FraudType, Severity } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';

/** A report as it is sent. */
export interface ReportArguments {
  readonly source: SignalSource;
  readonly sourceRef: string;
  readonly suspect: Msisdn;
  readonly victim: Msisdn | null;
  readonly channel: Channel;
  readonly fraudType: FraudType | null;
  readonly occurredAt: Instant | null;
  readonly detectedAt: Instant | null;
  readonly text: string | null;
}

/** A decision as it is proposed. */
export interface DecisionArguments {
  readonly outcome: CaseOutcome;
  readonly reasonCode: string;
  readonly findings: string;
  readonly measures: readonly BlockMeasure[] | null;
  readonly expectedVersion: number;
}

/** The arguments of each mutation, canonical: absent members are null. */
export interface CaseArguments {
  readonly reportSuspicion: { readonly input: ReportArguments; readonly act: SignedActMessage | null };
  readonly triageReport: {
    readonly caseId: string;
    readonly input: {
      readonly severity: Severity | null;
      readonly fraudType: FraudType | null;
      readonly track: CaseTrack | null;
      readonly dismissReason: string | null;
    };
  };
  readonly assignCase: { readonly caseId: string; readonly assignee: string };
  readonly addCaseSubject: {
    readonly caseId: string;
    readonly input: { readonly msisdn: Msisdn; readonly role: SubjectRole; readonly ground: string };
  };
  readonly addEvidence: {
    readonly caseId: string;
    readonly input: {
      readonly kind: EvidenceKind;
      readonly sha256: string;
      readonly capturedAt: Instant;
      readonly note: string | null;
    };
  };
  readonly requestInformation: {
    readonly caseId: string;
    readonly operatorCode: string;
    readonly questions: readonly string[];
  };
  readonly answerInformationRequest: {
    readonly requestId: string;
    readonly answer: string;
    readonly act: SignedActMessage | null;
  };
  readonly recordCheckResult: {
    readonly caseId: string;
    readonly confirmed: boolean;
    readonly findings: string;
    readonly act: SignedActMessage | null;
  };
  readonly proposeDecision: { readonly caseId: string; readonly input: DecisionArguments };
  readonly approveDecision: { readonly caseId: string; readonly expectedVersion: number; readonly comment: string };
  readonly rejectDecision: { readonly caseId: string; readonly expectedVersion: number; readonly reason: string };
  readonly reopenCase: { readonly caseId: string; readonly reason: string };
  readonly approveReopening: { readonly caseId: string; readonly expectedVersion: number };
  readonly closeCase: { readonly caseId: string };
  readonly markDuplicate: { readonly caseId: string; readonly duplicateOf: string };
  readonly recordLoss: {
    readonly caseId: string;
    readonly input: {
      readonly bank: string;
      readonly amount: Kzt;
      readonly occurredAt: Instant;
      readonly transactionRef: string;
    };
  };
  readonly recordTransactionHold: {
    readonly caseId: string;
    readonly transactionRef: string;
    readonly heldAt: Instant;
  };
}
