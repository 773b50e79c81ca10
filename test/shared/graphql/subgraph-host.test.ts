// The HTTP door of a subgraph, asked over real HTTP: what is answered, what is refused, and that nothing that was sent or thrown
// comes back in an error. Rows of the catalogue of bad input are named where they are met.

import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../../shared/vocabulary/app-error';
import { type Library, referencesSeen, startLibrary } from './library-subgraph';

let library: Library;
beforeAll(async () => {
  library = await startLibrary();
});
afterAll(async () => {
  await library.stop();
});
beforeEach(() => {
  referencesSeen.length = 0;
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Record<string, unknown>;
  }[];
}

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  url = library.url,
  method = 'POST',
): Promise<Answer> {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ...JSON.parse(text) };
}

const ask = (query: string, variables?: unknown, headers?: Record<string, string>, url?: string): Promise<Answer> =>
  post(JSON.stringify({ query, variables }), headers, url);

const ENTITIES =
  'query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on BookType { isbn branch since title } ... on ReaderType { phone total } } }';
const entities = (...representations: unknown[]): Promise<Answer> => ask(ENTITIES, { r: representations });

const REQUEST_ID = '0b0cfd04-7c1b-4a7e-9d77-9c9b0d3c2c11';
const refusal = (requestId: unknown = expect.any(String)) => ({
  message: 'The request is not valid.',
  extensions: { code: 'BAD_USER_INPUT', requestId, retryable: false },
});

describe('an answer', () => {
  test('is JSON with data alone', async () => {
    const answer = await ask('{ book(isbn: "1") { title } opened }');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.text).toBe('{"data":{"book":{"title":"Title of 1"},"opened":"2026-01-02T03:04:05.678Z"}}');
  });

  test('carries the request id that was sent when it is a UUID, and a new one otherwise', async () => {
    const kept = await ask('{ requestId }', {}, { 'x-request-id': REQUEST_ID });
    expect(kept.data).toEqual({ requestId: REQUEST_ID });
    expect(kept.headers.get('x-request-id')).toBe(REQUEST_ID);
    const made = await ask('{ requestId }', {}, { 'x-request-id': 'my "id" \\u0000' });
    expect(made.data?.requestId).toMatch(/^[0-9a-f]{8}-/);
    expect(made.headers.get('x-request-id')).toBe(made.data?.requestId);
  });

  test('holds no trace when one is asked for (B81)', async () => {
    const answer = await ask('{ requestId }', {}, { 'apollo-federation-include-trace': 'ftv1' });
    expect(JSON.parse(answer.text)).not.toHaveProperty('extensions');
  });
});

describe('a fault', () => {
  test('is told by its code and fixed text, with the operator at fault', async () => {
    const answer = await ask('{ fail(how: "operator") requestId }', {}, { 'x-request-id': REQUEST_ID });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      data: { fail: null, requestId: REQUEST_ID },
      errors: [
        {
          message: 'The operator did not answer in time.',
          path: ['fail'],
          extensions: { code: 'OPERATOR_TIMEOUT', requestId: REQUEST_ID, retryable: true, operatorCode: 'kcell' },
        },
      ],
    });
  });

  test('that nobody foresaw is INTERNAL, keeps its text to itself and reaches the log with its request id', async () => {
    const before = library.faults.length;
    const answer = await ask('{ fail(how: "else") }', {}, { 'x-request-id': REQUEST_ID });
    expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(answer.text).not.toMatch(/9001|secret|duplicate|stack/);
    expect(library.faults.slice(before)).toEqual([
      {
        requestId: REQUEST_ID,
        code: 'INTERNAL',
        fault: expect.objectContaining({ message: expect.stringMatching(/900101300007/) }),
      },
    ]);
  });

  test('of a non-null root field leaves null data and the same fixed text', async () => {
    const answer = await ask('{ failHard }');
    expect(answer.data).toBeNull();
    expect(answer.errors?.[0]?.message).toBe('Something went wrong on our side.');
    expect(answer.text).not.toContain('SELECT');
  });

  test("of a resolver that returns what its scalar cannot hold is ours, not the caller's", async () => {
    const answer = await ask('{ badOpened }');
    expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
    expect(answer.text).not.toContain('not an instant');
  });

  test("that is the caller's does not reach the log", async () => {
    const before = library.faults.length;
    await ask('{ fail(how: "forbidden") }');
    await ask('{ nonsense }');
    expect(library.faults.length).toBe(before);
  });

  test('thrown while the context is made refuses the whole request with its status', async () => {
    const closed = await startLibrary({
      createContext: () => {
        throw new AppError('UNAUTHENTICATED', 'no signature');
      },
    });
    try {
      const answer = await ask('{ requestId }', {}, {}, closed.url);
      expect(answer.status).toBe(401);
      expect(answer.errors).toEqual([
        {
          message: 'Sign in first.',
          extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String), retryable: false },
        },
      ]);
      expect(answer).not.toHaveProperty('data');
    } finally {
      await closed.stop();
    }
  });
});

