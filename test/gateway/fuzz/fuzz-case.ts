// One request of a fuzz run, made from seed and number alone: an operation that is valid, or one with something wrong in its document,
// its variables, its body, its headers or its very bytes. Says beside it what a sound gateway owes the request.

import { gzipSync } from 'node:zlib';
import { Random } from '../../federation/differ/random';
import { HOSTILE_NAMES, hostileDocument, hostileValue, mutatedText } from './hostile-text';
import { type Grammar, type ValidOperation, validOperation } from './operation-grammar';

/** Where something is wrong. */
export const FUZZ_KINDS = ['valid', 'document', 'hostile', 'variables', 'body', 'headers', 'wire'] as const;
export type FuzzKind = (typeof FUZZ_KINDS)[number];

export interface FuzzCase {
  readonly number: number;
  readonly kind: FuzzKind;
  readonly bytes: Buffer;
  /** ANSWER: sound HTTP, which must be answered. MAYBE: it may also be cut off. */
  readonly owed: 'ANSWER' | 'MAYBE';
  /** Whether the connection may carry another request afterwards. */
  readonly isReusable: boolean;
  /** Whether the client says at once that it will send nothing more. */
  readonly endsAtOnce: boolean;
  /** The method of the request, if it has one. */
  readonly method: string;
}

