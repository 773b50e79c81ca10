// Writes server-sent events as GraphQL over SSE has them (distinct connections): `next` with one answer, `complete` at the end, a comment every
// fifteen seconds. A reader is waited for, never buffered for; one that takes nothing for long is cut off.

import type { ServerResponse } from 'node:http';

/** A stream of answers to one reader. */
export interface EventWriter {
  /** Sends the head: the reader knows then that it hears whatever comes. The first answer does it too. */
  begin(): void;
  /** Writes one answer. Resolves false when the reader is gone or took too long; nothing is written any more then. */
  next(answer: object): Promise<boolean>;
  /** Says that nothing follows, and ends. */
  complete(): void;
}

/** What can be set for tests. */
export interface EventWriterPace {
  readonly heartbeatMs: number;
  /** How long a reader may take nothing while something waits for it. */
  readonly slowestMs: number;
}

const PACE: EventWriterPace = { heartbeatMs: 15_000, slowestMs: 10_000 };

/** A stream that has not begun. From its head on the status is 200, and errors are events. */
export function openEvents(response: ServerResponse, pace: EventWriterPace = PACE): EventWriter {
  const heartbeat = setInterval(() => {
    if (response.headersSent && !response.writableNeedDrain) response.write(':\n\n');
  }, pace.heartbeatMs);
  response.once('close', () => clearInterval(heartbeat));
  const begin = (): void => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
  };
  return {
    begin,
    async next(answer) {
      if (response.destroyed || response.writableEnded) return false;
      begin();
      if (response.write(`event: next\ndata: ${JSON.stringify(answer)}\n\n`)) return true;
      const isRead = await drained(response, pace.slowestMs);
      if (!isRead) response.destroy();
      return isRead;
    },
    complete() {
      clearInterval(heartbeat);
      begin();
      if (!response.destroyed && !response.writableEnded) response.end('event: complete\ndata:\n\n');
    },
  };
}

function drained(response: ServerResponse, slowestMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), slowestMs);
    const onDrain = (): void => done(true);
    const onClose = (): void => done(false);
    function done(isRead: boolean): void {
      clearTimeout(timer);
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(isRead);
    }
    response.on('drain', onDrain);
    response.on('close', onClose);
  });
}
