// What a witness asks the log for, and nobody else: its newest checkpoint and its tiles. The log is the one that is watched, so its answers are
// bounded, and believed only when they fit its signatures.

import { HASH_SIZE } from '../audit/hash';
import { type TileAddress, tilePath } from '../audit-log/tile-path';
import { prefixOf } from '../audit-log/witness-client';
import { type CallHttp, callHttp } from '../service/http-call';

/** Hashes of a tile, exactly as many as asked for; null when the log did not give them. */
export type FetchTile = (tile: TileAddress) => Promise<Buffer | null>;

/** Who keeps the log, by its name among the peers. */
const SERVER = 'fraud-cases';
const TIMEOUT_MS = 2_000;
const LARGEST_TILE = 8_192;
const LARGEST_NOTE = 65_536;

/** Tiles of the log that answers under this address. */
export function tilesOf(logUrl: string, call: CallHttp = callHttp): FetchTile {
  return async (tile) => {
    const url = `${prefixOf(logUrl)}/${tilePath(tile)}`;
    const answer = await call({ url, server: SERVER, method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: LARGEST_TILE });
    return answer?.status === 200 && answer.body.length === tile.width * HASH_SIZE ? answer.body : null;
  };
}

/** The newest checkpoint that the log shows to everybody; null when it shows none or does not answer. */
export async function fetchLogNote(logUrl: string, call: CallHttp = callHttp): Promise<string | null> {
  const url = `${prefixOf(logUrl)}/checkpoint`;
  const answer = await call({ url, server: SERVER, method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: LARGEST_NOTE });
  return answer?.status === 200 ? answer.body.toString('utf8') : null;
}
