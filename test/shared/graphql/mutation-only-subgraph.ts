// A small invented subgraph that has no queries of its own, and a directive that it defines itself.

import 'reflect-metadata';
import { Arg, Directive, Field, ID, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { buildSubgraph, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import { asEnum } from '../../../shared/vocabulary/closed-list';

const PARCEL_STATES = ['ON_THE_WAY', 'DELIVERED'] as const;
const ParcelState = asEnum(PARCEL_STATES);
registerEnumType(ParcelState, { name: 'ParcelState', description: 'Where a parcel is.' });

@ObjectType()
@Directive('@key(fields: "id branch")')
@Directive('@partitioned(by: "branch")')
class ParcelType {
  @Field(() => ID)
  id: string;
  @Field(() => ID)
  branch: string;
  @Field(() => ParcelState, { nullable: true })
  state: (typeof PARCEL_STATES)[number] | null;
}

@Resolver()
class DeliveryResolver {
  @Mutation(() => ParcelType, { nullable: true })
  @Directive('@partitioned(by: "branch")')
  deliver(@Arg('branch', () => ID) branch: string, @Arg('order', () => String) order: string): ParcelType {
    return { id: order, branch, state: 'ON_THE_WAY' };
  }
}

/** Builds the subgraph. */
export function buildDeliverySubgraph(): Promise<Subgraph> {
  return buildSubgraph({
    resolvers: [DeliveryResolver],
    orphanedTypes: [ParcelType],
    schemaExtension: `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
  @link(url: "https://senim.kz/partition/v1.0", import: ["@partitioned"])
  @composeDirective(name: "@partitioned")

"Marks what is spread over several servers."
directive @partitioned(by: String!) on OBJECT | FIELD_DEFINITION`,
    scalars: {},
    references: { ParcelType: async (reference) => ({ ...reference, state: null }) },
  });
}
