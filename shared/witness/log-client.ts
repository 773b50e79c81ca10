// What a witness asks the log for, and nobody else: its newest checkpoint and its tiles. The log is the one that is watched, so its answers are
// bounded, and believed only when they fit its signatures.

import { HASH_SIZE } from '../audit/hash';
import { callHttp } from '../audit-log/http-fetch';
import { type TileAddress, tilePath } from '../audit-log/tile-path';
import { prefixOf } from '../audit-log/witness-client';

/** Hashes of a tile, exactly as many as asked for; null when the log did not give them. */
export type FetchTile = (tile: TileAddress) => Promise<Buffer | null>;

const TIMEOUT_MS = 2_000;
const LARGEST_TILE = 8_192;
const LARGEST_NOTE = 65_536;

/** Tiles of the log that answers under this address. */
export function tilesOf(logUrl: string): FetchTile {
  return async (tile) => {
    const url = `${prefixOf(logUrl)}/${tilePath(tile)}`;
    const answer = await callHttp({ url, method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: LARGEST_TILE });
    return answer?.status === 200 && answer.body.length === tile.width * HASH_SIZE ? answer.body : null;
  };
}

/** The newest checkpoint that the log shows to everybody; null when it shows none or does not answer. */
export async function fetchLogNote(logUrl: string): Promise<string | null> {
  const url = `${prefixOf(logUrl)}/checkpoint`;
  const answer = await callHttp({ url, method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: LARGEST_NOTE });
  return answer?.status === 200 ? answer.body.toString('utf8') : null;
}
