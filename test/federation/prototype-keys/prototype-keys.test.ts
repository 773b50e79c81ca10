// Names that mean something to JavaScript are names like any other.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `scalar Any type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! constructor: String toString: Int any: Any }`,
    resolvers: {
      Query: { thing: () => ({ id: '1' }) },
      Thing: {
        constructor: () => 'c',
        toString: () => 5,
        any: () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'),
      },
    },
  },
  two: {
    typeDefs: 'type Thing @key(fields: "id") { id: ID! hasOwnProperty: String valueOf: Int }',
    resolvers: {
      Thing: {
        __resolveReference: async ({ id }: { id: string }) => ({ id }),
        hasOwnProperty: () => 'h',
        valueOf: () => null,
      },
    },
  },
});

test('fields with such names', async () => {
  expectAnswer(await graph.ask('{ thing { constructor toString hasOwnProperty valueOf } }'), {
    data: { thing: { constructor: 'c', toString: 5, hasOwnProperty: 'h', valueOf: null } },
  });
});

test('aliases with such names', async () => {
  const answer = await graph.ask(
    '{ __proto__: thing { __proto__: id constructor: hasOwnProperty prototype: valueOf } }',
  );
  expect(JSON.stringify(answer)).toBe('{"data":{"__proto__":{"__proto__":"1","constructor":"h","prototype":null}}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a scalar with such a member', async () => {
  const answer = await graph.ask('{ thing { any hasOwnProperty } }');
  expect(JSON.stringify(answer.data)).toBe(
    '{"thing":{"any":{"__proto__":{"polluted":true},"a":1},"hasOwnProperty":"h"}}',
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a variable of such a name is refused', async () => {
  expect(await graph.ask('query ($__proto__: Boolean = true) { thing { id @include(if: $__proto__) } }')).toEqual({
    data: undefined,
    errors: [{ code: 'BAD_USER_INPUT' }],
  });
});
