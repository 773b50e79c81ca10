// Mutations of liability. Arguments become one command each; the assessment is read anew by its id.

import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { LiabilityMode } from '../../../shared/vocabulary/liability';
import type { Answer } from '../commands/command-desk';
import { LiabilityModeEnum } from './closed-lists';
import type { FraudCasesContext } from './fraud-cases-context';
import { LiabilityAssessmentType } from './liability-types';
import { command, EXPECTED_VERSION, idIn, PayloadType, UserErrorType } from './mutation-types';

/** Answer of a mutation on liability. */
@ObjectType('LiabilityPayload', { description: 'The assessment after the mutation, or why nothing was done.' })
export class LiabilityPayloadType extends PayloadType {
  @Field(() => LiabilityAssessmentType, {
    nullable: true,
    description: 'The assessment; null when the mutation was refused.',
  })
  assessment?: LiabilityAssessmentType | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}

const DEFAULT_MODE: LiabilityMode = 'JOINT_AND_SEVERAL';

/** `Mutation`: liability. */
@Resolver()
export class LiabilityMutationResolver {
  @Mutation(() => LiabilityPayloadType, {
    description:
      "Judges the case's clocks by the duty rules in force at each one's start; a draft until another person approves it.",
  })
  async assessLiability(
    @Arg('caseId', () => ID, { description: 'Identifier of the case.' }) caseId: string,
    @Arg('lossId', () => ID, { description: 'The loss, one of the case.' }) lossId: string,
    @Arg('mode', () => LiabilityModeEnum, {
      nullable: true,
      defaultValue: DEFAULT_MODE,
      description: 'How the loss is divided.',
    })
    mode: LiabilityMode | null | undefined,
    @Ctx() context: FraudCasesContext,
  ): Promise<LiabilityPayloadType> {
    return payload(
      context,
      await command(context, ({ liability }, caller) =>
        liability.assessLiability(caller, { caseId, lossId, mode: mode ?? DEFAULT_MODE }),
      ),
    );
  }

  @Mutation(() => LiabilityPayloadType, { description: 'The second person agrees with an assessment.' })
  async approveLiability(
    @Arg('assessmentId', () => ID, { description: 'Identifier of the assessment.' }) assessmentId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Ctx() context: FraudCasesContext,
  ): Promise<LiabilityPayloadType> {
    return payload(
      context,
      await command(context, ({ liability }, caller) =>
        liability.approveLiability(caller, { assessmentId, expectedVersion }),
      ),
    );
  }
}

async function payload({ loaders }: FraudCasesContext, answer: Answer): Promise<LiabilityPayloadType> {
  const id = idIn(answer, 'assessment');
  return { assessment: id === null ? null : await loaders.assessment.load(id), userErrors: answer.userErrors };
}
