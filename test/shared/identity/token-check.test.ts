// Tokens as our issuer signs them and as attackers do, against an issuer in this process that counts how often it is asked, fails, comes
// back and changes its keys.

import { createHmac, createPublicKey } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KEY_PACE } from '../../../shared/identity/issuer-keys';
import { createTokenCheck, LONGEST_AUTHORIZATION, type TokenCheck } from '../../../shared/identity/token-check';
import { claimsOf, newSigningKey, signToken, startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

let issuer: TokenIssuer;
let nowMs: number;
let tokens: TokenCheck;

beforeAll(async () => {
  issuer = await startTokenIssuer();
});

afterAll(async () => {
  await issuer.stop();
});

beforeEach(() => {
  nowMs = Date.now();
  tokens = fresh();
});

const fresh = (): TokenCheck =>
  createTokenCheck({ issuer: issuer.issuer, audience: issuer.audience, nowMs: () => nowMs });
const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...claimsOf('investigator-1', nowMs),
  iss: issuer.issuer,
  aud: 'senim',
  ...changes,
});
const signed = (changes: object = {}, header: Readonly<Record<string, unknown>> = {}) =>
  signToken(issuer.key(), claims({ ...changes }), header);
async function answerTo(authorization: string | null, check = tokens): Promise<string | null> {
  const outcome = await check.check(authorization);
  return outcome.ok ? (outcome.value?.person ?? null) : outcome.error;
}
const bearer = (token: string, check = tokens) => answerTo(`Bearer ${token}`, check);
const second = () => Math.floor(nowMs / 1000);

describe('a true token', () => {
  test('says who is signed in', async () => {
    const outcome = await tokens.check(`Bearer ${signed()}`);
    expect(outcome).toMatchObject({
      ok: true,
      value: { person: 'investigator-1', organisation: 'afc', roles: ['INVESTIGATOR'], unit: 'almaty-1' },
    });
  });

  test('is no token when none was sent', async () => {
    expect(await answerTo(null)).toBeNull();
  });

  test.each(['EdDSA', 'ES256', 'PS256'] as const)('may be signed by %s', async (algorithm) => {
    issuer.rotate({ algorithm });
    expect(await bearer(signed(), fresh())).toBe('investigator-1');
  });

  test('is verified once, and asks the issuer once, however often it comes', async () => {
    const asked = issuer.asked();
    const token = signed();
    const found = await Promise.all(Array.from({ length: 50 }, () => bearer(token)));
    expect(new Set(found)).toEqual(new Set(['investigator-1']));
    expect(await bearer(token)).toBe('investigator-1');
    expect(issuer.asked() - asked).toBe(1);
  });

  test('ends with its time, also when it was remembered', async () => {
    const token = signed();
    expect(await bearer(token)).toBe('investigator-1');
    nowMs += 599_000;
    expect(await bearer(token)).toBe('investigator-1');
    nowMs += 7_000;
    expect(await bearer(token)).toBe('UNAUTHENTICATED');
  });

  test('may come from a clock that is a little ahead or behind', async () => {
    expect(await bearer(signed({ iat: second() + 4, exp: second() + 500 }))).toBe('investigator-1');
    expect(await bearer(signed({ iat: second() - 500, exp: second() - 3 }))).toBe('investigator-1');
    expect(await bearer(signed({ nbf: second() + 4 }))).toBe('investigator-1');
  });
});

