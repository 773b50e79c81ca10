// The doors of the bank's own subgraphs, straight at them (rows B86 to B97 of the catalogue of bad input; B98 to B103 are about grants, which these
// two do not take). Everything is refused, nothing comes back, and the program's keepers learn of it: a line of the log and a number. B87 and B88,
// which are about certificates, stand in test/system/transport.test.ts.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signRequest } from '../../shared/access/request-signature';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { createLogger } from '../../shared/service/logger';
import { keyPair } from '../shared/audit-log/log-keys';
import { type SignedPost, signedHeaders } from '../support/granted-reader';
import { callSigned } from '../support/program-call';
import { createCaseDatabase, serveFraudCases } from './fraud-cases/fraud-cases-fixture';
import {
  CASES_KEY,
  createOperatorsDocument,
  createRegistryDatabase,
  forSomebody,
  NUMBERING_KEY,
  serveNumbering,
} from './numbering/numbering-fixture';

const origins = new Map<string, string>();
const closing: (() => unknown)[] = [];
const NUMBER = '+77011234501';

/** What each program wrote since the last look. */
const written = new Map<string, string>();
function loggerOf(name: string) {
  const destination = { write: (line: string) => void written.set(name, (written.get(name) ?? '') + line) };
  return createLogger({ name, level: 'error', destination });
}

beforeAll(async () => {
  const operators = createOperatorsDocument();
  operators.write([{ code: 'kcell' }]);
  const registry = await createRegistryDatabase([
    { kind: 'tenure', msisdn: NUMBER, operatorCode: 'kcell', since: '2020-03-01T00:00:00.000Z', until: null },
  ]);
  const numbering = await serveNumbering(registry.url, operators.path, loggerOf('numbering'));
  const cases = await createCaseDatabase([]);
  const fraudCases = await serveFraudCases(cases.url, null, undefined, loggerOf('fraud-cases'));
  origins.set('numbering', numbering.url);
  origins.set('fraud-cases', fraudCases.url);
  closing.push(numbering.stop, fraudCases.stop, registry.close, cases.close, operators.remove);
}, 60_000);
afterAll(async () => {
  for (const close of closing) await close();
});

const PHONE = { __typename: 'PhoneNumber', msisdn: NUMBER };
const entities = (keys: readonly unknown[]) => ({
  query: 'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }',
  variables: { keys },
});
const BODY = JSON.stringify(entities([PHONE]));
const GOOD: SignedPost = { body: BODY };
const mallory: KeyPair = keyPair('mallory');

