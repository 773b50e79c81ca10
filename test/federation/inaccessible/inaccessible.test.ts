// What is inaccessible can be used between subgraphs and not by clients.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `type Query { user: User things: [Thing] }
      type User @key(fields: "secretId") { secretId: ID! @inaccessible name: String }
      union Thing = Shown | Hidden
      type Shown { a: Int }
      type Hidden @inaccessible { b: Int }`,
    resolvers: {
      Query: {
        user: () => ({ secretId: 's1', name: 'Aigul' }),
        things: () => [
          { __typename: 'Shown', a: 1 },
          { __typename: 'Hidden', b: 2 },
        ],
      },
    },
  },
  two: {
    typeDefs: 'type User @key(fields: "secretId") { secretId: ID! @inaccessible age: Int }',
    resolvers: {
      User: {
        __resolveReference: async ({ secretId }: { secretId: string }) => ({
          secretId,
          age: secretId === 's1' ? 20 : 0,
        }),
      },
    },
  },
});

test('an inaccessible key joins two subgraphs', async () => {
  expectAnswer(await graph.ask('{ user { age name } }'), { data: { user: { age: 20, name: 'Aigul' } } });
});

test('a client cannot ask for it', async () => {
  const answer = await graph.ask('{ user { secretId } }');
  expect(answer).toEqual({ data: undefined, errors: [{ code: 'BAD_USER_INPUT' }] });
});

test('an object of an inaccessible type is not shown', async () => {
  const answer = await graph.ask('{ things { __typename } }');
  expectAnswer(answer, {
    data: { things: [{ __typename: 'Shown' }, null] },
    errors: [{ code: 'INTERNAL', path: ['things', 1] }],
  });
});
