// Fields of orders, appeals, clocks and block statuses that need other rows.

import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { invariant } from '../../../shared/vocabulary/app-error';
import { type DutyClock, deadlineText, overrunSeconds } from '../domain/duty';
import { FraudCaseType } from './case-types';
import { DutyClockType, DutyRuleType } from './duty-types';
import { caseOf } from './fraud-case-resolver';
import type { FraudCasesContext } from './fraud-cases-context';
import { PhoneNumberType } from './number-types';
import { AppealType, BlockOrderType, BlockStatusType } from './order-types';

/** Fields of `BlockOrder`. */
@Resolver(() => BlockOrderType)
export class BlockOrderResolver {
  @FieldResolver(() => FraudCaseType, { name: 'case', description: 'The case from which it comes.' })
  fraudCase(@Root() { caseId }: BlockOrderType, @Ctx() context: FraudCasesContext): Promise<FraudCaseType> {
    return caseOf(caseId, context);
  }

  @FieldResolver(() => PhoneNumberType, { description: 'The number that is to be blocked. Personal datum.' })
  target(@Root() { msisdn }: BlockOrderType): PhoneNumberType {
    return { msisdn };
  }

  @FieldResolver(() => BlockOrderType, {
    nullable: true,
    description: 'The order that took its place; null otherwise.',
  })
  async supersededBy(
    @Root() { supersededBy }: BlockOrderType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<BlockOrderType | null> {
    return supersededBy === null ? null : loaders.order.load(supersededBy);
  }
}

/** Fields of `BlockStatus`. */
@Resolver(() => BlockStatusType)
export class BlockStatusResolver {
  @FieldResolver(() => Boolean, { description: 'Whether an appeal against the order is open.' })
  async underAppeal(@Root() { order }: BlockStatusType, @Ctx() { loaders }: FraudCasesContext): Promise<boolean> {
    return order === null || order === undefined ? false : ((await loaders.underAppeal.load(order.id)) ?? false);
  }
}

/** Fields of `Appeal`. */
@Resolver(() => AppealType)
export class AppealResolver {
  @FieldResolver(() => BlockOrderType, { description: 'The order that is appealed.' })
  async order(@Root() { orderId }: AppealType, @Ctx() { loaders }: FraudCasesContext): Promise<BlockOrderType> {
    const order = await loaders.order.load(orderId);
    invariant(order !== null, 'an appeal names an order that exists');
    return order;
  }
}

/** Fields of `DutyClock`. */
@Resolver(() => DutyClockType)
export class DutyClockResolver {
  @FieldResolver(() => FraudCaseType, { name: 'case', description: 'The case in which it runs.' })
  fraudCase(@Root() { caseId }: DutyClockType, @Ctx() context: FraudCasesContext): Promise<FraudCaseType> {
    return caseOf(caseId, context);
  }

  @FieldResolver(() => BlockOrderType, {
    nullable: true,
    description: 'The order that it measures; null for other duties.',
  })
  async order(
    @Root() { orderId }: DutyClockType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<BlockOrderType | null> {
    return orderId === null ? null : loaders.order.load(orderId);
  }

  @FieldResolver(() => DutyRuleType, { description: 'The version of the rule that was in force when it started.' })
  async rule(
    @Root() { ruleId, ruleVersion }: DutyClockType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<DutyRuleType> {
    const rule = await loaders.rule.load({ ruleId, ruleVersion });
    invariant(rule !== null, 'a clock names a rule that exists');
    return { ...rule, deadline: deadlineText(rule) };
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Whole seconds after the deadline at which it stopped, or that it still runs; null when it did not overrun.',
  })
  overrunSeconds(@Root() clock: DutyClockType): number | null {
    return overrunSeconds(clock as DutyClock);
  }
}
