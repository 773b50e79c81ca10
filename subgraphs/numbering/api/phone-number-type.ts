// The GraphQL types of a number and of its portings. What needs the registry is resolved in phone-number-resolver.ts.

import { Directive, Field, ObjectType } from 'type-graphql';
import { DateTimeScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import { OperatorType } from './operator-type';

/** A number that some operator serves or served. */
@Directive('@key(fields: "msisdn")')
@ObjectType('PhoneNumber', { description: 'A mobile number that some operator serves or served.' })
export class PhoneNumberType {
  @Field(() => MsisdnScalar, { description: 'The number in E.164. Personal datum.' })
  msisdn: string;
}

/** One porting. */
@ObjectType('Porting', {
  description: 'The move of a number from one operator to another, by the portability database.',
})
export class PortingType {
  @Field(() => OperatorType, { description: 'The operator that served the number until then.' })
  donor: OperatorType;

  @Field(() => OperatorType, { description: 'The operator that serves the number from then on.' })
  recipient: OperatorType;

  @Field(() => DateTimeScalar, {
    description: "First instant of the recipient's tenure, whole milliseconds UTC.",
  })
  completedAt: string;
}
