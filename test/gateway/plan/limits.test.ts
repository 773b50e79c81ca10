// What is counted before anything is planned, and what is refused.

import { getIntrospectionQuery, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { compileListSizes, DEFAULT_LIMITS, findBreach } from '../../../gateway/plan/limits';

function breachOf(text: string, limits = DEFAULT_LIMITS) {
  const document = parse(text);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  return operation === undefined ? undefined : findBreach(document, operation, limits);
}

const nested = (depth: number): string => (depth === 1 ? 'a' : `a { ${nested(depth - 1)} }`);
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

test.each([
  ['depth', `{ ${nested(12)} }`, `{ ${nested(13)} }`],
  ['fields', `{ a { ${times(499, () => 'b')} } }`, `{ a { ${times(500, () => 'b')} } }`],
  ['aliases', `{ a { ${times(30, (index) => `x${index}: b`)} } }`, `{ a { ${times(31, (index) => `x${index}: b`)} } }`],
  ['rootFields', `{ ${times(10, (index) => `a${index}`)} }`, `{ ${times(11, (index) => `a${index}`)} }`],
  ['rootMutations', 'mutation { a { b c d } }', 'mutation { a b }'],
  ['directives', `{ a { ${times(20, () => 'b @x')} } }`, `{ a { ${times(21, () => 'b @x')} } }`],
])('%s: the limit itself passes, one more does not', (breach, allowed, refused) => {
  expect(breachOf(allowed)).toBeNull();
  expect(breachOf(refused)).toBe(breach);
});

test('what is within fragments counts as often as they are spread', () => {
  const fragment = `fragment F on A { ${times(100, () => 'b')} }`;
  expect(breachOf(`{ a { ...F ...F ...F ...F } } ${fragment}`)).toBeNull();
  expect(breachOf(`{ a { ...F ...F ... { ...F } ...F ...F } } ${fragment}`)).toBe('fields');
});

test.each([
  ['itself', '{ a { ...F } } fragment F on A { b ...F }'],
  ['itself by way of another', '{ ...F } fragment F on A { b { ...G } } fragment G on A { ... { ...F } }'],
])('a fragment that contains %s is found', (_which, text) => {
  expect(breachOf(text)).toBe('CYCLE');
});

test('fragments that double are counted, not opened', () => {
  const fragments = times(
    200,
    (index) => `fragment F${index} on A { x: a { ...F${index + 1} } y: a { ...F${index + 1} } }`,
  );
  // Opened, these would be 2 to the power of 200 fields; counted, they are 200 fragments.
  expect(breachOf(`{ ...F0 } ${fragments} fragment F200 on A { b }`)).toBe('depth');
  const flat = times(200, (index) => `fragment F${index} on A { ...F${index + 1} ...F${index + 1} }`);
  expect(breachOf(`{ ...F0 } ${flat} fragment F200 on A { b }`)).toBe('fields');
});

test('the whole introspection of a tool passes', () => {
  expect(breachOf(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true }))).toBeNull();
});

test('list sizes, literal and by variables', () => {
  const fits = compileListSizes(
    parse(
      'query ($n: Int, $m: Int) { a(first: 100) { b(last: $n) ...F } } fragment F on A { c(first: $m, other: 1000) }',
    ),
    100,
  );
  expect(fits({})).toBe(true);
  expect(fits({ n: 100, m: 1 })).toBe(true);
  expect(fits({ n: 101 })).toBe(false);
  expect(fits({ m: 100_000 })).toBe(false);
  expect(compileListSizes(parse('{ a(first: 101) }'), 100)({})).toBe(false);
});
