// Whether a bearer token is true: of our issuer, for us, in time, signed by a key that the issuer names (RFC 9068, RFC 8725). Says who is
// signed in and nothing of what they may do. Every refusal looks the same from outside; only an issuer that cannot be asked is told apart,
// because then the same token may pass later.

import { createHash } from 'node:crypto';
import { jwtVerify } from 'jose';
import { hasRole, type Principal, principalOf } from '../access/principal';
import { decodeBase64Url } from '../audit/encoding';
import { parseStrictJson } from '../audit/strict-json';
import type { CallHttp } from '../service/http-call';
import { isOneOf } from '../vocabulary/closed-list';
import { accepted, type Result, refused } from '../vocabulary/result';
import { type IssuerKeys, issuerKeys, KEY_PACE, type KeyPace, TOKEN_ALGORITHMS } from './issuer-keys';
import { type Binding, bindingIn, createPossessionCheck, type Possession, type Scheme } from './possession';

/** Codes of the catalogue: a token that is not believed, or an issuer that could not be asked about its key. */
export type TokenRefusal = 'UNAUTHENTICATED' | 'SUBGRAPH_UNAVAILABLE';

/** A check of tokens of one issuer for one audience. */
export interface TokenCheck {
  /**
   * Who signed in, by the whole value of an `authorization` header; null when there was none. A token that is bound to a key or a
   * certificate counts with what shows it, and not at all without; `SHOWN_BEFORE`: the gateway, whose request this is, has seen it.
   * Never rejects.
   */
  check(
    authorization: string | null,
    shown?: Possession | 'SHOWN_BEFORE',
  ): Promise<Result<Principal | null, TokenRefusal>>;
  /** Forgets what it verified. */
  stop(): void;
}

/** Longest header that is read; no token of ours comes near it. */
export const LONGEST_AUTHORIZATION = 8_192;
/** Oldest that a token may be, and longest that it may be good for. */
export const TOKEN_LIFE_SECONDS = 600;
/** By how much the issuer's clock and ours may differ. */
export const CLOCK_TOLERANCE_SECONDS = 5;
/** Tokens whose verification is remembered. */
const MOST_REMEMBERED = 10_000;

/** A check over the keys of `issuer`, which is asked when the first token comes. */
export function createTokenCheck(options: {
  /** Exactly as it stands in the tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** True: tokens of the machines of other parties count only when they are bound to a certificate. */
  readonly machinesBound?: boolean;
  readonly pace?: KeyPace;
  readonly nowMs?: () => number;
  /** How the issuer is called; by the authorities of the system unless told. */
  readonly call?: CallHttp;
}): TokenCheck {
  const { issuer, audience, machinesBound = false, nowMs = Date.now } = options;
  const possessions = createPossessionCheck();
  const keys = issuerKeys(issuer, options.pace ?? KEY_PACE, nowMs, options.call);
  const remembered = new Map<string, Remembered>();

  const rememberedOr = async (token: string): Promise<Result<Remembered, TokenRefusal>> => {
    const name = createHash('sha256').update(token).digest('base64url');
    const known = remembered.get(name);
    if (known !== undefined && keys.holds(known.keyId) && nowMs() < known.endsMs) return accepted(known);
    remembered.delete(name);
    const verified = await verify(token, keys, { issuer, audience, nowMs });
    if (!verified.ok) return verified;
    if (remembered.size >= MOST_REMEMBERED) forgetOldest(remembered);
    remembered.set(name, verified.value);
    return verified;
  };

  return {
    async check(authorization, shown) {
      if (authorization === null) return accepted(null);
      const sent = tokenIn(authorization);
      if (sent === null) return UNAUTHENTICATED;
      const verified = await rememberedOr(sent.token);
      if (!verified.ok) return verified;
      const { principal, binding } = verified.value;
      if (machinesBound && isMachineOfOthers(principal) && binding?.kind !== 'CERTIFICATE') return UNAUTHENTICATED;
      if (binding === null) return sent.scheme === 'bearer' ? accepted(principal) : UNAUTHENTICATED;
      if (shown === 'SHOWN_BEFORE') return accepted(principal);
      if (shown === undefined) return UNAUTHENTICATED;
      const isHolder = await possessions.isShown(binding, sent.token, sent.scheme, shown, nowMs());
      return isHolder ? accepted(principal) : UNAUTHENTICATED;
    },
    stop: () => remembered.clear(),
  };
}