describe('a token is refused', () => {
  test.each<[string, object]>([
    ['for another audience', { aud: 'other' }],
    ['for us and another audience', { aud: ['senim', 'other'] }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'https://issuer.invalid' }],
    ['of our issuer with a slash more', { iss: 'SLASH' }],
    ['of no issuer', { iss: undefined }],
    ['without an end', { exp: undefined }],
    ['without a beginning', { iat: undefined }],
    ['without a person', { sub: undefined }],
    ['with roles as a text', { roles: 'ADMIN' }],
    ['with a role that nobody has', { roles: ['SYSTEM'] }],
    ["with the bank's role from an operator", { org: 'kcell' }],
  ])('%s', async (_what, changes) => {
    const told = 'iss' in changes && changes.iss === 'SLASH' ? { iss: `${issuer.issuer}/` } : changes;
    expect(await bearer(signed(told))).toBe('UNAUTHENTICATED');
  });

  test.each<[string, (now: number) => object]>([
    ['that has ended', (now) => ({ iat: now - 620, exp: now - 20 })],
    ['that is older than ten minutes, whatever its end', (now) => ({ iat: now - 620, exp: now + 60 })],
    ['that is good for longer than ten minutes', (now) => ({ exp: now + 601 })],
    ['that is good until the year 9999', () => ({ exp: 253_402_300_799 })],
    ['that begins in a minute', (now) => ({ iat: now + 61, exp: now + 500 })],
    ['that is not good yet', (now) => ({ nbf: now + 61 })],
    ['that ends before it begins', (now) => ({ iat: now, exp: now - 1 })],
    ['with times as texts', (now) => ({ iat: String(now), exp: String(now + 600) })],
  ])('%s', async (_what, changes) => {
    expect(await bearer(signed(changes(second())))).toBe('UNAUTHENTICATED');
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another type', { typ: 'JWT' }],
    ['of an identity token', { typ: 'id_token+jwt' }],
    ['without a type', { typ: undefined }],
    ['of a type in a list', { typ: ['at+jwt'] }],
    ['that brings its own key', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }],
    ['that names a key set', { jku: 'http://127.0.0.1:1/jwks' }],
    ['that names a certificate', { x5u: 'http://127.0.0.1:1/cert' }],
    ['that brings a certificate', { x5c: ['AAAA'] }],
    ['with critical members', { crit: ['b64'], b64: true }],
    ['without a key', { kid: undefined }],
    ['with a path for a key', { kid: '../../dev/null' }],
    ['with SQL for a key', { kid: "' OR 1=1 --" }],
    ['with a key of 10 KB', { kid: 'k'.repeat(10_000) }],
    ['with a number for a key', { kid: 1 }],
    ['of RSA with SHA-1 padding', { alg: 'RS256' }],
    ['of no algorithm', { alg: undefined }],
  ])('%s in its header', async (_what, header) => {
    expect(await bearer(signed({}, header))).toBe('UNAUTHENTICATED');
  });

  test.each(['none', 'None', 'NONE'])('with the algorithm %s, signed or not', async (alg) => {
    const token = signed({}, { alg });
    expect(await bearer(token)).toBe('UNAUTHENTICATED');
    expect(await bearer(`${token.slice(0, token.lastIndexOf('.'))}.`)).toBe('UNAUTHENTICATED');
  });

  test.each(['HS256', 'HS512'])('signed by %s with the public key as the secret', async (alg) => {
    const key = createPublicKey(issuer.key().privateKey);
    for (const secret of [key.export({ format: 'pem', type: 'spki' }), JSON.stringify(key.export({ format: 'jwk' }))]) {
      const text = signed({}, { alg }).split('.').slice(0, 2).join('.');
      const digest = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', secret)
        .update(text)
        .digest('base64url');
      expect(await bearer(`${text}.${digest}`)).toBe('UNAUTHENTICATED');
    }
  });

  test('signed by a stranger under a known name', async () => {
    const { keyId } = issuer.key();
    expect(await bearer(signToken(newSigningKey(keyId), claims()))).toBe('UNAUTHENTICATED');
  });

  test('signed by a known key under another algorithm', async () => {
    const key = issuer.rotate({ algorithm: 'ES256' });
    const token = signToken({ ...newSigningKey(key.keyId, 'PS256') }, claims());
    expect(await bearer(token, fresh())).toBe('UNAUTHENTICATED');
    issuer.rotate();
  });

  test('whose every part was changed by one letter', async () => {
    const token = signed();
    for (const at of [3, token.indexOf('.') + 20, token.lastIndexOf('.') + 10]) {
      const letter = token[at] === 'A' ? 'B' : 'A';
      expect(await bearer(`${token.slice(0, at)}${letter}${token.slice(at + 1)}`)).toBe('UNAUTHENTICATED');
    }
  });

  test('that says a claim twice', async () => {
    const text = JSON.stringify(claims());
    const twice = text.replace('"roles":', '"roles":["ADMIN"],"roles":');
    expect(await bearer(signToken(issuer.key(), text))).toBe('investigator-1');
    expect(await bearer(signToken(issuer.key(), twice))).toBe('UNAUTHENTICATED');
    const escaped = text.replace('"roles":', '"rol\\u0065s":["ADMIN"],"roles":');
    expect(await bearer(signToken(issuer.key(), escaped))).toBe('UNAUTHENTICATED');
  });

  test.each<[string, (token: string) => string]>([
    ['an empty header', () => ''],
    ['another scheme', (token) => `Basic ${token}`],
    ['no scheme', (token) => token],
    ['two tokens', (token) => `Bearer ${token}, Bearer ${token}`],
    ['two tokens without a comma', (token) => `Bearer ${token} ${token}`],
    ['two spaces', (token) => `Bearer  ${token}`],
    ['something behind it', (token) => `Bearer ${token} x`],
    ['four parts', (token) => `Bearer ${token}.${token.slice(-10)}`],
    ['five parts, as if it were encrypted', (token) => `Bearer ${token}.AAAA.AAAA`],
    ['one part', () => 'Bearer AAAA'],
    ['padding', (token) => `Bearer ${token}==`],
    ['parts that are not JSON', () => 'Bearer AAAA.AAAA.AAAA'],
    ['a list for a header', (token) => `Bearer W10.${token.split('.').slice(1).join('.')}`],
    ['more than is read', (token) => `Bearer ${token}${'A'.repeat(LONGEST_AUTHORIZATION)}`],
  ])('in a header with %s', async (_what, header) => {
    expect(await answerTo(header(signed()))).toBe('UNAUTHENTICATED');
  });

  test('and no address that it names is asked', async () => {
    let visits = 0;
    const trap = createServer((_request, response) => {
      visits += 1;
      response.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    try {
      for (const member of ['jku', 'x5u', 'iss']) {
        await bearer(signed({}, { [member]: `${address}/jwks` }));
        await bearer(signed({ [member]: address, jku: address }));
      }
      expect(visits).toBe(0);
    } finally {
      await new Promise((resolve) => trap.close(resolve));
    }
  });
});

