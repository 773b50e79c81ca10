// The GraphQL types of what other subgraphs own and this one adds to: numbers, persons and their holdings.

import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { IinScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import type { SimCapState } from '../../../shared/vocabulary/sim-cap';
import { SimCapStateEnum } from './closed-lists';

/** A number. */
@Directive('@key(fields: "msisdn")')
@ObjectType('PhoneNumber', { description: 'A mobile number, as the fraud cases know it.' })
export class PhoneNumberType {
  @Field(() => MsisdnScalar, { description: 'The number in E.164. Personal datum.' })
  msisdn: string;
}

/** What one operator holds of a person. */
@Directive('@key(fields: "iin operatorCode")')
@ObjectType('OperatorHolding', { description: "A person's lines at one operator." })
export class OperatorHoldingType {
  @Field(() => IinScalar, { description: 'The person. Personal datum.' })
  iin: string;

  @Field(() => ID, { description: 'Code of the operator that answers.' })
  operatorCode: string;

  @Directive('@external')
  @Field(() => Int, { nullable: true, description: "Active lines by the operator's answer; null when it gave none." })
  activeLineCount?: number | null;
}

/** A person. */
@Directive('@key(fields: "iin")')
@ObjectType('Person', { description: 'A person by IIN, as the fraud cases know them.' })
export class PersonType {
  @Field(() => IinScalar, { description: 'The individual identification number. Personal datum.' })
  iin: string;

  @Directive('@external')
  @Field(() => [OperatorHoldingType], { nullable: true, description: 'One holding per connected operator.' })
  holdings?: readonly OperatorHoldingType[] | null;
}

/** A person's lines against the cap. */
@ObjectType('SimCapStatus', { description: "A person's lines against the cap, over all operators." })
export class SimCapStatusType {
  @Field(() => Int, { description: 'Lines that one person may hold without a justification.' })
  cap: number;

  @Field(() => Int, { description: 'Active lines by the operators that answered.' })
  activeLines: number;

  @Field(() => Boolean, { description: 'False when an operator did not answer: the true number may be higher.' })
  complete: boolean;

  @Field(() => SimCapStateEnum, { description: 'Where the person stands.' })
  state: SimCapState;
}
