// Writes a stream of answers to a client as server-sent events: one `next` for each, `complete` at the end, a comment every fifteen
// seconds so that nobody on the way takes silence for the end. A client that reads too slowly is waited for, not buffered for; one that
// takes nothing for half a minute is cut off.

import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 15_000;
const SLOWEST_MS = 30_000;

/** Writes until the stream ends or the client leaves; the stream is closed either way. A client is told that its stream stands when `standing` says so, or with the first event: whatever happens after it was told, it hears of. */
export async function writeEvents(
  response: ServerResponse,
  requestId: string,
  events: AsyncIterableIterator<object>,
  standing: Promise<void>,
): Promise<void> {
  let heartbeat: NodeJS.Timeout | null = null;
  try {
    let next = events.next();
    await Promise.race([standing, next]);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': requestId,
    });
    response.flushHeaders();
    heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(':\n\n');
    }, HEARTBEAT_MS);
    for (let told = await next; told.done !== true; told = await next) {
      if (response.destroyed) return;
      if (!response.write(`event: next\ndata: ${JSON.stringify(told.value)}\n\n`)) await drained(response);
      next = events.next();
    }
    response.write('event: complete\ndata:\n\n');
  } finally {
    if (heartbeat !== null) clearInterval(heartbeat);
    await events.return?.();
    response.end();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => response.destroy(), SLOWEST_MS);
    const done = (): void => {
      clearTimeout(cut);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
