// A subgraph that provides another one’s field at one place is not asked to pass it on.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  reviews: {
    typeDefs: `type Query { reviews: [Review!]! } type Review { text: String author: User @provides(fields: "name") }
      type User @key(fields: "id") { id: ID! name: String @external }`,
    resolvers: { Query: { reviews: () => [{ text: 'good', author: { id: '1', name: 'Aigul' } }] } },
  },
  users: {
    typeDefs:
      'type Query { users: [User!]! } type User @key(fields: "id") { id: ID! name: String @shareable age: Int }',
    resolvers: {
      Query: { users: () => [] },
      User: { __resolveReference: async ({ id }: { id: string }) => ({ id, name: 'Aigul', age: 20 }) },
    },
  },
});

test('the name comes with the review', async () => {
  expectAnswer(await graph.ask('{ reviews { text author { name } } }'), {
    data: { reviews: [{ text: 'good', author: { name: 'Aigul' } }] },
  });
  expect(graph.services()).toEqual(['reviews']);
});

test('what is not provided is fetched', async () => {
  expectAnswer(await graph.ask('{ reviews { author { name age } } }'), {
    data: { reviews: [{ author: { name: 'Aigul', age: 20 } }] },
  });
  expect(graph.services()).toEqual(['reviews', 'users']);
});
