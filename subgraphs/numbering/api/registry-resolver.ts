// Root fields of numbering.

import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { BinScalar, IinScalar, ImeiScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Bin } from '../../../shared/vocabulary/bin';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { connectedOperators } from '../domain/known-operator';
import type { NumberingContext } from './numbering-context';
import { OperatorType } from './operator-type';
import { PhoneNumberType } from './phone-number-type';
import { DeviceType, LegalEntityType, PersonType } from './subject-type';

/** Most numbers of one list. */
export const MOST_NUMBERS = 100;

/** `Query` of numbering. */
@Resolver()
export class RegistryResolver {
  @Query(() => PhoneNumberType, {
    nullable: true,
    description:
      'One number: who serves it, its tenures at every operator, its cases and its block status. Null when no operator ever served it.',
  })
  phoneNumber(
    @Arg('msisdn', () => MsisdnScalar, {
      description: 'The number asked for, in any accepted spelling. Personal datum.',
    })
    msisdn: Msisdn,
    @Ctx() context: NumberingContext,
  ): Promise<PhoneNumberType | null> {
    return numberIfEverServed(msisdn, context);
  }

  @Query(() => [PhoneNumberType], {
    nullable: 'items',
    description: 'The same for a list, in the order asked; at most 100.',
  })
  async phoneNumbers(
    @Arg('msisdns', () => [MsisdnScalar], { description: 'The numbers asked for, at most 100. Personal data.' })
    msisdns: readonly Msisdn[],
    @Ctx() context: NumberingContext,
  ): Promise<readonly (PhoneNumberType | null)[]> {
    if (msisdns.length > MOST_NUMBERS) {
      throw new AppError('BAD_USER_INPUT', `A list holds at most ${MOST_NUMBERS} numbers, not ${msisdns.length}.`);
    }
    return Promise.all(msisdns.map((msisdn) => numberIfEverServed(msisdn, context)));
  }

  @Query(() => PersonType, {
    nullable: true,
    description:
      'All lines of one person, asked of every operator. Answered for every valid IIN: whether the person exists is told by the holdings alone.',
  })
  person(@Arg('iin', () => IinScalar, { description: 'The person asked for. Personal datum.' }) iin: Iin): PersonType {
    return { iin };
  }

  @Query(() => LegalEntityType, {
    nullable: true,
    description:
      'All lines of one legal entity, asked of every operator. Answered for every valid BIN: whether it exists is told by the holdings alone.',
  })
  legalEntity(@Arg('bin', () => BinScalar, { description: 'The legal entity asked for.' }) bin: Bin): LegalEntityType {
    return { bin };
  }

  @Query(() => DeviceType, {
    nullable: true,
    description:
      'Where one handset has been seen, asked of every operator. Answered for every valid IMEI: whether it exists is told by the sightings alone.',
  })
  device(
    @Arg('imei', () => ImeiScalar, { description: 'The handset asked for. Personal datum once tied to a line.' })
    imei: Imei,
  ): DeviceType {
    return { imei };
  }

  @Query(() => [OperatorType], { description: 'The operators connected to the network.' })
  operators(@Ctx() context: NumberingContext): readonly OperatorType[] {
    return connectedOperators(context.directory);
  }
}

/** The number, or null when the registry holds no tenure of it. */
export async function numberIfEverServed(msisdn: Msisdn, context: NumberingContext): Promise<PhoneNumberType | null> {
  return (await context.loaders.tenuresOf.load(msisdn)) === null ? null : { msisdn };
}
