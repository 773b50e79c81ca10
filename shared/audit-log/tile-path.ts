// The addresses of tiles (C2SP tlog-tiles): `tile/<level>/<n>`, n in groups of three digits, all but the last with an `x` before them, and
// `.p/<width>` for a tile that is not full. One address per tile: other spellings are none.

import { TILE_WIDTH, type TilePlace } from './growing-tree';

/** A tile, or its first `width` hashes. */
export interface TileAddress extends TilePlace {
  readonly width: number;
}

const PATH = /^tile\/(0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;
const MOST_LEVELS = 8;
const GROUP = 1000n;

/** Path of a tile, without a slash before it. */
export function tilePath({ level, n, width }: TileAddress): string {
  const groups: string[] = [];
  for (let rest = n; groups.length === 0 || rest > 0n; rest /= GROUP) {
    const digits = (rest % GROUP).toString().padStart(3, '0');
    groups.unshift(groups.length === 0 ? digits : `x${digits}`);
  }
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile that a path names; null for every text that `tilePath` does not print. */
export function parseTilePath(path: string): TileAddress | null {
  const [, level, groups, partial] = PATH.exec(path) ?? [];
  if (level === undefined || groups === undefined) return null;
  const digits = groups.replaceAll(/[x/]/g, '');
  // Seven groups hold more than any index of 2^64; longer ones would only cost time.
  if (digits.length > 21 || Number(level) >= MOST_LEVELS) return null;
  const address = {
    level: Number(level),
    n: BigInt(digits),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  return address.width <= TILE_WIDTH && tilePath(address) === path ? address : null;
}
