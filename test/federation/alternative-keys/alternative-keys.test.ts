// With two keys one complete one is enough.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  orders: {
    typeDefs: `type Query { buyers: [Buyer!]! } type Buyer @key(fields: "code") @key(fields: "mail") { code: String mail: String }`,
    resolvers: {
      Query: {
        buyers: () => [
          { code: 'c1', mail: null },
          { code: null, mail: 'm2' },
        ],
      },
    },
  },
  buyers: {
    typeDefs: 'type Buyer @key(fields: "code") { code: String name: String }',
    resolvers: {
      Buyer: { __resolveReference: async ({ code }: { code: string }) => ({ code, name: `buyer ${code}` }) },
    },
  },
});

test('a null in a key that is not used loses nothing', async () => {
  expectAnswer(await graph.ask('{ buyers { mail name } }'), {
    data: {
      buyers: [
        { mail: null, name: 'buyer c1' },
        { mail: 'm2', name: null },
      ],
    },
    errors: [{ code: 'NOT_ROUTABLE', path: ['buyers', 1, 'name'] }],
  });
});
