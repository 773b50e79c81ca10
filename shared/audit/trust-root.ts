// The root of trust: the document of the ceremony at which the parties exchanged their first keys. It is handed to a verifier apart from
// what it verifies, like the policy, and must agree with it. How it is kept and who holds copies is decided by the parties.

import { type Instant, parseInstant } from '../vocabulary/instant';
import { isPartyCode } from './act';
import { AuditFault, requireThat } from './audit-catalogue';
import { encodeBase64Url } from './encoding';
import { type RegisteredKey, registerKey } from './party-key';
import { parseStrictJson } from './strict-json';
import type { QuorumPolicy } from './witness-policy';

/** One organisation that writes in the log or watches it. */
export interface TrustedParty {
  readonly code: string;
  /** Name of its witness in the policy; null when it runs none. */
  readonly witness: string | null;
  /** Its first keys, each with its holder's proof of possession. */
  readonly keys: readonly (RegisteredKey & { readonly possession: string })[];
}

export interface TrustRoot {
  /** When the log was opened. An act dated before cannot have been logged when it happened. */
  readonly opened: Instant;
  /** Code of the party that keeps the log and the cases. */
  readonly bank: string;
  readonly parties: readonly TrustedParty[];
}

export const ROOT_FORMAT = 'senim/root/v1';

const LIMITS = { maxBytes: 1_000_000, maxDepth: 8 };
const MOST_PARTIES = 256;
const MOST_KEYS = 64;

/** The root of trust that a file holds. ROOT_MALFORMED, KEY_ROLE for a key that stands twice, faults of `registerKey` and of `parseStrictJson`. */
export function parseTrustRoot(file: Uint8Array): TrustRoot {
  const root = membersOf(parseStrictJson(file, LIMITS), ['format', 'opened', 'bank', 'parties']);
  requireThat(root.format === ROOT_FORMAT, 'ROOT_MALFORMED', 'The file says that it is a root of trust.');
  const opened = typeof root.opened === 'string' ? parseInstant(root.opened) : null;
  if (opened === null || !opened.ok) throw new AuditFault('ROOT_MALFORMED', 'The opening of the log is an instant.');
  const parties = listOf(root.parties, MOST_PARTIES).map(partyOf);
  const { bank } = root;
  const codes = parties.map((party) => party.code);
  requireThat(
    isPartyCode(bank) && codes.includes(bank) && new Set(codes).size === codes.length,
    'ROOT_MALFORMED',
    'Parties have distinct codes, and the bank is one of them.',
  );
  const keyIds = parties.flatMap((party) => party.keys.map((key) => key.key.keyId));
  requireThat(new Set(keyIds).size === keyIds.length, 'KEY_ROLE', 'A key serves one party and one role.');
  return { opened: opened.value, bank, parties };
}

/** The file of a root of trust, for people to read as well; `parseTrustRoot` reads it back. */
export function formatTrustRoot(root: TrustRoot): string {
  const parties = root.parties.map((party) => ({
    code: party.code,
    witness: party.witness,
    keys: party.keys.map(({ role, key, possession }) => ({ role, key: encodeBase64Url(key.bytes), possession })),
  }));
  return `${JSON.stringify({ format: ROOT_FORMAT, opened: root.opened, bank: root.bank, parties }, null, 2)}\n`;
}

/** Requires that policy and root speak of the same witnesses: POLICY_WITNESS unless each belongs to exactly one party other than the bank, and KEY_ROLE when a key of the policy is also a party's key. */
export function requireAgreement(policy: QuorumPolicy, root: TrustRoot): void {
  const named = root.parties.flatMap((party) => (party.witness === null ? [] : [party.witness]));
  const inPolicy = policy.witnesses.map((witness) => witness.name);
  const bank = root.parties.find((party) => party.code === root.bank);
  requireThat(
    bank?.witness === null && [...named].sort().join(' ') === [...inPolicy].sort().join(' '),
    'POLICY_WITNESS',
    'Each witness of the policy is run by one party, and none by the bank.',
  );
  const partyKeys = new Set(root.parties.flatMap((party) => party.keys.map((key) => key.key.keyId)));
  const policyKeys = [...policy.logKeys, ...policy.witnesses.map((witness) => witness.key)];
  requireThat(
    policyKeys.every((known) => !partyKeys.has(known.key.keyId)),
    'KEY_ROLE',
    'The key of a log or a witness serves nothing else.',
  );
}

function partyOf(value: unknown): TrustedParty {
  const { code, witness, keys } = membersOf(value, ['code', 'witness', 'keys']);
  requireThat(
    isPartyCode(code) && (witness === null || (typeof witness === 'string' && witness !== '')),
    'ROOT_MALFORMED',
    'A party has a code, and the name of a witness or null.',
  );
  return { code, witness, keys: listOf(keys, MOST_KEYS).map((key) => keyOf(code, key)) };
}

function keyOf(party: string, value: unknown): RegisteredKey & { readonly possession: string } {
  const { role, key, possession } = membersOf(value, ['role', 'key', 'possession']);
  requireThat(typeof possession === 'string', 'ROOT_MALFORMED', 'A key comes with its proof of possession.');
  return { ...registerKey(party, { role, key, possession }), possession };
}

function membersOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  requireThat(
    typeof value === 'object' && value !== null && Object.keys(value).sort().join() === [...names].sort().join(),
    'ROOT_MALFORMED',
    'An object has exactly its members.',
  );
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  requireThat(Array.isArray(value) && value.length <= most, 'ROOT_MALFORMED', 'A list is within its length.');
  return value;
}
