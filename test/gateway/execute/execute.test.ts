// Answers that no well-behaved subgraph gives, and plans walked node by node.

import { execute, Run } from '../../../gateway/execute/execute';
import { createPlanner } from '../../../gateway/plan/plan';
import type { ExecutionNode, FetchPlan, RootFetchNode } from '../../../gateway/plan/plan-node';
import type { Send, SubgraphAnswer, SubgraphCall } from '../../../gateway/route/subgraph-call';
import { loadSupergraph } from '../../../gateway/supergraph/load';
import type { JsonObject } from '../../../shared/vocabulary/json';
import { composeInvented, contextFor } from '../../support/federation';

const supergraph = loadSupergraph(
  composeInvented({
    one: {
      typeDefs: `scalar Any enum Kind { X Y } union Found = A | B type A @key(fields: "id") { id: ID! } type B { b: Int }
        type Query { i: Int f: Float s: String b: Boolean id: ID e: Kind any: Any list: [Int!] lists: [[Int]] a: A found: Found strict: Int! }`,
    },
    two: {
      typeDefs: 'type A @key(fields: "id") { id: ID! name: String list: [Int] inner: Inner } type Inner { x: Int! }',
    },
  }),
);
const planner = createPlanner(supergraph);

async function answer(query: string, send: Send, variables: unknown = {}) {
  const prepared = await planner.prepare({ query });
  if (!prepared.ok) throw new Error('A prepared operation was expected.');
  const coerced = prepared.value.coerceVariables(variables);
  if (!coerced.ok) throw new Error('Variables were expected.');
  return execute(prepared.value, coerced.value, contextFor(), send);
}

const always =
  (data: JsonObject | null, errors: SubgraphAnswer['errors'] = []): Send =>
  async () => ({ data: structuredClone(data), errors });

test.each([
  ['i', 3.5],
  ['i', 2 ** 31],
  ['i', 'x'],
  ['i', {}],
  ['i', [1]],
  ['f', 'x'],
  ['f', { valueOf: 1 }],
  ['s', { a: 1 }],
  ['s', ['x']],
  ['b', 'true'],
  ['id', 1.5],
  ['id', {}],
  ['e', 'Z'],
  ['e', 1],
  ['list', 5],
  ['list', { length: 0 }],
  ['list', [1, 'x']],
  ['list', [1, null]],
])('%s: %j is lost, with one error', async (field, value) => {
  const { data, errors } = await answer(`{ it: ${field} other: any }`, always({ _f0: value, _f1: 1 }));
  expect(data).toEqual({ it: null, other: 1 });
  expect(errors.map((error) => [error.extensions.code, error.path?.[0]])).toEqual([['INTERNAL', 'it']]);
});

test.each([
  ['i', 7, 7],
  ['i', -(2 ** 31), -(2 ** 31)],
  ['f', 7, 7],
  ['s', 5, '5'],
  ['s', true, 'true'],
  ['id', 5, '5'],
  ['any', { any: ['thing', null] }, { any: ['thing', null] }],
  ['list', [], []],
  ['lists', [[1, null], null, []], [[1, null], null, []]],
])('%s: %j is answered as %j', async (field, value, expected) => {
  const { data, errors } = await answer(`{ ${field} }`, always({ [field]: value }));
  expect({ data, errors }).toEqual({ data: { [field]: expected }, errors: [] });
});

test.each([
  ['a text for an object', { a: 'text' }, ['a']],
  ['a list for an object', { a: [{ id: '1' }] }, ['a']],
])('%s', async (_what, data, path) => {
  const found = await answer('{ a { id } }', always(data as JsonObject));
  expect(found.data).toEqual({ a: null });
  expect(found.errors.map((error) => error.path)).toEqual([path]);
});

test.each([[undefined], [7], ['Query'], ['Nothing'], ['__proto__'], ['constructor']])(
  'an object of a union that calls itself %j',
  async (typeName) => {
    const found = await answer(
      '{ found { ... on B { b } } }',
      always({ found: typeName === undefined ? { b: 1 } : { __typename: typeName, b: 1 } }),
    );
    expect(found.data).toEqual({ found: null });
    expect(found.errors.map((error) => error.path)).toEqual([['found']]);
  },
);

