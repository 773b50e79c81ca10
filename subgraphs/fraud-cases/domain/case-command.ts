// What can be asked of a case, with the arguments of the contract and the facts that the caller looked up for it (who serves a number now,
// which order of it is live, which other case is open). New ids are given: nothing here draws any.

import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { EvidenceKind, SubjectRole } from '../../../shared/vocabulary/case-file';
import type { CaseOutcome, CaseTrack, FraudType, Severity } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { BlockOrder } from './block-order';
import type { SuspicionReport } from './case-file';
import type { FraudCase } from './fraud-case';

/** A number with what the bank knows of it now. */
export interface OrderTarget {
  readonly msisdn: Msisdn;
  /** The operator that serves it now; null when nobody does. */
  readonly servedBy: OperatorCode | null;
  /** The live order about it, of whatever case; null when there is none. */
  readonly live: BlockOrder | null;
}

/** Another case that is open. */
export type OpenCase = Pick<FraudCase, 'id' | 'number'>;

/** Somebody tells of a suspicious number. The record is the open case of the number, or null. */
export interface ReportSuspicion {
  readonly kind: 'reportSuspicion';
  /** As it would be kept; its `caseId` is set by the rules. */
  readonly report: SuspicionReport;
  readonly indicators: readonly string[];
  /** Of the case to be, if there is no open one. */
  readonly newCase: { readonly id: string; readonly number: string };
}

export type CaseCommand =
  | ReportSuspicion
  | {
      readonly kind: 'triageReport';
      readonly severity: Severity | null;
      readonly fraudType: FraudType | null;
      readonly track: CaseTrack | null;
      readonly dismissReason: string | null;
      /** The operator that serves the suspect's number now. */
      readonly servedBy: OperatorCode | null;
    }
  | {
      readonly kind: 'recordCheckResult';
      readonly confirmed: boolean;
      readonly findings: string;
      /** When the operator had its finding, by its own act; null when it is told as it is found. */
      readonly foundAt: Instant | null;
    }
  /** The operator's time is over (SYSTEM), or its check is disputed (a supervisor). */
  | { readonly kind: 'takeOverCheck' }
  | { readonly kind: 'assignCase'; readonly assignee: string }
  | {
      readonly kind: 'addCaseSubject';
      readonly msisdn: Msisdn;
      readonly role: SubjectRole;
      readonly ground: string;
      readonly openCase: OpenCase | null;
    }
  | {
      readonly kind: 'addEvidence';
      readonly id: string;
      readonly evidenceKind: EvidenceKind;
      readonly sha256: string;
      readonly capturedAt: Instant;
      readonly note: string | null;
    }
  | {
      readonly kind: 'issueTemporaryBlock';
      readonly target: OrderTarget;
      readonly reason: string;
      readonly hours: number;
      readonly measures: readonly BlockMeasure[] | null;
    }
  | {
      readonly kind: 'recordLoss';
      readonly id: string;
      readonly bank: string;
      readonly amount: Kzt;
      readonly occurredAt: Instant;
      readonly transactionRef: string;
    }
  | {
      readonly kind: 'recordTransactionHold';
      readonly id: string;
      readonly transactionRef: string;
      readonly heldAt: Instant;
    }
  | {
      readonly kind: 'requestInformation';
      readonly id: string;
      readonly operatorCode: OperatorCode;
      readonly questions: readonly string[];
      readonly dueAt: Instant;
    }
  | { readonly kind: 'answerInformationRequest'; readonly requestId: string; readonly answer: string }
  /** A question was not answered in its time. */
  | { readonly kind: 'expireInformationRequest'; readonly requestId: string }
  | {
      readonly kind: 'proposeDecision';
      readonly outcome: CaseOutcome;
      readonly reasonCode: string;
      readonly findings: string;
      readonly measures: readonly BlockMeasure[] | null;
      readonly expectedVersion: number;
    }
  | { readonly kind: 'rejectDecision'; readonly expectedVersion: number; readonly reason: string }
  | {
      readonly kind: 'approveDecision';
      readonly expectedVersion: number;
      readonly comment: string;
      /** Every suspect's number. */
      readonly targets: readonly OrderTarget[];
    }
  | { readonly kind: 'closeCase' }
  | { readonly kind: 'reopenCase'; readonly reason: string; readonly openCase: OpenCase | null }
  | { readonly kind: 'approveReopening'; readonly expectedVersion: number; readonly openCase: OpenCase | null }
  | { readonly kind: 'markDuplicate'; readonly duplicateOf: string; readonly original: FraudCase | null }
  /** The other side of markDuplicate: the original takes the reports. */
  | { readonly kind: 'takeReports'; readonly from: string; readonly reports: readonly SuspicionReport[] };

/** Names of the commands. */
export const CASE_COMMANDS = [
  'reportSuspicion',
  'triageReport',
  'recordCheckResult',
  'takeOverCheck',
  'assignCase',
  'addCaseSubject',
  'addEvidence',
  'issueTemporaryBlock',
  'recordLoss',
  'recordTransactionHold',
  'requestInformation',
  'answerInformationRequest',
  'expireInformationRequest',
  'proposeDecision',
  'rejectDecision',
  'approveDecision',
  'closeCase',
  'reopenCase',
  'approveReopening',
  'markDuplicate',
  'takeReports',
] as const satisfies readonly CaseCommand['kind'][];
export type CaseCommandName = (typeof CASE_COMMANDS)[number];

/** The command of a name. */
export type CommandOf<Name extends CaseCommandName> = Extract<CaseCommand, { readonly kind: Name }>;
