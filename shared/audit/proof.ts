// Inclusion and consistency proofs: which hashes they are made of, and whether they prove what they claim. The checks are those
// written out in RFC 9162 sections 2.1.3.2 and 2.1.4.2; the contents are RFC 6962 sections 2.1.1 and 2.1.2. Sizes and indexes are
// bigint, because a log may hold up to 2^64-1 entries and a rounded index proves something else.

import { EMPTY_ROOT, HASH_SIZE, nodeHash, sameBytes } from './hash';
import { type LeafSpan, splitPoint } from './tree';

/** More hashes than any proof in a tree of fewer than 2^64 leaves can need. */
export const LONGEST_PROOF = 64;

/** That a leaf stands at an index of a tree. */
export interface InclusionClaim {
  readonly index: bigint;
  readonly size: bigint;
  readonly leafHash: Uint8Array;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** That the tree of `size2` begins with the tree of `size1`. */
export interface ConsistencyClaim {
  readonly size1: bigint;
  readonly size2: bigint;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof shows that the leaf is at `index` of the tree with this size and root. False for anything malformed; never throws. At most 64 hashes. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, leafHash, proof, root } = claim;
  if (index < 0n || index >= size || !areHashes([leafHash, root, ...proof]) || proof.length > LONGEST_PROOF)
    return false;
  let node = index;
  let last = size - 1n;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      hash = nodeHash(sibling, hash);
      // A node that is the last of its level and even has no sibling there: it rises until it is a right child.
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && sameBytes(hash, root);
}

/**
 * Whether the proof shows that the tree of `size2` and `root2` only appended to the tree of `size1` and `root1`. False for anything
 * malformed; never throws. From size 0 the only proof is the empty one, and `root1` must be the root of the empty tree (tlog-witness).
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, root1, root2, proof } = claim;
  if (size1 < 0n || size1 > size2 || !areHashes([root1, root2, ...proof]) || proof.length > LONGEST_PROOF) return false;
  if (size1 === 0n) {
    return proof.length === 0 && sameBytes(root1, EMPTY_ROOT) && (size2 !== 0n || sameBytes(root1, root2));
  }
  if (size1 === size2) return proof.length === 0 && sameBytes(root1, root2);
  // When size1 is a power of two its root is itself a node of the larger tree, and the proof leaves it out.
  const isPowerOfTwo = (size1 & (size1 - 1n)) === 0n;
  const [first, ...rest] = isPowerOfTwo ? [root1, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let node = size1 - 1n;
  let last = size2 - 1n;
  while ((node & 1n) === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  let hash1 = first;
  let hash2 = first;
  for (const sibling of rest) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      hash1 = nodeHash(sibling, hash1);
      hash2 = nodeHash(sibling, hash2);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash2 = nodeHash(hash2, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && sameBytes(hash1, root1) && sameBytes(hash2, root2);
}

/** The spans whose hashes, in this order, are the inclusion proof `PATH(index, D[size])`; null when index is not below size. */
export function inclusionSpans(index: bigint, size: bigint): readonly LeafSpan[] | null {
  if (index < 0n || index >= size) return null;
  const spans: LeafSpan[] = [];
  let start = 0n;
  let end = size;
  while (end - start > 1n) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      spans.push({ start: middle, end });
      end = middle;
    } else {
      spans.push({ start, end: middle });
      start = middle;
    }
  }
  return spans.reverse();
}

/** The spans whose hashes, in this order, are the consistency proof `PROOF(size1, D[size2])`; empty from size 0 and between equal sizes; null when size1 is above size2. */
export function consistencySpans(size1: bigint, size2: bigint): readonly LeafSpan[] | null {
  if (size1 < 0n || size1 > size2) return null;
  if (size1 === 0n || size1 === size2) return [];
  const spans: LeafSpan[] = [];
  let start = 0n;
  let end = size2;
  while (end !== size1) {
    const middle = start + splitPoint(end - start);
    if (size1 <= middle) {
      spans.push({ start: middle, end });
      end = middle;
    } else {
      spans.push({ start, end: middle });
      start = middle;
    }
  }
  // What is left is the last part of the old tree; when that is the whole old tree, its root is known to the reader.
  if (start > 0n) spans.push({ start, end });
  return spans.reverse();
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_SIZE);
}
