// Entities below a field that only some types of a list have.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  events: {
    typeDefs: `type Query { events: [Event!]! } interface Event { at: Int }
      type Call implements Event { at: Int other: Phone }
      type Move implements Event { at: Int places: [Place!] }
      type Place { seen: [[Phone]] }
      type Phone @key(fields: "number") { number: ID! }`,
    resolvers: {
      Query: {
        events: () => [
          { __typename: 'Call', at: 1, other: { number: 'a' } },
          { __typename: 'Move', at: 2, places: [{ seen: [[{ number: 'b' }, null], []] }] },
          { __typename: 'Call', at: 3, other: null },
        ],
      },
    },
  },
  phones: {
    typeDefs: 'type Phone @key(fields: "number") { number: ID! model: String }',
    resolvers: {
      Phone: { __resolveReference: async ({ number }: { number: string }) => ({ number, model: `model ${number}` }) },
    },
  },
});

test('phones are found behind one type, and in lists of lists behind another', async () => {
  expectAnswer(
    await graph.ask('{ events { at ... on Call { other { model } } ... on Move { places { seen { model } } } } }'),
    {
      data: {
        events: [
          { at: 1, other: { model: 'model a' } },
          { at: 2, places: [{ seen: [[{ model: 'model b' }, null], []] }] },
          { at: 3, other: null },
        ],
      },
    },
  );
});
