// Entities at several places that the same subgraph completes are asked in one call.

import { expectAnswer, useFederation } from '../../support/federation';

const people = [
  { id: '1', name: 'Aigul' },
  { id: '2', name: 'Bolat' },
];
const graph = useFederation({
  people: {
    typeDefs: 'type Query { me: Person all: [Person!]! } type Person @key(fields: "id") { id: ID! name: String }',
    resolvers: { Query: { me: () => people[0], all: () => people } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int shoe: Int }',
    resolvers: {
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: Number(id) * 20, shoe: 39 }) },
    },
  },
});

test('two selections of one type make one call with two lists of entities', async () => {
  expectAnswer(await graph.ask('{ all { shoe } me { age } }'), {
    data: { all: [{ shoe: 39 }, { shoe: 39 }], me: { age: 20 } },
  });
  expect(graph.services()).toEqual(['people', 'ages']);
  expect(graph.calls()[1]?.query).toContain('_e1: _entities');
});

test('a list without entities does not keep the other from being asked', async () => {
  expectAnswer(await graph.ask('query ($no: Boolean!) { all @skip(if: $no) { shoe } me { age } }', { no: true }), {
    data: { me: { age: 20 } },
  });
});
