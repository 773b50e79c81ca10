// The checkpoints of a bundle: who signed each, which are final, and that all describe one append-only log. Stricter than a signed note
// has to be: a line by a key that the policy does not name, or by one key twice, is refused, because it could be changed unnoticed.

import { AuditFault, requireThat } from './audit-catalogue';
import { parseCheckpoint } from './checkpoint';
import { encodeBase64Url } from './encoding';
import { EMPTY_ROOT, sameBytes, sha256 } from './hash';
import { isLineOf, parseNote, verifyNote } from './note';
import { verifyConsistency } from './proof';
import type { QuorumPolicy } from './witness-policy';

/** A checkpoint whose signatures were checked. */
export interface SignedCheckpoint {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** SHA-256 of the whole note in base64url: how an act says that its author saw it. */
  readonly noteHash: string;
  /** True cosignatures, one per witness of the policy. */
  readonly cosignatures: readonly { readonly witness: string; readonly timeMs: number }[];
  /** Whether the cosignatures are a quorum. */
  readonly final: boolean;
}

/** Seconds after which JavaScript's dates end. */
const LAST_SECOND = 8_640_000_000_000n;
/** Spread of the witnesses' clocks beyond which the reader is told. */
export const CLOCK_TOLERANCE_MS = 5_000;

/** The checkpoint in a note. NOTE_MALFORMED, CHECKPOINT_MALFORMED, NOTE_STRANGER, NOTE_SIGNATURE, NOTE_UNTRUSTED, LOG_SIGNATURE unless a log key of the policy signed it, EMPTY_TREE_ROOT. */
export function readCheckpoint(note: string, policy: QuorumPolicy): SignedCheckpoint {
  const bytes = Buffer.from(note, 'utf8');
  const unverified = parseNote(bytes);
  const { origin, size, root } = parseCheckpoint(unverified.text);
  const known = [...policy.logKeys, ...policy.witnesses.map((witness) => witness.key)];
  const linesPerKey = known.map((key) => unverified.lines.filter((line) => isLineOf(line, key)).length);
  const claimed = linesPerKey.reduce((sum, lines) => sum + lines, 0);
  requireThat(
    linesPerKey.every((lines) => lines <= 1) && claimed === unverified.lines.length,
    'NOTE_STRANGER',
    'Every line of a checkpoint is by one key of the policy, each once.',
  );
  const signers = verifyNote(unverified, known);
  requireThat(
    origin === policy.origin && signers.some((signer) => policy.logKeys.includes(signer.key)),
    'LOG_SIGNATURE',
    'The log that a checkpoint names signed it.',
  );
  requireThat(size > 0n || sameBytes(root, EMPTY_ROOT), 'EMPTY_TREE_ROOT', 'The empty tree has one root.');
  const cosignatures = policy.witnesses.flatMap((witness) => {
    const time = signers.find((signer) => signer.key === witness.key)?.time ?? null;
    return time === null ? [] : [{ witness: witness.name, timeMs: millisecondsOf(time) }];
  });
  const noteHash = encodeBase64Url(sha256(bytes));
  return { size, root, noteHash, cosignatures, final: cosignatures.length >= policy.needed };
}

/** Requires that each checkpoint extends the one before it, which makes every two of them consistent. SHAPE when sizes fall or a note stands twice, LOG_EQUIVOCATION for two roots at one size, CONSISTENCY for a proof that does not hold. */
export function requireConsistency(
  checkpoints: readonly SignedCheckpoint[],
  proofs: readonly (readonly Uint8Array[])[],
): void {
  const hashes = checkpoints.map((checkpoint) => checkpoint.noteHash);
  requireThat(new Set(hashes).size === hashes.length, 'SHAPE', 'A checkpoint stands in a bundle once.');
  checkpoints.slice(1).forEach((later, at) => {
    const earlier = checkpoints[at];
    requireThat(earlier !== undefined && earlier.size <= later.size, 'SHAPE', 'Checkpoints stand by rising size.');
    if (earlier.size === later.size && !sameBytes(earlier.root, later.root)) {
      throw new AuditFault('LOG_EQUIVOCATION', 'The log signs one root for one size.');
    }
    const claim = { size1: earlier.size, size2: later.size, root1: earlier.root, root2: later.root };
    requireThat(
      verifyConsistency({ ...claim, proof: proofs[at] ?? [] }),
      'CONSISTENCY',
      'A checkpoint extends the last.',
    );
  });
}

/** The smallest final checkpoint that covers an index; null when there is none. Requires rising sizes; halves the list at each step. */
export function firstFinalAbove(checkpoints: readonly SignedCheckpoint[], index: bigint): SignedCheckpoint | null {
  let from = 0;
  let to = checkpoints.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((checkpoints[middle]?.size ?? 0n) > index) to = middle;
    else from = middle + 1;
  }
  for (let at = from; at < checkpoints.length; at += 1) {
    const checkpoint = checkpoints[at];
    if (checkpoint?.final) return checkpoint;
  }
  return null;
}

/** Whether the witnesses' clocks differ by more than five seconds. */
export function isSpread(checkpoint: SignedCheckpoint): boolean {
  const times = checkpoint.cosignatures.map((cosignature) => cosignature.timeMs);
  return times.length > 0 && Math.max(...times) - Math.min(...times) > CLOCK_TOLERANCE_MS;
}

function millisecondsOf(seconds: bigint): number {
  return Number(seconds < LAST_SECOND ? seconds : LAST_SECOND) * 1000;
}
