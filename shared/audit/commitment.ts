// Commitments: how an act binds its author to facts about people without holding them. A bare hash of a phone number is found by
// trying all of them; with 32 random bytes beside it there is nothing to try.

import { requireThat } from './audit-catalogue';
import { canonicalJson } from './canonical-json';
import { encodeBase64Url } from './encoding';
import { sha256 } from './hash';
import { SALT_SIZE } from './leaf';

/** What opens one commitment: handed to those who may know the field, dropped when it is erased. */
export interface Disclosure {
  readonly field: string;
  readonly salt: Uint8Array;
  readonly value: unknown;
}

const TAG = Buffer.from('senim/field/v1\n', 'utf8');
const FIELD_NAME = /^[a-z][A-Za-z0-9_]{0,63}$/;

/**
 * The commitment to one field: `SHA-256("senim/field/v1\n" || salt || JCS({"n": name, "v": value}))`, JCS being RFC 8785. The salt is 32
 * random bytes per field and act. Any JSON value may be committed to; a string is best in Unicode form NFC.
 */
export function fieldCommitment(name: string, salt: Uint8Array, value: unknown): Uint8Array {
  requireThat(isFieldName(name), 'SHAPE', 'A field name is up to 64 letters, digits and underscores.');
  requireThat(salt.length === SALT_SIZE, 'SHAPE', 'A salt has 32 bytes.');
  return sha256(TAG, salt, Buffer.from(canonicalJson({ n: name, v: value }), 'utf8'));
}

/** Commitments to all fields of an act, with the disclosures that open them, sorted by name. `newSalt` gives 32 random bytes at each call. */
export function commitToFields(
  fields: Readonly<Record<string, unknown>>,
  newSalt: () => Uint8Array,
): { readonly commitments: Readonly<Record<string, string>>; readonly disclosures: readonly Disclosure[] } {
  const disclosures = Object.keys(fields)
    .sort()
    .map((field) => ({ field, salt: newSalt(), value: fields[field] }));
  const commitments = disclosures.map(({ field, salt, value }) => [
    field,
    encodeBase64Url(fieldCommitment(field, salt, value)),
  ]);
  return { commitments: Object.fromEntries(commitments), disclosures };
}

/** Whether a disclosure opens this commitment (base64url); false when there is none. */
export function opensCommitment(commitment: string | undefined, disclosure: Disclosure): boolean {
  const { field, salt, value } = disclosure;
  return commitment !== undefined && commitment === encodeBase64Url(fieldCommitment(field, salt, value));
}

/** Whether a text may name a field of an act. */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}