describe('a scalar', () => {
  test('reads a literal and a variable alike, and gives the canonical text', async () => {
    const literal = await ask('{ echoPhone(phone: "8 (701) 123-45-67") }');
    const variable = await ask('query($p: Msisdn!) { echoPhone(phone: $p) }', { p: '7 701 123 45 67' });
    expect(literal.data).toEqual({ echoPhone: '+77011234567' });
    expect(variable.data).toEqual({ echoPhone: '+77011234567' });
  });

  test.each([
    ['an integer literal (B06)', '{ echoPhone(phone: 77011234567) }', {}],
    ['a float literal (B06)', '{ echoPhone(phone: 7.7011234567e10) }', {}],
    ['a negative literal (B06)', '{ echoPhone(phone: -1) }', {}],
    ['a boolean literal', '{ echoPhone(phone: true) }', {}],
    ['a list literal', '{ echoPhone(phone: ["+77011234567"]) }', {}],
    ['an object literal', '{ echoPhone(phone: {a: "+77011234567"}) }', {}],
    ['an enum literal', '{ echoPhone(phone: PHONE) }', {}],
    ['a null literal (B07)', '{ echoPhone(phone: null) }', {}],
    ['a block string with a newline (B15)', '{ echoPhone(phone: """\n+7701\n1234567""") }', {}],
    ['an integer variable (B06)', 'query($p: Msisdn!) { echoPhone(phone: $p) }', { p: 77011234567 }],
    ['a null variable (B07)', 'query($p: Msisdn!) { echoPhone(phone: $p) }', { p: null }],
    ['an absent variable', 'query($p: Msisdn!) { echoPhone(phone: $p) }', {}],
    ['an object variable', 'query($p: Msisdn!) { echoPhone(phone: $p) }', { p: { $gt: '' } }],
    ['a number with an extension (B12)', 'query($p: Msisdn!) { echoPhone(phone: $p) }', { p: '+77011234567;ext=1' }],
    ['a megabyte of text (B13)', 'query($p: Msisdn!) { echoPhone(phone: $p) }', { p: '7'.repeat(900_000) }],
  ])('refuses %s before anything is executed, and echoes nothing', async (_what, query, variables) => {
    const answer = await ask(query, variables);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [refusal()] });
  });
});

