// A key with a field of an object within it.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  rooms: {
    typeDefs: `type Query { rooms: [Room!]! }
      type Room @key(fields: "number house { id }") { number: Int! house: House! }
      type House { id: ID! @shareable street: String }`,
    resolvers: {
      Query: {
        rooms: () => [
          { number: 1, house: { id: 'h1', street: 'Abay' } },
          { number: 1, house: { id: 'h2', street: 'Dostyk' } },
        ],
      },
    },
  },
  prices: {
    typeDefs:
      `type Room @key(fields: "number house { id }") { number: Int! house: House! price: Int } type House { id: ID! @shareable }`
        .replace('house: House! price', 'house: House! @shareable price')
        .replace('number: Int! house', 'number: Int! @shareable house'),
    resolvers: {
      Room: {
        __resolveReference: async ({ number, house }: { number: number; house: { id: string } }) => ({
          number,
          house,
          price: house.id === 'h1' ? 100 : 200,
        }),
      },
    },
  },
});

test('the same number in two houses is two rooms', async () => {
  expectAnswer(await graph.ask('{ rooms { price house { street } } }'), {
    data: {
      rooms: [
        { price: 100, house: { street: 'Abay' } },
        { price: 200, house: { street: 'Dostyk' } },
      ],
    },
  });
  expect(graph.calls()[1]?.variables.representations).toEqual([
    { __typename: 'Room', number: 1, house: { id: 'h1' } },
    { __typename: 'Room', number: 1, house: { id: 'h2' } },
  ]);
});
