// A subgraph adds a field to every type of an interface without knowing the types.

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

test('the field is there on every type', async () => {
  expectAnswer(await graph.ask('{ media { title rating } }'), {
    data: {
      media: [
        { title: 'Abai', rating: 5 },
        { title: 'Tomiris', rating: 4 },
      ],
    },
  });
});

test('on one type, reached as itself', async () => {
  expectAnswer(await graph.ask('{ book { rating pages } }'), { data: { book: { rating: 5, pages: 300 } } });
});

test('the real type is found when the answer depends on it', async () => {
  expectAnswer(await graph.ask('{ best { __typename rating ... on Book { pages } ... on Film { minutes } } }'), {
    data: {
      best: [
        { __typename: 'Film', rating: 4, minutes: 150 },
        { __typename: 'Book', rating: 5, pages: 300 },
      ],
    },
  });
});

test('nobody is asked for the type when nothing depends on it', async () => {
  expectAnswer(await graph.ask('{ best { id rating } }'), {
    data: {
      best: [
        { id: 'f1', rating: 4 },
        { id: 'b1', rating: 5 },
      ],
    },
  });
  expect(graph.services()).toEqual(['ratings']);
});

test('the added field under two type conditions', async () => {
  expectAnswer(await graph.ask('{ best { ... on Book { rating } ... on Film { minutes stars: rating } } }'), {
    data: { best: [{ minutes: 150, stars: 4 }, { rating: 5 }] },
  });
});
