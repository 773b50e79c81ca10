// One connection of a fuzz run: sends the bytes of a request as they are and reads one answer. Kept open while both sides are of one
// mind, made anew after every request that might have left something behind.

import { connect, type Socket } from 'node:net';
import type { FuzzCase } from './fuzz-case';

/** What came back. */
export interface WireAnswer {
  /** ANSWERED, CLOSED without an answer, or SILENT until the limit. */
  readonly end: 'ANSWERED' | 'CLOSED' | 'SILENT';
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface RawConnection {
  exchange(fuzz: FuzzCase, limitMs: number): Promise<WireAnswer>;
  close(): void;
}

/** A connection to `origin` that is opened with the first request. */
export function openRawConnection(origin: string): RawConnection {
  const { hostname, port } = new URL(origin);
  let kept: Socket | null = null;
  return {
    exchange(fuzz, limitMs) {
      const isKept = fuzz.isReusable && kept?.writable === true;
      const socket =
        isKept && kept !== null ? kept : connect({ port: Number(port), host: hostname, allowHalfOpen: true });
      if (isKept) kept = null;
      return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        const finish = (answer: WireAnswer, keepsOpen: boolean): void => {
          clearTimeout(limit);
          socket.removeAllListeners();
          socket.on('error', () => undefined);
          if (keepsOpen && fuzz.isReusable && socket.writable && kept === null) kept = socket;
          else socket.destroy();
          resolve(answer);
        };
        const limit = setTimeout(() => finish(NOTHING('SILENT'), false), limitMs);
        const closed = (): void => {
          const answer = readAnswer(Buffer.concat(chunks, sizeBytes), fuzz.method, true);
          finish(answer?.answer ?? NOTHING('CLOSED'), false);
        };
        socket.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          sizeBytes += chunk.length;
          const read = readAnswer(Buffer.concat(chunks, sizeBytes), fuzz.method, false);
          if (read !== null) finish(read.answer, read.staysOpen);
        });
        socket.on('error', closed);
        socket.on('end', closed);
        socket.on('close', closed);
        socket.write(fuzz.bytes);
        if (fuzz.endsAtOnce) socket.end();
      });
    },
    close: () => kept?.destroy(),
  };
}

const NOTHING = (end: 'CLOSED' | 'SILENT'): WireAnswer => ({ end, status: 0, contentType: '', body: '' });

/** The first answer in the bytes; null while it is not whole. A stream of events is whole with its head. */
function readAnswer(
  bytes: Buffer,
  method: string,
  isEnd: boolean,
): { readonly answer: WireAnswer; readonly staysOpen: boolean } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const rest = bytes.subarray(headEnd + 4);
  if (status >= 100 && status < 200) return readAnswer(rest, method, isEnd);
  const header = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const contentType = header('content-type');
  const staysOpen = header('connection').toLowerCase() !== 'close';
  const whole = (body: string, stays: boolean) => ({
    answer: { end: 'ANSWERED' as const, status, contentType, body },
    staysOpen: stays,
  });
  if (method === 'HEAD' || status === 204 || status === 304) return whole('', false);
  if (contentType.startsWith('text/event-stream')) return whole('', false);
  const length = header('content-length');
  if (length !== '') {
    return rest.length >= Number(length) ? whole(rest.toString('utf8', 0, Number(length)), staysOpen) : null;
  }
  if (/chunked/i.test(header('transfer-encoding'))) {
    return rest.includes('0\r\n\r\n') ? whole(rest.toString('utf8'), false) : null;
  }
  return isEnd ? whole(rest.toString('utf8'), false) : null;
}
