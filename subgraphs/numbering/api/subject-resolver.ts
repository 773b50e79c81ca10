// Whom to ask about a person, a legal entity or a handset: one key per connected operator.

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { connectedOperators } from '../domain/known-operator';
import type { NumberingContext } from './numbering-context';
import {
  CorporateHoldingType,
  DeviceSightingType,
  DeviceType,
  LegalEntityType,
  OperatorHoldingType,
  PersonType,
} from './subject-type';

/** Fields of `Person`. */
@Resolver(() => PersonType)
export class PersonResolver {
  @FieldResolver(() => [OperatorHoldingType], {
    nullable: true,
    description: 'One holding per connected operator; each is answered by its operator.',
  })
  holdings(@Root() { iin }: PersonType, @Ctx() context: NumberingContext): readonly OperatorHoldingType[] {
    return connectedOperators(context.directory).map(({ code }) => ({ iin, operatorCode: code }));
  }
}

/** Fields of `LegalEntity`. */
@Resolver(() => LegalEntityType)
export class LegalEntityResolver {
  @FieldResolver(() => [CorporateHoldingType], {
    nullable: true,
    description: 'One holding per connected operator; each is answered by its operator.',
  })
  holdings(@Root() { bin }: LegalEntityType, @Ctx() context: NumberingContext): readonly CorporateHoldingType[] {
    return connectedOperators(context.directory).map(({ code }) => ({ bin, operatorCode: code }));
  }
}

/** Fields of `Device`. */
@Resolver(() => DeviceType)
export class DeviceResolver {
  @FieldResolver(() => [DeviceSightingType], {
    nullable: true,
    description: 'One sighting per connected operator; each is answered by its operator.',
  })
  sightings(@Root() { imei }: DeviceType, @Ctx() context: NumberingContext): readonly DeviceSightingType[] {
    return connectedOperators(context.directory).map(({ code }) => ({ imei, operatorCode: code }));
  }
}
