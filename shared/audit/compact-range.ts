// The whole state an append-only tree needs in order to grow: the roots of its perfect subtrees, at most 64 of them, left to right.
// A tree of size s has one perfect subtree per bit set in s, the largest first. Appending costs one leaf and, on average, one node.

import { invariant } from '../vocabulary/app-error';
import { EMPTY_ROOT, HASH_SIZE, nodeHash } from './hash';

/** The perfect subtrees of a tree of `size` leaves; `hashes[i]` belongs to the i-th highest bit set in `size`. */
export interface CompactRange {
  readonly size: bigint;
  readonly hashes: readonly Uint8Array[];
}

/** The compact range of the tree without leaves. */
export const EMPTY_RANGE: CompactRange = { size: 0n, hashes: [] };

/** The range after one more leaf. `onNode` is told each perfect subtree that this leaf completes, with its height above the leaves and its number at that height, lowest first. */
export function appendLeaf(
  range: CompactRange,
  hash: Uint8Array,
  onNode?: (height: number, number: bigint, hash: Uint8Array) => void,
): CompactRange {
  invariant(hash.length === HASH_SIZE, 'a leaf hash has 32 bytes');
  const hashes = [...range.hashes];
  let node = hash;
  let height = 0;
  // Every trailing 1 of the old size is a subtree as high as the new one to its left: the carry of adding 1.
  for (let rest = range.size; (rest & 1n) === 1n; rest >>= 1n) {
    const left = hashes.pop();
    invariant(left !== undefined, 'a compact range has one hash per bit of its size');
    node = nodeHash(left, node);
    height += 1;
    onNode?.(height, range.size >> BigInt(height), node);
  }
  hashes.push(node);
  return { size: range.size + 1n, hashes };
}

/** Root of the tree that the range describes: the subtrees joined from the right, `node(h0, node(h1, h2))`. */
export function rangeRoot(range: CompactRange): Uint8Array {
  return joinFromRight(range.hashes) ?? EMPTY_ROOT;
}

/** Hashes of neighbouring subtrees, ever smaller to the right, as one hash; null when there are none. */
export function joinFromRight(hashes: readonly Uint8Array[]): Uint8Array | null {
  const last = hashes.at(-1);
  if (last === undefined) return null;
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}
