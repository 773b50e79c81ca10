// The evidence bundle of one case as a file: its members, its limits, its one canonical form. A bundle carries no keys, no policy and
// nothing that is merely informative, so every byte of it is either proven or refused. What it proves is decided by bundle.ts.

import { isUuid, LONGEST_ACT } from './act';
import { requireThat } from './audit-catalogue';
import { canonicalJson } from './canonical-json';
import { type Disclosure, isFieldName } from './commitment';
import { decodeBase64Url, decodeDecimal, decodeUtf8, encodeBase64Url } from './encoding';
import { HASH_SIZE } from './hash';
import { isLeaf, SALT_SIZE } from './leaf';
import { LONGEST_PROOF } from './proof';
import { parseStrictJson } from './strict-json';

/** What opens a leaf, and the fields that the reader may know. */
export interface Opening {
  /** The signed act exactly as its author sent it. */
  readonly jws: string;
  readonly salt: Uint8Array;
  /** Sorted by field. */
  readonly disclosed: readonly Disclosure[];
}

/** One entry of the log. */
export interface BundleEntry {
  readonly index: bigint;
  /** 33 bytes. */
  readonly leaf: Uint8Array;
  /** Null for an entry whose contents were erased, or that is only referred to. */
  readonly opening: Opening | null;
  /** Inclusion in the last checkpoint of the bundle. */
  readonly proof: readonly Uint8Array[];
}

export interface Bundle {
  readonly caseId: string;
  /** Signed checkpoints, verbatim, by rising size: the last proves inclusion, earlier ones prove what authors had seen and when entries became final. */
  readonly checkpoints: readonly string[];
  /** One proof between each checkpoint and the next. */
  readonly consistency: readonly (readonly Uint8Array[])[];
  /** Every change of keys in the log, by rising index. */
  readonly keys: readonly BundleEntry[];
  /** Every act of the case, and the erasures that explain what cannot be opened; by rising index. */
  readonly entries: readonly BundleEntry[];
  /** Entries of other cases that acts of this one refer to, unopened: that they exist is all that is shown. */
  readonly context: readonly BundleEntry[];
}

export const BUNDLE_FORMAT = 'senim/bundle/v1';

/** The largest bundle that is read. */
export const BUNDLE_LIMITS = {
  bytes: 64 * 1024 * 1024,
  depth: 24,
  checkpoints: 20_000,
  entries: 100_000,
  fields: 64,
} as const;

/** The bundle that a file holds. TOO_LARGE, faults of `parseStrictJson`, SHAPE, LEAF, or NOT_CANONICAL unless the file is `formatBundle` of what was read. */
export function parseBundle(file: Uint8Array): Bundle {
  const value = parseStrictJson(file, { maxBytes: BUNDLE_LIMITS.bytes, maxDepth: BUNDLE_LIMITS.depth });
  requireThat(
    decodeUtf8(file) === `${canonicalJson(value)}\n`,
    'NOT_CANONICAL',
    'A bundle is RFC 8785 JSON and one newline.',
  );
  const root = membersOf(value, ['case', 'checkpoints', 'consistency', 'context', 'entries', 'format', 'keys']);
  requireThat(root.format === BUNDLE_FORMAT, 'SHAPE', 'The file says that it is a bundle.');
  requireThat(isUuid(root.case), 'SHAPE', 'A case is named by a UUID.');
  const bundle = {
    caseId: root.case,
    checkpoints: listOf(root.checkpoints, BUNDLE_LIMITS.checkpoints).map(textOf),
    consistency: listOf(root.consistency, BUNDLE_LIMITS.checkpoints).map(proofOf),
    keys: listOf(root.keys, BUNDLE_LIMITS.entries).map(entryOf),
    entries: listOf(root.entries, BUNDLE_LIMITS.entries).map(entryOf),
    context: listOf(root.context, BUNDLE_LIMITS.entries).map(entryOf),
  };
  requireThat(
    bundle.checkpoints.length > 0 && bundle.consistency.length === bundle.checkpoints.length - 1,
    'SHAPE',
    'There is a checkpoint, and one consistency proof between each two.',
  );
  const lists = [bundle.keys, bundle.entries, bundle.context];
  requireThat(lists.every(isRising), 'SHAPE', 'Entries stand by rising index.');
  const indexes = lists.flat().map((entry) => entry.index);
  requireThat(new Set(indexes).size === indexes.length, 'SHAPE', 'An entry stands in a bundle once.');
  requireThat(
    bundle.keys.every((entry) => entry.opening !== null),
    'SHAPE',
    'Changes of keys are open to everybody.',
  );
  requireThat(
    bundle.context.every((entry) => entry.opening === null),
    'SHAPE',
    'Entries of other cases stay closed.',
  );
  return bundle;
}

