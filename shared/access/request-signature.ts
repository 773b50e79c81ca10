// HTTP message signatures (RFC 9421) in one form only: one label, one list of components in one order, one spelling of the parameters,
// Ed25519. Nothing is negotiated, so there is nothing to confuse. A request is signed by the program that sends it, over its method, path,
// body and every header that decides who asks for what; an answer is signed over its status, its body and the signature of its request,
// so that it answers that one request and no other. Pure: keys and the time are handed in. Whose key it is, is decided by whoever looks it up.

import { hash, randomBytes } from 'node:crypto';
import { type PublicKey, signEd25519, verifyEd25519 } from '../audit/ed25519';
import { decodeBase64, encodeBase64 } from '../audit/encoding';
import type { KeyPair } from '../audit-log/key-file';
import { accepted, type Result, refused } from '../vocabulary/result';

/** A request as both sides see it. `path` has no query: what a query says would not be signed. */
export interface SignedMessage<Headers> {
  readonly method: string;
  readonly path: string;
  /** The bytes as they travel; empty for a request without a body. */
  readonly body: Uint8Array | string;
  /** Lower-case names. */
  readonly headers: Headers;
}

/** An answer, and the `signature` header of the request that it answers. */
export interface SignedAnswer<Headers> {
  readonly status: number;
  readonly body: Uint8Array | string;
  readonly headers: Headers;
  readonly requestSignature: string;
}

/** The three headers that carry a signature. */
export type SignatureHeaders = {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
};

/** Headers to be sent: one value each. */
export type SentHeaders = Readonly<Record<string, string | undefined>>;
/** Headers that came: every value that stood under a name, as `IncomingMessage.headersDistinct` tells them. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why a signature does not count. */
export const SIGNATURE_REFUSALS = [
  'MISSING',
  'MALFORMED',
  'COVERAGE',
  'DIGEST',
  'UNKNOWN_KEY',
  'SIGNATURE',
  'NOT_YET',
  'EARLIER',
  'EXPIRED',
  'REPLAYED',
  'TOO_MANY',
] as const;
export type SignatureRefusal = (typeof SIGNATURE_REFUSALS)[number];

/** What a signature that counts tells. `keyId` is the id of the key that `keyOf` knew. */
export interface BelievedSignature {
  readonly keyId: string;
  /** The request's `content-digest` as it stood: the same for the same bytes. */
  readonly contentDigest: string;
  /** The request's `signature` as it stood, to be answered. */
  readonly signature: string;
  /** Tells this request from every other that was signed. */
  readonly nonce: string;
}

/** Remembers the nonces of requests that were believed, for as long as they could be believed again. */
export interface SeenNonces {
  /** Second since 1970 from which on it remembers: nobody knows whether an earlier request was seen. */
  readonly sinceSeconds: number;
  /** Enters a nonce: REPLAYED when it was seen, TOO_MANY when no more can be remembered. */
  enter(nonce: string, nowMs: number): 'NEW' | 'REPLAYED' | 'TOO_MANY';
}

