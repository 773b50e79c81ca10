// The text encodings in which foreign bytes and numbers arrive: base64, base64url, decimal, UTF-8. Each has one accepted spelling per
// value: what was read is printed back and compared, because the built-in decoders skip what they do not understand.

const UINT64_LIMIT = 1n << 64n;
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of standard base64 with padding (RFC 4648 section 4); null for any other spelling. */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

/** Bytes of base64url without padding (RFC 7515 section 2); null for any other spelling, unused bits included. */
export function decodeBase64Url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** Base64url without padding (RFC 7515 section 2). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64url');
}

/** A whole number below 2^64 in ASCII decimal without sign or leading zeros; null for any other spelling. */
export function decodeDecimal(text: string): bigint | null {
  if (!DECIMAL.test(text)) return null;
  const value = BigInt(text);
  return value < UINT64_LIMIT ? value : null;
}

/** Whether a number has a form that `decodeDecimal` reads. */
export function isUint64(value: bigint): boolean {
  return value >= 0n && value < UINT64_LIMIT;
}

/** Text of valid UTF-8 that begins with no byte order mark; null for any other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    const text = utf8.decode(bytes);
    return text.startsWith('\uFEFF') ? null : text;
  } catch {
    return null;
  }
}

/** Whether a string has a UTF-8 form at all, which half of a surrogate pair has not. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
