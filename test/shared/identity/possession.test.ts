// Bound tokens: what a sender must show besides the token, and what shows nothing. Proofs are made by an independent library.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Possession } from '../../../shared/identity/possession';
import { createTokenCheck, type TokenCheck } from '../../../shared/identity/token-check';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

const URL_OF_GATEWAY = 'https://gateway.example/graphql';
const CERTIFICATE = createHash('sha256').update('a certificate').digest('base64url');

let issuer: TokenIssuer;
let tokens: TokenCheck;
let key: { readonly privateKey: CryptoKey; readonly jwk: JWK; readonly thumbprint: string };

beforeAll(async () => {
  issuer = await startTokenIssuer();
  tokens = createTokenCheck({ issuer: issuer.issuer, audience: issuer.audience });
  key = await newKey();
});

afterAll(() => issuer.stop());

async function newKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk, 'sha256') };
}

const boundToken = () => issuer.tokenOf('investigator-1', { cnf: { jkt: key.thumbprint } });
const athOf = (token: string) => createHash('sha256').update(token).digest('base64url');
let proofs = 0;

interface Changes {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signer?: CryptoKey;
}

function proofFor(token: string, { claims = {}, header = {}, signer }: Changes = {}): Promise<string> {
  proofs += 1;
  const second = Math.floor(Date.now() / 1000);
  const told = { htm: 'POST', htu: URL_OF_GATEWAY, ath: athOf(token), jti: `proof-${proofs}`, iat: second, ...claims };
  return new SignJWT(told)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...header })
    .sign(signer ?? key.privateKey);
}

async function outcome(authorization: string, shown: Partial<Possession> | 'SHOWN_BEFORE' | undefined, check = tokens) {
  const possession =
    typeof shown === 'object'
      ? { method: 'POST', url: URL_OF_GATEWAY, proofs: [], certificate: null, ...shown }
      : shown;
  const checked = await check.check(authorization, possession);
  return checked.ok ? (checked.value?.person ?? null) : checked.error;
}

describe('a token that is bound to a key', () => {
  test('counts with a proof of that key for this request', async () => {
    const token = boundToken();
    expect(await outcome(`DPoP ${token}`, { proofs: [await proofFor(token)] })).toBe('investigator-1');
    expect(await outcome(`DPoP ${token}`, { proofs: [await proofFor(token)] })).toBe('investigator-1');
  });

  test('counts for nothing alone, as a bearer token, with two proofs, or by a way that shows nothing', async () => {
    const token = boundToken();
    expect(await outcome(`DPoP ${token}`, {})).toBe('UNAUTHENTICATED');
    expect(await outcome(`Bearer ${token}`, {})).toBe('UNAUTHENTICATED');
    expect(await outcome(`Bearer ${token}`, { proofs: [await proofFor(token)] })).toBe('UNAUTHENTICATED');
    expect(await outcome(`DPoP ${token}`, { proofs: [await proofFor(token), await proofFor(token)] })).toBe(
      'UNAUTHENTICATED',
    );
    expect(await outcome(`DPoP ${token}`, { certificate: key.thumbprint })).toBe('UNAUTHENTICATED');
    expect(await outcome(`DPoP ${token}`, undefined)).toBe('UNAUTHENTICATED');
  });

  test('counts behind the gateway, which has seen the proof', async () => {
    expect(await outcome(`DPoP ${boundToken()}`, 'SHOWN_BEFORE')).toBe('investigator-1');
  });

  test('counts once with each proof', async () => {
    const token = boundToken();
    const proof = await proofFor(token);
    expect(await outcome(`DPoP ${token}`, { proofs: [proof] })).toBe('investigator-1');
    expect(await outcome(`DPoP ${token}`, { proofs: [proof] })).toBe('UNAUTHENTICATED');
  });

  test('counts for nothing with a proof for another request, token, time or key', async () => {
    const token = boundToken();
    const second = Math.floor(Date.now() / 1000);
    const other = await newKey();
    const changes: readonly Changes[] = [
      { claims: { htm: 'GET' } },
      { claims: { htm: undefined } },
      { claims: { htu: 'https://gateway.example/' } },
      { claims: { htu: `${URL_OF_GATEWAY}?x=1` } },
      { claims: { htu: undefined } },
      { claims: { ath: athOf('another') } },
      { claims: { ath: undefined } },
      { claims: { jti: undefined } },
      { claims: { jti: '' } },
      { claims: { jti: 7 } },
      { claims: { jti: 'x'.repeat(129) } },
      { claims: { iat: second - 60 } },
      { claims: { iat: second + 60 } },
      { claims: { iat: undefined } },
      { header: { typ: 'JWT' } },
      { header: { typ: 'at+jwt' } },
      { header: { jwk: other.jwk }, signer: other.privateKey },
      { signer: other.privateKey },
      { header: { kid: 'key-1' } },
      { header: { jku: 'https://attacker.example/jwks' } },
    ];
    for (const change of changes) {
      const proof = await proofFor(token, change);
      expect([change, await outcome(`DPoP ${token}`, { proofs: [proof] })]).toEqual([change, 'UNAUTHENTICATED']);
    }
    for (const proof of ['', 'a.b.c', 'x'.repeat(5_000), token]) {
      expect(await outcome(`DPoP ${token}`, { proofs: [proof] })).toBe('UNAUTHENTICATED');
    }
  });

  test('counts for nothing with the private key in its proof, or an algorithm of shared secrets', async () => {
    const token = boundToken();
    const priv = await exportJWK(key.privateKey);
    expect(await outcome(`DPoP ${token}`, { proofs: [await proofFor(token, { header: { jwk: priv } })] })).toBe(
      'UNAUTHENTICATED',
    );
    const shared = await new SignJWT({ htm: 'POST', htu: URL_OF_GATEWAY, ath: athOf(token), jti: 'shared' })
      .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: key.jwk })
      .setIssuedAt()
      .sign(Buffer.from(JSON.stringify(key.jwk)));
    expect(await outcome(`DPoP ${token}`, { proofs: [shared] })).toBe('UNAUTHENTICATED');
  });
});