/** The request of that number; the same for the same seed. */
export function fuzzCase(grammar: Grammar, seed: number, number: number): FuzzCase {
  const random = new Random(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  for (let settle = 0; settle < 3; settle += 1) random.next();
  const kind = kindOf(random.next());
  const operation = validOperation(grammar, random);
  return { number, kind, ...MAKERS[kind](operation, random) };
}

type Made = Omit<FuzzCase, 'number' | 'kind'>;

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

const MAKERS: Readonly<Record<FuzzKind, (operation: ValidOperation, random: Random) => Made>> = {
  valid: ({ query, variables }) => posted(JSON.stringify({ query, variables })),
  document: ({ query, variables }, random) => posted(JSON.stringify({ query: mutatedText(query, random), variables })),
  hostile: ({ variables }, random) => posted(JSON.stringify({ query: hostileDocument(random), variables })),
  variables: ({ query, variables }, random) =>
    posted(JSON.stringify({ query, variables: changedVariables(variables, random) })),
  body: ({ query, variables }, random) => posted(changedBody(JSON.stringify({ query, variables }), random)),
  headers: ({ query, variables }, random) => oddlyHeaded(JSON.stringify({ query, variables }), random),
  wire: ({ query, variables }, random) => oddlySent(JSON.stringify({ query, variables }), random),
};

const BODY_LIMIT_BYTES = 65_536;
const PLAIN_HEAD = ['host: gateway.invalid', 'content-type: application/json'];

function posted(body: string | Buffer): Made {
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

function request(line: string, headers: readonly string[], body: string | Buffer): Buffer {
  const head = `${[line, ...headers].join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), typeof body === 'string' ? Buffer.from(body) : body]);
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

function oddlyHeaded(body: string, random: Random): Made {
  const headers = ['host: gateway.invalid'];
  const length = `content-length: ${Buffer.byteLength(body)}`;
  let owed: Made['owed'] = 'ANSWER';
  let payload: string | Buffer = body;
  switch (random.below(12)) {
    case 0:
      headers.push(`content-type: ${random.pick(CONTENT_TYPES)}`, length);
      break;
    case 1:
      headers.push(PLAIN_HEAD[1] ?? '', length, `accept: ${random.pick(ACCEPTED)}`);
      break;
    case 2:
      headers.push(PLAIN_HEAD[1] ?? '', length);
      for (let line = random.below(190); line > 0; line -= 1) headers.push(`x-${line}: ${line}`);
      break;
    case 3:
      headers.push(PLAIN_HEAD[1] ?? '', length, `x-long: ${'a'.repeat(random.below(20_000))}`);
      // The head alone may be refused before the body is read.
      owed = 'MAYBE';
      break;
    case 4:
      headers.push(PLAIN_HEAD[1] ?? '', length, `${random.pick(ONCE)}: a`, `${random.pick(ONCE)}: b`);
      owed = 'MAYBE';
      break;
    case 5:
      payload = gzipSync(body);
      headers.push(
        PLAIN_HEAD[1] ?? '',
        `content-length: ${payload.length}`,
        `content-encoding: ${random.pick(ENCODINGS)}`,
      );
      break;
    case 6:
      headers.push(PLAIN_HEAD[1] ?? '', length, `x-request-id: ${random.pick(ODD_VALUES)}`);
      break;
    case 7:
      headers.push(PLAIN_HEAD[1] ?? '', length);
      for (const name of OURS) headers.push(`${name}: ${random.pick(ODD_VALUES)}`);
      break;
    case 8:
      headers.push(
        PLAIN_HEAD[1] ?? '',
        length,
        `authorization: ${random.pick(['Bearer ', 'Basic '])}${random.pick(ODD_VALUES)}`,
      );
      break;
    case 9:
      headers.push(PLAIN_HEAD[1] ?? '', length, `expect: ${random.pick(['100-continue', 'nothing', ''])}`);
      owed = 'MAYBE';
      break;
    case 10:
      headers.push(
        PLAIN_HEAD[1] ?? '',
        length,
        `connection: ${random.pick(['close', 'upgrade', 'keep-alive, x', 'TE'])}`,
      );
      if (random.chance(0.3)) headers.push(`upgrade: ${random.pick(['websocket', 'h2c'])}`);
      owed = 'MAYBE';
      break;
    default:
      headers.push(
        PLAIN_HEAD[1] ?? '',
        length,
        'origin: https://elsewhere.invalid',
        'cookie: a=b',
        'apollo-federation-include-trace: ftv1',
      );
  }
  return {
    bytes: request('POST /graphql HTTP/1.1', headers, payload),
    owed,
    isReusable: false,
    endsAtOnce: false,
    method: 'POST',
  };
}

const CONTENT_TYPES: readonly string[] = [
  ...[
    '',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'message/rfc822',
    'application/graphql',
  ],
  ...[
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json;charset="utf-8"',
    'application/json;;',
  ],
  ...[
    'application/json, text/plain',
    'APPLICATION/JSON',
    'application/json; charset=UTF-8; x=y',
    `application/${'j'.repeat(5_000)}`,
  ],
  ...[
    'application/graphql+json',
    'application/json\t;\tcharset=utf-8',
    '\xff\xfe',
    'application/json; charset=__proto__',
  ],
];
const ACCEPTED: readonly string[] = [
  ...[
    'text/event-stream',
    'application/graphql-response+json',
    'text/html',
    '*/*;q=0',
    'application/json;q=abc',
    '',
    ',,,,',
  ],
  ...[
    'multipart/mixed; deferSpec=20220824',
    `${'a/b,'.repeat(2_000)}`,
    'application/*',
    'application/json;q=1e400',
    '\xff',
  ],
];
const ENCODINGS: readonly string[] = ['gzip', 'br', 'deflate', 'identity', 'gzip, gzip', 'x', '', 'zstd'];
const ONCE: readonly string[] = [
  'host',
  'content-type',
  'content-length',
  'authorization',
  'afc-case',
  'afc-purpose',
  'idempotency-key',
];
const OURS: readonly string[] = [
  'afc-context',
  'afc-case',
  'afc-purpose',
  'x-forwarded-for',
  'x-org',
  'signature',
  'idempotency-key',
];
const ODD_VALUES: readonly string[] = [
  ...[
    '',
    'null',
    '__proto__',
    '00000000-0000-4000-8000-000000000001',
    'a'.repeat(4_000),
    '"}\\n{"level":"info"',
    '\x24{jndi:ldap://x}',
  ],
  ...['\x1b[31m', '\xff\xfe\x80', "';--", '%00', 'undefined', '{}', '-1', '1e400', 'a, b, c'],
];

function oddlySent(body: string, random: Random): Made {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  const cut = { owed: 'MAYBE', isReusable: false, endsAtOnce: false, method: 'POST' } as const;
  const sound = { owed: 'ANSWER', isReusable: false, endsAtOnce: false } as const;
  switch (random.below(14)) {
    case 0: {
      const method = random.pick(METHODS);
      return {
        ...sound,
        bytes: request(`${method} /graphql HTTP/1.1`, [...PLAIN_HEAD, length], body),
        method,
        owed: 'MAYBE',
      };
    }
    case 1: {
      const method = random.pick(['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'PUT', 'PATCH']);
      const line = `${method} ${random.pick(PATHS)} HTTP/1.1`;
      return { ...sound, bytes: request(line, [...PLAIN_HEAD, 'content-length: 0'], ''), method, owed: 'MAYBE' };
    }
    case 2:
      return {
        ...sound,
        bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, CHUNKED], chunked(body, random)),
        method: 'POST',
      };
    case 3:
      return {
        ...cut,
        bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, CHUNKED], brokenChunks(body, random)),
        endsAtOnce: true,
      };
    case 4:
      return {
        ...cut,
        bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, CHUNKED, length], chunked(body, random)),
      };
    case 5: {
      const told = Buffer.byteLength(body) + 1 + random.below(500);
      return {
        ...cut,
        bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, `content-length: ${told}`], body),
        endsAtOnce: true,
      };
    }
    case 6: {
      const told = random.below(Buffer.byteLength(body));
      return { ...cut, bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, `content-length: ${told}`], body) };
    }
    case 7: {
      const told = random.pick(['-1', '1e3', '0x10', '+5', '', '99999999999999999999', '5, 5', '5 5', '１']);
      return {
        ...cut,
        bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, `content-length: ${told}`], body),
        endsAtOnce: true,
      };
    }
    case 8: {
      const coding = random.pick([
        'identity',
        'gzip, chunked',
        'chunked, identity',
        'chunked, chunked',
        ' chunked',
        'x',
        'Chunked',
      ]);
      const head = [...PLAIN_HEAD, `transfer-encoding: ${coding}`];
      return { ...cut, bytes: request('POST /graphql HTTP/1.1', head, chunked(body, random)), endsAtOnce: true };
    }
    case 9: {
      const version = random.pick(['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'http/1.1', '', 'HTTP/1.1 x']);
      return { ...cut, bytes: request(`POST /graphql ${version}`, [...PLAIN_HEAD, length], body), endsAtOnce: true };
    }
    case 10: {
      const odd = random.pick([
        'x: a\r\n b',
        'x : a',
        ': a',
        'x',
        'x: \u0000',
        'x:\na: b',
        'x: a\rb',
        '\u0000x: a',
        'x\xff: a',
        ' x: a',
      ]);
      return { ...cut, bytes: request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, odd, length], body), endsAtOnce: true };
    }
    case 11: {
      const whole = request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, length], body);
      return { ...cut, bytes: whole.subarray(0, random.below(whole.length)), endsAtOnce: true };
    }
    case 12: {
      const whole = request('POST /graphql HTTP/1.1', [...PLAIN_HEAD, length], body);
      for (let flip = 1 + random.below(4); flip > 0; flip -= 1) whole[random.below(150)] = random.below(256);
      return { ...cut, bytes: whole, endsAtOnce: true };
    }
    default:
      return {
        ...cut,
        bytes: Buffer.from(Array.from({ length: 1 + random.below(3_000) }, () => random.below(256))),
        endsAtOnce: true,
      };
  }
}

const CHUNKED = 'transfer-encoding: chunked';
const METHODS: readonly string[] = [
  ...[
    'GET',
    'HEAD',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'BREW',
    'post',
    'PROPFIND',
    'POST\t',
    'PRI',
    'SEARCH',
    'QUERY',
  ],
];
const PATHS: readonly string[] = [
  ...[
    '/',
    '/graphql',
    '/graphql?query={__typename}',
    '//graphql',
    '/graphql/',
    '/GRAPHQL',
    '/livez',
    '/readyz',
    '/metrics',
    '*',
  ],
  ...[
    '/graphql%00',
    '/%2e%2e/graphql',
    '/../etc/passwd',
    'http://other.invalid/graphql',
    '/graphql#x',
    '/__proto__',
    `/${'a'.repeat(9_000)}`,
  ],
  ...[
    '/feed/block-orders',
    '/internal/disclosures',
    '/\xff',
    '/graphql?operationName=__proto__&variables=%7B%7D',
    '/readyz?x=y',
  ],
];

function chunked(body: string, random: Random): Buffer {
  const bytes = Buffer.from(body);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = Math.min(bytes.length - at, 1 + random.below(400));
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), bytes.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}

function brokenChunks(body: string, random: Random): Buffer {
  const whole = chunked(body, random);
  switch (random.below(5)) {
    case 0:
      return whole.subarray(0, random.below(whole.length));
    case 1:
      return Buffer.concat([Buffer.from('fffffffff\r\n'), whole]);
    case 2:
      return Buffer.concat([Buffer.from('-1\r\n'), whole]);
    case 3:
      return Buffer.concat([Buffer.from(`5;${'x'.repeat(random.below(20_000))}\r\nhello\r\n`), whole]);
    default:
      whole[random.below(whole.length)] = random.below(256);
      return whole;
  }
}