/** Headers that are signed wherever they stand, in this order; what else travels decides nothing. */
export const SIGNED_HEADERS = ['authorization', 'idempotency-key', 'afc-grant', 'afc-context'] as const;
/** How long a signed request may be on its way. */
export const SIGNATURE_LIFE_SECONDS = 30;
/** By how much the clocks of two programs may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** From the earliest to the latest instant at which one nonce can be believed. */
const NONCE_LIFE_MS = (SIGNATURE_LIFE_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1_000;
const MOST_NONCES = 262_144;

/** The headers that sign a request; one Ed25519 signature. To be made where the body is final, and anew for each attempt. */
export function signRequest(message: SignedMessage<SentHeaders>, key: KeyPair, nowMs: number): SignatureHeaders {
  const contentDigest = digestOf(message.body);
  const created = Math.floor(nowMs / 1_000);
  const nonce = randomBytes(16).toString('base64url');
  const covered = SIGNED_HEADERS.filter((name) => message.headers[name] !== undefined);
  const parameters = `${requestComponents(covered)};created=${created};expires=${created + SIGNATURE_LIFE_SECONDS};nonce="${nonce}";keyid="${key.publicKey.keyId}";tag="${REQUEST_TAG}"`;
  const base = requestBase(message, contentDigest, covered, (name) => message.headers[name] ?? '', parameters);
  return signed(contentDigest, REQUEST_LABEL, parameters, base, key);
}

/**
 * Whether a request carries the one form of signature, made now by a key that `keyOf` knows, over exactly this request; its nonce is then
 * entered as seen. EARLIER when it was made before `seen` remembers. Nonces are remembered by one process: what must not happen twice across
 * processes needs a record of its own.
 */
export function verifyRequest(
  message: SignedMessage<ReceivedHeaders>,
  keyOf: (keyId: string) => PublicKey | null,
  nowMs: number,
  seen: SeenNonces,
): Result<BelievedSignature, SignatureRefusal> {
  const { headers } = message;
  const parts = readParts(headers, REQUEST_LABEL);
  if (typeof parts === 'string') return refused(parts);
  const [, components, created, expires, nonce, keyId] = REQUEST_PARAMETERS.exec(parts.parameters) ?? [];
  if (components === undefined || nonce === undefined || keyId === undefined) return refused('MALFORMED');
  const covered = SIGNED_HEADERS.filter((name) => headers[name] !== undefined);
  if (components !== requestComponents(covered)) return refused('COVERAGE');
  if (!PATH.test(message.path) || covered.some((name) => oneOf(headers[name]) === null)) return refused('MALFORMED');
  const inTime = windowRefusal(Number(created), Number(expires), nowMs);
  if (inTime !== null) return refused(inTime);
  if (Number(created) < seen.sinceSeconds) return refused('EARLIER');
  const key = keyOf(keyId);
  if (key === null) return refused('UNKNOWN_KEY');
  if (parts.contentDigest !== digestOf(message.body)) return refused('DIGEST');
  const headerOf = (name: string): string => oneOf(headers[name]) ?? '';
  const base = requestBase(message, parts.contentDigest, covered, headerOf, parts.parameters);
  if (!verifyEd25519(key, base, parts.signature)) return refused('SIGNATURE');
  const entered = seen.enter(nonce, nowMs);
  if (entered !== 'NEW') return refused(entered);
  return accepted({ keyId, contentDigest: parts.contentDigest, signature: oneOf(headers.signature) ?? '', nonce });
}

/** The headers that sign an answer; one Ed25519 signature. */
export function signAnswer(
  answer: Omit<SignedAnswer<unknown>, 'headers'>,
  key: KeyPair,
  nowMs: number,
): SignatureHeaders {
  const contentDigest = digestOf(answer.body);
  const parameters = `${ANSWER_COMPONENTS};created=${Math.floor(nowMs / 1_000)};keyid="${key.publicKey.keyId}";tag="${ANSWER_TAG}"`;
  return signed(contentDigest, ANSWER_LABEL, parameters, answerBase(answer, contentDigest, parameters), key);
}

/** Whether an answer carries the one form of signature, by a key that `keyOf` knows, over this answer to this request. It needs no nonce: the request's own is in its signature. */
export function verifyAnswer(
  answer: SignedAnswer<ReceivedHeaders>,
  keyOf: (keyId: string) => PublicKey | null,
): Result<{ readonly keyId: string }, SignatureRefusal> {
  const parts = readParts(answer.headers, ANSWER_LABEL);
  if (typeof parts === 'string') return refused(parts);
  const [, keyId] = ANSWER_PARAMETERS.exec(parts.parameters) ?? [];
  if (keyId === undefined) return refused('MALFORMED');
  const key = keyOf(keyId);
  if (key === null) return refused('UNKNOWN_KEY');
  if (parts.contentDigest !== digestOf(answer.body)) return refused('DIGEST');
  const base = answerBase(answer, parts.contentDigest, parts.parameters);
  return verifyEd25519(key, base, parts.signature) ? accepted({ keyId }) : refused('SIGNATURE');
}

/**
 * A memory of nonces with a bound. Two generations, each as long as a nonce can be believed: the older is dropped whole. When a generation
 * is full, new requests are refused rather than old nonces forgotten. `sinceMs` is when it began to remember, where an earlier memory was lost.
 */
export function createSeenNonces(most: number = MOST_NONCES, sinceMs: number = Number.NEGATIVE_INFINITY): SeenNonces {
  let young = new Set<string>();
  let old = new Set<string>();
  let begunMs = Number.NEGATIVE_INFINITY;
  return {
    sinceSeconds: Math.ceil(sinceMs / 1_000),
    enter(nonce, nowMs) {
      if (nowMs - begunMs >= NONCE_LIFE_MS) {
        old = nowMs - begunMs >= 2 * NONCE_LIFE_MS ? new Set() : young;
        young = new Set();
        begunMs = nowMs;
      }
      if (young.has(nonce) || old.has(nonce)) return 'REPLAYED';
      if (young.size >= most) return 'TOO_MANY';
      young.add(nonce);
      return 'NEW';
    },
  };
}

/** `content-digest` (RFC 9530) of a body. */
export function digestOf(body: Uint8Array | string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

const REQUEST_LABEL = 'afc';
const REQUEST_TAG = 'afc-sg-v1';
const ANSWER_LABEL = 'answer';
const ANSWER_TAG = 'afc-sg-answer-v1';
const ANSWER_COMPONENTS = '("@status" "content-digest" "signature";req)';
const REQUEST_PARAMETERS =
  /^(\((?:"[a-z@-]+" ?)*\));created=([1-9][0-9]{0,11});expires=([1-9][0-9]{0,11});nonce="([A-Za-z0-9_-]{22})";keyid="([0-9a-f]{64})";tag="afc-sg-v1"$/;
const ANSWER_PARAMETERS =
  /^\("@status" "content-digest" "signature";req\);created=[1-9][0-9]{0,11};keyid="([0-9a-f]{64})";tag="afc-sg-answer-v1"$/;
/** A path as it may stand in a request line, without a query. */
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/;
const SIGNATURE = /^(?:afc|answer)=:([A-Za-z0-9+/]{86}==):$/;
const LONGEST_INPUT = 1_024;

interface Parts {
  readonly contentDigest: string;
  /** The value of the label in `signature-input`: components and parameters as they stand. */
  readonly parameters: string;
  readonly signature: Uint8Array;
}

/** The three headers of a signature with this label. A second label, or a second header, is malformed. */
function readParts(headers: ReceivedHeaders, label: string): Parts | 'MISSING' | 'MALFORMED' {
  const { signature, 'signature-input': input, 'content-digest': digest } = headers;
  if (signature === undefined || input === undefined || digest === undefined) return 'MISSING';
  const inputText = oneOf(input);
  const signatureText = oneOf(signature);
  const contentDigest = oneOf(digest);
  if (inputText === null || signatureText === null || contentDigest === null) return 'MALFORMED';
  if (inputText.length > LONGEST_INPUT || !inputText.startsWith(`${label}=`)) return 'MALFORMED';
  const [, encoded] = signatureText.startsWith(`${label}=`) ? (SIGNATURE.exec(signatureText) ?? []) : [];
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (bytes === null) return 'MALFORMED';
  return { contentDigest, parameters: inputText.slice(label.length + 1), signature: bytes };
}

/** The one value of a header; null when there are several, or it is not one line of visible text. */
function oneOf(value: string | readonly string[] | undefined): string | null {
  const text = typeof value === 'string' ? value : value?.length === 1 ? value[0] : undefined;
  return text !== undefined && VALUE.test(text) ? text : null;
}

const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

function windowRefusal(created: number, expires: number, nowMs: number): 'MALFORMED' | 'NOT_YET' | 'EXPIRED' | null {
  const now = nowMs / 1_000;
  if (expires <= created || expires - created > SIGNATURE_LIFE_SECONDS) return 'MALFORMED';
  if (created > now + CLOCK_TOLERANCE_SECONDS) return 'NOT_YET';
  return now >= expires + CLOCK_TOLERANCE_SECONDS ? 'EXPIRED' : null;
}

function requestComponents(covered: readonly string[]): string {
  const headers = covered.map((name) => ` "${name}"`).join('');
  return `("@method" "@path" "content-digest"${headers})`;
}

/** The signature base (RFC 9421 section 2.5) of a request. */
function requestBase(
  { method, path }: { readonly method: string; readonly path: string },
  contentDigest: string,
  covered: readonly string[],
  headerOf: (name: string) => string,
  parameters: string,
): Buffer {
  const headers = covered.map((name) => `"${name}": ${headerOf(name)}\n`).join('');
  const begin = `"@method": ${method}\n"@path": ${path}\n"content-digest": ${contentDigest}\n`;
  return Buffer.from(`${begin}${headers}"@signature-params": ${parameters}`, 'latin1');
}

/** The signature base of an answer. */
function answerBase(
  { status, requestSignature }: { readonly status: number; readonly requestSignature: string },
  contentDigest: string,
  parameters: string,
): Buffer {
  return Buffer.from(
    `"@status": ${status}\n"content-digest": ${contentDigest}\n"signature";req: ${requestSignature}\n"@signature-params": ${parameters}`,
    'latin1',
  );
}

function signed(
  contentDigest: string,
  label: string,
  parameters: string,
  base: Buffer,
  { privateKey }: KeyPair,
): SignatureHeaders {
  const signature = encodeBase64(signEd25519(privateKey, base));
  return {
    'content-digest': contentDigest,
    'signature-input': `${label}=${parameters}`,
    signature: `${label}=:${signature}:`,
  };
}
