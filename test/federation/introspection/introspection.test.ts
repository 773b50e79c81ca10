// The schema is told by the gateway itself: what clients may ask, without the machinery of federation.

import {
  buildClientSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs:
      'type Query { me: Person } "A person." type Person @key(fields: "id") { id: ID! hidden: Int @inaccessible }',
    resolvers: { Query: { me: () => ({ id: '1' }) } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int @deprecated(reason: "asked too often") }',
    resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20 }) } },
  },
});

test('a whole introspection builds the schema that clients see', async () => {
  const { data } = await graph.ask(getIntrospectionQuery());
  expect(graph.services()).toEqual([]);
  expect(printSchema(lexicographicSortSchema(buildClientSchema(data as IntrospectionQuery)))).toBe(`"""A person."""
type Person {
  age: Int @deprecated(reason: "asked too often")
  id: ID!
}

type Query {
  me: Person
}`);
});

test('beside data, in the order asked, with variables of its own', async () => {
  expectAnswer(
    await graph.ask(
      `query ($name: String!, $yes: Boolean!) { first: __type(name: $name) { name ...Described } me { age } none: __type(name: "Nothing") { name }
        __schema @include(if: $yes) { queryType { kind: __typename name } } last: __typename }
        fragment Described on __Type { description @include(if: $yes) }`,
      { name: 'Person', yes: true },
    ),
    {
      data: {
        first: { name: 'Person', description: 'A person.' },
        me: { age: 20 },
        none: null,
        __schema: { queryType: { kind: '__Type', name: 'Query' } },
        last: 'Query',
      },
    },
  );
});
