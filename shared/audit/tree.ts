// The Merkle tree of RFC 6962 section 2.1 over leaf hashes held in memory, and how any part of it is made of perfect subtrees.
// Where hashes are stored, and how much is read at once, is decided by the stores.

import { invariant } from '../vocabulary/app-error';
import { appendLeaf, EMPTY_RANGE, joinFromRight, rangeRoot } from './compact-range';

/** Leaves `start` to `end` (exclusive) of a tree. */
export interface LeafSpan {
  readonly start: bigint;
  readonly end: bigint;
}

/** A perfect subtree: the leaves from `number * 2^height` to `(number + 1) * 2^height`. */
export interface PerfectSubtree {
  readonly height: number;
  readonly number: bigint;
}

/** Root of the tree with these leaf hashes in this order: `MTH(D[n])`; `SHA-256("")` for none. One node per leaf. */
export function treeRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  let range = EMPTY_RANGE;
  for (const hash of leafHashes) range = appendLeaf(range, hash);
  return rangeRoot(range);
}

/**
 * The perfect subtrees that make up a span, left to right, so that `joinFromRight` of their hashes is `MTH(D[start:end])`. Requires a
 * span that occurs in some tree: not empty, and its start a multiple of the smallest power of two that holds it.
 */
export function perfectSubtrees(span: LeafSpan): readonly PerfectSubtree[] {
  const length = span.end - span.start;
  invariant(span.start >= 0n && length > 0n, 'a span holds at least one leaf');
  const subtrees: PerfectSubtree[] = [];
  let start = span.start;
  for (let height = length.toString(2).length - 1; height >= 0; height -= 1) {
    const width = 1n << BigInt(height);
    if ((length & width) === 0n) continue;
    invariant(start % width === 0n, 'a span begins where a subtree of its size begins');
    subtrees.push({ height, number: start >> BigInt(height) });
    start += width;
  }
  return subtrees;
}

/** Hash of a span, asking for its perfect subtrees one by one. */
export function spanHash(span: LeafSpan, hashOf: (subtree: PerfectSubtree) => Uint8Array): Uint8Array {
  const hash = joinFromRight(perfectSubtrees(span).map(hashOf));
  invariant(hash !== null, 'a span holds at least one subtree');
  return hash;
}

/** Where a tree of `size` leaves divides: the largest power of two below `size`, RFC 6962's `k`. Requires size > 1. */
export function splitPoint(size: bigint): bigint {
  invariant(size > 1n, 'only a tree of two leaves or more divides');
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}
