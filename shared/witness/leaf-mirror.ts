// A copy of every leaf hash of the log, 32 bytes each, fetched from the log's tiles and believed only when their root is the one that the log
// signed. With it a witness can compute any root the log ever had, and show a fork to others without the log's help.

import { existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { appendLeaf, type CompactRange, EMPTY_RANGE, rangeRoot } from '../audit/compact-range';
import { HASH_SIZE, sameBytes } from '../audit/hash';
import { appendToFile } from '../audit-log/durable-file';
import { TILE_WIDTH } from '../audit-log/growing-tree';
import type { FetchTile } from './log-client';

/** What the log gave. It may be silent for a while; what it gives must have the root that it signed. */
export type FetchedLeaves =
  | { readonly kind: 'FETCHED'; readonly fresh: readonly Uint8Array[] }
  | { readonly kind: 'LOG_SILENT' | 'ROOT_DIFFERS' };

/** Leaf hashes of the first `size` entries. */
export interface LeafMirror {
  size(): bigint;
  /** Fetches the leaf hashes that are missing up to a signed size. Changes nothing. */
  fetchTo(size: bigint, root: Uint8Array, fetchTile: FetchTile): Promise<FetchedLeaves>;
  /** Keeps what `fetchTo` gave, durably. Not to be called twice at once. */
  keep(fresh: readonly Uint8Array[]): Promise<void>;
  /** Root of the first `size` leaves; null above what was copied. Costs a hash per leaf. */
  rootAt(size: bigint): Uint8Array | null;
  leafHashes(): readonly Uint8Array[];
}

const LEAF_FILE = 'leaf-hashes';

/** Opens the copy in a folder; a hash that a crash left half written is dropped. Reads the whole file: 32 MB for a million entries. */
export function openLeafMirror(directory: string): LeafMirror {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, LEAF_FILE);
  const stored = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = stored.length - (stored.length % HASH_SIZE);
  if (whole < stored.length) truncateSync(file, whole);
  const hashes: Uint8Array[] = hashesOf(stored.subarray(0, whole));
  let range = growRange(EMPTY_RANGE, hashes);
  return {
    size: () => range.size,
    async fetchTo(size, root, fetchTile) {
      const fresh = size <= range.size ? [] : await fetchLeaves(range.size, size, fetchTile);
      if (fresh === null) return { kind: 'LOG_SILENT' };
      const found = fresh.length === 0 ? rootOfFirst(hashes, size) : rangeRoot(growRange(range, fresh));
      return sameBytes(found, root) ? { kind: 'FETCHED', fresh } : { kind: 'ROOT_DIFFERS' };
    },
    async keep(fresh) {
      await appendToFile(file, Buffer.concat(fresh));
      for (const hash of fresh) hashes.push(hash);
      range = growRange(range, fresh);
    },
    rootAt: (size) => (size > range.size ? null : rootOfFirst(hashes, size)),
    leafHashes: () => hashes,
  };
}

async function fetchLeaves(from: bigint, to: bigint, fetchTile: FetchTile): Promise<readonly Uint8Array[] | null> {
  const width = BigInt(TILE_WIDTH);
  const fresh: Uint8Array[] = [];
  for (let n = from / width; n * width < to; n += 1n) {
    const first = n * width;
    const wanted = Number(to - first < width ? to - first : width);
    const tile = await fetchTile({ level: 0, n, width: wanted });
    if (tile === null) return null;
    const skip = from > first ? Number(from - first) : 0;
    fresh.push(...hashesOf(tile).slice(skip));
  }
  return fresh;
}

/** Root of the first `size` of the hashes. */
export function rootOfFirst(hashes: readonly Uint8Array[], size: bigint): Uint8Array {
  return rangeRoot(growRange(EMPTY_RANGE, hashes.slice(0, Number(size))));
}

function growRange(range: CompactRange, hashes: readonly Uint8Array[]): CompactRange {
  let grown = range;
  for (const hash of hashes) grown = appendLeaf(grown, hash);
  return grown;
}

function hashesOf(bytes: Buffer): Uint8Array[] {
  return Array.from({ length: bytes.length / HASH_SIZE }, (_, at) =>
    bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE),
  );
}
