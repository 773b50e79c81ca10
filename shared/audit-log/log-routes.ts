// The log by plain HTTP GET, for witnesses and for anybody: checkpoint, tiles, receipts. Leaves are blind, so nothing here says who did
// what to whom; openings are handed out elsewhere, to those who may have them.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isUuid } from '../audit/act';
import { HASH_SIZE } from '../audit/hash';
import { type LogReads, type Receipt } from './log-reads';
import { parseTilePath } from './tile-path';

const TILE_CACHE = 'public, max-age=31536000, immutable';
const NO_CACHE = 'no-store';

/** A handler for `GET <prefix>/checkpoint` (the newest final one, else the newest signed), `<prefix>/tile/…` and `<prefix>/receipts/<act>`; says false to everything else. */
export function logRoutes(
  reads: LogReads,
  prefix: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (!path.startsWith(`${prefix}/`)) return false;
    const place = path.slice(prefix.length + 1);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain; charset=utf-8', 'method not allowed\n', NO_CACHE);
      return true;
    }
    await answer(reads, place, response);
    return true;
  };
}

async function answer(reads: LogReads, place: string, response: ServerResponse): Promise<void> {
  if (place === 'checkpoint') {
    const newest = await reads.newestCheckpoint();
    if (newest !== null) return send(response, 200, 'text/plain; charset=utf-8', newest.note, NO_CACHE);
  }
  const tile = parseTilePath(place);
  if (tile !== null) {
    const hashes = await reads.tile(tile);
    if (hashes !== null && hashes.length >= tile.width * HASH_SIZE) {
      const part = hashes.subarray(0, tile.width * HASH_SIZE);
      return send(response, 200, 'application/octet-stream', part, TILE_CACHE);
    }
  }
  const actId = place.startsWith('receipts/') ? place.slice('receipts/'.length) : null;
  if (isUuid(actId)) {
    const receipt = await reads.receiptOf(actId);
    if (receipt !== null)
      return send(response, 200, 'application/json', `${JSON.stringify(printed(receipt))}\n`, NO_CACHE);
  }
  send(response, 404, 'text/plain; charset=utf-8', 'not found\n', NO_CACHE);
}

function printed({ actId, state, leafHash, index, proof }: Receipt): object {
  return { actId, state, leafHash, logIndex: index?.toString() ?? null, proof };
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  cacheControl: string,
): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': cacheControl,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
