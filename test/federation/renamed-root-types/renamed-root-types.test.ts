// Root types may have any name, another in each subgraph.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `schema { query: Ask mutation: Do } type Ask { a: Int user: User } type Do { setA(to: Int!): Int }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: {
      Ask: { a: () => 1, user: () => ({ id: '1' }) },
      Do: { setA: (_root: unknown, { to }: { to: number }) => to },
    },
  },
  two: {
    typeDefs: 'schema { query: Root } type Root { b: Int } type User @key(fields: "id") { id: ID! name: String }',
    resolvers: {
      Root: { b: () => 2 },
      User: { __resolveReference: async ({ id }: { id: string }) => ({ id, name: `user ${id}` }) },
    },
  },
});

test('queries over both, and entities between them', async () => {
  expectAnswer(await graph.ask('{ b a user { name } __typename }'), {
    data: { b: 2, a: 1, user: { name: 'user 1' }, __typename: 'Query' },
  });
});

test('a mutation', async () => {
  expectAnswer(await graph.ask('mutation { setA(to: 5) __typename }'), { data: { setA: 5, __typename: 'Mutation' } });
});
