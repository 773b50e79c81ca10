// Identifiers and salts of new acts. Several indexes hold the identifiers, and those of a large log do not fit into memory: identifiers that
// rise with time are all entered at one end, where purely random ones would each touch, and journal anew, a page of their own in every
// index. Random bytes are drawn from the system's generator a page at a time, because each draw has a price of its own.

import { randomBytes } from 'node:crypto';
import { SALT_SIZE } from '../audit/leaf';

const POOL_SIZE = 4_096;
let pool = Buffer.alloc(0);

/**
 * A UUID of version 7 (RFC 9562 section 5.7): 48 bits of milliseconds since 1970, then 74 random bits, so that nobody can guess it. It
 * tells when the act was written, which the act says itself.
 */
export function newActId(nowMs: number): string {
  const bytes = draw(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** 32 random bytes. */
export function newSalt(): Uint8Array {
  return draw(SALT_SIZE);
}

/** Bytes that nobody else gets: each is given once, and those of a pool that is used up belong to whom they were given. */
function draw(size: number): Buffer {
  if (pool.length < size) pool = randomBytes(POOL_SIZE);
  const drawn = pool.subarray(0, size);
  pool = pool.subarray(size);
  return drawn;
}
