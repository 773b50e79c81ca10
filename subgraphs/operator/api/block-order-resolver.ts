// Block orders of the bank. An order is obeyed only when its signature is verified against a key of the bank that this operator
// trusts, and only together with a signed receipt and act. Orders do not come this way yet, so every one is refused; those of the past
// are executed by log/replay.ts.

import { Arg, Directive, ID, Mutation, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/vocabulary/app-error';
import { BlockReceiptType } from './tenure-detail-type';

@Resolver()
export class BlockOrderResolver {
  @Directive('@partitioned(by: "operatorCode")')
  @Mutation(() => BlockReceiptType, {
    nullable: true,
    description:
      "Executes a block order or its lift. The order is the bank's signed document; the answer is the operator's signed receipt. Idempotent by order id and sequence.",
  })
  executeBlockOrder(
    @Arg('operatorCode', () => ID, { description: 'Code of the operator that must execute it.' }) _operatorCode: string,
    @Arg('order', () => String, { description: 'The signed order, a compact JWS.' }) _order: string,
  ): BlockReceiptType | null {
    throw new AppError('FORBIDDEN', 'An order is executed with its receipt and act, which this path does not make.');
  }
}
