// A field computed from fields of another subgraph.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  parcels: {
    typeDefs: 'type Query { parcels: [Parcel!]! } type Parcel @key(fields: "id") { id: ID! weight: Int price: Int }',
    resolvers: {
      Query: {
        parcels: () => [
          { id: '1', weight: 2, price: 10 },
          { id: '2', weight: null, price: 50 },
        ],
      },
    },
  },
  delivery: {
    typeDefs: `type Parcel @key(fields: "id") { id: ID! weight: Int @external price: Int @external
      cost: Int @requires(fields: "weight price") told: String @requires(fields: "weight") }`,
    resolvers: {
      Parcel: {
        __resolveReference: async (parcel: object) => parcel,
        cost: ({ weight, price }: { weight: number | null; price: number }) =>
          weight === null ? null : weight * price,
        told: ({ weight }: { weight: unknown }) => String(weight),
      },
    },
  },
});

test('required fields are fetched first and are not shown', async () => {
  expectAnswer(await graph.ask('{ parcels { cost } }'), { data: { parcels: [{ cost: 20 }, { cost: null }] } });
});

test('a required field that is null is told as null', async () => {
  expectAnswer(await graph.ask('{ parcels { told } }'), { data: { parcels: [{ told: '2' }, { told: 'null' }] } });
});

test('what the client calls a required field changes nothing', async () => {
  expectAnswer(await graph.ask('{ parcels { weight: id price: weight cost } }'), {
    data: {
      parcels: [
        { weight: '1', price: 2, cost: 20 },
        { weight: '2', price: null, cost: null },
      ],
    },
  });
});
