// Speaks HTTP byte by byte, so that a test can send what no client library would, and sees exactly what came back.

import { connect } from 'node:net';

/** What a server sent until it closed the connection or was silent after a whole answer. */
export interface RawAnswer {
  /** Status of the first answer; 0 when the connection was closed without one. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything, as it came. */
  readonly text: string;
  readonly closed: boolean;
}

/** Sends the parts one after the other, `pauseMs` apart, and reads until a whole answer is there or the connection ends. */
export function sendRaw(
  origin: string,
  parts: readonly (string | Buffer)[],
  options: { readonly pauseMs?: number; readonly limitMs?: number; readonly untilClosed?: boolean } = {},
): Promise<RawAnswer> {
  const { pauseMs = 0, limitMs = 8_000, untilClosed = false } = options;
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    let closed = false;
    const finish = (): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(readAnswer(Buffer.concat(chunks).toString('utf8'), closed));
    };
    const limit = setTimeout(finish, limitMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (!untilClosed && isWhole(Buffer.concat(chunks).toString('utf8'))) finish();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closed = true;
      finish();
    });
    socket.on('connect', () => {
      const send = (number: number): void => {
        const part = parts[number];
        if (part === undefined || socket.destroyed) return;
        socket.write(part);
        if (number + 1 < parts.length) setTimeout(send, pauseMs, number + 1);
      };
      send(0);
    });
  });
}

/** A POST of a body with the headers that it needs, and more. */
export function rawPost(body: string | Buffer, headers: readonly string[] = [], path = '/graphql'): Buffer {
  const given = headers.map((header) => header.toLowerCase());
  const has = (name: string): boolean => given.some((header) => header.startsWith(`${name}:`));
  const lines = [
    `POST ${path} HTTP/1.1`,
    ...(has('host') ? [] : ['host: gateway.invalid']),
    ...(has('content-type') ? [] : ['content-type: application/json']),
    ...(has('content-length') || has('transfer-encoding') ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return end > 0 && length !== undefined && Buffer.byteLength(text.slice(end + 4)) >= Number(length);
}

function readAnswer(text: string, closed: boolean): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = end < 0 ? '' : text.slice(end + 4);
  const length = Number(headers['content-length'] ?? body.length);
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    body: Buffer.from(body).subarray(0, length).toString(),
    text,
    closed,
  };
}
