// Arguments of the mutations of cases as they are sent, and the same as the commands read them: absent members are null, texts are in normal
// form C.

import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar, KztScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Channel, EvidenceKind, SignalSource, SubjectRole } from '../../../shared/vocabulary/case-file';
import type { CaseOutcome, CaseTrack, FraudType, Severity } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { CaseArguments } from '../commands/case-arguments';
import {
  BlockMeasureEnum,
  CaseOutcomeEnum,
  CaseTrackEnum,
  ChannelEnum,
  EvidenceKindEnum,
  FraudTypeEnum,
  SeverityEnum,
  SignalSourceEnum,
  SubjectRoleEnum,
} from './closed-lists';

/** What opens one commitment of an act. */
@InputType('DisclosureInput', { description: 'What opens one commitment of an act.' })
export class DisclosureInput {
  @Field(() => String, { description: 'Name of the field.' })
  field: string;

  @Field(() => String, { description: 'Its salt: 32 bytes in base64url.' })
  salt: string;

  @Field(() => String, { description: 'Its value as JSON text. May hold personal data.' })
  value: string;
}

/** An act that the caller's organisation signed. */
@InputType('SignedActInput', {
  description:
    "An act that the caller's organisation signed itself: compact JWS, salt of its leaf, and the openings of its commitments, which must equal the arguments.",
})
export class SignedActInput {
  @Field(() => String, { description: 'The act, compact JWS.' })
  act: string;

  @Field(() => String, { description: 'Salt of its leaf: 32 bytes in base64url.' })
  salt: string;

  @Field(() => [DisclosureInput], { description: 'What opens every one of its commitments.' })
  disclosures: DisclosureInput[];
}

/** A report. */
@InputType('ReportSuspicionInput', { description: 'A suspicious number as somebody tells of it.' })
export class ReportSuspicionInput {
  @Field(() => SignalSourceEnum, { description: 'Where it comes from; each organisation has its own sources.' })
  source: SignalSource;

  @Field(() => String, { description: "The organisation's own reference; the same one is taken once." })
  sourceRef: string;

  @Field(() => MsisdnScalar, { description: 'The suspicious number. Personal datum.' })
  suspect: Msisdn;

  @Field(() => MsisdnScalar, { nullable: true, description: 'The number that was aimed at. Personal datum.' })
  victim?: Msisdn | null;

  @Field(() => ChannelEnum, { description: 'By which channel the victim was reached.' })
  channel: Channel;

  @Field(() => FraudTypeEnum, { nullable: true, description: 'Kind of fraud as the reporter sees it.' })
  fraudType?: FraudType | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened.' })
  occurredAt?: Instant | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the reporter noticed it; starts its duty to tell.',
  })
  detectedAt?: Instant | null;

  @Field(() => String, { nullable: true, description: "The reporter's words. May hold personal data." })
  text?: string | null;
}

/** A triage. */
@InputType('TriageInput', {
  description: 'Either a dismissal with its reason, or severity, type and track together.',
})
export class TriageInput {
  @Field(() => SeverityEnum, { nullable: true, description: 'How urgent the case is.' })
  severity?: Severity | null;

  @Field(() => FraudTypeEnum, { nullable: true, description: 'Kind of fraud.' })
  fraudType?: FraudType | null;

  @Field(() => CaseTrackEnum, { nullable: true, description: 'Who checks first.' })
  track?: CaseTrack | null;

  @Field(() => String, { nullable: true, description: 'Why the report is dismissed.' })
  dismissReason?: string | null;
}

/** A number of a case. */
@InputType('CaseSubjectInput', { description: 'A number that belongs to the case, and why.' })
export class CaseSubjectInput {
  @Field(() => MsisdnScalar, { description: 'The number. Personal datum.' })
  msisdn: Msisdn;

  @Field(() => SubjectRoleEnum, { description: 'What it is in the case.' })
  role: SubjectRole;

  @Field(() => String, { description: 'Names a report, a piece of evidence or an indicator of the case.' })
  ground: string;
}

