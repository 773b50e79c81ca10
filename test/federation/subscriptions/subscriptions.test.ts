// Events of one subgraph, one answer each.

import { fail, useFederation } from '../../support/federation';

const graph = useFederation({
  orders: {
    typeDefs: `type Query { x: Int } type Subscription { orders(of: Int): Order counted: Int! }
      type Order @key(fields: "id") { id: ID! state: String strict: Int! }`,
    resolvers: {
      Subscription: {
        orders: {
          async *subscribe(_root: unknown, { of = 3 }: { of?: number }) {
            for (let id = 1; id <= of; id += 1) yield { orders: { id: String(id), state: `state ${id}` } };
          },
        },
        counted: {
          async *subscribe() {
            yield { counted: 1 };
            yield { counted: null };
            yield { counted: 3 };
          },
        },
      },
      Order: {
        state: ({ id, state }: { id: string; state: string }) => (id === '2' ? fail() : state),
        strict: ({ id }: { id: string }) => (id === '2' ? fail() : 7),
      },
    },
  },
  receipts: {
    typeDefs: 'type Order @key(fields: "id") { id: ID! receipt: String }',
    resolvers: {
      Order: {
        __resolveReference: async ({ id }: { id: string }) => (id === '2' ? fail() : { id, receipt: `receipt ${id}` }),
      },
    },
  },
});

test('fields of the event itself', async () => {
  expect(await graph.listen('subscription ($of: Int!) { o: orders(of: $of) { id } }', { of: 2 })).toEqual([
    { data: { o: { id: '1' } } },
    { data: { o: { id: '2' } } },
  ]);
});

test('an event whose value may not be null and is', async () => {
  expect(await graph.listen('subscription { counted }')).toEqual([
    { data: { counted: 1 } },
    { data: null, errors: [{ code: 'INTERNAL', at: 'orders', path: ['counted'] }] },
    { data: { counted: 3 } },
  ]);
});

test('with a condition', async () => {
  const query =
    'subscription ($yes: Boolean!) { orders(of: 1) { id @skip(if: $yes) __typename receipt @include(if: $yes) } }';
  expect(await graph.listen(query, { yes: true })).toEqual([
    { data: { orders: { __typename: 'Order', receipt: 'receipt 1' } } },
  ]);
  expect(await graph.listen(query, { yes: false })).toEqual([{ data: { orders: { id: '1', __typename: 'Order' } } }]);
});
