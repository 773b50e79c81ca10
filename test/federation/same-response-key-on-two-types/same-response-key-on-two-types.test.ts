// Fields of one name with different types, on two members of a union, one of them computed from the other subgraph’s.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `type Query { found: [Found!]! } union Found = A | B
      type A @key(fields: "id") { id: ID! size: Int note(x: Int): String } type B @key(fields: "id") { id: ID! size: [String] note(x: Int): String }`,
    resolvers: {
      Query: {
        found: () => [
          { __typename: 'A', id: '1', size: 4 },
          { __typename: 'B', id: '2', size: ['x'] },
        ],
      },
      A: { note: (_a: unknown, { x }: { x: number }) => `a${x}` },
      B: { note: (_b: unknown, { x }: { x: number }) => `b${x}` },
    },
  },
  two: {
    typeDefs: `type A @key(fields: "id") { id: ID! size: Int @external doubled: Int @requires(fields: "size") } type B @key(fields: "id") { id: ID! extra: Int }`,
    resolvers: {
      A: { __resolveReference: async (a: object) => a, doubled: ({ size }: { size: number }) => size * 2 },
      B: { __resolveReference: async ({ id }: { id: string }) => ({ id, extra: 1 }) },
    },
  },
});

test('each type has its own', async () => {
  expectAnswer(await graph.ask('{ found { ... on A { n: size doubled } ... on B { list: size extra } } }'), {
    data: {
      found: [
        { n: 4, doubled: 8 },
        { list: ['x'], extra: 1 },
      ],
    },
  });
});

test('the same field with other arguments under each type', async () => {
  expectAnswer(await graph.ask('{ found { ... on A { note(x: 1) } ... on B { note(x: 2) } } }'), {
    data: { found: [{ note: 'a1' }, { note: 'b2' }] },
  });
});

test('only the computed one is asked of the first type', async () => {
  expectAnswer(await graph.ask('{ found { ... on B { size } ... on A { doubled } } }'), {
    data: { found: [{ doubled: 8 }, { size: ['x'] }] },
  });
});
