// How the stored tiles change when leaves are appended. Pure: it is given the state of the tree before and the new leaf hashes, and says
// what the state is after and which tiles to write. A tile holds up to 256 hashes; tile (level, n) begins at leaf n * 256^(level + 1);
// only full tiles are hashed into the level above (C2SP tlog-tiles).

import { appendLeaf, type CompactRange, EMPTY_RANGE, rangeRoot } from '../audit/compact-range';
import { HASH_SIZE } from '../audit/hash';
import { perfectSubtrees } from '../audit/tree';
import { invariant } from '../vocabulary/app-error';

/** Hashes in a full tile, and the height of the subtree that a full tile spans. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** Which tile. */
export interface TilePlace {
  readonly level: number;
  readonly n: bigint;
}

/** A tile with its hashes one after the other. */
export interface Tile extends TilePlace {
  readonly hashes: Buffer;
}

/** All that is needed in order to append: the roots of the perfect subtrees, and the last tile of each level as far as it is filled. */
export interface GrowingTree {
  readonly range: CompactRange;
  /** By level; a level whose last tile is full has none. */
  readonly open: ReadonlyMap<number, Tile>;
}

/** The tree without leaves. */
export const EMPTY_TREE: GrowingTree = { range: EMPTY_RANGE, open: new Map() };

/** The tree after these leaf hashes, and every tile that is new or longer. */
export function growTree(
  tree: GrowingTree,
  leafHashes: readonly Uint8Array[],
): { readonly tree: GrowingTree; readonly changed: readonly Tile[] } {
  const fresh = new Map<string, { readonly place: TilePlace; readonly hashes: Uint8Array[] }>();
  const place = (level: number, number: bigint, hash: Uint8Array): void => {
    const at = { level, n: number / BigInt(TILE_WIDTH) };
    const name = `${at.level}/${at.n}`;
    const known = fresh.get(name);
    if (known !== undefined) {
      known.hashes.push(hash);
      return;
    }
    const open = tree.open.get(level);
    fresh.set(name, { place: at, hashes: open?.n === at.n ? [open.hashes, hash] : [hash] });
  };
  let range = tree.range;
  for (const hash of leafHashes) {
    place(0, range.size, hash);
    range = appendLeaf(range, hash, (height, number, node) => {
      if (height % TILE_HEIGHT === 0) place(height / TILE_HEIGHT, number, node);
    });
  }
  const changed = [...fresh.values()].map((tile) => ({ ...tile.place, hashes: Buffer.concat(tile.hashes) }));
  const open = new Map(tree.open);
  for (const tile of changed) {
    if (isFull(tile)) open.delete(tile.level);
    else open.set(tile.level, tile);
  }
  return { tree: { range, open }, changed };
}

/** The tree of a size as stored tiles hold it. `tiles` are those of `openPlaces(size)` and those that hold its perfect subtrees. */
export function treeFromTiles(size: bigint, tiles: TileSet): GrowingTree {
  const hashes = size === 0n ? [] : perfectSubtrees({ start: 0n, end: size }).map((part) => tiles.subtreeHash(part));
  const open = new Map(
    openPlaces(size).map((at) => [at.level, { ...at, hashes: tiles.prefix(at, widthOf(at, size)) }]),
  );
  return { range: { size, hashes }, open };
}

/** The tiles that are begun and not full in a tree of a size. */
export function openPlaces(size: bigint): readonly TilePlace[] {
  const places: TilePlace[] = [];
  let count = size;
  for (let level = 0; count > 0n; level += 1) {
    if (count % BigInt(TILE_WIDTH) !== 0n) places.push({ level, n: count / BigInt(TILE_WIDTH) });
    count /= BigInt(TILE_WIDTH);
  }
  return places;
}

/** How many hashes of a tile a tree of a size has filled: 0 to 256. */
export function widthOf({ level, n }: TilePlace, size: bigint): number {
  const filled = (size >> BigInt(level * TILE_HEIGHT)) - n * BigInt(TILE_WIDTH);
  if (filled <= 0n) return 0;
  return filled < BigInt(TILE_WIDTH) ? Number(filled) : TILE_WIDTH;
}

/** Root of a tree that grows. */
export function rootOf(tree: GrowingTree): Uint8Array {
  return rangeRoot(tree.range);
}

/** Tiles by their place; a hash that is asked for and missing is a defect of the store. */
export interface TileSet {
  /** The first `width` hashes of a tile. */
  prefix(place: TilePlace, width: number): Buffer;
  subtreeHash(subtree: { readonly height: number; readonly number: bigint }): Uint8Array;
}

function isFull(tile: Tile): boolean {
  invariant(tile.hashes.length <= TILE_WIDTH * HASH_SIZE, 'a tile has at most 256 hashes');
  return tile.hashes.length === TILE_WIDTH * HASH_SIZE;
}