describe('representations', () => {
  test('are answered in their order, null for what is not held', async () => {
    const answer = await entities({ __typename: 'BookType', isbn: '1' }, { __typename: 'BookType', isbn: 'none' });
    expect(answer.data).toEqual({
      _entities: [{ __typename: 'BookType', isbn: '1', branch: null, since: null, title: 'A title' }, null],
    });
    expect(answer.errors).toBeUndefined();
  });

  test('are believed in their key alone (B97)', async () => {
    const answer = await entities({ __typename: 'BookType', isbn: '1', title: 'Forged', branch: 'south', admin: true });
    expect(answer.data?._entities).toEqual([expect.objectContaining({ title: 'A title' })]);
    expect(referencesSeen).toEqual([{ __typename: 'BookType', isbn: '1' }]);
  });

  test('reach the resolver in canonical form', async () => {
    await entities(
      { __typename: 'ReaderType', phone: '8 701 123 45 67' },
      { __typename: 'BookType', branch: 'north', since: '2026-01-01T05:00:00+05:00' },
    );
    expect(referencesSeen).toEqual([
      { __typename: 'ReaderType', phone: '+77011234567' },
      { __typename: 'BookType', branch: 'north', since: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  test('bring along what a field requires from others', async () => {
    const answer = await entities(
      { __typename: 'ReaderType', phone: '+77011234567', shelves: [{ books: 2, secret: 1 }, { books: 3 }] },
      { __typename: 'ReaderType', phone: '+77011234568', shelves: null },
    );
    expect(answer.data?._entities).toEqual([
      { __typename: 'ReaderType', phone: '+77011234567', total: 5 },
      { __typename: 'ReaderType', phone: '+77011234568', total: null },
    ]);
    expect(referencesSeen[0]).toEqual({
      __typename: 'ReaderType',
      phone: '+77011234567',
      shelves: [{ books: 2 }, { books: 3 }],
    });
  });

  test.each([
    ['of an unknown type (B96)', { __typename: 'Nope', isbn: '1' }],
    ['of a root type (B96)', { __typename: 'Query' }],
    ['named like a member of every object (B96)', { __typename: '__proto__', isbn: '1' }],
    ['without a type (B96)', { isbn: '1' }],
    ['with half a key', { __typename: 'BookType', branch: 'north' }],
    ['with a null key', { __typename: 'BookType', isbn: null }],
    ['with an object as key (B97)', { __typename: 'ReaderType', phone: { $ne: null } }],
    ['with a wrong number', { __typename: 'ReaderType', phone: '+79161234567' }],
    ['with a wrong required field', { __typename: 'ReaderType', phone: '+77011234567', shelves: [{ books: 'many' }] }],
    ['that is a text', 'BookType'],
    ['that is a list', [{ __typename: 'BookType', isbn: '1' }]],
    ['whose loading fails', { __typename: 'BookType', isbn: 'broken' }],
  ])('%s cost their own place only', async (_what, bad) => {
    const answer = await entities({ __typename: 'BookType', isbn: '1' }, bad, { __typename: 'BookType', isbn: '2' });
    expect(answer.status).toBe(200);
    expect(answer.data?._entities).toEqual([
      expect.objectContaining({ isbn: '1' }),
      null,
      expect.objectContaining({ isbn: '2' }),
    ]);
    expect(answer.errors?.map((error) => error.path)).toEqual([['_entities', 1]]);
    expect(answer.text).not.toMatch(/Nope|__proto__|10\.0\.0\.1|\$ne|9161234567|many/);
  });

  test('are at most 100 a call', async () => {
    const hundred = Array.from({ length: 100 }, (_, at) => ({ __typename: 'BookType', isbn: String(at + 1) }));
    expect((await entities(...hundred)).data?._entities).toHaveLength(100);
    referencesSeen.length = 0;
    const answer = await entities(...hundred, { __typename: 'BookType', isbn: '101' });
    expect(answer.status).toBe(400);
    expect(answer.data).toBeNull();
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(referencesSeen).toHaveLength(0);
  });
});

describe('a document is refused with one error of fixed text', () => {
  test.each([
    ['that does not parse', '{ book('],
    ['with a misspelt field (B55)', '{ bok(isbn: "1") { title } }'],
    ['with several faults', '{ nope1 nope2 nope3 }'],
    ['that is deeply nested (B50)', `{ book(isbn: ${'['.repeat(20_000)}) { title } }`],
    ['that asks for the schema (B56)', '{ __schema { types { name } } }'],
    ['that asks for a type (B56)', '{ __type(name: "BookType") { name } }'],
    ['with two operations', 'query A { requestId } query B { requestId }'],
    ['with a fragment cycle (B43)', '{ book(isbn: "1") { ...f } } fragment f on BookType { ...f }'],
    ['with more tokens than any plan', `{ ${'requestId '.repeat(11_000)} }`],
  ])('%s', async (_what, query) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [refusal()] });
  });

  test('with an operation name that it does not have (B52)', async () => {
    const answer = await post(JSON.stringify({ query: 'query A { requestId }', operationName: 'x'.repeat(10_000) }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [refusal()] });
  });

  test('yet the schema is told where introspection is switched on', async () => {
    const open = await startLibrary({ introspection: true });
    try {
      expect((await ask('{ __type(name: "BookType") { name } }', {}, {}, open.url)).data).toEqual({
        __type: { name: 'BookType' },
      });
    } finally {
      await open.stop();
    }
  });
});

describe('a request is refused', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('by method %s (B62, B75)', async (method) => {
    const response = await fetch(`${library.url}?query={requestId}`, {
      method,
      headers: { origin: 'http://elsewhere.example' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await response.text();
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'message/rfc822',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/jsonp',
  ])('as %s (B63, B64)', async (type) => {
    const answer = await post('{"query":"{ requestId }"}', { 'content-type': type });
    expect(answer.status).toBe(415);
  });

  test('when it is compressed (B67)', async () => {
    expect((await post('{"query":"{ requestId }"}', { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test.each([
    ['nothing (B72)', ''],
    ['null (B72)', 'null'],
    ['a number (B72)', '5'],
    ['a text (B72)', '"{ requestId }"'],
    ['a list, as batches are (B61)', '[{"query":"{ requestId }"}]'],
    ['half of an object (B72)', '{"query":'],
    ['a query that is no text (B73)', '{"query":{"kind":"Document"}}'],
    ['an empty query', '{"query":""}'],
    ['variables as a text (B73)', '{"query":"{ requestId }","variables":"{}"}'],
    ['variables as a list (B73)', '{"query":"{ requestId }","variables":[]}'],
    ['extensions as a text (B73)', '{"query":"{ requestId }","extensions":"{}"}'],
    [
      'a stored operation (B74)',
      '{"query":"{ requestId }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}',
    ],
    ['a byte order mark', '\ufeff{"query":"{ requestId }"}'],
    ['text that is not UTF-8 (B65)', Buffer.from([0x7b, 0xc0, 0x80, 0x7d])],
    ['variables nested without end (B51)', `{"query":"{ requestId }","variables":${'['.repeat(100_000)}`],
  ])('when it holds %s', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ errors: [refusal()] });
  });

  test('as soon as its body is longer than a mebibyte, declared or not (B66)', async () => {
    const declared = await post(`{"query":"${' '.repeat(1_048_600)}"}`);
    expect(declared.status).toBe(413);
    const told = await answerToEndlessBody(library.port);
    expect(told).toMatch(/^HTTP\/1\.1 413 /);
    expect(told).toContain('connection: close');
  });

  test('and what is not its endpoint is left to others, an event stream too', async () => {
    expect((await fetch(library.url.replace('/graphql', '/metrics'))).status).toBe(404);
    const stream = await fetch(library.url, { method: 'POST', headers: { accept: 'text/event-stream' }, body: '{}' });
    expect(stream.status).toBe(404);
  });

  test('members that every object has are names like any other (B71)', async () => {
    const answer = await post(
      '{"query":"query($__proto__: ID!) { constructor: book(isbn: $__proto__) { toString: title } }","variables":{"__proto__":"1"}}',
    );
    expect([200, 400]).toContain(answer.status);
    expect(Object.hasOwn(Object.prototype, 'isbn')).toBe(false);
  });
});

test("a sender who leaves in the middle of a body is nobody's fault", async () => {
  const before = library.faults.length;
  await new Promise<void>((resolve) => {
    const socket = connect(library.port, '127.0.0.1', () => {
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que',
      );
      setTimeout(() => socket.destroy(), 20);
    });
    socket.once('close', () => resolve());
  });
  expect((await ask('{ requestId }')).status).toBe(200);
  expect(library.faults.length).toBe(before);
});

/** What the server says to a chunked body that never ends. */
function answerToEndlessBody(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = '';
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      for (let sent = 0; sent < 20; sent += 1) socket.write(chunk);
    });
    socket.on('data', (data) => {
      told += data.toString();
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(told));
  });
}
