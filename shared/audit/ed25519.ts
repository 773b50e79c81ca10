// Ed25519 (RFC 8032) as the log uses it, over node:crypto alone. The rule that decides whether a signature counts is pinned here, because
// libraries differ on strange keys: node:crypto's check without cofactor, S below the group order, and a public key that is canonical
// and not of small order. That a key is free of torsion as well is asked once, where keys are read: of parties, and of a policy (prime-group.ts).

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { requireThat } from './audit-catalogue';
import { asBuffer } from './encoding';
import { sameBytes, sha256 } from './hash';

/** Bytes of an encoded public key, and of a signature. */
export const PUBLIC_KEY_SIZE = 32;
export const SIGNATURE_SIZE = 64;

/** A public key that passed `importPublicKey`. Importing costs as much as one verification, so it is done once per key. */
export interface PublicKey {
  readonly bytes: Uint8Array;
  /** Lower-case hex of `SHA-256(bytes)`; the `kid` of what it signs. */
  readonly keyId: string;
  readonly handle: KeyObject;
}

/** DER of `SubjectPublicKeyInfo` with algorithm 1.3.101.112, up to the 32 bytes of the key (RFC 8410 section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Public halves of keys that were asked for before: exporting one costs as much as a signature, and each act names its key. */
const PUBLIC_HALVES = new WeakMap<KeyObject, Uint8Array>();

/** p = 2^255 - 19, little-endian: y-coordinates are below it. */
const FIELD_PRIME = littleEndian((1n << 255n) - 19n);
/** L = 2^252 + 27742317777372353535851937790883648493, little-endian: S is below it. */
const GROUP_ORDER = littleEndian((1n << 252n) + 27742317777372353535851937790883648493n);

/**
 * The y-coordinates of the eight points whose order divides 8: 1 (the identity), -1, 0, and the two of order 8. With such a key one
 * constant signature is true for every message, or for one message in eight.
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  littleEndian(1n),
  littleEndian((1n << 255n) - 20n),
  littleEndian(0n),
  Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex'),
  Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex'),
];

/** The key of 32 bytes. KEY_MALFORMED for another length, KEY_UNSOUND for a y of p or more and for points of small order. Whether the point is on the curve at all shows when it verifies nothing. */
export function importPublicKey(bytes: Uint8Array): PublicKey {
  requireThat(bytes.length === PUBLIC_KEY_SIZE, 'KEY_MALFORMED', 'An Ed25519 public key has 32 bytes.');
  const y = Uint8Array.from(bytes);
  y[PUBLIC_KEY_SIZE - 1] = (y[PUBLIC_KEY_SIZE - 1] ?? 0) & 0x7f;
  requireThat(isBelow(y, FIELD_PRIME), 'KEY_UNSOUND', 'The y-coordinate of a public key is below 2^255-19.');
  requireThat(
    SMALL_ORDER_Y.every((small) => !sameBytes(y, small)),
    'KEY_UNSOUND',
    'A public key is not of small order.',
  );
  const key = Buffer.concat([SPKI_PREFIX, bytes]);
  return { bytes, keyId: keyIdOf(bytes), handle: createPublicKey({ key, format: 'der', type: 'spki' }) };
}

/** Lower-case hex of the SHA-256 of an encoded public key: the name by which a `kid` calls it. */
export function keyIdOf(publicKey: Uint8Array): string {
  return asBuffer(sha256(publicKey)).toString('hex');
}

/** Whether the 64 bytes are the key's signature over the message. Never throws. */
export function verifyEd25519(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_SIZE || !isBelow(signature.subarray(32), GROUP_ORDER)) return false;
  return verify(null, message, key.handle, signature);
}

/** The key's deterministic signature over the message (RFC 8032 section 5.1.6). */
export function signEd25519(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  return sign(null, message, privateKey);
}

/** The 32 bytes of the public half of a private or public key. */
export function publicKeyBytes(key: KeyObject): Uint8Array {
  const known = PUBLIC_HALVES.get(key);
  if (known !== undefined) return known;
  const publicHalf = key.type === 'private' ? createPublicKey(key) : key;
  requireThat(publicHalf.asymmetricKeyType === 'ed25519', 'KEY_MALFORMED', 'The log uses Ed25519 keys only.');
  const bytes = publicHalf.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  PUBLIC_HALVES.set(key, bytes);
  return bytes;
}

/** Compares two little-endian numbers of one length. */
function isBelow(value: Uint8Array, limit: Uint8Array): boolean {
  for (let at = limit.length - 1; at >= 0; at -= 1) {
    const difference = (value[at] ?? 0) - (limit[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function littleEndian(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}
