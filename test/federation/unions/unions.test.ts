// Members of a union from one subgraph, their fields from another; the same key may mean another field on another type.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  search: {
    typeDefs: `type Query { found: [Found] } union Found = Person | Phone
      type Person @key(fields: "id") { id: ID! name: String }
      type Phone @key(fields: "number") { number: ID! }`,
    resolvers: {
      Query: {
        found: () => [{ __typename: 'Phone', number: '+7' }, null, { __typename: 'Person', id: '1', name: 'Aigul' }],
      },
    },
  },
  details: {
    typeDefs: `type Person @key(fields: "id") { id: ID! age: Int } type Phone @key(fields: "number") { number: ID! sim: String age: Int }`,
    resolvers: {
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20 }) },
      Phone: { __resolveReference: async ({ number }: { number: string }) => ({ number, sim: 'e-sim', age: 2 }) },
    },
  },
});

test('each member has its own fields; null stays null', async () => {
  expectAnswer(await graph.ask('{ found { ... on Person { age name } ... on Phone { sim years: age } } }'), {
    data: { found: [{ sim: 'e-sim', years: 2 }, null, { age: 20, name: 'Aigul' }] },
  });
  expect(graph.services()).toEqual(['search', 'details']);
});

test('one response key for two fields', async () => {
  expectAnswer(await graph.ask('{ found { ... on Person { text: name } ... on Phone { text: sim } } }'), {
    data: { found: [{ text: 'e-sim' }, null, { text: 'Aigul' }] },
  });
});

test('a member that is not asked for is an empty object', async () => {
  expectAnswer(await graph.ask('{ found { ... on Person { age } } }'), { data: { found: [{}, null, { age: 20 }] } });
});
