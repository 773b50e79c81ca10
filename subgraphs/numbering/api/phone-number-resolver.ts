// Fields of numbers and tenures that need the registry. Each is nullable or a list: nobody's failure may null more than its own.

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { knownOperator } from '../domain/known-operator';
import { rangeHolderOf } from '../domain/number-range';
import { openTenure, type Tenure } from '../domain/tenure';
import type { NumberingContext } from './numbering-context';
import { OperatorTenureType } from './operator-tenure-type';
import { OperatorType } from './operator-type';
import { PhoneNumberType, PortingType } from './phone-number-type';
import { numberIfEverServed } from './registry-resolver';

/** Fields of `PhoneNumber`. */
@Resolver(() => PhoneNumberType)
export class PhoneNumberResolver {
  @FieldResolver(() => OperatorType, {
    nullable: true,
    description:
      "The operator to which the number's range was first allocated; says nothing about who serves it today. Null for a range that is not known.",
  })
  async rangeHolder(@Root() number: PhoneNumberType, @Ctx() context: NumberingContext): Promise<OperatorType | null> {
    const code = rangeHolderOf(number.msisdn as Msisdn, await context.loaders.rangesByPrefix());
    return code === null ? null : knownOperator(context.directory, code);
  }

  @FieldResolver(() => OperatorType, {
    nullable: true,
    description: 'The operator that serves the number now by the portability database; null for an unassigned number.',
  })
  async servingOperator(
    @Root() number: PhoneNumberType,
    @Ctx() context: NumberingContext,
  ): Promise<OperatorType | null> {
    const running = openTenure(await tenuresOf(number, context));
    return running === null ? null : knownOperator(context.directory, running.operatorCode);
  }

  @FieldResolver(() => OperatorTenureType, {
    nullable: true,
    description: 'The tenure that is running now; null when nobody serves the number now.',
  })
  async currentTenure(
    @Root() number: PhoneNumberType,
    @Ctx() context: NumberingContext,
  ): Promise<OperatorTenureType | null> {
    return openTenure(await tenuresOf(number, context));
  }

  @FieldResolver(() => [OperatorTenureType], {
    nullable: true,
    description: 'Every period in which one operator served the number, newest first.',
  })
  tenures(@Root() number: PhoneNumberType, @Ctx() context: NumberingContext): Promise<readonly OperatorTenureType[]> {
    return tenuresOf(number, context);
  }

  @FieldResolver(() => [PortingType], {
    nullable: true,
    description: 'Every porting of the number that took place, newest first.',
  })
  async portings(@Root() number: PhoneNumberType, @Ctx() context: NumberingContext): Promise<readonly PortingType[]> {
    const portings = (await context.loaders.portingsOf.load(number.msisdn as Msisdn)) ?? [];
    return portings.map(({ donor, recipient, completedAt }) => ({
      donor: knownOperator(context.directory, donor),
      recipient: knownOperator(context.directory, recipient),
      completedAt,
    }));
  }
}

/** Fields of `OperatorTenure`. */
@Resolver(() => OperatorTenureType)
export class OperatorTenureResolver {
  @FieldResolver(() => PhoneNumberType, { nullable: true, description: 'The number that was served.' })
  number(@Root() tenure: OperatorTenureType, @Ctx() context: NumberingContext): Promise<PhoneNumberType | null> {
    return numberIfEverServed(tenure.msisdn as Msisdn, context);
  }
}

async function tenuresOf(number: PhoneNumberType, context: NumberingContext): Promise<readonly Tenure[]> {
  return (await context.loaders.tenuresOf.load(number.msisdn as Msisdn)) ?? [];
}
