// The keys of parties over the life of the log: what each is for, from which index to which it is valid, and how it changes. Validity is
// by log index, never by clock. A party changes its own keys with its own acts; nobody, the bank included, can do it for another. The
// first keys come from the root of trust; a party that lost all its keys needs a new one.

import type { KeyObject } from 'node:crypto';
import { isOneOf } from '../vocabulary/closed-list';
import type { Act } from './act';
import { requireThat } from './audit-catalogue';
import { importPublicKey, type PublicKey, publicKeyBytes, signEd25519, verifyEd25519 } from './ed25519';
import { decodeBase64Url, encodeBase64Url } from './encoding';
import { isInPrimeGroup } from './prime-group';

/** What a party's key may be for; one key never serves two purposes. */
export const KEY_ROLES = [
  'act',
  'order',
  'receipt',
  'response',
  'grant',
  'gateway',
  'numbering',
  'cases',
  'directory',
  'dispatcher',
  'witness',
  'log',
] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** A key as it is registered: in the root of trust, or by an act. */
export interface RegisteredKey {
  readonly role: KeyRole;
  readonly key: PublicKey;
}

/** Disclosed fields of a change of keys, by name. */
export type KeyFields = ReadonlyMap<string, unknown>;

interface Validity extends RegisteredKey {
  readonly party: string;
  /** Index of the act that registered it; null for a key of the root of trust. Valid for entries above it. */
  readonly after: bigint | null;
  /** Index of the last entry it may have signed; null while it is in use. */
  readonly until: bigint | null;
}

/** The bytes by which the holder of a new key shows that it has the private half: `"senim/possession/v1\n" || party || "\n" || role || "\n" || base64url(key) || "\n"`. */
export function possessionMessage(party: string, role: KeyRole, publicKey: Uint8Array): Uint8Array {
  return Buffer.from(`senim/possession/v1\n${party}\n${role}\n${encodeBase64Url(publicKey)}\n`, 'utf8');
}

/** The proof of possession of a key for a party and role. */
export function provePossession(party: string, role: KeyRole, privateKey: KeyObject): Uint8Array {
  return signEd25519(privateKey, possessionMessage(party, role, publicKeyBytes(privateKey)));
}

/** The key that a party registers, after all that can be checked about it alone. SHAPE, KEY_MALFORMED, KEY_UNSOUND or KEY_POSSESSION. All three members are texts chosen by the sender; key and possession are base64url. */
export function registerKey(
  party: string,
  claim: { readonly role: unknown; readonly key: unknown; readonly possession: unknown },
): RegisteredKey {
  const { role } = claim;
  requireThat(isOneOf(KEY_ROLES, role), 'SHAPE', 'The role of a key is of the closed list.');
  const bytes = typeof claim.key === 'string' ? decodeBase64Url(claim.key) : null;
  const possession = typeof claim.possession === 'string' ? decodeBase64Url(claim.possession) : null;
  requireThat(
    bytes !== null && possession !== null,
    'KEY_MALFORMED',
    'A key and its proof of possession are base64url.',
  );
  const key = importPublicKey(bytes);
  requireThat(isInPrimeGroup(bytes), 'KEY_UNSOUND', 'A public key is a canonical point without torsion.');
  requireThat(
    verifyEd25519(key, possessionMessage(party, role, bytes), possession),
    'KEY_POSSESSION',
    'A new key signs who registers it, and what for.',
  );
  return { role, key };
}

/** Which key was whose, at which index. Grows by the changes of keys in the order of the log. */
export class KeyHistory {
  private keys: readonly Validity[];
  /** Ids of keys that serve the log or its witnesses, and so no party. */
  private readonly reserved = new Set<string>();

  constructor(roots: readonly { readonly party: string; readonly keys: readonly RegisteredKey[] }[]) {
    this.keys = roots.flatMap(({ party, keys }) => keys.map((key) => ({ ...key, party, after: null, until: null })));
  }

  /** The key by which a party could sign the act at an index. KEY_UNKNOWN when no key of this party and role has that id, KEY_RANGE when it was not yet, or no longer, valid there. */
  keyAt(party: string, role: KeyRole, keyId: string, index: bigint): PublicKey {
    const known = this.keys.filter((key) => key.party === party && key.role === role && key.key.keyId === keyId);
    requireThat(known.length > 0, 'KEY_UNKNOWN', 'The key is one of the party for this role.');
    const valid = known.find((key) => isWithin(key, index));
    requireThat(valid !== undefined, 'KEY_RANGE', 'The key was valid at the index.');
    return valid.key;
  }

  /**
   * Takes in a change of keys that stands at `index` and whose signature was checked. KEY_ACT when it names a key the party does not hold,
   * or rotates an act key that did not sign it; KEY_ROLE when the new key is already registered by anybody; faults of `registerKey`.
   */
  apply(act: Act, signedBy: string, index: bigint, fields: KeyFields): void {
    if (act.kind !== 'key.added') this.retire(act, signedBy, index, fields);
    if (act.kind === 'key.revoked') return;
    const claim = { role: fields.get('role'), key: fields.get('key'), possession: fields.get('possession') };
    const registered = registerKey(act.author, claim);
    requireThat(
      !this.isKnown(registered.key.keyId),
      'KEY_ROLE',
      'A key is registered once, for one party and one role.',
    );
    this.keys = [...this.keys, { ...registered, party: act.author, after: index, until: null }];
  }

  /** Keeps a key from being registered by a party: it serves the log or a witness. */
  reserve(keyId: string): void {
    this.reserved.add(keyId);
  }

  private isKnown(keyId: string): boolean {
    return this.reserved.has(keyId) || this.keys.some((key) => key.key.keyId === keyId);
  }

  private retire(act: Act, signedBy: string, index: bigint, fields: KeyFields): void {
    const old = fields.get('old');
    const retired = this.keys.find(
      (key) =>
        key.party === act.author && key.role === fields.get('role') && key.key.keyId === old && isWithin(key, index),
    );
    requireThat(retired !== undefined, 'KEY_ACT', 'A party retires a key of its own that is in use.');
    requireThat(
      act.kind === 'key.revoked' || retired.role !== 'act' || signedBy === old,
      'KEY_ACT',
      'The old act key signs its own rotation.',
    );
    this.keys = this.keys.map((key) => (key === retired ? { ...key, until: index } : key));
  }
}

function isWithin(key: Validity, index: bigint): boolean {
  return (key.after === null || index > key.after) && (key.until === null || index <= key.until);
}
