// Requests of a fuzz run that are odd as HTTP: methods, paths, lengths, chunks, versions, header lines, cut off or plain rubbish.

import type { Random } from '../../federation/differ/random';
import { type FuzzRequest, PLAIN_HEAD, request } from './fuzz-request';

/** A body sent in a way that is odd. */
export function oddlySent(body: string, random: Random): FuzzRequest {
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
