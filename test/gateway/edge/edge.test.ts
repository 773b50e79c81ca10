// The door of both gateways over real sockets: bad documents, bad bodies, bad heads (rows B40 to B85 of the catalogue of bad input). Each
// gets one JSON answer with fixed text, in which nothing of what was sent comes back, and no subgraph is called.
//
// Where the design differs from the catalogue the design holds: text 16 KiB, 2,000 tokens, depth 12, 30 aliases, 500 fields; a refused
// operation is 200 under application/json at the bare gateway, because GraphQL over HTTP wants it so, and 400 at the other.
// Rows about access (B41, B48, B58 to B60), logs (B82), exports (B83) and the scalars of subgraphs (B84, B85) are tested where they live.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBareGateway } from '../../../gateway/bare-server';
import { startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
import { ERROR_CATALOGUE } from '../../../shared/vocabulary/error-catalogue';
import { startWorld, type World, worldNumber } from '../../support/contract-world';
import { gatewayIdentity } from '../../support/gateway-identity';
import { type RawAnswer, rawPost, sendRaw } from '../../support/raw-http';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

let world: World;
let folder: string;
let origins: Readonly<Record<'bare' | 'hosted', string>>;
let issuer: TokenIssuer;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  world = await startWorld(['kcell']);
  stops.push(world.close);
  issuer = await startTokenIssuer();
  stops.push(issuer.stop);
  folder = mkdtempSync(join(tmpdir(), 'senim-edge-'));
  const operators = [
    {
      code: 'kcell',
      name: 'Kcell',
      brands: ['Kcell'],
      endpoint: world.servers.kcell?.url,
      state: 'CONNECTED',
      schemaHash: null,
      keys: {},
    },
  ];
  writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators }));
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
  const bare = await startBareGateway({
    sdl: world.supergraph,
    partitions: { operator: { kcell: world.servers.kcell?.url ?? '' } },
    host: '127.0.0.1',
    port: 0,
  });
  stops.push(bare.stop);
  const hosted = await startGateway(
    {
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      NODE_ENV: 'production',
      OPERATORS_FILE: join(folder, 'operators.json'),
      ...gatewayIdentity(folder, issuer),
      SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
      PARTITIONS_FILE: join(folder, 'partitions.json'),
      NUMBERING_URL: world.servers.numbering?.url ?? '',
      FRAUD_CASES_URL: world.servers['fraud-cases']?.url ?? '',
      REQUEST_DEADLINE_MS: 2_000,
      OPERATOR_DEADLINE_MS: 800,
    },
    createLogger({ name: 'test', level: 'silent' }),
    () => ({}),
  );
  stops.push(hosted.stop);
  origins = { bare: bare.url, hosted: hosted.url };
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true });
});

const GATEWAYS = ['bare', 'hosted'] as const;
const NUMBER = worldNumber('kcell', 1);
const GOOD = JSON.stringify({
  query: 'query($m: Msisdn!) { phoneNumber(msisdn: $m) { msisdn currentTenure { risk { level } } } }',
  variables: { m: NUMBER },
});
const SECRET = 'k9-echo-k9';

const callCount = (): number => Object.values(world.servers).reduce((sum, { calls }) => sum + calls.length, 0);

/** One JSON error of the fixed form, and nothing that was sent. */
function expectRefusal(answer: RawAnswer, statuses: readonly number[], code = 'BAD_USER_INPUT'): void {
  expect(statuses).toContain(answer.status);
  expect(answer.headers['content-type']).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  const { errors, ...rest } = JSON.parse(answer.body) as {
    errors: { message: string; extensions: Record<string, unknown> }[];
  };
  expect(rest).toEqual({});
  for (const { message, extensions } of errors) {
    expect(message).toBe(ERROR_CATALOGUE[extensions.code as keyof typeof ERROR_CATALOGUE].message);
    expect(Object.keys(extensions).sort()).toEqual(['code', 'requestId', 'retryable']);
  }
  expect(errors[0]?.extensions.code).toBe(code);
  expect(answer.body).not.toContain(SECRET);
  expect(answer.body).not.toMatch(/Did you mean|stack|\/work\/|node_modules/);
}