async function send(origin: string, headers: Readonly<Record<string, string>>, body = BODY) {
  const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** That a request was refused: status, one line with the reason, one more counted, and nothing of what was asked. */
async function expectRefused(
  name: string,
  reason: string,
  status: number,
  ask: (origin: string) => Promise<{ readonly status: number; readonly text: string }>,
) {
  const origin = origins.get(name) ?? '';
  const before = await countOf(origin, reason);
  written.set(name, '');
  const answer = await ask(origin);
  const lines = written.get(name) ?? '';
  expect([answer.status, [...lines.matchAll(/"alarm":"([A-Z_]+)"/g)].map(([, word]) => word)]).toEqual([
    status,
    [reason],
  ]);
  expect(await countOf(origin, reason)).toBe(before + 1);
  expect(answer.text).toMatch(/UNAUTHENTICATED|FORBIDDEN|BAD_USER_INPUT/);
  expect(answer.text).not.toMatch(/PhoneNumber|7701|type |Nope/);
  expect(lines).not.toMatch(/7701|Nope/);
}

const without = (name: string, headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
const rewritten = (what: RegExp, by: string) => {
  const headers = signedHeaders(GOOD);
  return { ...headers, 'signature-input': (headers['signature-input'] ?? '').replace(what, by) };
};

describe.each(['numbering', 'fraud-cases'])('%s', (name) => {
  it.each<[string, string, () => Readonly<Record<string, string>>, string?]>([
    [
      'B86 unsigned, for the schema',
      'MISSING',
      () => ({ 'content-type': 'application/json' }),
      '{"query":"{_service{sdl}}"}',
    ],
    ['B89 without a signature', 'MISSING', () => without('signature', signedHeaders(GOOD))],
    ['B90 over another body', 'DIGEST', () => signedHeaders(GOOD), BODY.replace(NUMBER, '+77011234502')],
    ['B90 over another path', 'SIGNATURE', () => signedHeaders({ ...GOOD, path: '/other' })],
    ['B90 over another method', 'SIGNATURE', () => signedAsGet()],
    ['with a token that is not signed', 'COVERAGE', () => ({ ...signedHeaders(GOOD), authorization: 'Bearer a.b.c' })],
    ['B91 expired', 'EXPIRED', () => signedHeaders({ ...GOOD, nowMs: Date.now() - 61_000 })],
    ['B91 of the next minute', 'NOT_YET', () => signedHeaders({ ...GOOD, nowMs: Date.now() + 61_000 })],
    ['B93 over the method alone', 'COVERAGE', () => rewritten(/\([^)]*\)/, '("@method")')],
    ['B94 with a second label', 'MALFORMED', () => rewritten(/$/, ', other=("@method")')],
    ['B95 that names an algorithm', 'MALFORMED', () => rewritten(/;tag=/, ';alg="hmac-sha256";tag=')],
    ['B95 by HMAC with the public key', 'MALFORMED', () => macInstead()],
    ['by a stranger', 'UNKNOWN_KEY', () => signedHeaders({ ...GOOD, key: mallory })],
    ['by another program of the bank', 'UNKNOWN_KEY', () => signedHeaders({ ...GOOD, key: CASES_KEY })],
    [
      'by a stranger under the name of the gateway',
      'SIGNATURE',
      () => signedHeaders({ ...GOOD, key: { ...mallory, publicKey: keyPair('afc gateway').publicKey } }),
    ],
  ])('%s is 401, told and counted, and tells nothing', async (_what, reason, headersOf, ...[body]) => {
    await expectRefused(name, `SIGNATURE_${reason}`, 401, (origin) => send(origin, headersOf(), body));
  });

  it('B92 is told once: the same request again is 401', async () => {
    // The case service of this test has no root of trust for contexts.
    const headers = signedHeaders({ ...GOOD, headers: name === 'numbering' ? forSomebody() : {} });
    expect((await send(origins.get(name) ?? '', headers)).status).not.toBe(401);
    await expectRefused(name, 'SIGNATURE_REPLAYED', 401, (origin) => send(origin, headers));
  });

  it.each<[string, string, number, object]>([
    ['B86 of the schema', 'CLOSED_FIELD', 403, { query: '{_service{sdl}}' }],
    ['of its types', 'CLOSED_FIELD', 403, { query: '{__schema{types{name}}}' }],
    ['B96 Query', 'REPRESENTATION', 400, entities([{ __typename: 'Query' }])],
    ['B96 Nope', 'REPRESENTATION', 400, entities([{ __typename: 'Nope' }])],
    ['B96 __proto__', 'REPRESENTATION', 400, entities([{ __typename: '__proto__' }])],
    ['B96 no type', 'REPRESENTATION', 400, entities([{ msisdn: NUMBER }])],
    ['B97 a number that is an object', 'REPRESENTATION', 400, entities([{ ...PHONE, msisdn: { $gt: '' } }])],
    [
      'B97 101 representations (the design allows 100, the row 50)',
      'REPRESENTATION',
      400,
      entities(Array.from({ length: 101 }, () => PHONE)),
    ],
  ])('tells the gateway itself nothing about %s', async (_what, reason, status, document) => {
    const body = JSON.stringify(document);
    await expectRefused(name, reason, status, (origin) =>
      send(origin, signedHeaders({ body, headers: forSomebody() }), body),
    );
  });
});

describe('numbering', () => {
  it('answers nobody whom the gateway does not say to have signed in', async () => {
    const spoilt = forSomebody()['afc-context']?.replace(/.$/, '') ?? '';
    for (const headers of [{}, { 'afc-context': spoilt }] as readonly Readonly<Record<string, string>>[]) {
      await expectRefused('numbering', 'CONTEXT', 401, (origin) => send(origin, signedHeaders({ ...GOOD, headers })));
    }
  });

  const to = (origin: string, path: string) => `${origin}/internal/${path}`;
  const porting = { portId: 'p-1', msisdn: NUMBER, to: 'kcell' };
  it.each<[string, string, (origin: string) => Promise<{ readonly status: number; readonly body: unknown }>]>([
    [
      'who serves a number, asked by the gateway',
      'UNKNOWN_KEY',
      (origin) => callSigned(keyPair('afc gateway'), { url: to(origin, `serving-tenure/${NUMBER}`), method: 'GET' }),
    ],
    [
      'the course of a line, asked by itself',
      'UNKNOWN_KEY',
      (origin) => callSigned(NUMBERING_KEY, { url: to(origin, `line-course/${NUMBER}`), method: 'GET' }),
    ],
    [
      'a porting, told by the case service',
      'UNKNOWN_KEY',
      (origin) => callSigned(CASES_KEY, { url: to(origin, 'portings'), body: porting }),
    ],
    [
      'a porting of another number than was signed',
      'DIGEST',
      (origin) =>
        callSigned(NUMBERING_KEY, { url: to(origin, 'portings'), body: porting }, (headers) => {
          headers['content-digest'] = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';
        }),
    ],
    [
      'a porting that nobody signed',
      'MISSING',
      (origin) =>
        callSigned(NUMBERING_KEY, { url: to(origin, 'portings'), body: porting }, (headers) => {
          delete headers.signature;
        }),
    ],
    [
      'a question with more behind it than was signed',
      'MALFORMED',
      (origin) => callSigned(CASES_KEY, { url: `${to(origin, `line-course/${NUMBER}`)}?and=more`, method: 'GET' }),
    ],
  ])('is not moved by %s', async (_what, reason, ask) => {
    await expectRefused('numbering', `SIGNATURE_${reason}`, 401, async (origin) => {
      const { status, body } = await ask(origin);
      return { status, text: JSON.stringify(body) };
    });
  });

  it('takes no body that is longer than any of its own', async () => {
    const body = { ...porting, portId: 'x'.repeat(5_000) };
    const { status } = await callSigned(NUMBERING_KEY, { url: to(origins.get('numbering') ?? '', 'portings'), body });
    expect(status).toBe(413);
  });
});

/** How often a door refused for this reason. */
async function countOf(origin: string, reason: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) => one.startsWith('senim_door_refusals_total') && one.includes(`"${reason}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

function signedAsGet(): Readonly<Record<string, string>> {
  const message = { method: 'GET', path: '/graphql', body: BODY, headers: {} };
  return { 'content-type': 'application/json', ...signRequest(message, keyPair('afc gateway'), Date.now()) };
}

function macInstead(): Readonly<Record<string, string>> {
  const mac = createHmac('sha256', keyPair('afc gateway').publicKey.bytes).update('anything').digest('base64');
  return { ...signedHeaders(GOOD), signature: `afc=:${mac}:` };
}
