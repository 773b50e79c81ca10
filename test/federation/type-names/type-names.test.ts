// `__typename` at every level, under aliases, and nothing else when nothing else is asked.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs:
      'type Query { me: Person nobody: Person } type Person @key(fields: "id") { id: ID! home: Home } type Home { city: String }',
    resolvers: { Query: { me: () => ({ id: '1', home: { city: 'Almaty' } }), nobody: () => null } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int }',
    resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20 }) } },
  },
});

test('at the root alone nobody is asked', async () => {
  expectAnswer(await graph.ask('{ __typename kind: __typename }'), { data: { __typename: 'Query', kind: 'Query' } });
  expect(graph.services()).toEqual([]);
});

test('everywhere, in its place', async () => {
  expectAnswer(
    await graph.ask('{ me { kind: __typename age __typename home { __typename } } __typename nobody { __typename } }'),
    {
      data: {
        me: { kind: 'Person', age: 20, __typename: 'Person', home: { __typename: 'Home' } },
        __typename: 'Query',
        nobody: null,
      },
    },
  );
});

test('a type name that was not asked is not shown', async () => {
  expectAnswer(await graph.ask('{ me { age } }'), { data: { me: { age: 20 } } });
});
