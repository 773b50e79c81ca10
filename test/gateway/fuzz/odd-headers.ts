// Requests of a fuzz run with something wrong in their headers: media types, floods, what may stand once only, names that are ours.

import { gzipSync } from 'node:zlib';
import type { Random } from '../../federation/differ/random';
import { type FuzzRequest, PLAIN_HEAD, request } from './fuzz-request';

/** A well-formed body under headers that are odd. */
export function oddlyHeaded(body: string, random: Random): FuzzRequest {
  const headers = ['host: gateway.invalid'];
  const length = `content-length: ${Buffer.byteLength(body)}`;
  let owed: FuzzRequest['owed'] = 'ANSWER';
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
