// Aliases of the client at every level, the same field under several, and the path of an error by aliases.

import { expectAnswer, fail, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs:
      'type Query { person(id: ID!): Person } type Person @key(fields: "id") { id: ID! name(upper: Boolean): String }',
    resolvers: {
      Query: { person: (_root: unknown, { id }: { id: string }) => ({ id }) },
      Person: {
        name: ({ id }: { id: string }, { upper }: { upper?: boolean }) => (upper ? `PERSON ${id}` : `person ${id}`),
      },
    },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int broken: Int friend: Person }',
    resolvers: {
      Person: {
        __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20, friend: { id: `${id}0`, age: 30 } }),
        broken: () => fail(),
      },
    },
  },
});

test('every alias has its own value', async () => {
  expectAnswer(
    await graph.ask(`{ b: person(id: 2) { x: age y: age loud: name(upper: true) name }
      a: person(id: 1) { id x: friend { name } y: friend { a: age } } }`),
    {
      data: {
        b: { x: 20, y: 20, loud: 'PERSON 2', name: 'person 2' },
        a: { id: '1', x: { name: 'person 10' }, y: { a: 30 } },
      },
    },
  );
});

test('a lost field is told under each of its aliases', async () => {
  expectAnswer(await graph.ask('{ me: person(id: 1) { a: broken b: broken f: friend { c: broken } } }'), {
    data: { me: { a: null, b: null, f: { c: null } } },
    errors: [
      { code: 'INTERNAL', at: 'ages', path: ['me', 'a'] },
      { code: 'INTERNAL', at: 'ages', path: ['me', 'b'] },
      { code: 'INTERNAL', at: 'ages', path: ['me', 'f', 'c'] },
    ],
  });
});
