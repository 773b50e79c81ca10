import { appendLeaf, EMPTY_RANGE, rangeRoot } from '../../../shared/audit/compact-range';
import { EMPTY_ROOT, leafHash, nodeHash, sha256 } from '../../../shared/audit/hash';
import { consistencySpans, inclusionSpans, verifyConsistency, verifyInclusion } from '../../../shared/audit/proof';
import { type LeafSpan, spanHash } from '../../../shared/audit/tree';
import { referencePath, referenceProof, referenceRoot } from './reference-tree';
import { hex } from './vector-file';

/** A tree that remembers every perfect subtree, as the tiles of a log do. */
function growTree(size: number) {
  const nodes: Uint8Array[][] = [[]];
  let range = EMPTY_RANGE;
  for (let at = 0; at < size; at += 1) {
    const leaf = leafHash(Buffer.from(`leaf ${at}`));
    nodes[0]?.push(leaf);
    range = appendLeaf(range, leaf, (height, _number, hash) => {
      nodes[height] ??= [];
      nodes[height]?.push(hash);
    });
  }
  const leaves = nodes[0] ?? [];
  const hashOf = (span: LeafSpan): Uint8Array =>
    spanHash(span, ({ height, number }) => nodes[height]?.[Number(number)] ?? Buffer.alloc(0));
  return {
    leaves,
    rangeRoot: rangeRoot(range),
    leaf: (index: bigint): Uint8Array => leaves[Number(index)] ?? Buffer.alloc(0),
    root: (size: bigint): Uint8Array => (size === 0n ? EMPTY_ROOT : hashOf({ start: 0n, end: size })),
    inclusion: (index: bigint, size: bigint): readonly Uint8Array[] => (inclusionSpans(index, size) ?? []).map(hashOf),
    consistency: (size1: bigint, size2: bigint): readonly Uint8Array[] =>
      (consistencySpans(size1, size2) ?? []).map(hashOf),
  };
}

