// Mutations of appeals. Arguments become one command each; what it did is read anew by its id.

import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { AppealGrounds } from '../../../shared/vocabulary/appeal';
import type { Answer } from '../commands/command-desk';
import { AppealGroundsEnum } from './closed-lists';
import type { FraudCasesContext } from './fraud-cases-context';
import { command, EXPECTED_VERSION, idIn, PayloadType, UserErrorType } from './mutation-types';
import { AppealType } from './order-types';

/** Answer of a mutation on an appeal. */
@ObjectType('AppealPayload', { description: 'The appeal as it is after the mutation, or why nothing was done.' })
export class AppealPayloadType extends PayloadType {
  @Field(() => AppealType, { nullable: true, description: 'The appeal; null when the mutation was refused.' })
  appeal?: AppealType | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}

/** Input of fileAppeal. */
@InputType('FileAppealInput', { description: 'An appeal as a subscriber makes it.' })
export class FileAppealInputType {
  @Field(() => ID, { description: 'The block order that is appealed.' })
  orderId: string;

  @Field(() => AppealGroundsEnum, { description: 'Why the block is appealed.' })
  grounds: AppealGrounds;

  @Field(() => String, { description: "The subscriber's words. Case text, may hold personal data." })
  statement: string;
}

const APPEAL = { description: 'Identifier of the appeal.' } as const;

/** `Mutation`: appeals. */
@Resolver()
export class AppealMutationResolver {
  @Mutation(() => AppealPayloadType, {
    description: "Files an appeal against a block, through a citizen's channel or at the Anti-Fraud Center.",
  })
  async fileAppeal(
    @Arg('input', () => FileAppealInputType, { description: 'The appeal.' }) input: FileAppealInputType,
    @Ctx() context: FraudCasesContext,
  ): Promise<AppealPayloadType> {
    const { orderId, grounds, statement } = input;
    return payload(
      context,
      await command(context, ({ appeals }, caller) => appeals.fileAppeal(caller, { orderId, grounds, statement })),
    );
  }

  @Mutation(() => AppealPayloadType, {
    description: 'Begins the review; not by anybody who took part in the decision.',
  })
  async startAppealReview(
    @Arg('appealId', () => ID, APPEAL) appealId: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<AppealPayloadType> {
    return payload(
      context,
      await command(context, ({ appeals }, caller) => appeals.startAppealReview(caller, appealId)),
    );
  }

  @Mutation(() => AppealPayloadType, {
    description: 'Proposes what becomes of the appeal; another person approves it.',
  })
  async decideAppeal(
    @Arg('appealId', () => ID, APPEAL) appealId: string,
    @Arg('upheld', () => Boolean, { description: 'Whether the block is to be lifted.' }) upheld: boolean,
    @Arg('reason', () => String, { description: 'The decision in words. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<AppealPayloadType> {
    return payload(
      context,
      await command(context, ({ appeals }, caller) => appeals.decideAppeal(caller, { appealId, upheld, reason })),
    );
  }

  @Mutation(() => AppealPayloadType, {
    description: 'The second person agrees. An appeal that is upheld lifts the block.',
  })
  async approveAppealDecision(
    @Arg('appealId', () => ID, APPEAL) appealId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Ctx() context: FraudCasesContext,
  ): Promise<AppealPayloadType> {
    return payload(
      context,
      await command(context, ({ appeals }, caller) =>
        appeals.approveAppealDecision(caller, { appealId, expectedVersion }),
      ),
    );
  }
}

async function payload({ loaders }: FraudCasesContext, answer: Answer): Promise<AppealPayloadType> {
  const id = idIn(answer, 'appeal');
  return { appeal: id === null ? null : await loaders.appeal.load(id), userErrors: answer.userErrors };
}
