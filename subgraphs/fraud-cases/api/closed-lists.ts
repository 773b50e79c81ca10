// The closed lists of the vocabulary as GraphQL enums, each word with what it means. The compiler sees to it that none is forgotten.

import { registerEnumType } from 'type-graphql';
import type { AppealGrounds, AppealState } from '../../../shared/vocabulary/appeal';
import type { BlockKind, BlockMeasure, BlockOrderState, BlockState } from '../../../shared/vocabulary/block-order';
import type {
  Channel,
  EvidenceKind,
  InformationRequestState,
  SignalSource,
  SubjectRole,
} from '../../../shared/vocabulary/case-file';
import { asEnum } from '../../../shared/vocabulary/closed-list';
import type { ClockState, PartyKind, RuleStatus } from '../../../shared/vocabulary/duty';
import type {
  CaseOutcome,
  CaseTrack,
  FraudCaseState,
  FraudType,
  Severity,
} from '../../../shared/vocabulary/fraud-case';
import type { LiabilityMode, LiabilityState } from '../../../shared/vocabulary/liability';
import type { SimCapState } from '../../../shared/vocabulary/sim-cap';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import type { UserErrorCode } from '../../../shared/vocabulary/user-error';
import type { CaseGrouping } from '../domain/statistics';

export const CaseGroupingEnum = described<CaseGrouping>('CaseGrouping', 'What a row of case statistics stands for.', {
  FRAUD_TYPE: 'A type of fraud; UNKNOWN for cases without one.',
  OPERATOR: 'An operator to which an order of the case was addressed; a case may have several, or none.',
  DAY: 'The day in Almaty on which the case was opened.',
  STATE: 'Where the case stood in the night of the snapshot.',
});

export const FraudCaseStateEnum = described<FraudCaseState>('FraudCaseState', 'Where a case stands.', {
  REPORTED: 'A report came in; nobody has looked at it yet.',
  TRIAGED: 'Severity, type and track are set; nobody works on it yet.',
  OPERATOR_CHECK: 'The operator that serves the number checks it within its working days.',
  UNDER_INVESTIGATION: 'An investigator works on it.',
  AWAITING_INFORMATION: 'The investigator waits for answers of operators.',
  PENDING_APPROVAL: 'A decision is proposed and waits for a second person.',
  DECIDED: 'A second person approved the decision.',
  CLOSED: 'Decided, and every order and clock is settled.',
  DISMISSED: 'Dismissed at triage.',
  DUPLICATE: 'The same as another case, which has its reports now.',
});

export const CaseOutcomeEnum = described<CaseOutcome>('CaseOutcome', 'What a case found.', {
  UNSET: 'Not decided.',
  CONFIRMED: 'The fraud is confirmed; block orders follow.',
  REFUTED: 'There was no fraud.',
  INCONCLUSIVE: 'Neither could be shown.',
});

export const CaseTrackEnum = described<CaseTrack>('CaseTrack', 'Who checks first.', {
  OPERATOR_CHECK: 'The operator checks a complaint or signal within two working days.',
  AFC_INVESTIGATION: 'The Anti-Fraud Center investigates and orders.',
});

export const FraudTypeEnum = described<FraudType>('FraudType', 'Kind of fraud.', {
  PHONE_IMPERSONATION: 'A caller poses as a bank, the police or a relative.',
  FALSE_INVESTMENT: 'Money is lured into an investment that does not exist.',
  SOCIAL_MESSENGER: 'Fraud through a messenger or a social network.',
  CREDIT_FRAUD: "A loan is taken in the victim's name.",
  FAKE_SHOP: 'A shop that never delivers.',
  DROPPER_MULE: "Accounts that pass on other people's stolen money.",
  MIRROR_SITE: 'A copy of a known site that steals credentials.',
  SIM_BOX_BYPASS: 'Calls are brought into the network past the operator through SIM boxes.',
  MASS_CALLING: 'Calls to great numbers of people.',
  BULK_SMS: 'Messages to great numbers of people.',
  SIM_SWAP_TAKEOVER: 'A number is taken over by a replaced SIM card.',
  IDENTITY_MISUSE: "Lines were registered with another person's identity.",
  OTHER: 'Anything else.',
});

export const SeverityEnum = described<Severity>('Severity', 'How urgent a case is.', {
  LOW: 'Can wait.',
  MEDIUM: 'Ordinary.',
  HIGH: 'People are losing money.',
  CRITICAL: 'Many people are losing money now.',
});

