// Writes a stream of answers to a client as server-sent events: one `next` for each, `complete` at the end, a comment every fifteen
// seconds so that nobody on the way takes silence for the end. A client that reads too slowly is waited for, not buffered for; one that
// takes nothing for half a minute is cut off.

import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 15_000;
const SLOWEST_MS = 30_000;

/** Writes until the stream ends or the client leaves; the stream is closed either way. */
export async function writeEvents(
  response: ServerResponse,
  requestId: string,
  events: AsyncIterableIterator<object>,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': requestId,
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (response.destroyed) return;
      if (!response.write(`event: next\ndata: ${JSON.stringify(event)}\n\n`)) await drained(response);
    }
    response.write('event: complete\ndata:\n\n');
  } finally {
    clearInterval(heartbeat);
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
