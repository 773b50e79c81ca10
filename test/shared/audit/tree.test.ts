import { createHash } from 'node:crypto';
import { appendLeaf, type CompactRange, EMPTY_RANGE, rangeRoot } from '../../../shared/audit/compact-range';
import { EMPTY_ROOT, leafHash, nodeHash } from '../../../shared/audit/hash';
import { inclusionSpans } from '../../../shared/audit/proof';
import { type LeafSpan, perfectSubtrees, spanHash, treeRoot } from '../../../shared/audit/tree';
import { referenceRoot } from './reference-tree';
import { hex, unhex, vectors } from './vector-file';

interface TreeVectors {
  readonly leafInputsHex: readonly string[];
  readonly nodeHashesByLevelHex: readonly (readonly string[])[];
  readonly rootHashesBySizeHex: readonly string[];
  readonly hasher: readonly {
    desc: string;
    leafInputHex?: string;
    leftHex?: string;
    rightHex?: string;
    wantHex: string;
  }[];
}
interface Accumulated {
  readonly treeMax: number;
  readonly sha256Hex: { readonly subtreeHash: string; readonly subtreeInclusion: string };
}

const published = vectors<TreeVectors>('rfc6962-tree', 'tree.json');
const accumulated = vectors<Accumulated>('rfc6962-tree', 'subtree-accumulated.json');
const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => leafHash(Buffer.from([at & 255, at >> 8])));

describe('hashes of leaves and nodes', () => {
  test.each(published.hasher)('$desc', (vector) => {
    const { leafInputHex, leftHex, rightHex } = vector;
    if (leafInputHex !== undefined) expect(hex(leafHash(unhex(leafInputHex)))).toBe(vector.wantHex);
    else if (leftHex !== undefined && rightHex !== undefined) {
      expect(hex(nodeHash(unhex(leftHex), unhex(rightHex)))).toBe(vector.wantHex);
    } else expect(hex(EMPTY_ROOT)).toBe(vector.wantHex);
  });
});

describe('the root of a tree', () => {
  test('is the published one for sizes 0 to 8', () => {
    const hashes = published.leafInputsHex.map((input) => leafHash(unhex(input)));
    const roots = published.rootHashesBySizeHex.map((_, size) => hex(treeRoot(hashes.slice(0, size))));
    expect(roots).toEqual(published.rootHashesBySizeHex);
  });

  test('agrees with the slow reference at every size to 300', () => {
    const all = leaves(300);
    let range: CompactRange = EMPTY_RANGE;
    for (let size = 0; size <= 300; size += 1) {
      expect(hex(rangeRoot(range))).toBe(hex(referenceRoot(all.slice(0, size))));
      expect(range.hashes.length).toBe(size.toString(2).replaceAll('0', '').length);
      const next = all[size];
      if (next !== undefined) range = appendLeaf(range, next);
    }
  });

  test('tells every perfect subtree that a leaf completes, once', () => {
    const told = new Map<string, string>();
    let range: CompactRange = EMPTY_RANGE;
    const all = leaves(64);
    for (const leaf of all) {
      range = appendLeaf(range, leaf, (height, number, hash) => {
        expect(told.has(`${height}/${number}`)).toBe(false);
        told.set(`${height}/${number}`, hex(hash));
      });
    }
    expect(told.size).toBe(63);
    expect(told.get('3/2')).toBe(hex(referenceRoot(all.slice(16, 24))));
  });
});

describe('subtrees, against the accumulated digests of every span to size 130', () => {
  const singles = Array.from({ length: accumulated.treeMax }, (_, at) => leafHash(Buffer.from([at])));
  const hashOfSpan = ({ start, end }: LeafSpan): Uint8Array =>
    start === end
      ? EMPTY_ROOT
      : spanHash({ start, end }, ({ height, number }) =>
          treeRoot(singles.slice(Number(number) << height, (Number(number) + 1) << height)),
        );
  const isSpan = (start: number, end: number): boolean => {
    let width = 1;
    while (width < end - start) width *= 2;
    return start % width === 0;
  };

  test('hashes', () => {
    const digest = createHash('sha256');
    for (let end = 0; end <= accumulated.treeMax; end += 1) {
      for (let start = 0; start <= end; start += 1) {
        if (!isSpan(start, end)) continue;
        digest.update(`[${start}, ${end}) ${hex(hashOfSpan({ start: BigInt(start), end: BigInt(end) }))}\n`);
      }
    }
    expect(digest.digest('hex')).toBe(accumulated.sha256Hex.subtreeHash);
  });

  test('inclusion proofs', () => {
    const known = new Map<string, string>();
    const digest = createHash('sha256');
    for (let end = 0; end <= accumulated.treeMax; end += 1) {
      for (let start = 0; start < end; start += 1) {
        if (!isSpan(start, end)) continue;
        for (let index = start; index < end; index += 1) {
          const spans = inclusionSpans(BigInt(index - start), BigInt(end - start)) ?? [];
          digest.update(`${index} [${start}, ${end})`);
          for (const span of spans) {
            const from = span.start + BigInt(start);
            const to = span.end + BigInt(start);
            const name = `${from}-${to}`;
            const hash = known.get(name) ?? hex(hashOfSpan({ start: from, end: to }));
            known.set(name, hash);
            digest.update(` ${hash}`);
          }
          digest.update('\n');
        }
      }
    }
    expect(digest.digest('hex')).toBe(accumulated.sha256Hex.subtreeInclusion);
  });

  test('a span of 70,000 leaves is six perfect subtrees', () => {
    expect(perfectSubtrees({ start: 0n, end: 70_000n })).toEqual([
      { height: 16, number: 0n },
      { height: 12, number: 16n },
      { height: 8, number: 272n },
      { height: 6, number: 1092n },
      { height: 5, number: 2186n },
      { height: 4, number: 4374n },
    ]);
  });
});