export const SignalSourceEnum = described<SignalSource>('SignalSource', 'Where a report came from.', {
  SUBSCRIBER_COMPLAINT: 'A subscriber complained to an operator.',
  OPERATOR_DETECTION: 'An operator detected it.',
  BANK_SIGNAL: 'A bank detected it.',
  AFC_SIGNAL: 'The Anti-Fraud Center detected it.',
  LAW_ENFORCEMENT: 'A law enforcement body asked.',
  CITIZEN_PORTAL: "A citizen reported it on the state's portal.",
});

export const ChannelEnum = described<Channel>('Channel', 'By which channel the victim was reached.', {
  CALL: 'A voice call.',
  SMS: 'A text message.',
  MESSENGER: 'An internet messenger.',
  PAYMENT: 'A payment.',
});

export const SubjectRoleEnum = described<SubjectRole>('SubjectRole', 'What a number is in a case.', {
  SUSPECT: 'The fraud came from it.',
  VICTIM: 'The fraud was aimed at it.',
  WITNESS: 'It can show something about the fraud.',
});

export const EvidenceKindEnum = described<EvidenceKind>('EvidenceKind', 'Kind of a piece of evidence.', {
  OPERATOR_ANSWER: "An operator's answer.",
  USAGE_AGGREGATE: "A line's daily aggregates.",
  AUDIO: 'A recording.',
  SCREENSHOT: 'A picture of a screen.',
  DOCUMENT: 'A document.',
  BANK_TRANSACTION: "A bank's record of a transaction.",
  INDICATOR_SNAPSHOT: 'Fired indicators as they were at an instant.',
});

export const InformationRequestStateEnum = described<InformationRequestState>(
  'InformationRequestState',
  'Where a request for information stands.',
  { SENT: 'Waits for the answer.', ANSWERED: 'Answered.', OVERDUE: 'Not answered in time.' },
);

export const BlockKindEnum = described<BlockKind>('BlockKind', 'Kind of a block.', {
  TEMPORARY: 'Before a decision; lapses by itself.',
  CONFIRMED: 'After a confirmed case; stands until it is lifted.',
});

export const BlockMeasureEnum = described<BlockMeasure>('BlockMeasure', 'What is taken from a line.', {
  VOICE_OUT: 'Outgoing calls; emergency numbers stay reachable.',
  VOICE_IN: 'Incoming calls.',
  SMS_OUT: 'Outgoing messages.',
  SMS_IN: 'Incoming messages.',
  DATA: 'Mobile data.',
  PORT_FREEZE: 'Porting to another operator.',
  SIM_SWAP_FREEZE: 'Replacing the SIM card.',
});

export const BlockOrderStateEnum = described<BlockOrderState>('BlockOrderState', 'Where a block order stands.', {
  PENDING_APPROVAL: 'Waits for a second person.',
  ISSUED: 'Issued and on its way.',
  DELIVERED: 'The operator gave a verifiable answer.',
  ACKNOWLEDGED: "The operator's receipt is good.",
  ENFORCED: 'In force.',
  PARTIALLY_ENFORCED: 'A part of the measures is in force.',
  FAILED: 'The operator could not execute it; it is tried again.',
  NOT_SERVED_HERE: 'The operator does not serve the number any more.',
  SUPERSEDED: 'Another order took its place.',
  LIFT_PENDING_APPROVAL: 'In force; its end waits for a second person.',
  LIFT_ISSUED: 'Its end is ordered and on its way.',
  LIFTED: 'Ended by order.',
  EXPIRED: 'Lapsed by itself.',
  CANCELLED: 'Withdrawn before it was in force.',
});

export const BlockStateEnum = described<BlockState>('BlockState', 'Whether a number is blocked, over all its orders.', {
  NONE: 'Never blocked.',
  TEMPORARILY_BLOCKED: 'Blocked for the time of an investigation.',
  BLOCK_ORDERED: 'A block is ordered and not in force yet.',
  BLOCKED: 'Blocked after a confirmed case.',
  PARTIALLY_BLOCKED: 'A part of the ordered measures is in force.',
  LIFT_ORDERED: 'The end of the block is ordered and not in force yet.',
  UNBLOCKED: 'An earlier block has ended.',
  BLOCK_FAILED: 'A block is ordered, but could not be put in force.',
});

export const AppealStateEnum = described<AppealState>('AppealState', 'Where an appeal stands.', {
  FILED: 'Filed; nobody has looked at it yet.',
  UNDER_REVIEW: 'Somebody who took no part in the decision reviews it.',
  PENDING_APPROVAL: 'A decision on it waits for a second person.',
  UPHELD: 'Upheld; the block is lifted.',
  REJECTED: 'Rejected.',
});

