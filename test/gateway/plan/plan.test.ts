// From a client's text to a prepared operation, or to a refusal that repeats nothing.

import { createPlanner, type PlannerOptions } from '../../../gateway/plan/plan';
import { loadSupergraph, type Supergraph } from '../../../gateway/supergraph/load';
import { composeInvented } from '../../support/federation';

const supergraph: Supergraph = loadSupergraph(
  composeInvented({
    people: {
      typeDefs: `type Query { people(first: Int = 10, name: String): [Person!]! me: Person } type Mutation { rename(to: String!): Person }
        type Person @key(fields: "id") { id: ID! name: String friend: Person }`,
    },
    ages: { typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int }' },
  }),
);

async function codesOf(query: string, options: PlannerOptions = {}): Promise<readonly unknown[] | 'prepared'> {
  const prepared = await createPlanner(supergraph, options).prepare({ query });
  return prepared.ok ? 'prepared' : prepared.error.map((error) => error.extensions.code);
}

test.each([
  ['no document', ''],
  ['a syntax error', '{ me { secret-token }'],
  ['an unknown field', '{ me { nmae } }'],
  ['a missing argument', 'mutation { rename { id } }'],
  ['a literal of the wrong type', '{ people(first: "secret") { id } }'],
  ['an unused fragment', '{ me { id } } fragment F on Person { id }'],
  ['a fragment within itself', '{ me { ...F } } fragment F on Person { id friend { ...F } }'],
  ['a subscription that the schema has not', 'subscription { me { id } }'],
  ['two operations without a name', 'query A { me { id } } query B { me { id } }'],
  ['no operation at all', 'fragment F on Person { id }'],
  ['a type definition', 'type X { a: Int }'],
])('%s is refused as bad input', async (_what, query) => {
  expect(new Set(await codesOf(query))).toEqual(new Set(['BAD_USER_INPUT']));
});

test('a refusal tells the place and nothing that stood there, and suggests nothing', async () => {
  const prepared = await createPlanner(supergraph).prepare({ query: '{\n  me { nmae(secret: "7701") }\n}' });
  if (prepared.ok) throw new Error('A refusal was expected.');
  expect(prepared.error.map((error) => error.toJSON())).toEqual([
    {
      message: 'The request is not valid.',
      locations: [{ line: 2, column: 8 }],
      extensions: { code: 'BAD_USER_INPUT', retryable: false },
    },
  ]);
});

test.each([
  ['text', `{ me { id } } #${'x'.repeat(16_400)}`],
  ['text in bytes', `{ me { id } } #${'ы'.repeat(8_200)}`],
  ['tokens', `{ ${'me { id } '.repeat(600)} }`],
  ['fields', `{ me { ${'id '.repeat(501)} } }`],
  ['mutations', 'mutation { a: rename(to: "x") { id } b: rename(to: "y") { id } }'],
])('too much %s is refused as too complex', async (_what, query) => {
  expect(await codesOf(query)).toEqual(['OPERATION_TOO_COMPLEX']);
});

test('a program may set other limits', async () => {
  expect(await codesOf('{ me { friend { id } } }', { limits: { depth: 2 } })).toEqual(['OPERATION_TOO_COMPLEX']);
  expect(
    await codesOf('mutation { a: rename(to: "x") { id } b: rename(to: "y") { id } }', { limits: { rootMutations: 2 } }),
  ).toBe('prepared');
});

test('a list size is checked with the variables of each request', async () => {
  const prepared = await createPlanner(supergraph).prepare({ query: 'query ($n: Int) { people(first: $n) { id } }' });
  if (!prepared.ok) throw new Error('A prepared operation was expected.');
  const { coerceVariables } = prepared.value;
  expect(coerceVariables({ n: 100 })).toEqual({ ok: true, value: { n: 100 } });
  const refused = coerceVariables({ n: 101 });
  expect(refused.ok ? [] : refused.error.map((error) => error.extensions.code)).toEqual(['OPERATION_TOO_COMPLEX']);
});

test('what was prepared is prepared once', async () => {
  const planner = createPlanner(supergraph);
  const text = { query: '{ me { name age } }' };
  expect(planner.preparedAlready(text)).toBeUndefined();
  const [first, second] = await Promise.all([planner.prepare(text), planner.prepare(text)]);
  expect(first.ok && second.ok && first.value === second.value).toBe(true);
  expect(planner.preparedAlready(text)).toBe(first.ok ? first.value : null);
});

test('conditions make variants, each planned once and without what it skips', async () => {
  const prepared = await createPlanner(supergraph).prepare({
    query: 'query ($a: Boolean!) { me { name age @include(if: $a) } }',
  });
  if (!prepared.ok) throw new Error('A prepared operation was expected.');
  const [withAge, again, without] = await Promise.all(
    [{ a: true }, { a: true }, { a: false }].map((variables) => prepared.value.variantFor(variables)),
  );
  if (!withAge?.ok || !again?.ok || !without?.ok) throw new Error('Variants were expected.');
  expect(again.value).toBe(withAge.value);
  expect(withAge.value.plans[0]?.root?.kind).toBe('sequence');
  expect(without.value.plans[0]?.root?.kind).toBe('root-fetch');
});

test('hostile documents are not kept', async () => {
  const planner = createPlanner(supergraph, { cacheEntries: 50 });
  for (let index = 0; index < 1_000; index += 1) {
    await planner.prepare({ query: `{ me { x${index}: nothing${index} } }` });
    expect(planner.preparedAlready({ query: `{ me { x${index}: nothing${index} } }` })).toBeUndefined();
  }
});

test('planning that takes too long is given up', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const deep = (level: number): string =>
    level === 0 ? 'age' : `x: friend { age ${deep(level - 1)} } y: friend { age ${deep(level - 1)} }`;
  const query = `{ ${names.map((name) => `${name}: me { ${deep(7)} }`).join(' ')} }`;
  const wide = { textBytes: 1e7, tokens: 1e6, depth: 50, aliases: 1e6, fields: 1e6 };
  expect(await codesOf(query, { limits: wide, planDeadlineMs: 1 })).toEqual(['OPERATION_TOO_COMPLEX']);
});

test('where introspection is off, the schema is not told, and a type name still is', async () => {
  const off = { introspection: false };
  expect(await codesOf('{ __schema { types { name } } }', off)).toContain('BAD_USER_INPUT');
  expect(await codesOf('{ me { id } __type(name: "Person") { name } }', off)).toContain('BAD_USER_INPUT');
  expect(await codesOf('{ ...F } fragment F on Query { __schema { types { name } } }', off)).toContain(
    'BAD_USER_INPUT',
  );
  expect(await codesOf('{ __typename me { __typename id } }', off)).toBe('prepared');
  expect(await codesOf('{ __schema { types { name } } }')).toBe('prepared');
});
