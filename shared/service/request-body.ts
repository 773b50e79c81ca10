// Reads the body of a request, within a bound of size and of time.

import type { IncomingMessage } from 'node:http';

const BODY_TIMEOUT_MS = 10_000;

/** The whole body; null when it has more bytes than `mostBytes`. Who sends too slowly loses the connection, and the promise rejects. */
export async function readRequestBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer | null> {
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  try {
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      sizeBytes += part.length;
      if (sizeBytes <= mostBytes) parts.push(part);
    }
    return sizeBytes <= mostBytes ? Buffer.concat(parts) : null;
  } finally {
    clearTimeout(timer);
  }
}
