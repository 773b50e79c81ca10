// The keys by which an issuer signs tokens, as its discovery document and its key set name them. Fetched when the first token comes, and
// again when a token names a key that is not known; kept when the issuer cannot be reached, so that an issuer that is down signs nobody
// out. Which algorithms count is decided here; what a token says is checked elsewhere.

import { type CryptoKey, importJWK } from 'jose';
import { parseStrictJson } from '../audit/strict-json';
import { type CallHttp, callHttp } from '../service/http-call';
import { isLoopback } from '../service/loopback';
import { ISSUER } from '../service/transport';
import { isOneOf } from '../vocabulary/closed-list';

/** Algorithms of tokens that are believed; all others are refused, `none` and every shared secret among them. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'PS256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** A key that verifies tokens of one algorithm. */
export interface IssuerKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: CryptoKey;
}

/** The key, UNKNOWN when the issuer does not name it, UNREACHABLE when the issuer could not be asked. */
export type FoundKey = IssuerKey | 'UNKNOWN' | 'UNREACHABLE';

/** Keys of one issuer. */
export interface IssuerKeys {
  /** The key that a token names; asks the issuer at most once for all callers that wait, and not again within the cooldown. */
  find(keyId: string): Promise<FoundKey>;
  /** Whether the key is among those that were fetched last; asks nobody. */
  holds(keyId: string): boolean;
}

/** Times in milliseconds. */
export interface KeyPace {
  /** Between two questions for keys that the issuer had not told; whoever makes keys up asks no more often. */
  readonly cooldownMs: number;
  /** After the issuer did not answer: until it is asked again. */
  readonly retryMs: number;
  /** Age at which the keys are fetched again beside the work, so that a withdrawn key ends. */
  readonly refreshMs: number;
  /** Of each of the two calls. */
  readonly timeoutMs: number;
}

/** The pace of a running service. */
export const KEY_PACE: KeyPace = { cooldownMs: 60_000, retryMs: 2_000, refreshMs: 300_000, timeoutMs: 3_000 };

const LARGEST_DOCUMENT = 262_144;
const MOST_KEYS = 64;
const JSON_LIMITS = { maxBytes: LARGEST_DOCUMENT, maxDepth: 8 };

/** The keys of an issuer, none fetched yet. `nowMs` is a clock of milliseconds. */
export function issuerKeys(issuer: string, pace: KeyPace, nowMs: () => number, call: CallHttp = callHttp): IssuerKeys {
  let known: ReadonlyMap<string, IssuerKey> = new Map();
  /** When the issuer was asked last, and whether it told its keys. */
  let last: { readonly atMs: number; readonly answered: boolean } | null = null;
  /** When it was asked last for a key that was not among those it had told. */
  let strangerAtMs = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;

  const fetchKeys = (): Promise<void> => {
    pending ??= readKeys(issuer, pace.timeoutMs, call)
      .then((keys) => {
        if (keys !== null) known = keys;
        last = { atMs: nowMs(), answered: keys !== null };
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  };
  const mayAskForStranger = (): boolean => {
    if (last === null) return true;
    if (!last.answered) return nowMs() >= last.atMs + pace.retryMs;
    if (nowMs() < strangerAtMs + pace.cooldownMs) return false;
    strangerAtMs = nowMs();
    return true;
  };

  return {
    holds: (keyId) => known.has(keyId),
    async find(keyId) {
      const held = known.get(keyId);
      if (held !== undefined) {
        const restMs = last?.answered === false ? pace.retryMs : pace.refreshMs;
        if (last !== null && nowMs() >= last.atMs + restMs) void fetchKeys();
        return held;
      }
      if (pending !== null || mayAskForStranger()) await fetchKeys();
      return known.get(keyId) ?? (last?.answered === true ? 'UNKNOWN' : 'UNREACHABLE');
    },
  };
}

/** The keys that the issuer names now; null when it cannot be asked, or answers something else. Never rejects. */
async function readKeys(
  issuer: string,
  timeoutMs: number,
  call: CallHttp,
): Promise<ReadonlyMap<string, IssuerKey> | null> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = await readDocument(address, timeoutMs, call);
  if (discovery === null || discovery.issuer !== issuer || typeof discovery.jwks_uri !== 'string') return null;
  if (!isSafeAddress(discovery.jwks_uri)) return null;
  const set = await readDocument(discovery.jwks_uri, timeoutMs, call);
  if (set === null || !Array.isArray(set.keys) || set.keys.length > MOST_KEYS) return null;
  const keys = new Map<string, IssuerKey>();
  for (const jwk of set.keys) {
    const named = await keyOf(jwk);
    if (named !== null) keys.set(named.keyId, named.key);
  }
  return keys;
}

/** Whether an address may be asked for keys: https, or http to this machine. */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

async function readDocument(
  url: string,
  timeoutMs: number,
  call: CallHttp,
): Promise<Readonly<Record<string, unknown>> | null> {
  const answer = await call({ url, server: ISSUER, method: 'GET', timeoutMs, maxBytes: LARGEST_DOCUMENT });
  if (answer === null || answer.status !== 200) return null;
  try {
    const document = parseStrictJson(answer.body, JSON_LIMITS);
    return typeof document === 'object' && document !== null ? (document as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** A key of the set when it is public, named, for signatures, and of an algorithm that counts; else null. */
async function keyOf(value: unknown): Promise<{ readonly keyId: string; readonly key: IssuerKey } | null> {
  if (typeof value !== 'object' || value === null) return null;
  const { kid, kty, crv, x, y, n, e, use, alg } = value as Readonly<Record<string, unknown>>;
  const algorithm = algorithmOf(kty, crv);
  if (typeof kid !== 'string' || algorithm === null) return null;
  if ((use !== undefined && use !== 'sig') || !isOneOf([algorithm, SAME_AS_EDDSA], alg ?? algorithm)) return null;
  try {
    // Only the public members are taken, whatever else stands there.
    const key = await importJWK({ kty, crv, x, y, n, e } as Parameters<typeof importJWK>[0], algorithm);
    return key instanceof Uint8Array ? null : { keyId: kid, key: { algorithm, key } };
  } catch {
    return null;
  }
}

/** The newer name of EdDSA over Curve 25519 (RFC 9864), which a key of that curve may carry. */
const SAME_AS_EDDSA = 'Ed25519';

function algorithmOf(kty: unknown, crv: unknown): TokenAlgorithm | null {
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  return kty === 'RSA' ? 'PS256' : null;
}
