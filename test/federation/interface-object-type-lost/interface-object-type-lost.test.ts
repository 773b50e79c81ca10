// When the real type of an interface object cannot be found, what depends on it is lost, and only that.

import { byKey, expectAnswer, useFederation } from '../../support/federation';

const media = [
  { __typename: 'Book', id: 'b1', title: 'Abai', pages: 300 },
  { __typename: 'Film', id: 'f1', title: 'Tomiris', minutes: 150 },
];
const library = {
  typeDefs: `type Query { media: [Media!]! book: Book }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
    type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }`,
  resolvers: {
    Query: { media: () => media, book: () => media[0] },
    Media: { __resolveReference: byKey(media, 'id') },
    Book: { __resolveReference: byKey(media, 'id') },
    Film: { __resolveReference: byKey(media, 'id') },
  },
};
const ratings = {
  typeDefs: `type Query { best: [Media!]! } type Media @key(fields: "id") @interfaceObject { id: ID! rating: Int! }`,
  resolvers: {
    Query: { best: () => [{ id: 'f1' }, { id: 'b1' }] },
    Media: {
      __resolveReference: async ({ id }: { id: string }) => ({ id }),
      rating: ({ id }: { id: string }) => (id === 'b1' ? 5 : 4),
    },
  },
};
const graph = useFederation({ library, ratings });

afterEach(() => graph.stopAnswering('library', false));

test('what does not depend on the type is answered', async () => {
  graph.stopAnswering('library', true);
  expectAnswer(await graph.ask('{ best { rating } }'), { data: { best: [{ rating: 4 }, { rating: 5 }] } });
});

test('the objects are lost when it does', async () => {
  graph.stopAnswering('library', true);
  expectAnswer(await graph.ask('{ best { rating __typename } }'), {
    data: null,
    errors: [{ code: 'SUBGRAPH_UNAVAILABLE', at: 'library', path: ['best', 0] }],
  });
});
