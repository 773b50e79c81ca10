// Conditions on fields, fragments and spreads, by literals and by variables, within each other.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: 'type Query { me: Person } type Person @key(fields: "id") { id: ID! name: String }',
    resolvers: { Query: { me: () => ({ id: '1', name: 'Aigul' }) } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int shoe: Int }',
    resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20, shoe: 39 }) } },
  },
});
const query = `query ($a: Boolean!, $b: Boolean = true) {
  me @include(if: $b) { ... @skip(if: $a) { age } ...Shoe @include(if: $a) name @skip(if: $a) @include(if: $b) id @include(if: true) }
} fragment Shoe on Person { shoe @skip(if: false) age @skip(if: true) }`;

test.each([
  [{ a: true }, { me: { shoe: 39, id: '1' } }, ['people', 'ages']],
  [{ a: false }, { me: { age: 20, name: 'Aigul', id: '1' } }, ['people', 'ages']],
  [{ a: true, b: false }, {}, []],
])('with %j', async (variables, data, services) => {
  expectAnswer(await graph.ask(query, variables), { data });
  expect(graph.services()).toEqual(services);
});

test('a subgraph of which everything is skipped is not asked', async () => {
  expectAnswer(
    await graph.ask('query ($a: Boolean!) { me { name age @skip(if: $a) shoe @include(if: false) } }', { a: true }),
    {
      data: { me: { name: 'Aigul' } },
    },
  );
  expect(graph.services()).toEqual(['people']);
});

test('an object of which everything is skipped is empty, not gone', async () => {
  expectAnswer(await graph.ask('{ me { name @skip(if: true) } }'), { data: { me: {} } });
});

test('a condition without a value is refused', async () => {
  expect(await graph.ask(query, {})).toEqual({ data: undefined, errors: [{ code: 'BAD_USER_INPUT' }] });
});
