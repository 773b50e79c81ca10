// The GraphQL types that are asked of every operator: a person, a legal entity, a handset, and the key of each operator's answer.
// numbering knows none of them; it says whom to ask.

import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { BinScalar, IinScalar, ImeiScalar } from '../../../shared/graphql/scalars';

/** A person by IIN. */
@Directive('@key(fields: "iin")')
@ObjectType('Person', {
  description: 'A person by IIN. That it stands here says nothing about whether the person exists.',
})
export class PersonType {
  @Field(() => IinScalar, { description: 'The individual identification number that was asked. Personal datum.' })
  iin: string;
}

/** A legal entity by BIN. */
@Directive('@key(fields: "bin")')
@ObjectType('LegalEntity', {
  description: 'A legal entity by BIN. That it stands here says nothing about whether it exists.',
})
export class LegalEntityType {
  @Field(() => BinScalar, { description: 'The business identification number that was asked.' })
  bin: string;
}

/** A handset by IMEI. */
@Directive('@key(fields: "imei")')
@ObjectType('Device', { description: 'A handset by IMEI. That it stands here says nothing about whether it exists.' })
export class DeviceType {
  @Field(() => ImeiScalar, { description: 'The IMEI that was asked. Personal datum once tied to a line.' })
  imei: string;
}

/** What one operator holds of a person. */
@Directive('@key(fields: "iin operatorCode")')
@ObjectType('OperatorHolding', { description: "A person's lines at one operator, answered by that operator." })
export class OperatorHoldingType {
  @Field(() => IinScalar, { description: 'The person. Personal datum.' })
  iin: string;

  @Field(() => ID, { description: 'Code of the operator that answers.' })
  operatorCode: string;
}

/** What one operator holds of a legal entity. */
@Directive('@key(fields: "bin operatorCode")')
@ObjectType('CorporateHolding', { description: "A legal entity's lines at one operator, answered by that operator." })
export class CorporateHoldingType {
  @Field(() => BinScalar, { description: 'The legal entity.' })
  bin: string;

  @Field(() => ID, { description: 'Code of the operator that answers.' })
  operatorCode: string;
}

/** What one operator saw of a handset. */
@Directive('@key(fields: "imei operatorCode")')
@ObjectType('DeviceSighting', { description: 'What one operator saw of a handset, answered by that operator.' })
export class DeviceSightingType {
  @Field(() => ImeiScalar, { description: 'The handset. Personal datum once tied to a line.' })
  imei: string;

  @Field(() => ID, { description: 'Code of the operator that answers.' })
  operatorCode: string;
}
