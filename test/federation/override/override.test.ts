// A field that moved to another subgraph is asked there.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  old: {
    typeDefs: 'type Query { bill: Bill } type Bill @key(fields: "id") { id: ID! total: Int note: String }',
    resolvers: { Query: { bill: () => ({ id: '1', total: -1, note: 'old' }) } },
  },
  renewed: {
    typeDefs: 'type Bill @key(fields: "id") { id: ID! total: Int @override(from: "old") }',
    resolvers: { Bill: { __resolveReference: async ({ id }: { id: string }) => ({ id, total: 42 }) } },
  },
});

test('the total comes from where it moved to', async () => {
  expectAnswer(await graph.ask('{ bill { note total } }'), { data: { bill: { note: 'old', total: 42 } } });
});
