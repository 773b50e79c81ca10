// Leaf hashes as the tables hold them, and as acts, receipts and readers write them.

/** 32 bytes in base64url without padding, the form in which acts refer to each other. */
export function encodeHash(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}

/** The bytes of a hash in base64url. */
export function decodeHash(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
