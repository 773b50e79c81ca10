// One request of a fuzz run, made from seed and number alone: an operation that is valid, or one with something wrong in its document,
// its variables, its body, its headers or its very bytes. Says beside it what a sound gateway owes the request.

import { Random } from '../../federation/differ/random';
import { type FuzzRequest, PLAIN_HEAD, request } from './fuzz-request';
import { HOSTILE_NAMES, hostileDocument, hostileValue, mutatedText } from './hostile-text';
import { oddlyHeaded } from './odd-headers';
import { oddlySent } from './odd-wire';
import { type Grammar, type ValidOperation, validOperation } from './operation-grammar';

/** Where something is wrong. */
export const FUZZ_KINDS = ['valid', 'document', 'hostile', 'variables', 'body', 'headers', 'wire'] as const;
export type FuzzKind = (typeof FUZZ_KINDS)[number];

/** A numbered request. */
export interface FuzzCase extends FuzzRequest {
  readonly number: number;
  readonly kind: FuzzKind;
}

/** The request of that number; the same for the same seed. */
export function fuzzCase(grammar: Grammar, seed: number, number: number): FuzzCase {
  const random = new Random(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  for (let settle = 0; settle < 3; settle += 1) random.next();
  const kind = kindOf(random.next());
  const operation = validOperation(grammar, random);
  return { number, kind, ...MAKERS[kind](operation, random) };
}

const SHARES: readonly (readonly [FuzzKind, number])[] = [
  ['valid', 0.1],
  ['document', 0.4],
  ['hostile', 0.5],
  ['variables', 0.65],
  ['body', 0.8],
  ['headers', 0.9],
  ['wire', 1],
];

function kindOf(share: number): FuzzKind {
  return SHARES.find(([, upTo]) => share < upTo)?.[0] ?? 'wire';
}

const MAKERS: Readonly<Record<FuzzKind, (operation: ValidOperation, random: Random) => FuzzRequest>> = {
  valid: ({ query, variables, kind }) => ({
    ...posted(JSON.stringify({ query, variables })),
    needsSignIn: kind === 'mutation',
  }),
  document: ({ query, variables }, random) => posted(JSON.stringify({ query: mutatedText(query, random), variables })),
  hostile: ({ variables }, random) => posted(JSON.stringify({ query: hostileDocument(random), variables })),
  variables: ({ query, variables }, random) =>
    posted(JSON.stringify({ query, variables: changedVariables(variables, random) })),
  body: ({ query, variables }, random) => posted(changedBody(JSON.stringify({ query, variables }), random)),
  headers: ({ query, variables }, random) => oddlyHeaded(JSON.stringify({ query, variables }), random),
  wire: ({ query, variables }, random) => oddlySent(JSON.stringify({ query, variables }), random),
};
const BODY_LIMIT_BYTES = 65_536;

function posted(body: string | Buffer): FuzzRequest {
  const isLarge = Buffer.byteLength(body) > BODY_LIMIT_BYTES;
  return {
    bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, `content-length: ${Buffer.byteLength(body)}`], body),
    // What is sent behind the limit may meet a closed socket before the refusal is read.
    owed: isLarge ? 'MAYBE' : 'ANSWER',
    isReusable: !isLarge,
    endsAtOnce: false,
    method: 'POST',
  };
}

function changedVariables(variables: ValidOperation['variables'], random: Random): unknown {
  if (random.chance(0.1)) return hostileValue(random);
  const entries: [string, unknown][] = Object.entries(variables);
  for (let change = 1 + random.below(3); change > 0; change -= 1) {
    const at = random.below(entries.length + 1);
    if (random.chance(0.2)) entries.splice(at, 1);
    else if (random.chance(0.3)) entries.push([random.pick(HOSTILE_NAMES), hostileValue(random)]);
    else entries[at] = [entries[at]?.[0] ?? 'v9', hostileValue(random)];
  }
  // Object.fromEntries makes an own member of `__proto__` too.
  return Object.fromEntries(entries);
}

function changedBody(text: string, random: Random): string | Buffer {
  const bytes = Buffer.from(text);
  const at = random.below(bytes.length);
  switch (random.below(18)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]);
    case 2:
      bytes[at] = random.below(256);
      return bytes;
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.pick(BROKEN_BYTES), bytes.subarray(at)]);
    case 4:
      return text.replace('{"query":', '{"query":"{ __typename }","query":');
    case 5:
      return text.replace('"variables":{', '"variables":{"v0":1,"v0":2,"__proto__":{"x":1},');
    case 6:
      return text.replace(
        /\d+/,
        random.pick(['1e400', '-0', '9'.repeat(400), '01', '1.', '+1', '.5', '0x1', 'NaN', '-']),
      );
    case 7:
      return `[${Array.from({ length: 1 + random.below(20) }, () => text).join(',')}]`;
    case 8:
      return text + random.pick([text, ' ', '\u0000', '}', ',', '\n{}', '//', '\ufeff']);
    case 9:
      return random.pick(['\ufeff', ' \t\r\n', '\u0000', ")]}',\n", '/**/']) + text;
    case 10:
      return random.pick([
        '',
        'null',
        '5',
        '"x"',
        'true',
        '[]',
        '{}',
        '{',
        '[[[[',
        '{"query":1}',
        '{"query":null}',
        '{"query":{}}',
      ]);
    case 11:
      return JSON.stringify({ ...JSON.parse(text), operationName: hostileValue(random) });
    case 12:
      return JSON.stringify({ ...JSON.parse(text), extensions: hostileValue(random) });
    case 13:
      return JSON.stringify({
        ...JSON.parse(text),
        extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(random.below(80)) } },
      });
    case 14:
      return text.replace('{', `{${'"a":'.repeat(1)}${'['.repeat(random.below(30_000))}`);
    case 15:
      return text.replace(
        '"query":"',
        `"query":"${random.pick(['\\u0000', '\\ud800', '\\uD83D', '\\x', '\\', '\u0001', '\\"'])}`,
      );
    case 16:
      return text + ' '.repeat(random.below(90_000));
    default:
      return Buffer.from(Array.from({ length: random.below(2_000) }, () => random.below(256)));
  }
}

const BROKEN_BYTES: readonly Buffer[] = [
  '80',
  'c080',
  'e28080ff',
  'eda080',
  'f4908080',
  'fffe',
  '00',
  'f0288cbc',
  'efbbbf',
].map((hex) => Buffer.from(hex, 'hex'));