/** The file of a bundle: RFC 8785 JSON and one newline. */
export function formatBundle(bundle: Bundle): string {
  const value = {
    format: BUNDLE_FORMAT,
    case: bundle.caseId,
    checkpoints: bundle.checkpoints,
    consistency: bundle.consistency.map((proof) => proof.map(encodeBase64Url)),
    keys: bundle.keys.map(printEntry),
    entries: bundle.entries.map(printEntry),
    context: bundle.context.map(printEntry),
  };
  return `${canonicalJson(value)}\n`;
}

function printEntry({ index, leaf, opening, proof }: BundleEntry): object {
  const disclosed = opening?.disclosed ?? [];
  return {
    index: index.toString(),
    leaf: encodeBase64Url(leaf),
    jws: opening?.jws ?? null,
    salt: opening === null ? null : encodeBase64Url(opening.salt),
    disclosed: disclosed.map(({ field, salt, value }) => ({ field, salt: encodeBase64Url(salt), value })),
    proof: proof.map(encodeBase64Url),
  };
}

function entryOf(value: unknown): BundleEntry {
  const entry = membersOf(value, ['disclosed', 'index', 'jws', 'leaf', 'proof', 'salt']);
  const index = typeof entry.index === 'string' ? decodeDecimal(entry.index) : null;
  const leaf = bytesOf(entry.leaf);
  requireThat(index !== null, 'SHAPE', 'An index is a decimal string below 2^64.');
  requireThat(isLeaf(leaf), 'LEAF', 'A leaf is 33 bytes beginning with 0x01.');
  return { index, leaf, opening: openingOf(entry), proof: proofOf(entry.proof) };
}

function openingOf(entry: Readonly<Record<string, unknown>>): Opening | null {
  const disclosed = listOf(entry.disclosed, BUNDLE_LIMITS.fields).map(disclosureOf);
  if (entry.jws === null) {
    requireThat(entry.salt === null && disclosed.length === 0, 'SHAPE', 'A closed entry has no salt and no fields.');
    return null;
  }
  const jws = textOf(entry.jws);
  requireThat(jws.length <= LONGEST_ACT, 'TOO_LARGE', 'A signed act is within its length.');
  const names = disclosed.map((disclosure) => disclosure.field);
  requireThat(
    names.every((name, at) => at === 0 || name > (names[at - 1] ?? '')),
    'SHAPE',
    'Disclosed fields stand sorted, each once.',
  );
  return { jws, salt: saltOf(entry.salt), disclosed };
}

function disclosureOf(value: unknown): Disclosure {
  const { field, salt, value: disclosed } = membersOf(value, ['field', 'salt', 'value']);
  requireThat(typeof field === 'string' && isFieldName(field), 'SHAPE', 'A field has a proper name.');
  return { field, salt: saltOf(salt), value: disclosed };
}

function proofOf(value: unknown): readonly Uint8Array[] {
  const hashes = listOf(value, LONGEST_PROOF).map(bytesOf);
  requireThat(
    hashes.every((hash) => hash.length === HASH_SIZE),
    'SHAPE',
    'A proof is made of hashes of 32 bytes.',
  );
  return hashes;
}

function saltOf(value: unknown): Uint8Array {
  const salt = bytesOf(value);
  requireThat(salt.length === SALT_SIZE, 'SHAPE', 'A salt has 32 bytes.');
  return salt;
}

function bytesOf(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64Url(value) : null;
  requireThat(bytes !== null, 'SHAPE', 'Bytes are base64url without padding.');
  return bytes;
}

function textOf(value: unknown): string {
  requireThat(typeof value === 'string', 'SHAPE', 'A text is a string.');
  return value;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  requireThat(Array.isArray(value), 'SHAPE', 'A list is an array.');
  requireThat(value.length <= most, 'TOO_LARGE', 'A list is within its length.');
  return value;
}

function membersOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  requireThat(
    typeof value === 'object' && value !== null && Object.keys(value).sort().join() === names.join(),
    'SHAPE',
    'An object has exactly its members.',
  );
  return value as Readonly<Record<string, unknown>>;
}

function isRising(entries: readonly BundleEntry[]): boolean {
  return entries.every((entry, at) => at === 0 || entry.index > (entries[at - 1]?.index ?? 0n));
}
