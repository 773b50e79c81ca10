// The GraphQL types of looks: the trail of them, and broken glasses.

import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import { FraudCaseType } from './case-types';
import { TrailEntryStateEnum } from './closed-lists';
import { PageInfoType } from './connection';
import { PayloadType, UserErrorType } from './mutation-types';

/** One look. */
@ObjectType('AccessRecord', { description: 'One look at personal data, allowed or refused, as its act tells it.' })
export class AccessRecordType {
  @Field(() => ID, { description: 'Identifier of its act in the joint log.' })
  act: string;

  @Field(() => ID, { description: 'Who looked: a pseudonym for an auditor, the role for the one looked at.' })
  actor: string;

  @Field(() => ID, { description: 'For which organisation.' })
  organisation: string;

  @Field(() => String, { description: 'For which purpose.' })
  purpose: string;

  @Field(() => FraudCaseType, {
    nullable: true,
    description: 'For which case; null for none, and for the one looked at.',
  })
  case?: FraudCaseType | null;

  @Field(() => [String], { description: 'At which fields, as `Type.field`.' })
  fields: readonly string[];

  @Field(() => Int, { description: 'At how many numbers, persons and handsets.' })
  subjectCount: number;

  @Field(() => Boolean, { description: 'Whether it was allowed.' })
  allowed: boolean;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at: Instant;

  @Field(() => String, { nullable: true, description: 'Place of the act in the log; null until it has one.' })
  logIndex?: string | null;

  @Field(() => String, { description: 'SHA-256 of its leaf, base64url.' })
  leafHash: string;

  @Field(() => TrailEntryStateEnum, { description: 'How far the act has come.' })
  state: TrailEntryState;
}

/** A page of looks; they are not counted. */
@ObjectType('AccessTrailConnection', { description: 'A page of looks, newest first.' })
export class AccessTrailConnectionType {
  @Field(() => [AccessRecordType], { description: 'The rows of the page.' })
  nodes: readonly AccessRecordType[];

  @Field(() => PageInfoType, { description: 'Where the page ends.' })
  pageInfo: PageInfoType;
}

/** Which looks are asked for. */
@InputType('AccessTrailFilter', { description: 'Which looks; what is left out does not narrow.' })
export class AccessTrailFilterInput {
  @Field(() => MsisdnScalar, { nullable: true, description: 'The number that was looked at. Personal datum.' })
  subject?: Msisdn | null;

  @Field(() => ID, { nullable: true, description: 'Who looked, as the trail names them.' })
  actor?: string | null;

  @Field(() => ID, { nullable: true, description: 'The case that was named.' })
  caseId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant.' })
  from?: Instant | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant that is no longer asked for.' })
  to?: Instant | null;
}

/** A broken glass. */
@ObjectType('BreakGlass', { description: 'A look at one number without a case, for half an hour.' })
export class BreakGlassType {
  @Field(() => ID, { description: 'Its identifier; it goes where the case of a look goes.' })
  id: string;

  @Field(() => DateTimeScalar, { description: 'First instant at which it gives nothing any more.' })
  until: Instant;

  @Field(() => ID, { nullable: true, description: 'Who reviewed it; null until somebody has.' })
  reviewedBy?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'What the review found; null until there is one.' })
  justified?: boolean | null;
}

/** Answer of a mutation on a broken glass. */
@ObjectType('BreakGlassPayload', { description: 'The broken glass after the mutation, or why nothing was done.' })
export class BreakGlassPayloadType extends PayloadType {
  @Field(() => BreakGlassType, { nullable: true, description: 'The broken glass; null when it was refused.' })
  breakGlass?: BreakGlassType | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}