describe('a token that is bound to a certificate', () => {
  const token = () => issuer.tokenOf('bank-1', { cnf: { 'x5t#S256': CERTIFICATE } });

  test('counts on a connection with that certificate alone', async () => {
    expect(await outcome(`Bearer ${token()}`, { certificate: CERTIFICATE })).toBe('bank-1');
    expect(await outcome(`Bearer ${token()}`, { certificate: athOf('another') })).toBe('UNAUTHENTICATED');
    expect(await outcome(`Bearer ${token()}`, {})).toBe('UNAUTHENTICATED');
    expect(await outcome(`DPoP ${token()}`, { certificate: CERTIFICATE })).toBe('UNAUTHENTICATED');
  });

  test('is the only one that counts for the machines of others where that is demanded', async () => {
    const strict = createTokenCheck({ issuer: issuer.issuer, audience: issuer.audience, machinesBound: true });
    expect(await outcome(`Bearer ${token()}`, { certificate: CERTIFICATE }, strict)).toBe('bank-1');
    for (const machine of ['bank-1', 'operator-kcell', 'portal-1']) {
      expect(await outcome(`Bearer ${issuer.tokenOf(machine)}`, { certificate: CERTIFICATE }, strict)).toBe(
        'UNAUTHENTICATED',
      );
    }
    expect(await outcome(`Bearer ${issuer.tokenOf('investigator-1')}`, {}, strict)).toBe('investigator-1');
    expect(await outcome(`Bearer ${issuer.tokenOf('afc-dispatcher')}`, {}, strict)).toBe('afc-dispatcher');
  });
});

describe('a token that is bound to nothing, or to nobody knows what', () => {
  test('is no token of the other scheme, and a claim that is not exactly one binding refuses it', async () => {
    expect(await outcome(`Bearer ${issuer.tokenOf('investigator-1')}`, {})).toBe('investigator-1');
    expect(await outcome(`DPoP ${issuer.tokenOf('investigator-1')}`, {})).toBe('UNAUTHENTICATED');
    for (const cnf of [
      {},
      null,
      [],
      'jkt',
      { jkt: 7 },
      { jkt: 'short' },
      { jkt: key.thumbprint, 'x5t#S256': CERTIFICATE },
      { kid: 'x' },
    ]) {
      expect(await outcome(`Bearer ${issuer.tokenOf('investigator-1', { cnf })}`, {})).toBe('UNAUTHENTICATED');
      expect(await outcome(`Bearer ${issuer.tokenOf('investigator-1', { cnf })}`, 'SHOWN_BEFORE')).toBe(
        'UNAUTHENTICATED',
      );
    }
  });
});
