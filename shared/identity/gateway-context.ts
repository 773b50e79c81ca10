// The context of a request as the gateway tells it to the subgraphs: one signed line, `afc-context`, good for a minute and the same for
// every call of the request. It says which request this is, until when an answer is wanted, for which case and purpose, and who asks by a
// pseudonym alone. It names no person and no role: about people, the bank's own subgraph believes the token and nothing else.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GatewayContext } from '../access/gateway-context';
import type { Principal } from '../access/principal';
import { canonicalJson } from '../audit/canonical-json';
import { parseCompactJws, signCompactJws, verifyTypedJws } from '../audit/compact-jws';
import type { PublicKey } from '../audit/ed25519';
import type { KeyRole } from '../audit/party-key';
import { parseStrictJson } from '../audit/strict-json';
import { parseTrustRoot } from '../audit/trust-root';
import type { KeyPair } from '../audit-log/key-file';
import { AppError } from '../vocabulary/app-error';
import { isOneOf } from '../vocabulary/closed-list';
import { type Instant, instantToMs, msToInstant, parseInstant } from '../vocabulary/instant';
import { PURPOSES } from '../vocabulary/purpose';
import { accepted, type Result, refused } from '../vocabulary/result';

/** Header that carries it. */
export const CONTEXT_HEADER = 'afc-context';
/** Type of the signed document. */
export const CONTEXT_TYPE = 'senim-context+jws';
/** How long one may be used. */
export const CONTEXT_LIFE_MS = 60_000;
/** By how much the clocks of the gateway and of a subgraph may differ. */
const CLOCK_TOLERANCE_MS = 5_000;
const LONGEST = 2_048;
const MOST_REMEMBERED = 1_024;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PSEUDONYM = /^[A-Za-z0-9_-]{22}$/;
const MEMBERS = 'actor,case,deadline,exp,iat,purpose,request,v';

/** Signs a context; one Ed25519 signature. */
export function signContext(context: GatewayContext, key: KeyPair, nowMs: number): string {
  const payload = canonicalJson({
    v: 1,
    request: context.requestId,
    deadline: context.deadline,
    case: context.caseId,
    purpose: context.purpose,
    actor: context.actor,
    iat: msToInstant(nowMs),
    exp: msToInstant(nowMs + CONTEXT_LIFE_MS),
  });
  const document = { kid: key.publicKey.keyId, typ: CONTEXT_TYPE, payload: Buffer.from(payload, 'utf8') };
  return signCompactJws(document, key.privateKey);
}

/** The name under which operators know a principal: `base64url(HMAC-SHA-256(key, "senim/actor/v1\n" || person)[0..16])`. */
export function pseudonymOf(principal: Principal, key: Uint8Array): string {
  const digest = createHmac('sha256', key).update(`senim/actor/v1\n${principal.person}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}

/** Checks contexts of requests. The same line is verified once, however many calls of its request come. */
export interface ContextCheck {
  /** The context in the values of the header; null when there was none. One value that is not the gateway's, or not of now, is refused. */
  check(values: readonly string[] | undefined): Result<GatewayContext | null, 'UNAUTHENTICATED'>;
}

/** A check by the gateway's public keys; without any, every context is refused. */
export function createContextCheck(keys: readonly PublicKey[], nowMs: () => number = Date.now): ContextCheck {
  const remembered = new Map<string, Verified>();
  return {
    check(values) {
      if (values === undefined || values.length === 0) return accepted(null);
      const [text = '', ...more] = values;
      if (more.length > 0 || text.length > LONGEST) return UNAUTHENTICATED;
      const verified = remembered.get(text) ?? verify(text, keys);
      if (verified === null || !isOfNow(verified, nowMs())) return UNAUTHENTICATED;
      if (!remembered.has(text)) {
        const [oldest] = remembered.keys();
        if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
        remembered.set(text, verified);
      }
      return accepted(verified.context);
    },
  };
}

/** The context of a check that passed. UNAUTHENTICATED, which refuses the whole request, for one that did not. */
export function believedContext(checked: Result<GatewayContext | null, 'UNAUTHENTICATED'>): GatewayContext | null {
  if (!checked.ok) throw new AppError(checked.error, "The gateway's own context, of this minute, is required.");
  return checked.value;
}

/** The gateway's public keys that a root of trust names. Throws one plain sentence when the file is no root of trust. */
export function loadGatewayKeys(rootFile: string): readonly PublicKey[] {
  return loadBankKeys(rootFile, 'gateway');
}

/** The bank's public keys for a role that a root of trust names. Throws one plain sentence when the file is no root of trust. */
export function loadBankKeys(rootFile: string, wanted: KeyRole): readonly PublicKey[] {
  try {
    const { bank, parties } = parseTrustRoot(readFileSync(rootFile));
    const keys = parties.find(({ code }) => code === bank)?.keys ?? [];
    return keys.filter(({ role }) => role === wanted).map(({ key }) => key);
  } catch (cause) {
    throw new AppError('INTERNAL', `The root of trust ${rootFile} cannot be used.`, { cause });
  }
}

interface Verified {
  readonly context: GatewayContext;
  readonly fromMs: number;
  readonly untilMs: number;
}

const UNAUTHENTICATED = refused('UNAUTHENTICATED' as const);

function isOfNow({ fromMs, untilMs }: Verified, nowMs: number): boolean {
  return nowMs >= fromMs - CLOCK_TOLERANCE_MS && nowMs < untilMs + CLOCK_TOLERANCE_MS;
}

/** The context of a line that one of the keys signed; null for any other line. */
function verify(text: string, keys: readonly PublicKey[]): Verified | null {
  try {
    const jws = parseCompactJws(text);
    const key = keys.find(({ keyId }) => keyId === jws.kid);
    return key === undefined ? null : readPayload(parseStrictJson(verifyTypedJws(jws, CONTEXT_TYPE, key)));
  } catch {
    return null;
  }
}

function readPayload(payload: unknown): Verified | null {
  if (typeof payload !== 'object' || payload === null || Object.keys(payload).sort().join() !== MEMBERS) return null;
  const told = payload as Readonly<Record<string, unknown>>;
  const { v, request, case: caseId, purpose, actor } = told;
  const deadline = instantIn(told.deadline);
  const from = instantIn(told.iat);
  const until = instantIn(told.exp);
  if (v !== 1 || deadline === null || from === null || until === null) return null;
  if (typeof request !== 'string' || !UUID.test(request)) return null;
  if (caseId !== null && (typeof caseId !== 'string' || !UUID.test(caseId))) return null;
  if (purpose !== null && !isOneOf(PURPOSES, purpose)) return null;
  if (actor !== null && (typeof actor !== 'string' || !PSEUDONYM.test(actor))) return null;
  const fromMs = instantToMs(from);
  const untilMs = instantToMs(until);
  if (untilMs - fromMs !== CONTEXT_LIFE_MS) return null;
  return { context: { requestId: request, deadline, caseId, purpose, actor }, fromMs, untilMs };
}

function instantIn(value: unknown): Instant | null {
  const parsed = typeof value === 'string' ? parseInstant(value) : null;
  return parsed?.ok === true && parsed.value === value ? parsed.value : null;
}
