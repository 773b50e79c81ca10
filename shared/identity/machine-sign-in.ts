// Signs a machine in at the issuer: client credentials with a signed assertion instead of a shared secret (RFC 7523, OpenID Connect
// `private_key_jwt`). Keeps the token until shortly before it ends. What the token is used for is decided by whoever asks for it.

import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { parseStrictJson } from '../audit/strict-json';
import { loadKeyFile } from '../audit-log/key-file';
import { type CallHttp, callHttp } from '../service/http-call';
import { ISSUER } from '../service/transport';
import { AppError } from '../vocabulary/app-error';
import { isSafeAddress } from './issuer-keys';

/** A machine that can sign in. */
export interface MachineSignIn {
  /** An access token that is good for a while yet. Rejects with SUBGRAPH_UNAVAILABLE when the issuer gives none; callers that ask at once share one call. */
  token(): Promise<string>;
  /** Forgets the token, after somebody refused it; the next call asks for another. */
  forget(): void;
}

const ASSERTION_SECONDS = 60;
/** A token that ends sooner is not handed out any more. */
const SPARE_MS = 60_000;
const CALL_MS = 5_000;
const LARGEST_ANSWER = 65_536;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A sign-in by the Ed25519 key of a file. Throws one plain sentence when the file holds none, or the address is not one to send an assertion to. */
export function createMachineSignIn(options: {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly keyFile: string;
  /** Whom the assertion is for: the issuer, or its token endpoint. */
  readonly audience: string;
  readonly nowMs?: () => number;
  /** How the issuer is called; by the authorities of the system unless told. */
  readonly call?: CallHttp;
}): MachineSignIn {
  const { tokenEndpoint, clientId, keyFile, audience, nowMs = Date.now, call = callHttp } = options;
  const { privateKey } = loadKeyFile(keyFile);
  if (!isSafeAddress(tokenEndpoint)) throw new AppError('INTERNAL', 'The token endpoint must be an https address.');
  let held: { readonly token: string; readonly endsMs: number } | null = null;
  let pending: Promise<string> | null = null;

  const signIn = async (): Promise<string> => {
    const second = Math.floor(nowMs() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(second)
      .setExpirationTime(second + ASSERTION_SECONDS)
      .sign(privateKey);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
    });
    const begunMs = nowMs();
    const answer = await call({
      url: tokenEndpoint,
      server: ISSUER,
      method: 'POST',
      body: form.toString(),
      contentType: 'application/x-www-form-urlencoded',
      timeoutMs: CALL_MS,
      maxBytes: LARGEST_ANSWER,
    });
    const given = answer?.status === 200 ? tokenIn(answer.body) : null;
    if (given === null) throw new AppError('SUBGRAPH_UNAVAILABLE', 'The issuer was to give a token, and gave none.');
    held = { token: given.token, endsMs: begunMs + given.lifeSeconds * 1000 };
    return given.token;
  };

  return {
    async token() {
      if (held !== null && nowMs() < held.endsMs - SPARE_MS) return held.token;
      pending ??= signIn().finally(() => {
        pending = null;
      });
      return pending;
    },
    forget() {
      held = null;
    },
  };
}

/** The token of an answer and the seconds that it is good for; null when there is none. */
function tokenIn(body: Uint8Array): { readonly token: string; readonly lifeSeconds: number } | null {
  try {
    const answer = parseStrictJson(body) as Readonly<Record<string, unknown>>;
    const { access_token: token, expires_in: lifeSeconds, token_type: type } = answer;
    if (typeof token !== 'string' || typeof lifeSeconds !== 'number' || typeof type !== 'string') return null;
    return type.toLowerCase() === 'bearer' ? { token, lifeSeconds } : null;
  } catch {
    return null;
  }
}
