// Block orders of the bank. The document carries its own authority: whoever brings it, it is executed when the bank signed it, told it in the
// joint log, and meant this operator. A document that is refused gets the fixed text of a code, and nothing of it comes back.

import { Arg, Ctx, Directive, ID, Mutation, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { ErrorCode } from '../../../shared/vocabulary/error-catalogue';
import type { OrderRefusal } from '../domain/executed-order';
import type { OperatorContext } from './operator-context';
import { BlockReceiptType } from './tenure-detail-type';

@Resolver()
export class BlockOrderResolver {
  @Directive('@partitioned(by: "operatorCode")')
  @Mutation(() => BlockReceiptType, {
    nullable: true,
    description:
      "Executes a block order or its lift. The order is the bank's signed document; the answer is the operator's signed receipt. Idempotent by order id and sequence.",
  })
  async executeBlockOrder(
    @Arg('operatorCode', () => ID, { description: 'Code of the operator that must execute it.' }) operatorCode: string,
    @Arg('order', () => String, { description: 'The signed order, a compact JWS.' }) order: string,
    @Ctx() context: OperatorContext,
  ): Promise<BlockReceiptType> {
    if (operatorCode !== context.operatorCode) throw refusalOf('NOT_AN_ORDER');
    const executed = await context.executeOrder(order);
    if (!executed.ok) throw refusalOf(executed.error);
    return executed.value;
  }
}

const CODES: Readonly<Record<OrderRefusal, ErrorCode>> = {
  NOT_AN_ORDER: 'FORBIDDEN',
  NOT_TOLD: 'FORBIDDEN',
  BANK_SILENT: 'SUBGRAPH_UNAVAILABLE',
  CONFLICT: 'IDEMPOTENCY_CONFLICT',
};

function refusalOf(reason: OrderRefusal): AppError {
  return new AppError(CODES[reason], `An order of the bank was required, but got ${reason}.`);
}
