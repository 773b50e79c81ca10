// A required field that may not be null and was lost takes the field that requires it with it, for the same reason.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  ids: {
    typeDefs: 'type Query { parcels: [Parcel!]! } type Parcel @key(fields: "id") { id: ID! }',
    resolvers: { Query: { parcels: () => [{ id: '1' }] } },
  },
  weights: {
    typeDefs: 'type Parcel @key(fields: "id") { id: ID! weight: Int! }',
    resolvers: { Parcel: { __resolveReference: async ({ id }: { id: string }) => ({ id, weight: 7 }) } },
  },
  costs: {
    typeDefs: `type Parcel @key(fields: "id") { id: ID! weight: Int! @external cost: Int @requires(fields: "weight") }`,
    resolvers: {
      Parcel: {
        __resolveReference: async (parcel: object) => parcel,
        cost: ({ weight }: { weight: number }) => weight * 2,
      },
    },
  },
});

test('with everybody there the cost is computed', async () => {
  expectAnswer(await graph.ask('{ parcels { cost } }'), { data: { parcels: [{ cost: 14 }] } });
});

test('without the weights there is no cost, and the error names the subgraph of the weights', async () => {
  graph.stopAnswering('weights', true);
  expectAnswer(await graph.ask('{ parcels { id cost } }'), {
    data: { parcels: [{ id: '1', cost: null }] },
    errors: [{ code: 'SUBGRAPH_UNAVAILABLE', at: 'weights', path: ['parcels', 0, 'cost'] }],
  });
  expect(graph.services()).toEqual(['ids']);
  graph.stopAnswering('weights', false);
});
