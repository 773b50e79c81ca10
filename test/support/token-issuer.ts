// A small issuer inside the test's own process: its discovery document, its key set, and tokens of any content signed by its keys, true
// ones and forged ones. It counts how often it is asked. The identity provider itself is test/support/identity.ts.

import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoUser } from '../../shared/local-network/demo-users';

/** An issuer whom nobody answers for, for services whose tests send no token. */
export const NO_ISSUER = { issuer: 'http://127.0.0.1:1', audience: 'senim' } as const;

/** A key that signs tokens. */
export interface SigningKey {
  readonly keyId: string;
  readonly algorithm: 'EdDSA' | 'ES256' | 'PS256';
  readonly privateKey: KeyObject;
}

/** An issuer that answers. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** The key that signs now. */
  key(): SigningKey;
  /** A true token of a demo user, with `changes` of its claims. */
  tokenOf(user: string, changes?: Readonly<Record<string, unknown>>): string;
  /** Signs with a new key; the old one is published too, unless it is dropped. */
  rotate(options?: { readonly dropsOld?: boolean; readonly algorithm?: SigningKey['algorithm'] }): SigningKey;
  /** How often its key set was asked for. */
  asked(): number;
  /** Does not answer until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an issuer on a free port. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let asked = 0;
  let keys: readonly SigningKey[] = [newSigningKey('key-1')];
  let server: Server | null = null;
  let port = 0;
  const issuer = (): string => `http://127.0.0.1:${port}`;

  async function resume(): Promise<void> {
    const started = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/jwks') {
        asked += 1;
        response.end(JSON.stringify({ keys: keys.map(publicJwk) }));
      } else response.end(JSON.stringify({ issuer: issuer(), jwks_uri: `${issuer()}/jwks` }));
    });
    await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
    port = (started.address() as AddressInfo).port;
    server = started;
  }

  async function pause(): Promise<void> {
    const running = server;
    server = null;
    if (running === null) return;
    const ended = new Promise((resolve) => running.close(resolve));
    running.closeAllConnections();
    await ended;
  }

  await resume();
  return {
    issuer: issuer(),
    audience: 'senim',
    key: () => lastOf(keys),
    tokenOf: (user, changes = {}) =>
      signToken(lastOf(keys), { ...claimsOf(user), iss: issuer(), aud: 'senim', ...changes }),
    rotate({ dropsOld = false, algorithm = 'EdDSA' } = {}) {
      const key = newSigningKey(`key-${Number(lastOf(keys).keyId.slice(4)) + 1}`, algorithm);
      keys = dropsOld ? [key] : [...keys, key];
      return key;
    },
    asked: () => asked,
    pause,
    resume,
    stop: pause,
  };
}

/** Claims of a demo user for ten minutes from now, without issuer and audience. */
export function claimsOf(name: string, nowMs = Date.now()): Readonly<Record<string, unknown>> {
  const user = demoUser(name);
  if (user === null) throw new Error(`There is no demo user ${name}.`);
  const second = Math.floor(nowMs / 1000);
  return {
    sub: user.name,
    org: user.organisation,
    roles: user.roles,
    ...(user.unit === null ? {} : { unit: user.unit }),
    ...(user.kind === 'PERSON' ? { acr: 'phr', auth_time: second } : {}),
    client_id: 'demo',
    jti: `${user.name}-${second}`,
    iat: second,
    exp: second + 600,
  };
}

/** A compact JWS over any claims; `header` replaces members, and removes those that it names undefined. */
export function signToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> | string,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const head = JSON.stringify({ alg: key.algorithm, typ: 'at+jwt', kid: key.keyId, ...header });
  const signed = `${Buffer.from(head).toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
  return `${signed}.${signatureOf(key, signed).toString('base64url')}`;
}

/** A new key that no issuer publishes yet. */
export function newSigningKey(keyId: string, algorithm: SigningKey['algorithm'] = 'EdDSA'): SigningKey {
  return { keyId, algorithm, privateKey: newPrivateKey(algorithm) };
}

function newPrivateKey(algorithm: SigningKey['algorithm']): KeyObject {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

function signatureOf({ algorithm, privateKey }: SigningKey, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (algorithm === 'EdDSA') return sign(null, bytes, privateKey);
  if (algorithm === 'ES256') return sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return sign('sha256', bytes, { key: privateKey, padding: 6, saltLength: 32 });
}

function publicJwk({ keyId, algorithm, privateKey }: SigningKey): object {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: algorithm };
}

function lastOf(keys: readonly SigningKey[]): SigningKey {
  const key = keys.at(-1);
  if (key === undefined) throw new Error('An issuer has a key.');
  return key;
}