describe.each(GATEWAYS)('the %s gateway', (name) => {
  const send = (raw: Buffer | string, options = {}): Promise<RawAnswer> => sendRaw(origins[name], [raw], options);
  const signedIn = (): readonly string[] =>
    name === 'bare' ? [] : [`authorization: Bearer ${issuer.tokenOf('investigator-1')}`];
  const post = (body: string | Buffer, headers: readonly string[] = []): Promise<RawAnswer> =>
    send(rawPost(body, [...signedIn(), ...headers]));
  const ask = (query: string, more: object = {}): Promise<RawAnswer> => post(JSON.stringify({ query, ...more }));
  /** Statuses of a well-formed request whose operation is refused. */
  const refused = name === 'bare' ? [200] : [400];

  test('answers what is right', async () => {
    const answer = await post(GOOD);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      { data: { phoneNumber: { msisdn: NUMBER, currentTenure: { risk: { level: 'LOW' } } } } },
    ]);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  const aliases = (count: number, field = '__typename') =>
    `{${Array.from({ length: count }, (_, n) => `a${n}:${field}`).join(' ')}}`;
  const doubling = (levels: number) =>
    `{...f0} ${Array.from({ length: levels }, (_, n) => `fragment f${n} on Query{a${n}:phoneNumber(msisdn:"1"){x:msisdn} ...f${n + 1} b${n}:phoneNumber(msisdn:"1"){...g} ...f${n + 1}}`).join(' ')} fragment f${levels} on Query{__typename} fragment g on PhoneNumber{msisdn}`;
  const nested = (levels: number) =>
    `{phoneNumber(msisdn:"1"){${'tenures{number{'.repeat(levels)}msisdn${'}}'.repeat(levels)}}}`;
  const documents: readonly [string, string, string][] = [
    ['B40 a hundred and one aliases', aliases(101), 'OPERATION_TOO_COMPLEX'],
    ['B42 depth by fields', nested(7), 'OPERATION_TOO_COMPLEX'],
    [
      'B42 depth by fragments',
      `{phoneNumber(msisdn:"1"){...a}} ${['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map(([one, two]) => `fragment ${one} on PhoneNumber{tenures{number{...${two}}}}`).join(' ')} fragment g on PhoneNumber{msisdn}`,
      'OPERATION_TOO_COMPLEX',
    ],
    [
      'B42 depth by inline fragments',
      nested(7).replaceAll('number{', 'number{...on PhoneNumber{').replaceAll('}}', '}}}').slice(0, -1),
      'OPERATION_TOO_COMPLEX',
    ],
    ['B43 a fragment in itself', '{...f} fragment f on Query{operators{code} ...f}', 'BAD_USER_INPUT'],
    [
      'B43 fragments in a ring',
      '{...f} fragment f on Query{operators{code} ...g} fragment g on Query{...f}',
      'BAD_USER_INPUT',
    ],
    ['B44 fragments that double', doubling(13), 'OPERATION_TOO_COMPLEX'],
    ['B45 the same field five hundred and one times', `{${'__typename '.repeat(501)}}`, 'OPERATION_TOO_COMPLEX'],
    ['B46 spreads by the hundred', `{${'...f '.repeat(800)}} fragment f on Query{__typename}`, 'OPERATION_TOO_COMPLEX'],
    ['B47 directives by the dozen', `{__typename ${'@include(if:true) '.repeat(21)}}`, 'OPERATION_TOO_COMPLEX'],
    ['B47 directives that nobody knows', `{__typename @${SECRET.replaceAll('-', '_')}}`, 'BAD_USER_INPUT'],
    ['B50 lists in lists', `{phoneNumber(msisdn:${'['.repeat(1_900)}1`, 'BAD_USER_INPUT'],
    ['B50 lists in lists without end', `{phoneNumber(msisdn:${'['.repeat(12_000)}`, 'BAD_USER_INPUT'],
    ['B52 two operations', 'query a{__typename} query b{__typename}', 'BAD_USER_INPUT'],
    ['B54 @defer', '{... @defer{__typename}}', 'BAD_USER_INPUT'],
    ['B54 @stream', '{operators @stream{code}}', 'BAD_USER_INPUT'],
    ['B55 a field with a slip', '{phoneNumer(msisdn:"1"){msisdn}}', 'BAD_USER_INPUT'],
    ['B55 an argument with a slip', '{phoneNumber(msisdm:"1"){msisdn}}', 'BAD_USER_INPUT'],
    ['B55 an enum value with a slip', '{fraudCases(filter:{states:[REPORTE]}){totalCount}}', 'BAD_USER_INPUT'],
    [
      'B55 a type with a slip',
      `query($${SECRET.replaceAll('-', '_')}:Msisd!){phoneNumber(msisdn:"1"){msisdn}}`,
      'BAD_USER_INPUT',
    ],
    ['B57 _service', '{_service{sdl}}', 'BAD_USER_INPUT'],
    ['B57 _entities', '{_entities(representations:[]){__typename}}', 'BAD_USER_INPUT'],
    ['a text that is no GraphQL', `{${SECRET}`, 'BAD_USER_INPUT'],
    ['an empty text', '', 'BAD_USER_INPUT'],
    ['seventeen kilobytes of text', `{__typename} #${'x'.repeat(17_000)}`, 'OPERATION_TOO_COMPLEX'],
    ['a list that is too long', '{fraudCases(first:101){totalCount}}', 'OPERATION_TOO_COMPLEX'],
  ];

  test.each(documents)('refuses %s before anybody is asked', async (_what, query, code) => {
    const before = callCount();
    const answer = await ask(query);
    if (!('errors' in JSON.parse(answer.body))) throw new Error(`answered: ${answer.body.slice(0, 200)}`);
    expect(JSON.parse(answer.body).errors.length).toBeLessThanOrEqual(10);
    expectRefusal(answer, refused, code);
    expect(callCount()).toBe(before);
  });

  test('refuses what the variables make of an operation (B49, B55, B73)', async () => {
    const before = callCount();
    const list = 'query($n:Int){fraudCases(first:$n){totalCount}}';
    expectRefusal(await ask(list, { variables: { n: 100_000 } }), refused, 'OPERATION_TOO_COMPLEX');
    expectRefusal(await ask(list, { variables: { n: SECRET } }), refused);
    const filter = 'query($f:FraudCaseFilter){fraudCases(filter:$f){totalCount}}';
    expectRefusal(await ask(filter, { variables: { f: { state: SECRET } } }), refused);
    expectRefusal(await ask(filter, { variables: { f: { states: [SECRET] } } }), refused);
    expectRefusal(await ask('query($m:Msisdn!){phoneNumber(msisdn:$m){msisdn}}'), refused);
    expect(callCount()).toBe(before);
  });

  test('knows an operation by its name alone (B52)', async () => {
    const query = 'query a{__typename} query b{x:__typename}';
    expect(JSON.parse((await ask(query, { operationName: 'b' })).body)).toEqual({ data: { x: 'Query' } });
    expectRefusal(await ask(query, { operationName: 'c' }), refused);
    expectRefusal(await ask(query, { operationName: 'n'.repeat(10_000) }), refused);
  });

  test.each([
    [
      'B51 variables of a hundred thousand levels',
      `{"query":"{__typename}","variables":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`,
    ],
    ['B61 a batch', `[${GOOD}]`],
    ['B61 a batch of a thousand', `[${Array(1_000).fill('{}').join(',')}]`],
    ['B65 bytes that are not UTF-8', Buffer.from('{"query":"{__typename #\xff}"}', 'latin1')],
    [
      'B65 an overlong form',
      Buffer.concat([Buffer.from('{"query":"{__typename} #'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
    ],
    ['B70 a member twice', '{"query":"{__typename}","query":"{operators{code}}"}'],
    ['B70 a member twice by an escape', '{"query":"{__typename}","\\u0071uery":"{operators{code}}"}'],
    ['B72 broken JSON', `{"query":"${SECRET}`],
    ['B72 nothing', ''],
    ['B72 null', 'null'],
    ['B72 a number', '5'],
    ['B72 a text', `"${SECRET}"`],
    ['B73 a query that is no text', '{"query":5}'],
    ['B73 no query', '{"variables":{}}'],
    ['B73 variables that are a list', '{"query":"{__typename}","variables":[]}'],
    ['B73 variables that are a text', `{"query":"{__typename}","variables":"${SECRET}"}`],
    ['B73 extensions that are a text', '{"query":"{__typename}","extensions":"x"}'],
    ['B73 a name that is a number', '{"query":"{__typename}","operationName":5}'],
    [
      'B74 a persisted query',
      `{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`,
    ],
    ['B74 a persisted query alone', `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`],
    ['a byte order mark', `\ufeff${GOOD}`],
  ])('refuses the body: %s', async (_what, body) => {
    const before = callCount();
    expectRefusal(await post(body), [400]);
    expect(callCount()).toBe(before);
  });

  test('reads names that are prototypes as names (B71)', async () => {
    const answer = await post(
      `{"query":"{__proto__:__typename constructor:__typename toString:__typename}","variables":{"__proto__":{"polluted":1},"constructor":1}}`,
    );
    const { data } = JSON.parse(answer.body) as { data: object };
    expect(Object.entries(data)).toEqual([
      ['__proto__', 'Query'],
      ['constructor', 'Query'],
      ['toString', 'Query'],
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each([
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json, text/plain',
    'message/rfc822',
    'application/graphql',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/jsonp',
    '',
  ])('refuses the media type "%s" (B63, B64)', async (type) => {
    expectRefusal(await post(GOOD, [`content-type: ${type}`]), [415]);
  });

  test('takes JSON in UTF-8, however that is written', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      expect((await post(GOOD, [`content-type: ${type}`])).status).toBe(200);
    }
  });

  test('refuses every compression (B67)', async () => {
    const bomb = gzipSync(Buffer.alloc(45_000_000, ' '));
    expectRefusal(await post(bomb, ['content-encoding: gzip']), [415]);
    expectRefusal(await post(GOOD, ['content-encoding: br']), [415]);
  });

  test('reads sixty-four kilobytes and not a byte more (B53, B66)', async () => {
    const padded = (size: number) => GOOD + ' '.repeat(size - Buffer.byteLength(GOOD));
    expect((await post(padded(65_536))).status).toBe(200);
    const told = await send(rawPost(padded(65_537)), { untilClosed: true });
    expectRefusal(told, [413]);
    expect(told.closed).toBe(true);
    // Told to be large, and never sent: the answer does not wait for it.
    expectRefusal(await post('', ['content-length: 51000000']), [413]);
    const chunk = `8000\r\n${' '.repeat(0x8000)}\r\n`;
    const endless = await sendRaw(
      origins[name],
      [rawPost('', ['transfer-encoding: chunked']), ...Array(20).fill(chunk)],
      { untilClosed: true, pauseMs: 5 },
    );
    expectRefusal(endless, [413]);
    expect(endless.closed).toBe(true);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD'])(
    'refuses %s on /graphql (B62, B75)',
    async (method) => {
      const path = method === 'GET' ? '/graphql?query=%7B__typename%7D' : '/graphql';
      const answer = await send(
        `${method} ${path} HTTP/1.1\r\nhost: x\r\norigin: https://elsewhere.invalid\r\napollo-require-preflight: 1\r\naccess-control-request-method: POST\r\nconnection: close\r\n\r\n`,
        { untilClosed: true },
      );
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      if (method !== 'HEAD') expectRefusal(answer, [405]);
    },
  );

  test('has nothing at other paths', async () => {
    expectRefusal(await send(rawPost(GOOD, [], '/elsewhere')), [404]);
    expectRefusal(await send(rawPost(GOOD, [], '/graphql/')), [404]);
  });

  test.each([
    ['B76 two authorizations', ['authorization: Bearer a', 'authorization: Bearer b']],
    ['B77 two hosts', ['host: a', 'host: b']],
    ['two cases', ['afc-case: a', 'afc-case: b']],
  ])('refuses a head with %s', async (_what, headers) => {
    expectRefusal(await post(GOOD, headers), [400]);
  });

  test('refuses an address of another form, and no host (B77)', async () => {
    expectRefusal(await send(rawPost(GOOD, [], 'http://elsewhere.invalid/graphql')), [400]);
    const hostless = await send(
      `POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
    );
    expect(hostless.status).toBe(400);
  });

  test.each([
    ['both length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n', '{}'],
    ['chunks and something', 'transfer-encoding: chunked, identity\r\n', '0\r\n\r\n'],
    ['something and chunks', 'transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['a bare line feed', 'x: y\ncontent-length: 2\r\n', '{}'],
    ['a space before a colon', 'content-length : 2\r\n', '{}'],
    ['a folded line', 'x: y\r\n z: 1\r\ncontent-length: 2\r\n', '{}'],
    ['a NUL', 'x: \0\r\ncontent-length: 2\r\n', '{}'],
    ['a length that is none', 'content-length: 2x\r\n', '{}'],
  ])('refuses a head that two parsers might read differently: %s (B78)', async (_what, lines, body) => {
    const answer = await send(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${lines}\r\n${body}`,
    );
    expectRefusal(answer, [400]);
  });

  test('refuses heads that are too large (B80)', async () => {
    expectRefusal(
      await post(
        GOOD,
        Array.from({ length: 200 }, (_, n) => `x-${n}: y`),
      ),
      [431],
    );
    expectRefusal(await post(GOOD, [`x: ${'y'.repeat(17_000)}`]), [431]);
    expectRefusal(
      await send(rawPost(`2;x=${'y'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, ['transfer-encoding: chunked'])),
      [413, 400],
    );
  });

  test('keeps the id of a request only when it is a UUID, and gives no trace to anybody (B81, B82)', async () => {
    const id = '8c2f6a3e-1f4e-4a57-9df0-8d2d7a2f1c11';
    const traced = await post(GOOD, [`x-request-id: ${id.toUpperCase()}`, 'apollo-federation-include-trace: ftv1']);
    expect(traced.headers['x-request-id']).toBe(id);
    expect(Object.keys(JSON.parse(traced.body))).toEqual(['data']);
    const strange = await post(GOOD, [`x-request-id: ${SECRET}\${jndi:ldap://x}`]);
    expect(strange.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('answers in the media type that the client likes best', async () => {
    const typeOf = async (accept: string) => (await post(GOOD, [`accept: ${accept}`])).headers['content-type'];
    expect(await typeOf('application/graphql-response+json')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await typeOf('application/graphql-response+json, application/json;q=0.9')).toContain('graphql-response');
    expect(await typeOf('application/graphql-response+json;q=0.5, application/json')).toBe(
      'application/json; charset=utf-8',
    );
    expect(await typeOf('*/*')).toBe('application/json; charset=utf-8');
    expectRefusal(await post(GOOD, ['accept: text/html']), [406]);
    const refusedThere = await post('{"query":"{nope}"}', ['accept: application/graphql-response+json']);
    expectRefusal(refusedThere, [400]);
    expect(refusedThere.headers['content-type']).toContain('application/graphql-response+json');
  });

  test('says that it lives and that it is ready', async () => {
    for (const path of ['/livez', '/readyz']) {
      const answer = await send(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, { untilClosed: true });
      expect([answer.status, answer.body.includes('ok')]).toEqual([200, true]);
      expectRefusal(await send(`DELETE ${path} HTTP/1.1\r\nhost: x\r\n\r\n`), [405]);
    }
  });
});

describe('the hosted gateway in production', () => {
  test.each([
    '{__schema{queryType{name}}}',
    '{x:__type(name:"Query"){name}}',
    '{...f} fragment f on Query{__schema{types{name}}}',
  ])('tells nothing of its schema to %s, and its types by name (B56)', async (query) => {
    const signedIn = [`authorization: Bearer ${issuer.tokenOf('investigator-1')}`];
    expectRefusal(await sendRaw(origins.hosted, [rawPost(JSON.stringify({ query }), signedIn)]), [400]);
    const typename = await sendRaw(origins.hosted, [rawPost('{"query":"{__typename}"}', signedIn)]);
    expect(JSON.parse(typename.body)).toEqual({ data: { __typename: 'Query' } });
  });

  test('serves the explorer from itself alone', async () => {
    const answer = await fetch(origins.hosted);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    const page = await answer.text();
    expect(page).toContain('GraphiQL');
    expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });
});

describe('the bare gateway', () => {
  test('tells its schema', async () => {
    const answer = await sendRaw(origins.bare, [rawPost('{"query":"{__schema{queryType{name}} __typename}"}')]);
    expect(JSON.parse(answer.body)).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  test('ends heads and bodies that do not come (B68, B69), while others are answered', async () => {
    const hasty = await startBareGateway({
      sdl: world.supergraph,
      partitions: {},
      host: '127.0.0.1',
      port: 0,
      slowestRequestMs: 300,
    });
    try {
      const slow = [
        sendRaw(hasty.url, [rawPost('{', ['content-length: 100'])], { untilClosed: true }),
        sendRaw(hasty.url, ['POST /graphql HTTP/1.1\r\n', ...Array(50).fill('x: y\r\n')], {
          untilClosed: true,
          pauseMs: 100,
        }),
      ];
      const honest = await sendRaw(hasty.url, [rawPost('{"query":"{__typename}"}')]);
      expect(honest.status).toBe(200);
      for (const answer of await Promise.all(slow)) {
        expect(answer.closed).toBe(true);
        expectRefusal(answer, [408]);
      }
    } finally {
      await hasty.stop();
    }
  });

  test('finishes what it has accepted when it is told to stop, and takes nothing more', async () => {
    const ending = await startBareGateway({
      sdl: world.supergraph,
      partitions: { operator: { kcell: world.servers.kcell?.url ?? '' } },
      host: '127.0.0.1',
      port: 0,
    });
    const asked = world.servers.numbering?.calls.length ?? 0;
    const answers = Array.from({ length: 20 }, () => sendRaw(ending.url, [rawPost(GOOD)]));
    while ((world.servers.numbering?.calls.length ?? 0) < asked + 20)
      await new Promise((resolve) => setTimeout(resolve, 1));
    await ending.stop();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await sendRaw(ending.url, [rawPost(GOOD)])).status).toBe(0);
  });
});
