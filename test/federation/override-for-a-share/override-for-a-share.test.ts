// A field that moves for a share of the requests only.

import { useFederation } from '../../support/federation';

let drawn = 0;
const graph = useFederation(
  {
    old: {
      typeDefs: 'type Query { bill: Bill } type Bill @key(fields: "id") { id: ID! total: Int }',
      resolvers: { Query: { bill: () => ({ id: '1', total: 1 }) } },
    },
    renewed: {
      typeDefs: 'type Bill @key(fields: "id") { id: ID! total: Int @override(from: "old", label: "percent(30)") }',
      resolvers: { Bill: { __resolveReference: async ({ id }: { id: string }) => ({ id, total: 2 }) } },
    },
  },
  { drawPercentage: () => drawn },
);

test('the same operation goes one way below the share and the other way above it', async () => {
  const totals: unknown[] = [];
  for (drawn of [10, 80, 29, 31, 10]) totals.push((await graph.ask('{ bill { total } }')).data);
  expect(totals.map((data) => JSON.stringify(data))).toEqual(
    [2, 1, 2, 1, 2].map((total) => `{"bill":{"total":${total}}}`),
  );
});
