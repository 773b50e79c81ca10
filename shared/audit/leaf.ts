// What the log holds of an act: 33 bytes that say nothing to anybody without the opening. Every party may therefore mirror the whole
// log without learning who reported whom, or how often; and an opening can be erased while every proof stays valid.

import { requireThat } from './audit-catalogue';
import { sha256 } from './hash';

/** Bytes of a leaf, and of every salt. */
export const LEAF_SIZE = 33;
export const SALT_SIZE = 32;

/** First byte of a leaf: how the rest was made. Also keeps a leaf from being two hashes of an inner node. */
export const LEAF_VERSION = 0x01;

const TAG = Buffer.from('senim/leaf/v1\n', 'utf8');

/** The leaf of a signed act: `0x01 || SHA-256("senim/leaf/v1\n" || salt || JWS)`. The salt is 32 random bytes, used once. */
export function leafData(salt: Uint8Array, jws: string): Uint8Array {
  requireThat(salt.length === SALT_SIZE, 'SHAPE', 'A salt has 32 bytes.');
  return Buffer.concat([Uint8Array.of(LEAF_VERSION), sha256(TAG, salt, Buffer.from(jws, 'utf8'))]);
}

/** Whether 33 bytes begin as a leaf of this version does. */
export function isLeaf(bytes: Uint8Array): boolean {
  return bytes.length === LEAF_SIZE && bytes[0] === LEAF_VERSION;
}
