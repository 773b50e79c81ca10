// Variables: defaults, nulls, lists, input objects, and values that do not fit.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  echo: {
    typeDefs: `type Query { echo(text: String = "none", list: [Int!], input: Input): String } input Input { a: Int! = 1 b: [Input!] c: Kind } enum Kind { X Y }`,
    resolvers: { Query: { echo: (_root: unknown, args: object) => JSON.stringify(args) } },
  },
});
const query = 'query ($t: String = "given", $l: [Int!], $i: Input) { echo(text: $t, list: $l, input: $i) }';

test.each([
  [undefined, '{"text":"given"}'],
  [{ t: null }, '{"text":null}'],
  [{ l: 7 }, '{"text":"given","list":[7]}'],
  [{ i: { b: { c: 'Y' } } }, '{"text":"given","input":{"a":1,"b":[{"a":1,"c":"Y"}]}}'],
  [{ unknown: 1 }, '{"text":"given"}'],
])('%j is told as %s', async (variables, told) => {
  expectAnswer(await graph.ask(query, variables), { data: { echo: told } });
});

test.each([
  [{ t: 5 }],
  [{ l: ['x'] }],
  [{ l: [null] }],
  [{ i: { a: null } }],
  [{ i: { c: 'Z' } }],
  [{ i: { secret: 1 } }],
  [[]],
  ['text'],
])('%j is refused with a text that repeats nothing', async (variables) => {
  expect(await graph.ask(query, variables as Record<string, unknown>)).toEqual({
    data: undefined,
    errors: [{ code: 'BAD_USER_INPUT' }],
  });
  expect(graph.services()).toEqual([]);
});

test('a variable of an entity fetch reaches it', async () => {
  expectAnswer(await graph.ask('query ($t: String!) { a: echo(text: $t) b: echo(text: "$t") }', { t: 'x' }), {
    data: { a: '{"text":"x"}', b: '{"text":"$t"}' },
  });
});
