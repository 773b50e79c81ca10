// Entities within a type that both subgraphs have as a value.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `type Query { address: Address } type Address @shareable { city: String owner: Person } type Person @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Query: { address: () => ({ city: 'Almaty', owner: { id: '1', name: 'Aigul' } }) },
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, name: `person ${id}` }) },
    },
  },
  two: {
    typeDefs: `type Address @shareable { city: String owner: Person } type Person @key(fields: "id") { id: ID! last: Address age: Int }`,
    resolvers: {
      Person: {
        __resolveReference: async ({ id }: { id: string }) => ({
          id,
          age: 20,
          last: { city: 'Astana', owner: { id: '9', age: 30 } },
        }),
      },
    },
  },
});

test('in and out and in again', async () => {
  expectAnswer(await graph.ask('{ address { owner { last { owner { name age } city } name } } }'), {
    data: { address: { owner: { last: { owner: { name: 'person 9', age: 30 }, city: 'Astana' }, name: 'Aigul' } } },
  });
});
