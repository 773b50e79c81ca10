// The GraphQL types of duties and of the joint log's entries on a case.

import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../shared/graphql/scalars';
import type { ClockState, PartyKind, RuleStatus } from '../../../shared/vocabulary/duty';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import { ClockStateEnum, PartyKindEnum, RuleStatusEnum, TrailEntryStateEnum } from './closed-lists';
import { connectionType, PageInfoType } from './connection';

/** A duty rule. */
@ObjectType('DutyRule', { description: 'One version of a duty that law or agreement puts on a party.' })
export class DutyRuleType {
  @Field(() => ID, { description: 'Code of the duty, e.g. OP-02.' })
  id: string;

  @Field(() => Int, {
    description: 'Version of the rule; a case is judged by the one in force when its clock started.',
  })
  version: number;

  @Field(() => String, { description: 'What is owed.' })
  title: string;

  @Field(() => RuleStatusEnum, { description: 'How binding it is.' })
  status: RuleStatus;

  @Field(() => PartyKindEnum, { description: 'Who owes it.' })
  obliged: PartyKind;

  @Field(() => String, { description: 'The deadline in words, e.g. 2 working days.' })
  deadline: string;
}

/** A duty's clock. */
@ObjectType('DutyClock', { description: 'The clock of one duty in one case.' })
export class DutyClockType {
  @Field(() => ID, { description: 'Identifier of the clock.' })
  id: string;

  @Field(() => ID, { description: "The party that owes the duty: an operator's code, a bank, or afc." })
  party: string;

  @Field(() => DateTimeScalar, { description: 'When it started.' })
  startedAt: string;

  @Field(() => DateTimeScalar, { description: 'When the duty is due; moved on by pauses.' })
  deadlineAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it stopped; null while it runs.' })
  stoppedAt?: string | null;

  @Field(() => ClockStateEnum, { description: 'Where the clock stands.' })
  state: ClockState;

  caseId: string;
  orderId: string | null;
  ruleId: string;
  ruleVersion: number;
  readAt: string;
}

/** An act in the joint log. */
@ObjectType('TrailEntry', { description: 'One act in the joint log, as its author signed it.' })
export class TrailEntryType {
  @Field(() => String, { description: 'The signed act, compact JWS; empty once what opens it was erased.' })
  act: string;

  @Field(() => ID, { description: 'The party that signed it.' })
  author: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Who acted, or for whom the bank did, where the reader may know. Staff identity.',
  })
  actor?: string | null;

  @Field(() => DateTimeScalar, { description: "When it was done, by its author's clock." })
  at: string;

  @Field(() => DateTimeScalar, { description: 'When the log received it.' })
  recordedAt: string;

  @Field(() => String, { description: 'What was done: one of a closed list of sentences.' })
  summary: string;

  @Field(() => String, { nullable: true, description: 'Its place in the log; null until it has one.' })
  logIndex?: string | null;

  @Field(() => String, { description: 'SHA-256 of its leaf, base64url, as acts refer to it.' })
  leafHash: string;

  @Field(() => TrailEntryStateEnum, { description: 'How far it has come.' })
  state: TrailEntryState;
}

/** A page of acts. */
@ObjectType('TrailConnection', { description: 'A page of acts, in the order of the joint log.' })
export class TrailConnectionType {
  @Field(() => [TrailEntryType], { description: 'The acts of the page.' })
  nodes: readonly TrailEntryType[];

  @Field(() => PageInfoType, { description: 'Where the page ends.' })
  pageInfo: PageInfoType;
}

export const DutyClockConnectionType = connectionType('DutyClockConnection', 'A page of clocks.', DutyClockType);
