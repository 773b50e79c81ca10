// What a hostile client puts into documents and variables: fragments that contain each other or grow by doubling, floods, numbers beyond
// all bounds, broken unicode, names of the prototype. Everything is made from a stream of chance, so that a number repeats it.

import type { Random } from '../../federation/differ/random';

/** A whole document that nobody means well with. */
export function hostileDocument(random: Random): string {
  return random.pick(DOCUMENTS)(random);
}

/** A document with a few places changed: tokens lost, doubled, swapped, replaced, or bytes put in. */
export function mutatedText(text: string, random: Random): string {
  const tokens = text.split(/(?<=[\s(){}[\]:,!$@"])|(?=[\s(){}[\]:,!$@"])/);
  for (let change = 1 + random.below(4); change > 0; change -= 1) {
    const at = random.below(tokens.length);
    const other = random.below(tokens.length);
    const token = tokens[at] ?? '';
    switch (random.below(7)) {
      case 0:
        tokens.splice(at, 1 + random.below(3));
        break;
      case 1:
        tokens.splice(at, 0, token, token);
        break;
      case 2:
        tokens[at] = tokens[other] ?? '';
        tokens[other] = token;
        break;
      case 3:
        tokens[at] = random.pick(TOKENS);
        break;
      case 4:
        tokens.splice(at, 0, random.pick(TOKENS));
        break;
      case 5:
        tokens[at] = flipped(token, random);
        break;
      default:
        tokens.length = Math.max(1, at);
    }
    if (tokens.length === 0) tokens.push(random.pick(TOKENS));
  }
  return tokens.join('');
}

/** A value of no type in particular. */
export function hostileValue(random: Random): unknown {
  return random.pick(VALUES)(random);
}

/** Names with which members are added or taken away. */
export const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '$',
  'a.b',
  '\u0000',
  'v0',
  '__typename',
];

const TOKENS: readonly string[] = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '!',
    '$',
    '@',
    '...',
    '=',
    '|',
    '&',
    ',',
    '"',
    '"""',
    '#',
    '\n',
    '\\',
    "'",
    ';',
  ],
  ...['__proto__', 'constructor', '__typename', '__schema', '_entities', '_service', 'on', 'fragment', 'null', 'true'],
  ...[
    '1e400',
    '-0',
    '99999999999999999999999',
    '0x10',
    '01',
    '1.',
    '.5',
    '-',
    '2147483648',
    '1e-400',
    'NaN',
    'Infinity',
  ],
  ...['\u0000', '\ufeff', '\ud800', '\udfff', '\u202e', '\u2028', '﷽', '💥', 'é', '\u0000\u0001', '\u007f'],
  ...['@skip', '@include(if: $nothing)', '@defer', '@stream(initialCount: 0)', '@skip(if: true) @skip(if: true)', '@a'],
  ...[
    '"\\u{110000}"',
    '"\\ud800"',
    '"\\uD83D\\uDE00"',
    '"""\\""""""',
    '"\\x41"',
    '"unclosed',
    '"a\nb"',
    '$v0',
    '$v99',
    '$',
  ],
  ...[
    'query',
    'mutation',
    'subscription',
    'schema',
    'extend',
    'type Query { a: Int }',
    'query { a }',
    'first: 1000000',
    '{}',
    '()',
  ],
];

