// A null in a place that may not be null is an error of its own, also when no subgraph told one.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  ids: {
    typeDefs: 'type Query { people: [Person] } type Person @key(fields: "id") { id: ID! }',
    resolvers: { Query: { people: () => [{ id: '1' }, { id: '2' }, null] } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int! }',
    resolvers: {
      Person: { __resolveReference: async ({ id }: { id: string }) => (id === '1' ? { id, age: 20 } : null) },
    },
  },
});

test('an entity that its owner does not know', async () => {
  expectAnswer(await graph.ask('{ people { id age } }'), {
    data: { people: [{ id: '1', age: 20 }, null, null] },
    errors: [{ code: 'INTERNAL', path: ['people', 1, 'age'] }],
  });
});
