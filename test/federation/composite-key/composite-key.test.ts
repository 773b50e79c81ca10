// A key of several fields: all of them are told, in any order.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  tenures: {
    typeDefs: `type Query { tenures: [Tenure!]! } type Tenure @key(fields: "number operator since") { number: String! operator: String! since: String! }`,
    resolvers: {
      Query: {
        tenures: () => [
          { number: '1', operator: 'kcell', since: '2020' },
          { number: '1', operator: 'kcell', since: '2022' },
        ],
      },
    },
  },
  contracts: {
    typeDefs:
      'type Tenure @key(fields: "since number operator") { number: String! operator: String! since: String! contract: String }',
    resolvers: {
      Tenure: {
        __resolveReference: async (key: { number: string; operator: string; since: string }) => ({
          ...key,
          contract: `${key.operator}/${key.number}/${key.since}`,
        }),
      },
    },
  },
});

test('two tenures that differ in one part of the key are told apart', async () => {
  expectAnswer(await graph.ask('{ tenures { contract } }'), {
    data: { tenures: [{ contract: 'kcell/1/2020' }, { contract: 'kcell/1/2022' }] },
  });
});
