// The GraphQL types of a case and of what is gathered in it. What needs another row is resolved in the resolvers of this room.

import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, KztScalar } from '../../../shared/graphql/scalars';
import type {
  Channel,
  EvidenceKind,
  InformationRequestState,
  SignalSource,
  SubjectRole,
} from '../../../shared/vocabulary/case-file';
import type {
  CaseOutcome,
  CaseTrack,
  FraudCaseState,
  FraudType,
  Severity,
} from '../../../shared/vocabulary/fraud-case';
import {
  CaseOutcomeEnum,
  CaseTrackEnum,
  ChannelEnum,
  EvidenceKindEnum,
  FraudCaseStateEnum,
  FraudTypeEnum,
  InformationRequestStateEnum,
  SeverityEnum,
  SignalSourceEnum,
  SubjectRoleEnum,
} from './closed-lists';
import { connectionType } from './connection';

/** A fraud case. */
@Directive('@key(fields: "id")')
@ObjectType('FraudCase', { description: 'A fraud case of the Anti-Fraud Center.' })
export class FraudCaseType {
  @Field(() => ID, { description: 'Identifier of the case.' })
  id: string;

  @Field(() => String, { description: 'Human number, e.g. AFC-2026-000123.' })
  number: string;

  @Field(() => FraudCaseStateEnum, { description: 'Where the case stands.' })
  state: FraudCaseState;

  @Field(() => CaseOutcomeEnum, { description: 'What the case found; UNSET until it is decided.' })
  outcome: CaseOutcome;

  @Field(() => CaseTrackEnum, { nullable: true, description: 'Who checks first; null until triage.' })
  track?: CaseTrack | null;

  @Field(() => FraudTypeEnum, { nullable: true, description: 'Kind of fraud; null until triage.' })
  fraudType?: FraudType | null;

  @Field(() => SeverityEnum, { description: 'How urgent the case is.' })
  severity: Severity;

  @Field(() => Int, { description: 'Raised by every change; a command names the version it saw.' })
  version: number;

  @Field(() => DateTimeScalar, { description: 'When the first report came in.' })
  openedAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the next step is due; null when none is.' })
  dueAt?: string | null;

  @Field(() => ID, { nullable: true, description: 'The investigator in charge. Staff identity.' })
  assignee?: string | null;

  duplicateOf: string | null;
}

/** A number's part in a case. */
@ObjectType('CaseSubject', { description: "A number's part in a case." })
export class CaseSubjectType {
  @Field(() => SubjectRoleEnum, { description: 'What the number is in the case.' })
  role: SubjectRole;

  @Field(() => ID, { description: 'Who added it. Staff identity.' })
  addedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was added.' })
  addedAt: string;

  @Field(() => String, {
    nullable: true,
    description: 'The report, evidence or indicator that is the ground. Case text.',
  })
  ground?: string | null;

  msisdn: string;
}

/** One report. */
@ObjectType('SuspicionReport', { description: 'One report of a suspicious number.' })
export class SuspicionReportType {
  @Field(() => ID, { description: 'Identifier of the report.' })
  id: string;

  @Field(() => SignalSourceEnum, { description: 'Where it came from.' })
  source: SignalSource;

  @Field(() => String, { description: "The reporter's own reference; the same one is taken once." })
  sourceRef: string;

  @Field(() => ID, { description: 'The organisation that reported.' })
  reporter: string;

  @Field(() => ChannelEnum, { description: 'By which channel the victim was reached.' })
  channel: Channel;

  @Field(() => FraudTypeEnum, { nullable: true, description: 'Kind of fraud as the reporter sees it.' })
  fraudType?: FraudType | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened.' })
  occurredAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the reporter noticed it.' })
  detectedAt?: string | null;

  @Field(() => DateTimeScalar, { description: 'When the Anti-Fraud Center received it, by its own clock.' })
  receivedAt: string;

  @Field(() => String, { nullable: true, description: "The reporter's words. Case text, may hold personal data." })
  text?: string | null;

  suspect: string;
  victim: string | null;
}

/** A piece of evidence. */
@ObjectType('Evidence', { description: 'A piece of evidence: its digest is kept, never its content.' })
export class EvidenceType {
  @Field(() => ID, { description: 'Identifier of the evidence.' })
  id: string;

  @Field(() => EvidenceKindEnum, { description: 'What kind of evidence it is.' })
  kind: EvidenceKind;

  @Field(() => String, { description: 'SHA-256 of the content, 64 lower-case hexadecimal digits.' })
  sha256: string;

  @Field(() => DateTimeScalar, { description: 'When it was captured.' })
  capturedAt: string;

  @Field(() => ID, { description: 'Who captured it. Staff identity or organisation.' })
  capturedBy: string;

  @Field(() => Boolean, { description: 'Whether it can no longer be changed; evidence is locked when added.' })
  locked: boolean;

  @Field(() => String, { nullable: true, description: 'A note about it. Case text.' })
  note?: string | null;
}

/** Questions to one operator. */
@Directive('@key(fields: "id")')
@ObjectType('InformationRequest', { description: 'Questions put to one operator.' })
export class InformationRequestType {
  @Field(() => ID, { description: 'Identifier of the request.' })
  id: string;

  @Field(() => ID, { description: 'Code of the operator that is asked.' })
  operatorCode: string;

  @Field(() => [String], { nullable: true, description: 'The questions. Case text.' })
  questions?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'The answer; null until it came. Case text.' })
  answer?: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was sent.' })
  issuedAt: string;

  @Field(() => DateTimeScalar, { description: 'When the answer is due.' })
  dueAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the answer came; null until then.' })
  answeredAt?: string | null;

  @Field(() => InformationRequestStateEnum, { description: 'Where the request stands.' })
  state: InformationRequestState;

  caseId: string;
}

/** A decision. */
@ObjectType('Decision', { description: 'A proposed decision and, once a second person agreed, the decision.' })
export class DecisionType {
  @Field(() => CaseOutcomeEnum, { description: 'The outcome that is proposed.' })
  proposedOutcome: CaseOutcome;

  @Field(() => String, { description: 'Code of the reason.' })
  reasonCode: string;

  @Field(() => String, { nullable: true, description: 'What was found, in words. Case text.' })
  findings?: string | null;

  @Field(() => ID, { description: 'Who proposed it. Staff identity or organisation.' })
  proposedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The other person, who approved it; null until then. Staff identity.',
  })
  approvedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was approved; null until then.' })
  approvedAt?: string | null;
}

/** A loss. */
@ObjectType('Loss', { description: "Money that a bank's client lost and the case explains." })
export class LossType {
  @Field(() => ID, { description: 'Identifier of the loss.' })
  id: string;

  @Field(() => ID, { description: 'The bank whose client lost it.' })
  bank: string;

  @Field(() => KztScalar, { description: 'How much, in tenge.' })
  amount: string;

  @Field(() => DateTimeScalar, { description: 'When the money left.' })
  occurredAt: string;

  @Field(() => String, { nullable: true, description: "The bank's reference of the transaction." })
  transactionRef?: string | null;
}

export const FraudCaseConnectionType = connectionType('FraudCaseConnection', 'A page of cases.', FraudCaseType);
export const SuspicionReportConnectionType = connectionType(
  'SuspicionReportConnection',
  'A page of reports.',
  SuspicionReportType,
);
export const InformationRequestConnectionType = connectionType(
  'InformationRequestConnection',
  'A page of requests for information.',
  InformationRequestType,
);
