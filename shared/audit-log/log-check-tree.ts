// The part of an audit that looks at the tree: entries are dense and each holds the leaf that the tiles and the witnesses' copies hold, tiles
// follow from the entries, and size and root follow from both. Keeps 32 bytes per entry in memory.

import { appendLeaf, EMPTY_RANGE, rangeRoot } from '../audit/compact-range';
import { HASH_SIZE, leafHash, sameBytes } from '../audit/hash';
import { EMPTY_TREE, growTree, rootOf, TILE_HEIGHT, TILE_WIDTH, type Tile } from './growing-tree';
import type { LogFault, LogFaultCode, LogWitnesses } from './log-check';
import { rowsOf, type SqlSession } from './sql-session';

/** What the tree turned out to be. */
export interface CheckedTree {
  readonly faults: readonly LogFault[];
  /** Root of the first `size` entries as the database has them; null above their number. */
  rootAt(size: bigint): Uint8Array | null;
  /** Index of each act's entry. */
  readonly indexOf: ReadonlyMap<string, bigint>;
}

interface EntryRow {
  readonly index: string;
  readonly leaf: Buffer;
  readonly act_id: string;
}

const PAGE = 5_000;

/** Checks entries, tiles and state. */
export async function checkTree(transaction: SqlSession, witnesses: LogWitnesses): Promise<CheckedTree> {
  const faults: LogFault[] = [];
  const report = (code: LogFaultCode, index: bigint): void => {
    faults.push({ code, place: `entry ${index}`, index });
  };
  const entries = await readEntries(transaction);
  const first = entries.findIndex((entry, at) => BigInt(entry.index) !== BigInt(at));
  if (first >= 0) report('ENTRY_MISSING', BigInt(first));
  const hashes = entries.map((entry) => leafHash(entry.leaf));
  for (const { leafHashes } of witnesses.records) {
    const differs = leafHashes.findIndex((hash, at) => !sameBytes(hash, hashes[at] ?? EMPTY));
    if (differs >= 0) report(differs < hashes.length ? 'ENTRY_CHANGED' : 'ENTRY_MISSING', BigInt(differs));
  }
  const { tree, changed } = growTree(EMPTY_TREE, hashes);
  faults.push(...(await checkTiles(transaction, changed)));
  faults.push(...(await checkState(transaction, BigInt(entries.length), rootOf(tree))));
  return {
    faults,
    rootAt: rootsOf(hashes),
    indexOf: new Map(entries.map((entry) => [entry.act_id, BigInt(entry.index)])),
  };
}

const EMPTY = new Uint8Array(0);

async function readEntries(transaction: SqlSession): Promise<readonly EntryRow[]> {
  const entries: EntryRow[] = [];
  for (;;) {
    const page = await rowsOf<EntryRow>(transaction, {
      text: `SELECT index, leaf, act_id FROM audit.log_entry WHERE index > $1 ORDER BY index LIMIT ${PAGE}`,
      values: [entries.at(-1)?.index ?? '-1'],
    });
    for (const entry of page) entries.push(entry);
    if (page.length < PAGE) return entries;
  }
}

async function checkTiles(transaction: SqlSession, expected: readonly Tile[]): Promise<readonly LogFault[]> {
  const rows = await rowsOf<{ readonly level: number; readonly n: string; readonly hashes: Buffer }>(transaction, {
    text: 'SELECT level, n, hashes FROM audit.tile',
  });
  const stored = new Map(rows.map((row) => [`${row.level}/${row.n}`, row.hashes]));
  const faults: LogFault[] = [];
  const bad: bigint[] = [];
  for (const tile of expected.toSorted((left, right) => left.level - right.level)) {
    const name = `${tile.level}/${tile.n}`;
    const hashes = stored.get(name);
    stored.delete(name);
    if (hashes !== undefined && sameBytes(hashes, tile.hashes)) continue;
    const at = firstDifference(hashes ?? Buffer.alloc(0), tile.hashes);
    // Each hash of a tile of level l stands for 256^l entries. Where one of those is wrong already, the hash above cannot be right.
    const index = (tile.n * BigInt(TILE_WIDTH) + BigInt(at)) << BigInt(TILE_HEIGHT * tile.level);
    const end = index + (1n << BigInt(TILE_HEIGHT * tile.level));
    const isOwn = !bad.some((entry) => entry >= index && entry < end);
    if (tile.level === 0) bad.push(index);
    faults.push({
      code: 'TILE_WRONG',
      place: tile.level === 0 ? `entry ${index}` : `tile ${name}`,
      index: tile.level === 0 || isOwn ? index : null,
    });
  }
  for (const name of stored.keys()) faults.push({ code: 'TILE_WRONG', place: `tile ${name}`, index: null });
  return faults;
}

/** Number of the first hash that differs or is missing. */
function firstDifference(left: Buffer, right: Buffer): number {
  const length = Math.max(left.length, right.length) / HASH_SIZE;
  for (let at = 0; at < length; at += 1) {
    const from = at * HASH_SIZE;
    if (!sameBytes(left.subarray(from, from + HASH_SIZE), right.subarray(from, from + HASH_SIZE))) return at;
  }
  return 0;
}

async function checkState(transaction: SqlSession, size: bigint, root: Uint8Array): Promise<readonly LogFault[]> {
  const [row] = await rowsOf<{ readonly tree_size: string; readonly root: Buffer }>(transaction, {
    text: 'SELECT tree_size, root FROM audit.log_state',
  });
  if (row === undefined) return [{ code: 'STATE_WRONG', place: 'state', index: null }];
  const stored = BigInt(row.tree_size);
  // Entries that were cut off at the end are named by their index, not as a wrong state.
  if (stored > size) return [{ code: 'ENTRY_MISSING', place: `entry ${size}`, index: size }];
  const isRight = stored === size && sameBytes(row.root, root);
  return isRight ? [] : [{ code: 'STATE_WRONG', place: 'state', index: null }];
}

/** Roots at any size; each asked for the first time costs a hash per entry since the next smaller one asked for. */
function rootsOf(hashes: readonly Uint8Array[]): (size: bigint) => Uint8Array | null {
  let range = EMPTY_RANGE;
  return (size) => {
    if (size > BigInt(hashes.length)) return null;
    if (size < range.size) range = EMPTY_RANGE;
    for (const hash of hashes.slice(Number(range.size), Number(size))) range = appendLeaf(range, hash);
    return rangeRoot(range);
  };
}
