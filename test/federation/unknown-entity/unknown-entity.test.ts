// A subgraph that does not know an entity answers null: its fields are null without an error, and so is what could be reached only through it.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  catalogue: {
    typeDefs: 'type Query { books: [Book!]! } type Book @key(fields: "id") { id: ID! }',
    resolvers: { Query: { books: () => [{ id: 'b1' }, { id: 'b2' }] } },
  },
  registry: {
    typeDefs: 'type Book @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: String! pages: Int }',
    resolvers: {
      Book: {
        __resolveReference: async ({ id }: { id: string }) => (id === 'b1' ? { id, isbn: 'i1', pages: 300 } : null),
      },
    },
  },
  stock: {
    typeDefs: 'type Book @key(fields: "isbn") { isbn: String! copies: Int }',
    resolvers: { Book: { __resolveReference: async ({ isbn }: { isbn: string }) => ({ isbn, copies: 4 }) } },
  },
});

test('nullable fields of an unknown entity are null, silently', async () => {
  expectAnswer(await graph.ask('{ books { id pages copies } }'), {
    data: {
      books: [
        { id: 'b1', pages: 300, copies: 4 },
        { id: 'b2', pages: null, copies: null },
      ],
    },
  });
});

test('a field that may not be null makes the entity null, with an error', async () => {
  const answer = await graph.ask('{ books { isbn } }');
  expectAnswer(answer, { data: null, errors: [{ code: 'INTERNAL', path: ['books', 1, 'isbn'] }] });
});