test('entities that are no list, too few, or no objects', async () => {
  for (const entities of [null, 'text', {}, [], [7], [[{ name: 'x' }]]]) {
    const send: Send = async ({ fetch }) =>
      fetch.serviceName === 'one'
        ? { data: { a: { __typename: 'A', id: '1' } }, errors: [] }
        : { data: { _entities: entities }, errors: [] };
    const found = await answer('{ a { id name } }', send);
    expect(found).toEqual({ data: { a: { id: '1', name: null } }, errors: [] });
  }
});

test('an error at a field that has a value is not told; one at a place that does not exist is told as far as the client asked', async () => {
  const errors = [
    { path: ['_entities', 0, 'name'], code: 'OPERATOR_ERROR' as const, operatorCode: 'kcell' },
    { path: ['_entities', 0, 'inner', 'x', 'deeper'], code: 'OPERATOR_ERROR' as const, operatorCode: 'kcell' },
    { path: ['_entities', 9, 'name'], code: 'INTERNAL' as const },
    { path: ['elsewhere'], code: 'INTERNAL' as const },
  ];
  const send: Send = async ({ fetch }) =>
    fetch.serviceName === 'one'
      ? { data: { a: { __typename: 'A', id: '1' } }, errors: [] }
      : { data: { _entities: [{ name: 'there', inner: null }] }, errors };
  const found = await answer('{ a { name inner { x } } }', send);
  expect(found.data).toEqual({ a: { name: 'there', inner: null } });
  expect(found.errors.map((error) => error.path)).toEqual([['a', 'inner', 'x']]);
});

test('errors carry the fixed text and nothing of the subgraph', async () => {
  const { errors } = await answer(
    '{ s strict }',
    always(null, [{ path: null, code: 'OPERATOR_TIMEOUT', operatorCode: 'kcell' }]),
  );
  expect(errors).toEqual([
    {
      message: 'The operator did not answer in time.',
      path: ['s'],
      extensions: { code: 'OPERATOR_TIMEOUT', requestId: 'request-1', retryable: true, operatorCode: 'kcell' },
    },
    expect.objectContaining({ path: ['strict'] }),
  ]);
});

describe('nodes', () => {
  const rootFetch = (name: string): RootFetchNode => {
    const fetch: FetchPlan = {
      serviceName: name,
      operationKind: 'query',
      operation: `{${name}}`,
      variableNames: [],
      entities: [],
    };
    return { kind: 'root-fetch', fetch, responseKeys: [name], output: null };
  };

  async function walked(node: ExecutionNode, variables: JsonObject = {}) {
    const log: string[] = [];
    const send = async ({ fetch }: SubgraphCall): Promise<SubgraphAnswer> => {
      log.push(`>${fetch.serviceName}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`<${fetch.serviceName}`);
      return { data: {}, errors: [] };
    };
    const prepared = await planner.prepare({ query: '{ i }' });
    if (!prepared.ok) throw new Error('A prepared operation was expected.');
    const variant = await prepared.value.variantFor({});
    if (!variant.ok) throw new Error('A variant was expected.');
    await new Run(prepared.value, variant.value, variables, contextFor(), send).walk(node);
    return log.join(' ');
  }

  test('a sequence waits, a parallel does not', async () => {
    const [a, b, c] = [rootFetch('a'), rootFetch('b'), rootFetch('c')];
    expect(await walked({ kind: 'sequence', nodes: [a, { kind: 'parallel', nodes: [b, c] }] })).toBe(
      '>a <a >b >c <b <c',
    );
  });

  test('a condition runs one of its sides, or nothing', async () => {
    const node: ExecutionNode = {
      kind: 'condition',
      variableName: 'yes',
      whenTrue: rootFetch('a'),
      whenFalse: rootFetch('b'),
    };
    expect(await walked(node, { yes: true })).toBe('>a <a');
    expect(await walked(node, { yes: false })).toBe('>b <b');
    expect(await walked(node, {})).toBe('>b <b');
    expect(await walked({ ...node, whenFalse: null }, {})).toBe('');
  });
});
