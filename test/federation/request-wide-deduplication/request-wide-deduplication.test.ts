// Two waves of one request do not ask the same subgraph the same about the same entity.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  friends: {
    typeDefs: 'type Query { friends: [Person!]! } type Person @key(fields: "id") { id: ID! }',
    resolvers: { Query: { friends: () => [{ id: '1' }, { id: '2' }, { id: '3' }] } },
  },
  best: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! best: Person }',
    resolvers: {
      Person: {
        __resolveReference: async (reference: object) => reference,
        best: ({ id }: { id: string }) => ({ id: { 1: '2', 2: '4', 3: '4' }[id] }),
      },
    },
  },
  names: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! name: String home: Home } type Home { city: String }',
    resolvers: {
      Person: {
        __resolveReference: async ({ id }: { id: string }) => ({
          id,
          name: `person ${id}`,
          home: { city: `city ${id}` },
        }),
      },
    },
  },
});

test('a name that the first wave brought is not asked again by the second', async () => {
  expectAnswer(await graph.ask('{ friends { name home { city } best { name home { city } } } }'), {
    data: {
      friends: [
        { name: 'person 1', home: { city: 'city 1' }, best: { name: 'person 2', home: { city: 'city 2' } } },
        { name: 'person 2', home: { city: 'city 2' }, best: { name: 'person 4', home: { city: 'city 4' } } },
        { name: 'person 3', home: { city: 'city 3' }, best: { name: 'person 4', home: { city: 'city 4' } } },
      ],
    },
  });
  const asked = graph.calls().filter((call) => call.service === 'names');
  expect(asked.map((call) => call.variables)).toEqual([
    { representations: ['1', '2', '3'].map((id) => ({ __typename: 'Person', id })) },
    { representations: [{ __typename: 'Person', id: '4' }] },
  ]);
});

test('a wave that knows everything already asks nobody', async () => {
  await graph.ask('{ friends { name best { id } } }');
  expect(graph.services().filter((service) => service === 'names')).toHaveLength(1);
});
