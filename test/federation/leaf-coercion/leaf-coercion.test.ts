// Leaves are answered as values of their types, or are lost.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  loose: {
    typeDefs: `type Query { i: Int f: Float s: String b: Boolean id: ID e: Kind list: [Int] strict: [Int!]! o: Object many: [Object!] }
      enum Kind { X Y } type Object { a: Int }`,
    resolvers: {
      // Leaves of this subgraph are not checked by it: they come as they stand in \`given\`.
      Query: Object.fromEntries(
        ['i', 'f', 's', 'b', 'id', 'e', 'list', 'strict', 'o', 'many'].map((name) => [name, () => given[name]]),
      ),
    },
  },
});
let given: Record<string, unknown> = {};

test('values of the right type', async () => {
  given = { i: -7, f: 1.5, s: 'text', b: false, id: 'x', e: 'X', list: [1, null], strict: [], o: { a: 1 }, many: [] };
  expectAnswer(await graph.ask('{ i f s b id e list strict o { a } many { a } }'), { data: given });
});

test('nulls where they may be', async () => {
  given = { i: null, f: null, s: null, b: null, id: null, e: null, list: null, strict: [1], o: null, many: null };
  expectAnswer(await graph.ask('{ i f s b id e list strict o { a } many { a } }'), { data: given });
});
