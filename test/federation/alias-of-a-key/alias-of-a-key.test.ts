// A client that calls another field by the name of the key does not choose whose data it gets.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs:
      'type Query { me: Person any: [Any!] } union Any = Person | Pet type Person @key(fields: "id") { id: ID! wishes: ID } type Pet @key(fields: "id") { id: ID! wishes: ID }',
    resolvers: {
      Query: {
        me: () => ({ id: '1', wishes: '2' }),
        any: () => [
          { __typename: 'Person', id: '1', wishes: '2' },
          { __typename: 'Pet', id: '3', wishes: '4' },
        ],
      },
    },
  },
  secrets: {
    typeDefs:
      'type Person @key(fields: "id") { id: ID! secret: String } type Pet @key(fields: "id") { id: ID! secret: String }',
    resolvers: {
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, secret: `secret of person ${id}` }) },
      Pet: { __resolveReference: async ({ id }: { id: string }) => ({ id, secret: `secret of pet ${id}` }) },
    },
  },
});

test('an alias that is the name of the key', async () => {
  expectAnswer(await graph.ask('{ me { id: wishes secret } }'), {
    data: { me: { id: '2', secret: 'secret of person 1' } },
  });
});

test('the same under type conditions, and an alias that is the type name', async () => {
  expectAnswer(
    await graph.ask(
      '{ any { ... on Person { id: wishes secret } ... on Pet { __typename: wishes wish: id secret } } }',
    ),
    {
      data: {
        any: [
          { id: '2', secret: 'secret of person 1' },
          { __typename: '4', wish: '3', secret: 'secret of pet 3' },
        ],
      },
    },
  );
});