export const AppealGroundsEnum = described<AppealGrounds>('AppealGrounds', 'Why a block is appealed.', {
  WRONG_PERSON: 'The holder is not the fraudster.',
  NUMBER_SPOOFED: 'Somebody else showed the number as the caller.',
  STOLEN_PHONE: 'The phone was stolen.',
  RECYCLED_NUMBER: 'The number belonged to another person at that time.',
  LEGITIMATE_BUSINESS: 'The traffic was lawful business.',
  EMERGENCY_NEED: 'The holder depends on the line.',
  OTHER: 'Anything else.',
});

export const ClockStateEnum = described<ClockState>('ClockState', "Where a duty's clock stands.", {
  RUNNING: 'Runs; the deadline has not passed.',
  PAUSED: 'Waits for somebody else.',
  MET: 'Stopped in time.',
  BREACHED: 'Not stopped in time.',
  CANCELLED: 'The duty fell away.',
});

export const RuleStatusEnum = described<RuleStatus>('RuleStatus', 'How binding a rule is.', {
  LAW: 'Law in force.',
  DRAFT_LAW: 'A draft of a law.',
  AGREEMENT: 'Agreed between the parties.',
  POLICY: "The Anti-Fraud Center's policy.",
});

export const PartyKindEnum = described<PartyKind>('PartyKind', 'Kind of a party that owes a duty.', {
  OPERATOR: 'A mobile operator.',
  BANK: 'A bank.',
  AFC: 'The Anti-Fraud Center.',
});

export const LiabilityModeEnum = described<LiabilityMode>('LiabilityMode', 'How a loss is divided.', {
  JOINT_AND_SEVERAL: 'The whole may be asked of any party in breach; they settle it among themselves by weight.',
  WATERFALL: 'Banks in breach bear it, else operators, else the Anti-Fraud Center.',
  EQUAL_SPLIT: 'In equal parts between the parties in breach.',
  PROPORTIONAL: 'By the weight of the breaches.',
});

export const LiabilityStateEnum = described<LiabilityState>('LiabilityState', 'Whether an assessment stands.', {
  DRAFT: 'One person assessed it.',
  APPROVED: 'A second person approved it.',
});

export const SimCapStateEnum = described<SimCapState>('SimCapState', 'Where a person stands against the cap.', {
  WITHIN: 'Below the cap.',
  AT_CAP: 'Exactly at the cap.',
  OVER_CAP_JUSTIFIED: 'Above the cap, with approved justifications.',
  OVER_CAP: 'Above the cap by the operators’ counts; justifications are not looked at.',
  UNKNOWN: 'An operator did not answer, and the others’ counts do not exceed the cap.',
});

export const UserErrorCodeEnum = described<UserErrorCode>('UserErrorCode', 'Kind of a refusal.', {
  ILLEGAL_TRANSITION: 'Not possible in the present state.',
  FOUR_EYES_REQUIRED: 'Another person has to do this.',
  VERSION_CONFLICT: 'It was changed since it was read.',
  MISSING_EVIDENCE: 'A decision needs evidence.',
  NOT_ASSIGNED: 'It is in the charge of somebody else.',
  NOT_FOUND: 'There is no such thing.',
  NUMBER_NOT_SERVED: 'No operator serves the number.',
  ALREADY_BLOCKED: 'An order about the number is under way or in force.',
  NOT_BLOCKED: 'No block is in force.',
  DUPLICATE_REFERENCE: 'It was told before in other words, or stands elsewhere.',
  INVALID_INPUT: 'An argument is not what it must be.',
});

export const TrailEntryStateEnum = described<TrailEntryState>(
  'TrailEntryState',
  'How far an act has come in the joint log.',
  {
    COMMITTED: "Written with its effect in its author's database.",
    SEQUENCED: 'Has its place in the joint log.',
    SIGNED: "Under a checkpoint that the log's operator signed.",
    FINAL: 'Under a checkpoint that enough witnesses cosigned.',
  },
);

function described<Word extends string>(
  name: string,
  description: string,
  meanings: { readonly [Member in Word]: string },
): { readonly [Member in Word]: Member } {
  const members = asEnum(Object.keys(meanings) as Word[]);
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(meanings).map(([word, meaning]) => [word, { description: meaning }]),
  ) as { readonly [Member in Word]: { readonly description: string } };
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}
