// The GraphQL type `Operator`.

import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A mobile operator of the network. No personal data. */
@Directive('@key(fields: "code")')
@ObjectType('Operator', { description: 'A mobile operator of the network. No personal data.' })
export class OperatorType {
  @Field(() => ID, {
    description: 'Stable lower-case code, e.g. kcell. It is the partition key of the operator subgraphs.',
  })
  code: string;

  @Field(() => String, { description: 'Name of the company; its code when the directory does not list it any more.' })
  name: string;

  @Field(() => [String], { description: 'Brands under which the operator sells lines; empty when none is listed.' })
  brands: readonly string[];
}
