// An entity that two subgraphs know by different keys is reached through the one that knows both.

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
    typeDefs: 'type Book @key(fields: "isbn") { isbn: String! copies: Int }',
    resolvers: {
      Book: {
        __resolveReference: async ({ isbn }: { isbn: string }) => ({ isbn, copies: isbn === 'isbn-b1' ? 4 : 0 }),
      },
    },
  },
});

test('the second key is fetched on the way and not shown', async () => {
  expectAnswer(await graph.ask('{ book { copies title } }'), { data: { book: { copies: 4, title: 'Abai Zholy' } } });
  expect(graph.services()).toEqual(['catalogue', 'registry', 'stock']);
});
