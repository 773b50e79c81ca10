// The GraphQL type `OperatorTenure` as numbering knows it; the rest of its fields live at the operator it names.

import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar, MsisdnScalar } from '../../../shared/graphql/scalars';

/** One tenure. */
@Directive('@key(fields: "msisdn operatorCode since")')
@ObjectType('OperatorTenure', {
  description:
    'One period in which one operator served one number. Its owner is that operator: the rest of its fields live there.',
})
export class OperatorTenureType {
  @Field(() => MsisdnScalar, { description: 'The number that was served, in E.164. Personal datum.' })
  msisdn: string;

  @Field(() => ID, { description: 'Code of the operator that served it, also when that operator is not connected.' })
  operatorCode: string;

  @Field(() => DateTimeScalar, {
    description:
      'First instant of the tenure, whole milliseconds UTC; told by numbering, never invented by an operator.',
  })
  since: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'First instant that is no longer part of the tenure, whole milliseconds UTC; null while it runs.',
  })
  until?: string | null;
}
