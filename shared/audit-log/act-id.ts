// Identifiers of new acts. Several indexes hold them, and those of a large log do not fit into memory: identifiers that rise with time are all
// entered at one end, where purely random ones would each touch, and journal anew, a page of their own in every index.

import { randomBytes } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562 section 5.7): 48 bits of milliseconds since 1970, then 74 random bits, so that nobody can guess it. It
 * tells when the act was written, which the act says itself.
 */
export function newActId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
