// A case with everything that its rules look at, as one value: what a command changes and the next command sees. Reading it from tables
// and writing it back is the store's.

import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { CaseOutcome } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { BlockOrder } from './block-order';
import type { CaseSubject, Evidence, InformationRequest, Loss, SuspicionReport } from './case-file';
import type { CourseClock } from './duty-clock';
import type { FraudCase } from './fraud-case';

/** What somebody wants to be decided. It stands until it is approved, rejected or voided by an edit. */
export interface Proposal {
  readonly outcome: CaseOutcome;
  readonly reasonCode: string;
  readonly findings: string;
  /** What a block takes from each suspect's line, if the outcome is CONFIRMED. */
  readonly measures: readonly BlockMeasure[];
  readonly proposedBy: string;
  readonly proposedAt: Instant;
}

/** Somebody's wish to reopen the case; it takes a second person. */
export interface Reopening {
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Instant;
}

/** A transaction that a bank held on a signal. */
export interface TransactionHold {
  readonly id: string;
  readonly caseId: string;
  readonly bank: string;
  readonly transactionRef: string;
  readonly heldAt: Instant;
  readonly recordedAt: Instant;
}

/** The case and what hangs on it. */
export interface CaseRecord {
  readonly case: FraudCase;
  readonly subjects: readonly CaseSubject[];
  readonly reports: readonly SuspicionReport[];
  /** Codes of indicators that fired in the reports of operators. */
  readonly indicators: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly informationRequests: readonly InformationRequest[];
  readonly losses: readonly Loss[];
  readonly holds: readonly TransactionHold[];
  /** The operator that checks, or checked, the case on its own track. */
  readonly checkedBy: OperatorCode | null;
  readonly proposal: Proposal | null;
  /** Who proposed what was voided since, and whose edits voided it: they do not approve. Empty again after a decision or a rejection. */
  readonly editors: readonly string[];
  readonly approvedBy: string | null;
  readonly reopening: Reopening | null;
  readonly orders: readonly BlockOrder[];
  readonly clocks: readonly CourseClock[];
}

/** Subjects beyond which a supervisor adds them: a case is no way to look at a crowd. */
export const MOST_SUBJECTS = 50;

/** What a proposal is about: as much of a record as the second person looks at. */
export interface ProposalGround {
  readonly case: Pick<FraudCase, 'id'>;
  readonly subjects: readonly Pick<CaseSubject, 'msisdn' | 'role'>[];
  readonly evidence: readonly Pick<Evidence, 'sha256'>[];
}

/** The suspects' numbers in the order in which they came to the case. */
export function suspectsOf(record: Pick<ProposalGround, 'subjects'>): readonly Msisdn[] {
  return record.subjects.filter((subject) => subject.role === 'SUSPECT').map((subject) => subject.msisdn);
}

/** What the second person approves, whole: the store hashes it, and an approval holds for this content alone. */
export function proposalContent(record: ProposalGround, proposal: Proposal): JsonObject {
  return {
    case: record.case.id,
    outcome: proposal.outcome,
    reason_code: proposal.reasonCode,
    findings: proposal.findings,
    measures: [...proposal.measures].sort(),
    suspects: [...suspectsOf(record)].sort(),
    evidence: record.evidence.map((evidence) => evidence.sha256).sort(),
    proposed_by: proposal.proposedBy,
    proposed_at: proposal.proposedAt,
  };
}

/**
 * Everybody who took part in the decision that an order carries out: who worked the case, proposed, edited and approved, and whoever else the
 * caller knows (who issued a temporary block). They decide no appeal against it.
 */
export function decisionParticipants(record: CaseRecord, others: readonly string[]): readonly string[] {
  const named = [
    record.case.assignee,
    record.proposal?.proposedBy ?? null,
    record.approvedBy,
    ...record.editors,
    ...others,
  ];
  return [...new Set(named.filter((person) => person !== null))].sort();
}

/**
 * Whether a ground names something in the case: the id or reference of a report, the id or digest of a piece of evidence, or the code of an
 * indicator, as a word of its own.
 */
export function namesGround(record: CaseRecord, ground: string): boolean {
  const words = new Set(ground.split(/[\s,;:()"']+/).map((word) => word.replace(/\.$/, '')));
  const known = [
    ...record.reports.flatMap((report) => [report.id, report.sourceRef]),
    ...record.evidence.flatMap((evidence) => [evidence.id, evidence.sha256]),
    ...record.indicators,
  ];
  return known.some((name) => name !== '' && words.has(name));
}
