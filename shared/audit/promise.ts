// What the keeper of the log answers before an act has its proof: "this leaf will be in the log by then". A promise is never accepted in
// place of a proof; it is kept so that a broken one can be shown. The remedy against "we never received it".

import type { KeyObject } from 'node:crypto';
import { type Instant, instantToMs, parseInstant } from '../vocabulary/instant';
import { AuditFault, requireThat } from './audit-catalogue';
import type { SignedCheckpoint } from './bundle-checkpoints';
import { earliestTimeOf } from './bundle-time';
import { canonicalJson } from './canonical-json';
import { parseCompactJws, signCompactJws, verifyTypedJws } from './compact-jws';
import { keyIdOf, type PublicKey, publicKeyBytes } from './ed25519';
import { decodeBase64Url, encodeBase64Url } from './encoding';
import { HASH_SIZE, sameBytes } from './hash';
import { parseStrictJson } from './strict-json';
import { treeRoot } from './tree';

export interface LogPromise {
  /** Hash of the promised leaf in base64url. */
  readonly leafHash: string;
  /** A checkpoint made after this instant covers the leaf. */
  readonly due: Instant;
}

/** `typ` of the JWS of a promise. */
export const PROMISE_TYPE = 'senim-promise+jws';

const LIMITS = { maxBytes: 1_000, maxDepth: 1 };

/** The JWS of a promise; its payload is canonical JSON `{"due","leaf","v":1}`. */
export function signPromise(promise: LogPromise, privateKey: KeyObject): string {
  const payload = Buffer.from(printPromise(promise), 'utf8');
  return signCompactJws({ kid: keyIdOf(publicKeyBytes(privateKey)), typ: PROMISE_TYPE, payload }, privateKey);
}

/** The promise in a JWS that this key signed. JWS_MALFORMED, JWS_TYPE, JWS_SIGNATURE, or SHAPE for another payload. */
export function verifyPromise(jws: string, key: PublicKey): LogPromise {
  const payload = verifyTypedJws(parseCompactJws(jws), PROMISE_TYPE, key);
  const value = parseStrictJson(payload, LIMITS);
  const leafHash = typeof value === 'object' && value !== null && 'leaf' in value ? value.leaf : null;
  const text = typeof value === 'object' && value !== null && 'due' in value ? value.due : null;
  const due = typeof text === 'string' ? parseInstant(text) : null;
  if (due === null || !due.ok || typeof leafHash !== 'string')
    throw new AuditFault('SHAPE', 'A promise names leaf and time.');
  const promise = { leafHash, due: due.value };
  requireThat(
    decodeBase64Url(leafHash)?.length === HASH_SIZE && sameBytes(Buffer.from(printPromise(promise), 'utf8'), payload),
    'SHAPE',
    'A promise has one form.',
  );
  return promise;
}

/**
 * Whether a promise is shown to be broken: the checkpoint is final, at least one honest witness cosigned it only after the promise was due,
 * and the leaf is not among the leaf hashes, which are exactly those of its tree. False when they are not: then nothing is shown.
 */
export function isPromiseBroken(
  promise: LogPromise,
  checkpoint: SignedCheckpoint,
  leafHashes: readonly Uint8Array[],
  tolerated: number,
): boolean {
  const cosignedMs = earliestTimeOf(checkpoint, tolerated);
  if (!checkpoint.final || cosignedMs === null || cosignedMs <= instantToMs(promise.due)) return false;
  if (BigInt(leafHashes.length) !== checkpoint.size || !sameBytes(treeRoot(leafHashes), checkpoint.root)) return false;
  return leafHashes.every((hash) => encodeBase64Url(hash) !== promise.leafHash);
}

function printPromise({ leafHash, due }: LogPromise): string {
  return canonicalJson({ v: 1, leaf: leafHash, due });
}
