// Names of those who sign notes, and verifier keys ("vkeys"): the text form in which a log's or a witness's public key is handed
// around (C2SP signed-note, "Verifier keys"). Only the two Ed25519 types are known here; others are refused, not ignored.

import { requireThat } from './audit-catalogue';
import { importPublicKey, PUBLIC_KEY_SIZE, type PublicKey } from './ed25519';
import { asBuffer, decodeBase64, encodeBase64, isWellFormed } from './encoding';
import { sameBytes, sha256 } from './hash';

/** Signature types of C2SP signed-note: 1 signs the text of a note; 4 is a witness's cosignature with its time. */
export const NOTE_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof NOTE_SIGNATURE | typeof COSIGNATURE;

/** Who may have signed a note, and how. */
export interface VerifierKey {
  readonly name: string;
  /** `SHA-256(name || 0x0A || type || public key)[0:4]`; finds a key, proves nothing. */
  readonly keyId: Uint8Array;
  readonly type: SignatureType;
  readonly key: PublicKey;
}

const KEY_ID_SIZE = 4;
const HEX_KEY_ID = /^[0-9a-f]{8}$/;

/** The verifier key that `<name>+<hex key ID>+<base64(type || public key)>` spells. KEY_MALFORMED or KEY_UNSOUND otherwise. */
export function parseVerifierKey(vkey: string): VerifierKey {
  // The base64 part may itself contain plus signs; a name may not.
  const [name = '', id = '', ...tail] = vkey.split('+');
  const material = decodeBase64(tail.join('+'));
  requireThat(isKeyName(name), 'KEY_MALFORMED', 'A key name is not empty and has neither spaces nor plus signs.');
  requireThat(
    HEX_KEY_ID.test(id) && material !== null && material.length === 1 + PUBLIC_KEY_SIZE,
    'KEY_MALFORMED',
    'A verifier key has eight hex digits and 33 bytes of base64.',
  );
  const type = material[0];
  requireThat(
    type === NOTE_SIGNATURE || type === COSIGNATURE,
    'KEY_MALFORMED',
    'A verifier key is of type 1 or 4; other types are not supported.',
  );
  const keyId = noteKeyId(name, type, material.subarray(1));
  requireThat(
    sameBytes(keyId, Buffer.from(id, 'hex')),
    'KEY_MALFORMED',
    'The key ID of a verifier key follows from its name, type and bytes.',
  );
  return { name, keyId, type, key: importPublicKey(material.subarray(1)) };
}

/** The verifier key of a name, type and public key as text. */
export function formatVerifierKey(name: string, type: SignatureType, publicKey: Uint8Array): string {
  const id = asBuffer(noteKeyId(name, type, publicKey)).toString('hex');
  return `${name}+${id}+${encodeBase64(Buffer.concat([Uint8Array.of(type), publicKey]))}`;
}

/** `SHA-256(name || 0x0A || type || public key)[0:4]`. */
export function noteKeyId(name: string, type: SignatureType, publicKey: Uint8Array): Uint8Array {
  return sha256(Buffer.from(`${name}\n`, 'utf8'), Uint8Array.of(type), publicKey).subarray(0, KEY_ID_SIZE);
}

/** Whether a text may be the name of a key: not empty, no Unicode white space, no control character, no plus sign. */
export function isKeyName(name: string): boolean {
  return name !== '' && isWellFormed(name) && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}
