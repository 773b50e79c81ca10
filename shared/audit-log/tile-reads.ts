// Roots and proofs out of stored tiles: at most a few tiles per proof, all read in one query. What the tiles say is not believed by those who
// sign: they compare the root, and verify each proof before it is used.

import { joinFromRight } from '../audit/compact-range';
import { EMPTY_ROOT, HASH_SIZE } from '../audit/hash';
import { consistencySpans, inclusionSpans } from '../audit/proof';
import { type LeafSpan, type PerfectSubtree, perfectSubtrees, spanHash } from '../audit/tree';
import { AppError, invariant } from '../vocabulary/app-error';
import {
  type GrowingTree,
  openPlaces,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TilePlace,
  type TileSet,
  treeFromTiles,
} from './growing-tree';
import { rowsOf, type SqlSource } from './sql-session';

/** Where tiles come from: a database, or a copy of the leaf hashes. A tile that is missing is left out. */
export type ReadTiles = (places: readonly TilePlace[]) => Promise<readonly (TilePlace & { readonly hashes: Buffer })[]>;

/** Tiles of the log in its database. */
export function tilesIn(source: SqlSource): ReadTiles {
  return async (places) => {
    const rows = await rowsOf<{ readonly level: number; readonly n: string; readonly hashes: Buffer }>(source, {
      name: 'audit_tiles',
      text: `SELECT level, n, hashes FROM audit.tile
        WHERE (level, n) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))`,
      values: [places.map(({ level }) => level), places.map(({ n }) => n.toString())],
    });
    return rows.map((row) => ({ level: row.level, n: BigInt(row.n), hashes: row.hashes }));
  };
}

/** Root of the tree of the first `size` leaves. */
export async function rootAt(readTiles: ReadTiles, size: bigint): Promise<Uint8Array> {
  if (size === 0n) return EMPTY_ROOT;
  const [root] = await spanHashes(readTiles, [{ start: 0n, end: size }]);
  invariant(root !== undefined, 'a span has a hash');
  return root;
}

/** The inclusion proof of a leaf in the tree of a size; null when the index is not below the size. */
export async function inclusionProof(
  readTiles: ReadTiles,
  index: bigint,
  size: bigint,
): Promise<readonly Uint8Array[] | null> {
  const spans = inclusionSpans(index, size);
  return spans === null ? null : spanHashes(readTiles, spans);
}

/** The proof that the tree of `size2` begins with that of `size1`; null when size1 is above size2. */
export async function consistencyProof(
  readTiles: ReadTiles,
  size1: bigint,
  size2: bigint,
): Promise<readonly Uint8Array[] | null> {
  const spans = consistencySpans(size1, size2);
  return spans === null ? null : spanHashes(readTiles, spans);
}

/** The state from which a tree of a size goes on. */
export async function loadTree(readTiles: ReadTiles, size: bigint): Promise<GrowingTree> {
  const parts = size === 0n ? [] : perfectSubtrees({ start: 0n, end: size });
  return treeFromTiles(size, await fetchTiles(readTiles, [...openPlaces(size), ...parts.map(tileOf)]));
}

async function spanHashes(readTiles: ReadTiles, spans: readonly LeafSpan[]): Promise<readonly Uint8Array[]> {
  const tiles = await fetchTiles(readTiles, spans.flatMap(perfectSubtrees).map(tileOf));
  return spans.map((span) => spanHash(span, (subtree) => tiles.subtreeHash(subtree)));
}

async function fetchTiles(readTiles: ReadTiles, places: readonly TilePlace[]): Promise<TileSet> {
  const wanted = new Map(places.map((place) => [nameOf(place), place]));
  const tiles = wanted.size === 0 ? [] : await readTiles([...wanted.values()]);
  const byName = new Map(tiles.map((tile) => [nameOf(tile), tile.hashes]));
  const slice = (place: TilePlace, from: number, to: number): Buffer => {
    const hashes = byName.get(nameOf(place));
    if (hashes === undefined || hashes.length < to * HASH_SIZE) {
      throw new AppError('INTERNAL', 'A tile of the log is missing or too short.', {
        facts: { level: place.level, tile: place.n.toString() },
      });
    }
    return hashes.subarray(from * HASH_SIZE, to * HASH_SIZE);
  };
  return {
    prefix: (place, width) => slice(place, 0, width),
    subtreeHash: (subtree) => {
      const { place, from, to } = reachOf(subtree);
      const bytes = slice(place, from, to);
      return perfectRoot(
        Array.from({ length: to - from }, (_, at) => bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)),
      );
    },
  };
}

function tileOf(subtree: PerfectSubtree): TilePlace {
  return reachOf(subtree).place;
}

/** The tile that holds a perfect subtree as 2^k neighbouring hashes of one level, and which ones. */
function reachOf({ height, number }: PerfectSubtree): {
  readonly place: TilePlace;
  readonly from: number;
  readonly to: number;
} {
  const level = Math.floor(height / TILE_HEIGHT);
  const width = 1 << (height % TILE_HEIGHT);
  const first = number * BigInt(width);
  const from = Number(first % BigInt(TILE_WIDTH));
  return { place: { level, n: first / BigInt(TILE_WIDTH) }, from, to: from + width };
}

/** Root over 2^k hashes. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, at) => joined(row.slice(2 * at, 2 * at + 2)));
  }
  return joined(row);
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const hash = joinFromRight(hashes);
  invariant(hash !== null, 'a subtree has a hash');
  return hash;
}

function nameOf({ level, n }: TilePlace): string {
  return `${level}/${n}`;
}