describe('keys of the issuer', () => {
  test('that are new are fetched when the first token names them; the old one goes on until it is dropped', async () => {
    const old = signed();
    expect(await bearer(old)).toBe('investigator-1');
    issuer.rotate();
    expect(await bearer(signed())).toBe('investigator-1');
    expect(await bearer(old)).toBe('investigator-1');
    issuer.rotate({ dropsOld: true });
    nowMs += KEY_PACE.cooldownMs;
    expect(await bearer(signed())).toBe('investigator-1');
    expect(await bearer(old)).toBe('UNAUTHENTICATED');
  });

  test('that nobody has are asked for once, however many tokens name them', async () => {
    expect(await bearer(signed())).toBe('investigator-1');
    const asked = issuer.asked();
    const made = (ordinal: number) => signToken(newSigningKey(`made-up-${ordinal}`), claims());
    const flood = await Promise.all(Array.from({ length: 20 }, (_none, ordinal) => bearer(made(ordinal))));
    expect(new Set(flood)).toEqual(new Set(['UNAUTHENTICATED']));
    for (let ordinal = 20; ordinal < 40; ordinal += 1) await bearer(made(ordinal));
    expect(issuer.asked() - asked).toBe(1);
    nowMs += KEY_PACE.cooldownMs;
    await bearer(made(40));
    expect(issuer.asked() - asked).toBe(2);
    expect(await bearer(signed())).toBe('investigator-1');
  });

  test('that are known go on while the issuer is down; others are refused as its fault, and pass when it is back', async () => {
    expect(await bearer(signed())).toBe('investigator-1');
    const known = issuer.key();
    const next = issuer.rotate();
    await issuer.pause();
    expect(await bearer(signToken(known, claims({ jti: 'another' })))).toBe('investigator-1');
    expect(await bearer(signToken(next, claims()))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(await bearer(signToken(known, claims({ jti: 'a third' })))).toBe('investigator-1');
    await issuer.resume();
    nowMs += KEY_PACE.retryMs;
    expect(await bearer(signToken(next, claims()))).toBe('investigator-1');
  });

  test('are old after five minutes, and fetched again beside the work, also from an issuer that is down', async () => {
    expect(await bearer(signed())).toBe('investigator-1');
    await issuer.pause();
    nowMs += KEY_PACE.refreshMs;
    expect(await bearer(signed())).toBe('investigator-1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await bearer(signed({ jti: 'after' }))).toBe('investigator-1');
    await issuer.resume();
  });

  test('cannot be had from an issuer that never answered', async () => {
    await issuer.pause();
    expect(await bearer(signed())).toBe('SUBGRAPH_UNAVAILABLE');
    await issuer.resume();
    expect(await bearer(signed())).toBe('SUBGRAPH_UNAVAILABLE');
    nowMs += KEY_PACE.retryMs;
    expect(await bearer(signed())).toBe('investigator-1');
  });

  test.each<[string, (response: ServerResponse, own: string) => void]>([
    ['hangs', () => {}],
    ['answers without end', (response) => void response.write('{"keys":['.padEnd(300_000, ' '))],
    ['fails', (response) => void response.writeHead(500).end('{}')],
    ['sends us elsewhere', (response, own) => void response.writeHead(302, { location: `${own}/other` }).end()],
  ])('cannot be had from an issuer that %s; known callers are not kept waiting for ever', async (_what, answer) => {
    let own = '';
    const bad = createServer((_request, response) => answer(response, own));
    await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve));
    own = `http://127.0.0.1:${(bad.address() as AddressInfo).port}`;
    try {
      const check = createTokenCheck({ issuer: own, audience: 'senim', pace: { ...KEY_PACE, timeoutMs: 100 } });
      expect(await bearer(signed({ iss: own }), check)).toBe('SUBGRAPH_UNAVAILABLE');
    } finally {
      bad.closeAllConnections();
      await new Promise((resolve) => bad.close(resolve));
    }
  });

  test.each<[string, (own: string) => Readonly<Record<string, unknown>>]>([
    ['of another issuer', (own) => ({ issuer: `${own}/other`, jwks_uri: `${own}/jwks` })],
    ['that names no address', (own) => ({ issuer: own })],
    ['that names a file', (own) => ({ issuer: own, jwks_uri: 'file:///etc/passwd' })],
    ['that names a far address without encryption', (own) => ({ issuer: own, jwks_uri: 'http://192.0.2.1/jwks' })],
    ['that is a list', () => [] as never],
  ])('are not taken from a discovery document %s', async (_what, documentOf) => {
    let own = '';
    const deceiver = createServer((request, response) => {
      response.end(request.url === '/jwks' ? '{"keys":[]}' : JSON.stringify(documentOf(own)));
    });
    await new Promise<void>((resolve) => deceiver.listen(0, '127.0.0.1', resolve));
    own = `http://127.0.0.1:${(deceiver.address() as AddressInfo).port}`;
    try {
      const check = createTokenCheck({ issuer: own, audience: 'senim' });
      expect(await bearer(signed({ iss: own }), check)).toBe('SUBGRAPH_UNAVAILABLE');
    } finally {
      deceiver.closeAllConnections();
      await new Promise((resolve) => deceiver.close(resolve));
    }
  });
});
