// A document of several operations, one of which is meant.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: { typeDefs: 'type Query { a: Int b: Int }', resolvers: { Query: { a: () => 1, b: () => 2 } } },
});
const document = 'query A { ...F } query B { b } fragment F on Query { a }';

test.each([
  ['A', { a: 1 }],
  ['B', { b: 2 }],
])('%s alone is run', async (name, data) => {
  expectAnswer(await graph.ask(document, {}, name), { data });
});

test.each([[undefined], ['C'], ['__proto__']])('%s is refused', async (name) => {
  expect(await graph.ask(document, {}, name)).toEqual({ data: undefined, errors: [{ code: 'BAD_USER_INPUT' }] });
});

test('a name that is not there is refused also for a single operation', async () => {
  expect(await graph.ask('query A { a }', {}, 'B')).toEqual({ data: undefined, errors: [{ code: 'BAD_USER_INPUT' }] });
});
