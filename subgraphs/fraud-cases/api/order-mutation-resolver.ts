// Mutations of block orders. Arguments become one command each; what it did is read anew by its id.

import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { MsisdnScalar } from '../../../shared/graphql/scalars';
import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Answer } from '../commands/command-desk';
import { BlockMeasureEnum } from './closed-lists';
import type { FraudCasesContext } from './fraud-cases-context';
import { command, EXPECTED_VERSION, idIn, PayloadType, UserErrorType } from './mutation-types';
import { BlockOrderType } from './order-types';

/** Answer of a mutation on a block order. */
@ObjectType('BlockOrderPayload', { description: 'The order as it is after the mutation, or why nothing was done.' })
export class BlockOrderPayloadType extends PayloadType {
  @Field(() => BlockOrderType, { nullable: true, description: 'The order; null when the mutation was refused.' })
  order?: BlockOrderType | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}

const ORDER = { description: 'Identifier of the order.' } as const;
const DEFAULT_HOURS = 72;

/** `Mutation`: block orders. */
@Resolver()
export class OrderMutationResolver {
  @Mutation(() => BlockOrderPayloadType, { description: 'A pre-confirmation block; it lapses by itself.' })
  async issueTemporaryBlock(
    @Arg('caseId', () => ID, { description: 'The case that the number is a suspect of.' }) caseId: string,
    @Arg('msisdn', () => MsisdnScalar, { description: 'The number to block. Personal datum.' }) msisdn: Msisdn,
    @Arg('reason', () => String, { description: 'Why it cannot wait for the decision. Case text.' }) reason: string,
    @Arg('hours', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_HOURS,
      description: 'After how many hours it lapses; at most 672.',
    })
    hours: number | null,
    @Arg('measures', () => [BlockMeasureEnum], {
      nullable: true,
      description: 'What is taken from the line; all measures unless told.',
    })
    measures: readonly BlockMeasure[] | null,
    @Ctx() context: FraudCasesContext,
  ): Promise<BlockOrderPayloadType> {
    const block = { caseId, msisdn, reason, hours: hours ?? DEFAULT_HOURS, measures: measures ?? null };
    return payload(context, await command(context, ({ orders }, caller) => orders.issueTemporaryBlock(caller, block)));
  }

  @Mutation(() => BlockOrderPayloadType, {
    description: 'Ends an order that is not in force yet. What may have reached the operator is followed by its lift.',
  })
  async cancelBlockOrder(
    @Arg('orderId', () => ID, ORDER) orderId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Arg('reason', () => String, { description: 'Why the order ends. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<BlockOrderPayloadType> {
    return payload(
      context,
      await command(context, ({ orders }, caller) =>
        orders.cancelBlockOrder(caller, { orderId, expectedVersion, reason }),
      ),
    );
  }

  @Mutation(() => BlockOrderPayloadType, {
    description: 'Asks for the end of a block in force; another person agrees.',
  })
  async requestLift(
    @Arg('orderId', () => ID, ORDER) orderId: string,
    @Arg('reason', () => String, { description: 'Why the block is to end. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<BlockOrderPayloadType> {
    return payload(
      context,
      await command(context, ({ orders }, caller) => orders.requestLift(caller, { orderId, reason })),
    );
  }

  @Mutation(() => BlockOrderPayloadType, {
    description: 'The second person agrees, and the lift goes to the operator.',
  })
  async approveLift(
    @Arg('orderId', () => ID, ORDER) orderId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Ctx() context: FraudCasesContext,
  ): Promise<BlockOrderPayloadType> {
    return payload(
      context,
      await command(context, ({ orders }, caller) => orders.approveLift(caller, { orderId, expectedVersion })),
    );
  }
}

async function payload({ loaders }: FraudCasesContext, answer: Answer): Promise<BlockOrderPayloadType> {
  const id = idIn(answer, 'order');
  return { order: id === null ? null : await loaders.order.load(id), userErrors: answer.userErrors };
}
