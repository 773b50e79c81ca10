// Named fragments, within each other, spread more than once, on interfaces and on types that do not apply.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: `type Query { me: Person node: Node } interface Node { id: ID! }
      type Person implements Node @key(fields: "id") { id: ID! name: String friend: Person } type Pet implements Node { id: ID! }`,
    resolvers: {
      Query: {
        me: () => ({ id: '1', name: 'Aigul', friend: { id: '2', name: 'Bolat' } }),
        node: () => ({ __typename: 'Pet', id: '9' }),
      },
    },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int }',
    resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: Number(id) * 10 }) } },
  },
});

test('fragments are opened wherever they are spread', async () => {
  expectAnswer(
    await graph.ask(`query { me { ...Known friend { ...Known } } node { ...Some } }
      fragment Known on Person { ...Aged name ... on Node { id } }
      fragment Aged on Person { age }
      fragment Some on Node { id ...Aged ... on Pet { pet: id } }`),
    {
      data: {
        me: { age: 10, name: 'Aigul', id: '1', friend: { age: 20, name: 'Bolat', id: '2' } },
        node: { id: '9', pet: '9' },
      },
    },
  );
});
