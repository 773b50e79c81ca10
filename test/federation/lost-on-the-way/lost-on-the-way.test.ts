// What could be reached only through a subgraph that does not answer is lost for the same reason.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  catalogue: {
    typeDefs: 'type Query { book: Book } type Book @key(fields: "id") { id: ID! title: String }',
    resolvers: { Query: { book: () => ({ id: 'b1', title: 'Abai Zholy' }) } },
  },
  registry: {
    typeDefs: 'type Book @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: String! }',
    resolvers: { Book: { __resolveReference: async ({ id }: { id: string }) => ({ id, isbn: `isbn-${id}` }) } },
  },
  stock: {
    typeDefs: 'type Book @key(fields: "isbn") { isbn: String! copies: Int shelf: Shelf } type Shelf { row: Int }',
    resolvers: {
      Book: { __resolveReference: async ({ isbn }: { isbn: string }) => ({ isbn, copies: 4, shelf: { row: 1 } }) },
    },
  },
});

test('the error names the subgraph that was silent, and the last one is not asked', async () => {
  graph.stopAnswering('registry', true);
  expectAnswer(await graph.ask('{ book { copies title shelf { row } } }'), {
    data: { book: { copies: null, title: 'Abai Zholy', shelf: null } },
    errors: [
      { code: 'SUBGRAPH_UNAVAILABLE', at: 'registry', path: ['book', 'copies'] },
      { code: 'SUBGRAPH_UNAVAILABLE', at: 'registry', path: ['book', 'shelf'] },
    ],
  });
  expect(graph.services()).toEqual(['catalogue']);
  graph.stopAnswering('registry', false);
});
