// The GraphQL types of liability: an assessment, the duties that were missed, and what each party is to bear.

import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, KztScalar } from '../../../shared/graphql/scalars';
import type { LiabilityMode, LiabilityState } from '../../../shared/vocabulary/liability';
import type { Breach } from '../domain/liability';
import { LossType } from './case-types';
import { LiabilityModeEnum, LiabilityStateEnum } from './closed-lists';

/** A party's share. */
@ObjectType('LiabilityShare', {
  description: 'What the claimant may ask of a party, and what the parties settle among themselves.',
})
export class LiabilityShareType {
  @Field(() => ID, { description: "The party: an operator's code, a bank, or afc." })
  party: string;

  @Field(() => Int, { description: 'Part of the loss that the claimant may ask of it, in hundredths of a percent.' })
  claimableBasisPoints: number;

  @Field(() => KztScalar, { description: 'The same in tenge.' })
  claimable: string;

  @Field(() => Int, { description: 'Part of the loss that it bears in the end, in hundredths of a percent.' })
  regressBasisPoints: number;

  @Field(() => KztScalar, { description: 'The same in tenge.' })
  regress: string;
}

/** A duty that was missed, as the assessment saw it. */
@ObjectType('DutyBreach', { description: 'A duty that was missed, as it stood when liability was assessed.' })
export class DutyBreachType {
  @Field(() => Boolean, { description: 'Whether its time was over, and it was not done, when the money was lost.' })
  causal: boolean;

  breach: Breach;
  /** When it was assessed. */
  readAt: string;
}

/** An assessment. */
@ObjectType('LiabilityAssessment', {
  description: 'Who answers for a loss, by the duty rules in force when each clock started. A draft until approved.',
})
export class LiabilityAssessmentType {
  @Field(() => ID, { description: 'Identifier of the assessment.' })
  id: string;

  @Field(() => LossType, { description: 'The loss.' })
  loss: LossType;

  @Field(() => LiabilityModeEnum, { description: 'How the loss is divided.' })
  mode: LiabilityMode;

  @Field(() => LiabilityStateEnum, { description: 'Whether a second person has approved it.' })
  state: LiabilityState;

  @Field(() => Int, { description: 'Raised by every change; a command names the version it saw.' })
  version: number;

  @Field(() => [LiabilityShareType], {
    description: 'Shares by party code; none when no missed duty bears on the loss.',
  })
  shares: readonly LiabilityShareType[];

  @Field(() => String, { description: 'The assessment in plain words, with the acts that prove it.' })
  explanation: string;

  @Field(() => ID, { description: 'Who assessed it. Staff identity.' })
  assessedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was assessed.' })
  assessedAt: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The other person, who approved it; null until then. Staff identity.',
  })
  approvedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was approved; null until then.' })
  approvedAt?: string | null;

  caseId: string;
  breaches: readonly Breach[];
}
