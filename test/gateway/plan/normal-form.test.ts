// What the planner gets of a client's operation.

import { buildSchema, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { compileSourceKeys, conditionVariablesOf, normalForm } from '../../../gateway/plan/normal-form';

const schema = buildSchema(`
  type Query { me: Person any: Any media: Media }
  type Mutation { a(x: Int): Person b: Person }
  type Person { id: ID! name(upper: Boolean): String friend: Person size: Int }
  type Pet { id: ID! size: String }
  union Any = Person | Pet
  interface Media { id: ID! title: String }
  type Book implements Media { id: ID! title: String pages: Int }
`);

function planned(text: string, conditions: readonly string[] = [], interfaceObjects: readonly string[] = []) {
  const document = parse(text);
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
  }
  if (!operation) throw new Error('An operation was expected.');
  const normal = normalForm(operation, {
    schema,
    fragments,
    sourceKeys: compileSourceKeys(document, '_f', (name) => name === 'size'),
    conditions: (name) => conditions.includes(name),
    interfaceObjectKeys: (name) => (interfaceObjects.includes(name) ? ['id'] : []),
    refused: new Map(),
  });
  return {
    texts: normal.planned.map((printed) => printed.replace(/\s+/g, ' ')),
    introspects: normal.introspection !== null,
  };
}

test('the client’s aliases are replaced', () => {
  expect(planned('{ a: me { id: name } b: me { name id } }').texts).toEqual([
    '{ _f0: me { _f1: name } _f2: me { name id } }',
  ]);
});

test('one question has one alias, another argument another', () => {
  expect(planned('{ me { name(upper: true) friend { name(upper: true) name } } }').texts).toEqual([
    '{ me { name(upper: true) friend { name(upper: true) _f3: name } } }',
  ]);
});

test('a type name has no alias', () => {
  expect(planned('{ me { kind: __typename } any { __typename: __typename } }').texts).toEqual([
    '{ me { __typename } any { __typename } }',
  ]);
});

test('names that mean different types are told apart under type conditions', () => {
  expect(planned('{ any { ... on Person { size } ... on Pet { size } } }').texts).toEqual([
    '{ any { ... on Person { _f1: size } ... on Pet { _f1: size } } }',
  ]);
});

test('conditions are resolved, also within fragments', () => {
  const text = `query ($a: Boolean!, $b: Boolean!) { me @include(if: $a) { ...F @skip(if: $b) id @skip(if: true) } }
    fragment F on Person { name @include(if: $b) size }`;
  expect(conditionVariablesOf(parse(text))).toEqual(['a', 'b']);
  const head = 'query ($a: Boolean!, $b: Boolean!) ';
  expect(planned(text, ['a']).texts[0]).toBe(
    `${head}{ me { ...F } } fragment F on Person { _f2: size }`.replace('_f2', '_f3'),
  );
  expect(planned(text, ['a', 'b']).texts[0]).toBe(`${head}{ me { __typename } }`);
  expect(planned(text, []).texts).toEqual([]);
});

test('what is answered locally is not planned', () => {
  expect(planned('{ __typename }')).toEqual({ texts: [], introspects: false });
  expect(planned('{ __typename me { id } s: __schema { description } }')).toEqual({
    texts: ['{ me { id } }'],
    introspects: true,
  });
});

test('a mutation is planned field by field, in the order of first mention', () => {
  expect(planned('mutation { x: a(x: 1) { id } ... { b { id } } x: a(x: 1) { size } }').texts).toEqual([
    'mutation { _f0: a(x: 1) { id } _f0: a(x: 1) { size } }',
    'mutation { b { id } }',
  ]);
});

test('an interface object is always asked for its key', () => {
  expect(planned('{ media { ... on Book { pages } } }', [], ['Media']).texts).toEqual([
    '{ media { id ... on Book { pages } } }',
  ]);
});

test('descriptions do not reach the planner, which would fail at them', () => {
  expect(
    planned('"d" query ("e" $x: Boolean) { me { name(upper: $x) ...F } } "f" fragment F on Person { id }').texts,
  ).toEqual(['query ($x: Boolean) { me { name(upper: $x) ...F } } fragment F on Person { id }']);
});
