// Fields of a mutation run one after the other, each to its last leaf, whoever has them.

import { expectAnswer, useFederation } from '../../support/federation';

let balance = 0;
const log: string[] = [];
const change =
  (name: string) =>
  (_root: unknown, { by }: { by: number }) => {
    balance += by;
    log.push(name);
    return { id: String(balance) };
  };
const graph = useFederation({
  one: {
    typeDefs:
      'type Query { x: Int } type Mutation { add(by: Int!): Account! } type Account @key(fields: "id") { id: ID! }',
    resolvers: { Mutation: { add: change('add') } },
  },
  two: {
    typeDefs: 'type Mutation { take(by: Int!): Account } type Account @key(fields: "id") { id: ID! seen: Int }',
    resolvers: {
      Mutation: {
        take: (root: unknown, args: { by: number }) => ({ ...change('take')(root, { by: -args.by }), seen: balance }),
      },
      Account: {
        __resolveReference: async ({ id }: { id: string }) => {
          log.push(`seen ${id}`);
          return { id, seen: balance };
        },
      },
    },
  },
});

test('what a field shows is what was true before the next one began', async () => {
  expectAnswer(
    await graph.ask(
      'mutation { a: add(by: 5) { seen } t: take(by: 3) { seen } b: add(by: 10) { id seen } a: add(by: 5) { id } }',
    ),
    {
      data: { a: { seen: 5, id: '5' }, t: { seen: 2 }, b: { id: '12', seen: 12 } },
    },
  );
  expect(log).toEqual(['add', 'seen 5', 'take', 'add', 'seen 12']);
});

test('a mutation is sent once, also when its answer is an error', async () => {
  graph.stopAnswering('one', true);
  const answer = await graph.ask('mutation { add(by: 1) { id } }');
  expectAnswer(answer, { data: null, errors: [{ code: 'SUBGRAPH_UNAVAILABLE', at: 'one', path: ['add'] }] });
  graph.stopAnswering('one', false);
});
