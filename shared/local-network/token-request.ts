// Asks the identity provider of a local network for a user's access token, as a client that proves itself with its own key (RFC 7523): the
// machine itself by client credentials, and a person through the one client of the command line.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { loadKeyFile } from '../audit-log/key-file';
import { accepted, type Result, refused } from '../vocabulary/result';
import { clientOf, type DemoUser } from './demo-users';
import type { ProofKey } from './proof-key';

/** The grant by which a person of the demonstration gets a token without a password. */
export const DEMO_USER_GRANT = 'urn:senim:grant-type:demo-user';

/** Parameter of that grant: how many minutes ago the person signed in, 0 unless told, as if a session went on since. */
export const SIGNED_IN_AGO = 'signed_in_ago';

/** Why there is no token. */
export type TokenRefusal = 'NO_ANSWER' | 'REFUSED';

const LIMIT_MS = 5_000;
const ASSERTION_SECONDS = 60;

/** A fresh token of a user. Throws one plain sentence when the client's key file is missing or open to others. */
export async function requestToken(given: {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly user: DemoUser;
  /** Folder with `<client>/client.pem`. */
  readonly keysFolder: string;
  /** Binds the token of a person to this key. */
  readonly boundTo?: ProofKey;
  /** Of a person: how many minutes ago they signed in. */
  readonly signedInAgo?: number;
}): Promise<Result<string, TokenRefusal>> {
  const { issuer, tokenEndpoint, user, keysFolder, boundTo, signedInAgo = 0 } = given;
  const client = clientOf(user);
  const form = new URLSearchParams({
    ...(user.kind === 'MACHINE'
      ? { grant_type: 'client_credentials' }
      : { grant_type: DEMO_USER_GRANT, username: user.name, [SIGNED_IN_AGO]: String(signedInAgo) }),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(client, issuer, clientKeyFile(keysFolder, client)),
  });
  try {
    const headers: Record<string, string> =
      boundTo === undefined ? {} : { dpop: await boundTo.proofFor({ url: tokenEndpoint }) };
    const signal = AbortSignal.timeout(LIMIT_MS);
    const response = await fetch(tokenEndpoint, { method: 'POST', headers, body: form, signal });
    const answer = (await response.json()) as { readonly access_token?: unknown } | null;
    const token = response.status === 200 ? answer?.access_token : undefined;
    return typeof token === 'string' ? accepted(token) : refused('REFUSED');
  } catch {
    return refused('NO_ANSWER');
  }
}

/** The file of a client's key. */
export function clientKeyFile(keysFolder: string, client: string): string {
  return join(keysFolder, client, 'client.pem');
}

function assertion(client: string, issuer: string, keyFile: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .sign(loadKeyFile(keyFile).privateKey);
}
