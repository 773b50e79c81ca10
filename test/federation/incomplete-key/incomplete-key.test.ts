// An entity whose key has a null in it cannot be asked for: its fields are lost, never silently.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  orders: {
    typeDefs: `type Query { orders: [Order!]! } type Order { number: Int buyer: Buyer } type Buyer @key(fields: "code") { code: String }`,
    resolvers: {
      Query: {
        orders: () => [
          { number: 1, buyer: { code: 'c1' } },
          { number: 2, buyer: { code: null } },
          { number: 3, buyer: null },
        ],
      },
    },
  },
  buyers: {
    typeDefs: 'type Buyer @key(fields: "code") { code: String name: String city: String }',
    resolvers: {
      Buyer: {
        __resolveReference: async ({ code }: { code: string }) => ({ code, name: `buyer ${code}`, city: 'Astana' }),
      },
    },
  },
});

test('one error for each field that was asked; an object that is null has lost nothing', async () => {
  expectAnswer(await graph.ask('{ orders { number buyer { who: name city } } }'), {
    data: {
      orders: [
        { number: 1, buyer: { who: 'buyer c1', city: 'Astana' } },
        { number: 2, buyer: { who: null, city: null } },
        { number: 3, buyer: null },
      ],
    },
    errors: [
      { code: 'NOT_ROUTABLE', path: ['orders', 1, 'buyer', 'who'] },
      { code: 'NOT_ROUTABLE', path: ['orders', 1, 'buyer', 'city'] },
    ],
  });
  expect(graph.calls()[1]?.variables.representations).toEqual([{ __typename: 'Buyer', code: 'c1' }]);
});

test('when no key is complete nobody is asked', async () => {
  await graph.ask('{ orders { number } }');
  expect(graph.services()).toEqual(['orders']);
});