interface Remembered {
  readonly principal: Principal;
  readonly binding: Binding | null;
  readonly keyId: string;
  readonly endsMs: number;
}

const UNAUTHENTICATED = refused('UNAUTHENTICATED' as const);
const SENT = /^(bearer|dpop) ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;
const KEY_ID = /^[A-Za-z0-9._:=+/-]{1,128}$/;
/** A header names its algorithm, its type and its key. Whatever else it holds is an attempt to choose the key or the rules. */
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);
const JSON_LIMITS = { maxBytes: LONGEST_AUTHORIZATION, maxDepth: 6 };

/** The one token of a header; null for another scheme, two tokens, or more than is read. */
function tokenIn(authorization: string): { readonly scheme: Scheme; readonly token: string } | null {
  if (authorization.length > LONGEST_AUTHORIZATION) return null;
  const [, scheme, token] = SENT.exec(authorization) ?? [];
  if (scheme === undefined || token === undefined) return null;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token };
}

/** The machine that delivers orders is not one: it runs beside the gateway, in the bank's own network. */
function isMachineOfOthers(principal: Principal): boolean {
  return hasRole(principal, 'OPERATOR', 'BANK', 'PORTAL');
}

async function verify(
  token: string,
  keys: IssuerKeys,
  rules: { readonly issuer: string; readonly audience: string; readonly nowMs: () => number },
): Promise<Result<Remembered, TokenRefusal>> {
  const [headerPart = '', claimsPart = ''] = token.split('.');
  const header = objectIn(headerPart);
  const claims = objectIn(claimsPart);
  if (header === null || claims === null) return UNAUTHENTICATED;
  const { alg, typ, kid } = header;
  if (!Object.keys(header).every((member) => HEADER_MEMBERS.has(member))) return UNAUTHENTICATED;
  if (!isOneOf(TOKEN_ALGORITHMS, alg) || typ !== 'at+jwt' || typeof kid !== 'string' || !KEY_ID.test(kid)) {
    return UNAUTHENTICATED;
  }
  // What a token says of itself is asked before its key is: a token of another issuer makes nobody ask ours.
  if (claims.iss !== rules.issuer || !isAudience(claims.aud, rules.audience)) return UNAUTHENTICATED;
  const found = await keys.find(kid);
  if (found === 'UNREACHABLE') return refused('SUBGRAPH_UNAVAILABLE');
  if (found === 'UNKNOWN' || found.algorithm !== alg) return UNAUTHENTICATED;
  try {
    const { payload } = await jwtVerify(token, found.key, {
      algorithms: [found.algorithm],
      typ: 'at+jwt',
      issuer: rules.issuer,
      audience: rules.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      maxTokenAge: TOKEN_LIFE_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(rules.nowMs()),
    });
    const { exp = 0, iat = 0 } = payload;
    const principal = principalOf(payload);
    const binding = bindingIn(payload.cnf);
    if (binding === 'MALFORMED') return UNAUTHENTICATED;
    if (!principal.ok || exp <= iat || exp - iat > TOKEN_LIFE_SECONDS) return UNAUTHENTICATED;
    return accepted({ principal: principal.value, binding, keyId: kid, endsMs: exp * 1000 });
  } catch {
    return UNAUTHENTICATED;
  }
}

/** The object that a part of a token spells, each member once; null for anything else. */
function objectIn(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = decodeBase64Url(part);
  if (bytes === null) return null;
  try {
    const value = parseStrictJson(bytes, JSON_LIMITS);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** A token is for us alone: one that others accept too could be one that others hold. */
function isAudience(claimed: unknown, audience: string): boolean {
  return claimed === audience || (Array.isArray(claimed) && claimed.length === 1 && claimed[0] === audience);
}

/** Of a map, entries come in the order in which they were put there. */
function forgetOldest(remembered: Map<string, Remembered>): void {
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}
