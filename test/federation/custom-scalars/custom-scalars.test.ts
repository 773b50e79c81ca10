// Values of custom scalars pass as they are, objects and lists too.

import { expectAnswer, useFederation } from '../../support/federation';

const value = { __typename: 'not a type', id: [1, { deep: null }], text: 'ы"' };
const graph = useFederation({
  one: {
    typeDefs: 'scalar Anything type Query { item: Item } type Item @key(fields: "id") { id: Anything! }',
    resolvers: { Query: { item: () => ({ id: { nested: ['key'] } }) } },
  },
  two: {
    typeDefs: 'scalar Anything type Item @key(fields: "id") { id: Anything! value: Anything list: [Anything] }',
    resolvers: {
      Item: { __resolveReference: async ({ id }: { id: unknown }) => ({ id, value, list: [1, null, value] }) },
    },
  },
});

test('as a key, as a value and in a list', async () => {
  expectAnswer(await graph.ask('{ item { value list id } }'), {
    data: { item: { value, list: [1, null, value], id: { nested: ['key'] } } },
  });
});
