// Rows of what is gathered in a case: subjects, reports, evidence, requests, losses. Closed words are checked by the tables.

import { EntitySchema } from 'typeorm';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { CaseSubject, Evidence, InformationRequest, Loss, SuspicionReport } from '../domain/case-file';
import { instantColumn, optionalInstantColumn, toInstant, toInstantOrNull } from './instant-column';

export interface CaseSubjectRow extends Omit<CaseSubject, 'addedAt'> {
  readonly addedAt: Date;
}

export const CaseSubjectRow = new EntitySchema<CaseSubjectRow>({
  name: 'CaseSubject',
  tableName: 'case_subject',
  columns: {
    caseId: { type: 'text', name: 'case_id', primary: true },
    msisdn: { type: 'text', primary: true },
    role: { type: 'text' },
    addedBy: { type: 'text', name: 'added_by' },
    addedAt: instantColumn('added_at'),
    ground: { type: 'text' },
  },
});

/** The subject that a row holds. */
export function toCaseSubject(row: CaseSubjectRow): CaseSubject {
  return { ...row, addedAt: toInstant(row.addedAt) };
}

export interface SuspicionReportRow extends Omit<SuspicionReport, 'occurredAt' | 'detectedAt' | 'receivedAt'> {
  readonly occurredAt: Date | null;
  readonly detectedAt: Date | null;
  readonly receivedAt: Date;
}

export const SuspicionReportRow = new EntitySchema<SuspicionReportRow>({
  name: 'SuspicionReport',
  tableName: 'suspicion_report',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    source: { type: 'text' },
    sourceRef: { type: 'text', name: 'source_ref' },
    reporter: { type: 'text' },
    suspect: { type: 'text' },
    victim: { type: 'text', nullable: true },
    channel: { type: 'text' },
    fraudType: { type: 'text', name: 'fraud_type', nullable: true },
    occurredAt: optionalInstantColumn('occurred_at'),
    detectedAt: optionalInstantColumn('detected_at'),
    receivedAt: instantColumn('received_at'),
    text: { type: 'text', nullable: true },
  },
});

/** The report that a row holds. */
export function toSuspicionReport(row: SuspicionReportRow): SuspicionReport {
  return {
    ...row,
    occurredAt: toInstantOrNull(row.occurredAt),
    detectedAt: toInstantOrNull(row.detectedAt),
    receivedAt: toInstant(row.receivedAt),
  };
}

export interface EvidenceRow extends Omit<Evidence, 'capturedAt'> {
  readonly capturedAt: Date;
}

export const EvidenceRow = new EntitySchema<EvidenceRow>({
  name: 'Evidence',
  tableName: 'evidence',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    kind: { type: 'text' },
    sha256: { type: 'text' },
    capturedAt: instantColumn('captured_at'),
    capturedBy: { type: 'text', name: 'captured_by' },
    locked: { type: 'boolean' },
    note: { type: 'text', nullable: true },
  },
});

/** The evidence that a row holds. */
export function toEvidence(row: EvidenceRow): Evidence {
  return { ...row, capturedAt: toInstant(row.capturedAt) };
}

export interface InformationRequestRow extends Omit<InformationRequest, 'issuedAt' | 'dueAt' | 'answeredAt'> {
  readonly issuedAt: Date;
  readonly dueAt: Date;
  readonly answeredAt: Date | null;
}

export const InformationRequestRow = new EntitySchema<InformationRequestRow>({
  name: 'InformationRequest',
  tableName: 'information_request',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    operatorCode: { type: 'text', name: 'operator_code' },
    questions: { type: 'text', array: true },
    answer: { type: 'text', nullable: true },
    issuedAt: instantColumn('issued_at'),
    dueAt: instantColumn('due_at'),
    answeredAt: optionalInstantColumn('answered_at'),
    state: { type: 'text' },
  },
});

/** The request that a row holds. */
export function toInformationRequest(row: InformationRequestRow): InformationRequest {
  return {
    ...row,
    issuedAt: toInstant(row.issuedAt),
    dueAt: toInstant(row.dueAt),
    answeredAt: toInstantOrNull(row.answeredAt),
  };
}

export interface LossRow extends Omit<Loss, 'occurredAt' | 'amount'> {
  readonly occurredAt: Date;
  /** `numeric(17, 2)`, which the driver gives as text with two decimals. */
  readonly amount: string;
}

export const LossRow = new EntitySchema<LossRow>({
  name: 'Loss',
  tableName: 'loss',
  columns: {
    id: { type: 'text', primary: true },
    caseId: { type: 'text', name: 'case_id' },
    bank: { type: 'text' },
    amount: { type: 'numeric', precision: 17, scale: 2 },
    occurredAt: instantColumn('occurred_at'),
    transactionRef: { type: 'text', name: 'transaction_ref' },
  },
});

/** The loss that a row holds. */
export function toLoss(row: LossRow): Loss {
  return { ...row, amount: row.amount as Kzt, occurredAt: toInstant(row.occurredAt) };
}
