// The rest of each event comes from other subgraphs, and a loss in one event is not told in the next.

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

test('entities are completed event by event', async () => {
  expect(await graph.listen('subscription { orders { receipt id state } }')).toEqual([
    { data: { orders: { receipt: 'receipt 1', id: '1', state: 'state 1' } } },
    {
      data: { orders: { receipt: null, id: '2', state: null } },
      errors: [
        { code: 'INTERNAL', at: 'receipts', path: ['orders', 'receipt'] },
        { code: 'INTERNAL', at: 'orders', path: ['orders', 'state'] },
      ],
    },
    { data: { orders: { receipt: 'receipt 3', id: '3', state: 'state 3' } } },
  ]);
});

test('a null bubbles within its own event', async () => {
  expect(await graph.listen('subscription { orders { strict receipt } }')).toEqual([
    { data: { orders: { strict: 7, receipt: 'receipt 1' } } },
    { data: { orders: null }, errors: [{ code: 'INTERNAL', at: 'orders', path: ['orders', 'strict'] }] },
    { data: { orders: { strict: 7, receipt: 'receipt 3' } } },
  ]);
});

test('a subgraph that does not answer costs its fields in every event', async () => {
  graph.stopAnswering('receipts', true);
  const events = await graph.listen('subscription { orders(of: 1) { id receipt } }');
  expect(events).toEqual([
    {
      data: { orders: { id: '1', receipt: null } },
      errors: [{ code: 'SUBGRAPH_UNAVAILABLE', at: 'receipts', path: ['orders', 'receipt'] }],
    },
  ]);
  graph.stopAnswering('receipts', false);
});