/** A piece of evidence. */
@InputType('EvidenceInput', { description: 'A piece of evidence: its digest, never its content.' })
export class EvidenceInput {
  @Field(() => EvidenceKindEnum, { description: 'What kind of evidence it is.' })
  kind: EvidenceKind;

  @Field(() => String, { description: 'SHA-256 of the content, 64 lower-case hexadecimal digits.' })
  sha256: string;

  @Field(() => DateTimeScalar, { description: 'When it was captured.' })
  capturedAt: Instant;

  @Field(() => String, { nullable: true, description: 'A note about it. Case text.' })
  note?: string | null;
}

/** A decision. */
@InputType('DecisionInput', { description: 'A decision as it is proposed to a second person.' })
export class DecisionInput {
  @Field(() => CaseOutcomeEnum, { description: 'What the case found.' })
  outcome: CaseOutcome;

  @Field(() => String, { description: 'Code of the reason; it stands in block orders.' })
  reasonCode: string;

  @Field(() => String, { description: 'What was found, in words. Case text.' })
  findings: string;

  @Field(() => [BlockMeasureEnum], {
    nullable: true,
    description: "What a block takes from each suspect's line; all measures unless told.",
  })
  measures?: BlockMeasure[] | null;

  @Field(() => Int, { description: 'The version of the case that the proposer saw; another one is refused.' })
  expectedVersion: number;
}

/** A loss. */
@InputType('LossInput', { description: "Money that a bank's client lost." })
export class LossInput {
  @Field(() => ID, { description: 'The bank whose client lost it.' })
  bank: string;

  @Field(() => KztScalar, { description: 'How much, in tenge.' })
  amount: Kzt;

  @Field(() => DateTimeScalar, { description: 'When the money left.' })
  occurredAt: Instant;

  @Field(() => String, { description: "The bank's reference of the transaction." })
  transactionRef: string;
}

/** The report that was sent. */
export function reportOf(sent: ReportSuspicionInput): CaseArguments['reportSuspicion']['input'] {
  return {
    source: sent.source,
    sourceRef: normal(sent.sourceRef),
    suspect: sent.suspect,
    victim: sent.victim ?? null,
    channel: sent.channel,
    fraudType: sent.fraudType ?? null,
    occurredAt: sent.occurredAt ?? null,
    detectedAt: sent.detectedAt ?? null,
    text: normalOrNull(sent.text),
  };
}

/** The act that was sent; null for none. */
export function actOf(sent: SignedActInput | null | undefined): CaseArguments['reportSuspicion']['act'] {
  if (sent === null || sent === undefined) return null;
  const { act, salt, disclosures } = sent;
  return { act, salt, disclosures: disclosures.map((each) => ({ ...each })) };
}

/** The triage that was sent. */
export function triageOf(sent: TriageInput): CaseArguments['triageReport']['input'] {
  return {
    severity: sent.severity ?? null,
    fraudType: sent.fraudType ?? null,
    track: sent.track ?? null,
    dismissReason: normalOrNull(sent.dismissReason),
  };
}

/** The subject that was sent. */
export function subjectOf({ msisdn, role, ground }: CaseSubjectInput): CaseArguments['addCaseSubject']['input'] {
  return { msisdn, role, ground: normal(ground) };
}

/** The evidence that was sent. */
export function evidenceOf(sent: EvidenceInput): CaseArguments['addEvidence']['input'] {
  const { kind, sha256, capturedAt, note } = sent;
  return { kind, sha256, capturedAt, note: normalOrNull(note) };
}

/** The decision that was sent. */
export function decisionOf(sent: DecisionInput): CaseArguments['proposeDecision']['input'] {
  const { outcome, reasonCode, findings, measures, expectedVersion } = sent;
  return {
    outcome,
    reasonCode: normal(reasonCode),
    findings: normal(findings),
    measures: measures ?? null,
    expectedVersion,
  };
}

/** The loss that was sent. */
export function lossOf({ bank, amount, occurredAt, transactionRef }: LossInput): CaseArguments['recordLoss']['input'] {
  return { bank, amount, occurredAt, transactionRef: normal(transactionRef) };
}

/** A text in normal form C. */
export function normal(text: string): string {
  return text.normalize('NFC');
}

function normalOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : normal(text);
}
