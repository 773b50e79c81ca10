// A supergraph of one subgraph without entities.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  only: {
    typeDefs: 'type Query { hello(name: String = "world"): String list: [Int!] }',
    resolvers: {
      Query: { hello: (_root: unknown, { name }: { name: string }) => `hello ${name}`, list: () => [1, 2] },
    },
  },
});

test('is answered by one call', async () => {
  expectAnswer(await graph.ask('{ list b: hello(name: "b") hello }'), {
    data: { list: [1, 2], b: 'hello b', hello: 'hello world' },
  });
  expect(graph.services()).toEqual(['only']);
});
