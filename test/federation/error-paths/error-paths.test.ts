// Where a subgraph says that a field was lost, the client reads by its own keys and the indices of its own lists.

import { expectAnswer, fail, useFederation } from '../../support/federation';

const graph = useFederation({
  cases: {
    typeDefs: `type Query { cases: [Case!]! } type Case { title: String numbers: [[Number!]!] } type Number @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        cases: () => [
          { title: 'first', numbers: [[{ id: '1' }], [{ id: '2' }, { id: '1' }]] },
          { title: 'second', numbers: null },
        ],
      },
    },
  },
  lines: {
    typeDefs: `type Number @key(fields: "id") { id: ID! sims: [Sim!] score(window: Int!): Int } type Sim { card: Card } type Card { state: String owner: Owner! } type Owner { name: String! }`,
    resolvers: {
      Number: {
        __resolveReference: async ({ id }: { id: string }) => ({ id, sims: [{ card: { id } }, { card: { id: '0' } }] }),
        score: ({ id }: { id: string }, { window }: { window: number }) => (id === '2' ? fail() : window),
      },
      Card: {
        state: ({ id }: { id: string }) => (id === '1' ? fail() : 'fine'),
        owner: ({ id }: { id: string }) => ({ id }),
      },
      Owner: { name: ({ id }: { id: string }) => (id === '2' ? fail() : `owner ${id}`) },
    },
  },
});

test('below an entity, in lists of lists, under aliases', async () => {
  expectAnswer(await graph.ask('{ all: cases { numbers { cards: sims { c: card { s: state } } } } }'), {
    data: {
      all: [
        {
          numbers: [
            [{ cards: [{ c: { s: null } }, { c: { s: 'fine' } }] }],
            [
              { cards: [{ c: { s: 'fine' } }, { c: { s: 'fine' } }] },
              { cards: [{ c: { s: null } }, { c: { s: 'fine' } }] },
            ],
          ],
        },
        { numbers: null },
      ],
    },
    errors: [
      { code: 'INTERNAL', at: 'lines', path: ['all', 0, 'numbers', 0, 0, 'cards', 0, 'c', 's'] },
      { code: 'INTERNAL', at: 'lines', path: ['all', 0, 'numbers', 1, 1, 'cards', 0, 'c', 's'] },
    ],
  });
});

test('below an object that the loss made null', async () => {
  expectAnswer(await graph.ask('{ cases { numbers { sims { c: card { o: owner { n: name } } } } title } }'), {
    data: {
      cases: [
        {
          numbers: [
            [{ sims: [{ c: { o: { n: 'owner 1' } } }, { c: { o: { n: 'owner 0' } } }] }],
            [
              { sims: [{ c: null }, { c: { o: { n: 'owner 0' } } }] },
              { sims: [{ c: { o: { n: 'owner 1' } } }, { c: { o: { n: 'owner 0' } } }] },
            ],
          ],
          title: 'first',
        },
        { numbers: null, title: 'second' },
      ],
    },
    errors: [{ code: 'INTERNAL', at: 'lines', path: ['cases', 0, 'numbers', 1, 0, 'sims', 0, 'c', 'o', 'n'] }],
  });
});

test('with an argument and two aliases of one field', async () => {
  const { errors } = await graph.ask('{ cases { numbers { a: score(window: 1) score(window: 2) } } }');
  expect(errors).toEqual([
    { code: 'INTERNAL', at: 'lines', path: ['cases', 0, 'numbers', 1, 0, 'a'] },
    { code: 'INTERNAL', at: 'lines', path: ['cases', 0, 'numbers', 1, 0, 'score'] },
  ]);
});
