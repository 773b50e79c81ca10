// Evidence that the log contradicted itself: two checkpoints under its key that cannot both be true. Whoever holds it needs nothing more to
// convince others. With two sizes, the leaf hashes that a witness mirrored show what the larger tree begins with.

import { AuditFault, requireThat } from './audit-catalogue';
import { canonicalJson } from './canonical-json';
import { type Checkpoint, parseCheckpoint } from './checkpoint';
import { appendLeaf, type CompactRange, EMPTY_RANGE, rangeRoot } from './compact-range';
import { decodeBase64Url, decodeUtf8, encodeBase64Url } from './encoding';
import { type Finding, Findings, type Step, type Verdict } from './findings';
import { HASH_SIZE, sameBytes } from './hash';
import { parseNote, verifyNote } from './note';
import { parseStrictJson } from './strict-json';
import { parseWitnessPolicy, type QuorumPolicy, requireQuorumPolicy } from './witness-policy';

export interface EquivocationEvidence {
  /** Two signed checkpoints, verbatim, by rising size. */
  readonly notes: readonly [string, string];
  /** Leaf hashes of the larger tree from index 0; null when the sizes are equal. */
  readonly leafHashes: readonly Uint8Array[] | null;
}

export interface EquivocationReport {
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}

export const EQUIVOCATION_FORMAT = 'senim/equivocation/v1';

/** Largest evidence that is read: a log of a million entries. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxDepth: 4 };

/** The verdict on evidence by a policy: EQUIVOCATION when it holds, INVALID with NO_EQUIVOCATION when it shows nothing, MALFORMED when it cannot be read. */
export function verifyEquivocation(input: {
  readonly evidence: Uint8Array;
  readonly policy: Uint8Array;
}): EquivocationReport {
  const findings = new Findings();
  const evidence = findings.step('format', 'evidence', () => parseEquivocation(input.evidence));
  const policy = findings.step('trust', 'policy', () => requireQuorumPolicy(parseWitnessPolicy(input.policy)));
  if (evidence !== null && policy !== null) {
    findings.step('notes', 'checkpoints', () => {
      requireEquivocation(evidence, policy);
      findings.add('consistency', 'LOG_EQUIVOCATION', 'checkpoints');
    });
  }
  return { verdict: findings.verdict(), steps: findings.steps, findings: findings.all };
}

/** Requires that the evidence shows the log of the policy contradict itself. NO_EQUIVOCATION otherwise, or the fault of a note. */
export function requireEquivocation(evidence: EquivocationEvidence, policy: QuorumPolicy): void {
  const [first, second] = evidence.notes.map((note) => readLogCheckpoint(note, policy));
  if (first === undefined || second === undefined)
    throw new AuditFault('NO_EQUIVOCATION', 'There are two checkpoints.');
  if (first.size === second.size) {
    requireThat(
      !sameBytes(first.root, second.root),
      'NO_EQUIVOCATION',
      'Two checkpoints of one size differ in their root.',
    );
    return;
  }
  const leaves = evidence.leafHashes ?? [];
  requireThat(
    first.size < second.size && BigInt(leaves.length) === second.size,
    'NO_EQUIVOCATION',
    'The leaf hashes are those of the larger tree.',
  );
  const atFirst = growRange(EMPTY_RANGE, leaves.slice(0, Number(first.size)));
  const atSecond = growRange(atFirst, leaves.slice(Number(first.size)));
  requireThat(
    sameBytes(rangeRoot(atSecond), second.root) && !sameBytes(rangeRoot(atFirst), first.root),
    'NO_EQUIVOCATION',
    'The larger tree begins with another tree than the smaller checkpoint says.',
  );
}

/** The evidence that a file holds; SHAPE, NOT_CANONICAL or a fault of `parseStrictJson`. */
export function parseEquivocation(file: Uint8Array): EquivocationEvidence {
  const value = parseStrictJson(file, LIMITS);
  requireThat(
    decodeUtf8(file) === `${canonicalJson(value)}\n`,
    'NOT_CANONICAL',
    'Evidence is RFC 8785 JSON and one newline.',
  );
  requireThat(isEvidence(value), 'SHAPE', 'Evidence has its format, two notes, and leaf hashes or null.');
  const [first, second] = value.notes;
  requireThat(
    value.notes.length === 2 && typeof first === 'string' && typeof second === 'string',
    'SHAPE',
    'Evidence has two notes.',
  );
  return { notes: [first, second], leafHashes: value.leaf_hashes === null ? null : value.leaf_hashes.map(hashOf) };
}

/** The file of evidence: RFC 8785 JSON and one newline. */
export function formatEquivocation(evidence: EquivocationEvidence): string {
  const { notes, leafHashes } = evidence;
  const value = { format: EQUIVOCATION_FORMAT, notes, leaf_hashes: leafHashes?.map(encodeBase64Url) ?? null };
  return `${canonicalJson(value)}\n`;
}

/** A checkpoint that the log signed, whatever lines of others stand below it. */
function readLogCheckpoint(note: string, policy: QuorumPolicy): Checkpoint {
  const unverified = parseNote(Buffer.from(note, 'utf8'));
  verifyNote(unverified, policy.logKeys);
  const checkpoint = parseCheckpoint(unverified.text);
  requireThat(checkpoint.origin === policy.origin, 'LOG_SIGNATURE', 'The log that a checkpoint names signed it.');
  return checkpoint;
}

function growRange(range: CompactRange, leaves: readonly Uint8Array[]): CompactRange {
  let grown = range;
  for (const leaf of leaves) grown = appendLeaf(grown, leaf);
  return grown;
}

function isEvidence(
  value: unknown,
): value is { readonly notes: readonly unknown[]; readonly leaf_hashes: readonly unknown[] | null } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).sort().join() === 'format,leaf_hashes,notes' &&
    'format' in value &&
    value.format === EQUIVOCATION_FORMAT &&
    'notes' in value &&
    Array.isArray(value.notes) &&
    'leaf_hashes' in value &&
    (value.leaf_hashes === null || Array.isArray(value.leaf_hashes))
  );
}

function hashOf(value: unknown): Uint8Array {
  const hash = typeof value === 'string' ? decodeBase64Url(value) : null;
  requireThat(hash !== null && hash.length === HASH_SIZE, 'SHAPE', 'A leaf hash is 32 bytes in base64url.');
  return hash;
}
