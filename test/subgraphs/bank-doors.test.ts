// The doors of the bank's own subgraphs, straight at them: whoever cannot show the gateway's signature, over this request and of this moment, is told
// nothing (rows B86 and B89 to B95 of the catalogue of bad input); and the gateway itself is not told what a subgraph is made of.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { keyPair } from '../shared/audit-log/log-keys';
import { type SignedPost, signedHeaders } from '../support/granted-reader';
import { createCaseDatabase, serveFraudCases } from './fraud-cases/fraud-cases-fixture';
import { createOperatorsDocument, createRegistryDatabase, serveNumbering } from './numbering/numbering-fixture';

const origins = new Map<string, string>();
const closing: (() => unknown)[] = [];
const NUMBER = '+77011234501';

beforeAll(async () => {
  const operators = createOperatorsDocument();
  operators.write([{ code: 'kcell' }]);
  const registry = await createRegistryDatabase([
    { kind: 'tenure', msisdn: NUMBER, operatorCode: 'kcell', since: '2020-03-01T00:00:00.000Z', until: null },
  ]);
  const numbering = await serveNumbering(registry.url, operators.path);
  const cases = await createCaseDatabase([]);
  const fraudCases = await serveFraudCases(cases.url);
  origins.set('numbering', numbering.url);
  origins.set('fraud-cases', fraudCases.url);
  closing.push(numbering.stop, fraudCases.stop, registry.close, cases.close, operators.remove);
}, 60_000);
afterAll(async () => {
  for (const close of closing) await close();
});

const BODY = JSON.stringify({
  query: 'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }',
  variables: { keys: [{ __typename: 'PhoneNumber', msisdn: NUMBER }] },
});
const GOOD: SignedPost = { body: BODY };
const mallory: KeyPair = keyPair('mallory');

async function send(origin: string, headers: Readonly<Record<string, string>>, body = BODY) {
  const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

const without = (name: string, headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
const rewritten = (what: RegExp, by: string) => {
  const headers = signedHeaders(GOOD);
  return { ...headers, 'signature-input': (headers['signature-input'] ?? '').replace(what, by) };
};

describe.each(['numbering', 'fraud-cases'])('%s', (name) => {
  it.each<[string, () => Readonly<Record<string, string>>, string?]>([
    ['B86 unsigned, for the schema', () => ({ 'content-type': 'application/json' }), '{"query":"{_service{sdl}}"}'],
    ['B89 without a signature', () => without('signature', signedHeaders(GOOD))],
    ['B90 over another body', () => signedHeaders(GOOD), BODY.replace(NUMBER, '+77011234502')],
    ['B90 over another path', () => signedHeaders({ ...GOOD, path: '/other' })],
    ['with a token that is not signed', () => ({ ...signedHeaders(GOOD), authorization: 'Bearer a.b.c' })],
    ['B91 expired', () => signedHeaders({ ...GOOD, nowMs: Date.now() - 61_000 })],
    ['B91 of the next minute', () => signedHeaders({ ...GOOD, nowMs: Date.now() + 61_000 })],
    ['B93 over the method alone', () => rewritten(/\([^)]*\)/, '("@method")')],
    ['B94 with a second label', () => rewritten(/$/, ', other=("@method")')],
    ['B95 that names an algorithm', () => rewritten(/;tag=/, ';alg="hmac-sha256";tag=')],
    ['by a stranger', () => signedHeaders({ ...GOOD, key: mallory })],
    [
      'by a stranger under the name of the gateway',
      () => signedHeaders({ ...GOOD, key: { ...mallory, publicKey: keyPair('afc gateway').publicKey } }),
    ],
  ])('%s is 401 and tells nothing', async (_what, headersOf, ...[body]) => {
    const origin = origins.get(name) ?? '';
    const { status, text } = await send(origin, headersOf(), body);
    expect(status).toBe(401);
    expect(text).toContain('UNAUTHENTICATED');
    expect(text).not.toMatch(/PhoneNumber|7701/);
  });

  it('B92 is told once: the same request again is 401', async () => {
    const headers = signedHeaders(GOOD);
    expect((await send(origins.get(name) ?? '', headers)).status).not.toBe(401);
    expect((await send(origins.get(name) ?? '', headers)).status).toBe(401);
  });

  it('counts each', async () => {
    expect(await refusalsOf(origins.get(name) ?? '')).toBe(13);
  });

  it('B86 tells the gateway nothing of its schema', async () => {
    const body = '{"query":"{_service{sdl}}"}';
    const { status, text } = await send(origins.get(name) ?? '', signedHeaders({ body }), body);
    expect([status, text.includes('FORBIDDEN'), text.includes('type ')]).toEqual([403, true, false]);
  });
});

/** Requests that were refused at a door so far, for whatever reason. */
async function refusalsOf(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('senim_door_refusals_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