const DOCUMENTS: readonly ((random: Random) => string)[] = [
  () => '{ ...A } fragment A on Query { ...A }',
  () =>
    '{ ...A } fragment A on Query { __typename ...B } fragment B on Query { ... on Query { ...C } } fragment C on Query { ...A }',
  (random) => doubling(8 + random.below(60)),
  (random) => doubling(8 + random.below(60), true),
  (random) => `{ ${'a { '.repeat(random.below(3_000))}b${' }'.repeat(random.below(3_000))} }`,
  (random) => `{ operators { code ${'... on Operator { '.repeat(random.below(400))}name${' }'.repeat(400)} } }`,
  (random) => `{ ${Array.from({ length: random.below(900) }, (_, each) => `a${each}: __typename`).join(' ')} }`,
  (random) => `{ ${Array.from({ length: random.below(900) }, () => '__typename').join(' ')} }`,
  (random) => `{ ${Array.from({ length: random.below(60) }, (_, each) => `a${each}: operators { code }`).join(' ')} }`,
  (random) => `{ __typename ${'@skip(if: false) '.repeat(random.below(500))} }`,
  (random) => `query ${'@a '.repeat(random.below(500))} { __typename }`,
  (random) =>
    `query (${Array.from({ length: random.below(600) }, (_, each) => `$v${each}: Int`).join(' ')}) { __typename }`,
  (random) => `{ phoneNumber(msisdn: ${'['.repeat(random.below(6_000))}"a"${']'.repeat(6_000)}) { msisdn } }`,
  (random) => `{ phoneNumber(msisdn: ${'{a:'.repeat(random.below(3_000))}1${'}'.repeat(3_000)}) { msisdn } }`,
  (random) => `{ phoneNumber(msisdn: "${'7'.repeat(random.below(14_000))}") { msisdn } }`,
  (random) => `{ phoneNumber(msisdn: ${'9'.repeat(random.below(14_000))}) { msisdn } }`,
  (random) => `${'#'.repeat(random.below(16_000))}\n{ __typename }`,
  (random) => `${','.repeat(random.below(16_000))}{ __typename }`,
  (random) => `${' \n\r\t\ufeff'.repeat(random.below(3_000))}{ __typename }`,
  () => '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
  (random) => `{ __schema { types { ${'ofType { '.repeat(random.below(60))}name${' }'.repeat(60)} } } }`,
  () => '{ __type(name: "__proto__") { name fields { name args { defaultValue } } } }',
  () => '{ _service { sdl } _entities(representations: [{ __typename: "OperatorTenure" }]) { __typename } }',
  () => 'query A { __typename } query B { __typename }',
  () => 'query A { __typename } query A { __typename }',
  () => 'fragment A on Query { __typename }',
  () => 'subscription { caseUpdated(caseId: "x") { id } }',
  () => 'subscription { a: caseUpdated(caseId: "x") { id } b: caseUpdated(caseId: "y") { id } }',
  () => 'subscription { __typename }',
  () =>
    'mutation { a: executeBlockOrder(operatorCode: "x", order: "y") { orderId } b: executeBlockOrder(operatorCode: "__proto__", order: "") { orderId } }',
  () => 'mutation { executeBlockOrder(operatorCode: "__proto__", order: "\\u0000") { orderId outcome } }',
  (random) =>
    `mutation { executeBlockOrder(operatorCode: "kcell", order: "${'A'.repeat(random.below(15_000))}") { receipt } }`,
  () => 'type Query { a: Int } { __typename }',
  () => 'query ($a: Int = $a, $a: [Int!]! = null) { __typename @skip(if: $a) }',
  () =>
    'query ($__proto__: Boolean!, $constructor: Boolean!) { __typename @include(if: $__proto__) constructor: __typename @skip(if: $constructor) }',
  () =>
    '{ __proto__: __typename constructor: __typename toString: operators { __proto__: code hasOwnProperty: name } }',
  () => '{ operators { code: name name: code } }',
  () => '{ operators { code } operators { code name } ... on Query { operators { brands } } }',
  () => '{ operators { x: code x: name } }',
  (random) => overlapping(2 + random.below(30)),
  (random) =>
    `query ($m: [Msisdn!]!) { phoneNumbers(msisdns: $m) { ${'tenures { number { '.repeat(random.below(8))}msisdn${' } }'.repeat(8)} } }`,
  (random) =>
    `query Asked { operators { code } }\n${Array.from({ length: random.below(400) }, (_, each) => `fragment U${each} on Operator { code }`).join('\n')}`,
  (random) => Array.from({ length: random.below(400) }, (_, each) => `query Q${each} { operators { code } }`).join(' '),
  () => '',
  () => '{',
  () => '{}',
  () => '\u0000',
  () => '\ud800{ __typename }',
];

const VALUES: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => true,
  () => -0,
  () => 1e308,
  () => 2 ** 53,
  () => -2_147_483_649,
  () => 0.1,
  () => '',
  () => '\u0000',
  () => '\ud800',
  () => '+7701000001٠',
  () => '\u202e+77010000010',
  () => '__proto__',
  () => "'; DROP TABLE line;--",
  () => '\x24{jndi:ldap://x}',
  () => '%_\\$1',
  () => ({ $gt: '' }),
  () => ({ toString: 'x', valueOf: 1 }),
  () => [],
  () => [[[[[null]]]]],
  () => ({}),
  (random) => 'a'.repeat(random.below(60_000)),
  (random) => `${'a'.repeat(random.below(50_000))}!`,
  (random) => `+7701${'0'.repeat(random.below(40))}`,
  (random) => Array.from({ length: random.below(3_000) }, () => '+77010000010'),
  (random) => Array.from({ length: random.below(200) }, (_, each) => `+7701${String(each).padStart(6, '0')}0`),
  (random) => nested(random.below(40)),
  (random) => nested(random.below(4_000)),
  (random) => Object.fromEntries(Array.from({ length: random.below(2_000) }, (_, each) => [`m${each}`, each])),
  () => '2024-13-45T99:99:99Z',
  () => '2024-02-30',
  () => '9999999-01-01T00:00:00Z',
  () => '1e400',
];

/** Each fragment spreads the next one twice: n fragments expand to 2^n fields. */
function doubling(count: number, aliased = false): string {
  const parts = Array.from({ length: count }, (_, each) => {
    const inner = each + 1 === count ? 'code' : `...D${each + 1}`;
    return aliased
      ? `fragment D${each} on Query { a: operators { code } ${inner === 'code' ? '' : inner} b${each}: operators { code } ${inner === 'code' ? '' : inner} }`
      : `fragment D${each} on Operator { ${inner} ... on Operator { ${inner} } }`;
  });
  return aliased ? `{ ...D0 } ${parts.join(' ')}` : `{ operators { ...D0 } } ${parts.join(' ')}`;
}

/** Fields of one name many times over in fragments, which makes merging costly. */
function overlapping(count: number): string {
  const spreads = Array.from({ length: count }, (_, each) => `...O${each}`).join(' ');
  const fragments = Array.from(
    { length: count },
    (_, each) => `fragment O${each} on Query { operators { code name ... on Operator { code brands } } }`,
  );
  return `{ ${spreads} ${spreads} } ${fragments.join(' ')}`;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function flipped(token: string, random: Random): string {
  if (token === '') return '\u0001';
  const at = random.below(token.length);
  const code = token.charCodeAt(at) ^ (1 << random.below(16));
  return token.slice(0, at) + String.fromCharCode(code) + token.slice(at + 1);
}
