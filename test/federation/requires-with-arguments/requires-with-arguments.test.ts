// A required field with an argument, beside the same field asked by the client with another.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  goods: {
    typeDefs: 'type Query { item: Item } type Item @key(fields: "id") { id: ID! price(currency: String!): Int }',
    resolvers: {
      Query: { item: () => ({ id: '1' }) },
      Item: { price: (_item: unknown, { currency }: { currency: string }) => ({ KZT: 5000, USD: 10 })[currency] ?? 0 },
    },
  },
  customs: {
    typeDefs: `type Item @key(fields: "id") { id: ID! price(currency: String!): Int @external
      duty: Int @requires(fields: "price(currency: \\"USD\\")") }`,
    resolvers: {
      Item: {
        __resolveReference: async (item: object) => item,
        duty: ({ price }: { price: number }) => price * 2,
      },
    },
  },
});

test('the duty is computed from dollars whatever the client asks', async () => {
  expectAnswer(await graph.ask('{ item { price(currency: "KZT") duty } }'), {
    data: { item: { price: 5000, duty: 20 } },
  });
});

test('the same by an alias and a variable', async () => {
  expectAnswer(
    await graph.ask('query ($c: String!) { item { duty price: price(currency: $c) usd: price(currency: "USD") } }', {
      c: 'KZT',
    }),
    {
      data: { item: { duty: 20, price: 5000, usd: 10 } },
    },
  );
});