/** A small reproducible source of numbers below a limit. */
function numbers(seed: string): (limit: number) => number {
  let state = sha256(Buffer.from(seed));
  return (limit) => {
    state = sha256(state);
    return Number(Buffer.from(state).readBigUInt64BE(0) % BigInt(limit));
  };
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

describe('proofs against the slow reference', () => {
  const tree = growTree(300);

  test('every inclusion proof of every tree to 64 leaves, and of some to 300, is the reference proof and verifies', () => {
    const pick = numbers('inclusion');
    for (let size = 1; size <= 300; size += 1) {
      const leaves = tree.leaves.slice(0, size);
      const root = referenceRoot(leaves);
      const indexes = size <= 64 ? leaves.map((_, at) => at) : [0, size - 1, pick(size), pick(size)];
      for (const at of indexes) {
        const proof = tree.inclusion(BigInt(at), BigInt(size));
        expect(proof.map(hex)).toEqual(referencePath(at, leaves).map(hex));
        const claim = { index: BigInt(at), size: BigInt(size), leafHash: tree.leaf(BigInt(at)), proof, root };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  test('every consistency proof between trees to 64 leaves, and between some to 300, is the reference proof and verifies', () => {
    const pick = numbers('consistency');
    for (let size2 = 1; size2 <= 300; size2 += 1) {
      const leaves = tree.leaves.slice(0, size2);
      const smaller =
        size2 <= 64 ? leaves.map((_, at) => at + 1) : [1, size2 - 1, size2, 1 + pick(size2), 1 + pick(size2)];
      for (const size1 of smaller) {
        const proof = tree.consistency(BigInt(size1), BigInt(size2));
        if (size1 < size2) expect(proof.map(hex)).toEqual(referenceProof(size1, leaves).map(hex));
        const root1 = referenceRoot(leaves.slice(0, size1));
        const claim = { size1: BigInt(size1), size2: BigInt(size2), root1, root2: referenceRoot(leaves), proof };
        expect(verifyConsistency(claim)).toBe(true);
      }
    }
  });
});

test('random proofs in a tree of 2^20 leaves verify', () => {
  const tree = growTree(2 ** 20);
  const pick = numbers('large');
  expect(hex(tree.root(2n ** 20n))).toBe(hex(tree.rangeRoot));
  for (let round = 0; round < 300; round += 1) {
    const size2 = 1 + pick(2 ** 20);
    const size1 = BigInt(1 + pick(size2));
    const size = BigInt(size2);
    const index = BigInt(pick(size2));
    const root = tree.root(size);
    const proof = tree.inclusion(index, size);
    expect(verifyInclusion({ index, size, leafHash: tree.leaf(index), proof, root })).toBe(true);
    const consistency = tree.consistency(size1, size);
    expect(verifyConsistency({ size1, size2: size, root1: tree.root(size1), root2: root, proof: consistency })).toBe(
      true,
    );
  }
}, 60_000);

describe('a false proof', () => {
  const tree = growTree(42);
  const inclusion = {
    index: 17n,
    size: 41n,
    leafHash: tree.leaf(17n),
    proof: tree.inclusion(17n, 41n),
    root: tree.root(41n),
  };
  const consistency = {
    size1: 13n,
    size2: 41n,
    root1: tree.root(13n),
    root2: tree.root(41n),
    proof: tree.consistency(13n, 41n),
  };

  test('of inclusion fails when any byte of it, of the leaf or of the root is flipped', () => {
    for (let byte = 0; byte < 32; byte += 1) {
      expect(verifyInclusion({ ...inclusion, root: flipped(inclusion.root, byte) })).toBe(false);
      expect(verifyInclusion({ ...inclusion, leafHash: flipped(inclusion.leafHash, byte) })).toBe(false);
      inclusion.proof.forEach((hash, at) => {
        expect(verifyInclusion({ ...inclusion, proof: inclusion.proof.with(at, flipped(hash, byte)) })).toBe(false);
      });
    }
  });

  test('of consistency fails when any byte of it or of a root is flipped', () => {
    for (let byte = 0; byte < 32; byte += 1) {
      expect(verifyConsistency({ ...consistency, root1: flipped(consistency.root1, byte) })).toBe(false);
      expect(verifyConsistency({ ...consistency, root2: flipped(consistency.root2, byte) })).toBe(false);
      consistency.proof.forEach((hash, at) => {
        expect(verifyConsistency({ ...consistency, proof: consistency.proof.with(at, flipped(hash, byte)) })).toBe(
          false,
        );
      });
    }
  });

  test('of inclusion fails when it is truncated, padded, reordered, doubled, or made for another place', () => {
    const { proof } = inclusion;
    const mutants = [
      proof.slice(1),
      proof.slice(0, -1),
      [...proof, inclusion.root],
      [inclusion.root, ...proof],
      proof.toReversed(),
      [...proof, ...proof],
      [],
    ];
    for (const mutant of mutants) expect(verifyInclusion({ ...inclusion, proof: mutant })).toBe(false);
    for (const index of [16n, 18n, 17n ^ 2n, 41n, 42n, -1n, 2n ** 63n]) {
      expect(verifyInclusion({ ...inclusion, index })).toBe(false);
    }
    for (const size of [16n, 32n, 0n, 17n, 65n, 2n ** 64n - 1n]) {
      expect(verifyInclusion({ ...inclusion, size })).toBe(false);
    }
    // Sizes 40 and 41 give index 17 the same shape of path: there the root alone, which the checkpoint signs with its size, tells them apart.
    for (const size of [40n, 42n]) {
      expect(verifyInclusion({ ...inclusion, size, proof: tree.inclusion(17n, size) })).toBe(false);
    }
    expect(verifyInclusion({ ...inclusion, proof: proof.with(0, (proof[0] ?? Buffer.alloc(0)).subarray(1)) })).toBe(
      false,
    );
  });

  test('of consistency fails between other sizes, for an empty proof, and for 65 hashes', () => {
    expect(verifyConsistency({ ...consistency, size1: 12n })).toBe(false);
    expect(verifyConsistency({ ...consistency, size1: 41n })).toBe(false);
    expect(verifyConsistency({ ...consistency, size1: 42n })).toBe(false);
    expect(verifyConsistency({ ...consistency, proof: [] })).toBe(false);
    expect(verifyConsistency({ ...consistency, proof: Array.from({ length: 65 }, () => consistency.root1) })).toBe(
      false,
    );
    expect(verifyConsistency({ ...consistency, size1: 41n, proof: [] })).toBe(false);
  });

  test('does not pass an inner node off as a leaf', () => {
    const left = tree.leaf(0n);
    const right = tree.leaf(1n);
    const claim = { index: 0n, size: 1n, proof: [], root: tree.root(2n) };
    expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.concat([left, right])) })).toBe(false);
    expect(hex(nodeHash(left, right))).toBe(hex(tree.root(2n)));
  });
});

describe('a proof from the empty tree', () => {
  const tree = growTree(3);
  const claim = { size1: 0n, size2: 3n, root1: EMPTY_ROOT, root2: tree.root(3n), proof: [] };

  test('is empty, and its root is that of the empty tree', () => {
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, root1: tree.root(1n) })).toBe(false);
    expect(verifyConsistency({ ...claim, proof: [tree.root(1n)] })).toBe(false);
    expect(verifyConsistency({ ...claim, size2: 0n })).toBe(false);
    expect(verifyConsistency({ ...claim, size2: 0n, root2: EMPTY_ROOT })).toBe(true);
  });
});

test('sizes near 2^64 are exact', () => {
  const size = 2n ** 64n - 1n;
  const spans = inclusionSpans(2n ** 53n + 1n, size) ?? [];
  expect(spans).toHaveLength(64);
  const hash = sha256(Buffer.from('any'));
  const proof = spans.map(() => hash);
  expect(verifyInclusion({ index: 2n ** 53n + 1n, size, leafHash: hash, proof, root: hash })).toBe(false);
});
