// An entity that stands at many places is asked once, and its answer, or its loss, goes to every place.

import { expectAnswer, fail, useFederation } from '../../support/federation';

const shops = [
  { name: 'north', owner: { id: '1' } },
  { name: 'south', owner: { id: '1' } },
  { name: 'west', owner: { id: '2' } },
];
const graph = useFederation({
  shops: {
    typeDefs:
      'type Query { shops: [Shop!]! } type Shop { name: String owner: Person } type Person @key(fields: "id") { id: ID! }',
    resolvers: { Query: { shops: () => shops } },
  },
  people: {
    typeDefs:
      'type Person @key(fields: "id") { id: ID! name: String home: Address debt: Int } type Address { city: String }',
    resolvers: {
      Person: {
        __resolveReference: async ({ id }: { id: string }) => ({ id, name: `person ${id}`, home: { city: 'Almaty' } }),
        debt: ({ id }: { id: string }) => (id === '1' ? fail() : 5),
      },
    },
  },
});

test('each person is asked once and stands in every shop', async () => {
  expectAnswer(await graph.ask('{ shops { owner { name home { city } } } }'), {
    data: {
      shops: [
        { owner: { name: 'person 1', home: { city: 'Almaty' } } },
        { owner: { name: 'person 1', home: { city: 'Almaty' } } },
        { owner: { name: 'person 2', home: { city: 'Almaty' } } },
      ],
    },
  });
  expect(graph.calls()[1]?.variables.representations).toEqual([
    { __typename: 'Person', id: '1' },
    { __typename: 'Person', id: '2' },
  ]);
});

test('a field lost once is told at every place where it is missing', async () => {
  expectAnswer(await graph.ask('{ shops { owner { debt } } }'), {
    data: { shops: [{ owner: { debt: null } }, { owner: { debt: null } }, { owner: { debt: 5 } }] },
    errors: [
      { code: 'INTERNAL', at: 'people', path: ['shops', 0, 'owner', 'debt'] },
      { code: 'INTERNAL', at: 'people', path: ['shops', 1, 'owner', 'debt'] },
    ],
  });
});
