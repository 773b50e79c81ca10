// The bare HTTP server of every program: `/livez`, `/readyz` and `/metrics`, limits against slow and huge requests, and an orderly stop.
// What else is answered is decided by the handlers that a program hands in.

import { constants } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AppError } from '../vocabulary/app-error';
import type { Logger } from './logger';
import { type Count, type Metrics } from './metrics';
import { answerMetrics, METRICS_PATH } from './metrics-route';
import { requireLoopback, type ServerTls } from './transport';
import { refusalOfHandshake } from './transport-refusals';

/** Answers a request and says true, or says false and touches nothing. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A server that listens. */
export interface HttpHost {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * Refuses new connections, says not ready, lets requests in flight finish for at most ten seconds, then cuts what is left.
   * Calling it again waits for the same stop.
   */
  stop(): Promise<void>;
}

/** A grant for the rows and fields of a whole wave stands in a header. */
const MOST_HEADER_BYTES = 65_536;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
const DRAIN_MS = 10_000;
/** A client is judged when its handshake is done, so that it can be told apart why; nothing that it asks is looked at before. Every connection shows its certificate: none is resumed. */
const TLS = {
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.3',
  handshakeTimeout: 5_000,
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

/**
 * Starts to listen on `host`:`port` (0 takes a free port) and writes the log line `listening`. `readiness` is asked at each
 * `/readyz`; false or a rejection is 503. Rejects with a plain sentence when the port is taken or forbidden.
 */
export async function startHttpHost(options: {
  readonly host: string;
  readonly port: number;
  readonly handlers: HttpHandler;
  readonly readiness: () => Promise<boolean>;
  readonly logger: Logger;
  /** Told at `/metrics`, with what this server counts; without them there is no such address. */
  readonly metrics?: Metrics;
  /** Certificate, and who is taken in by theirs; without it it is plain HTTP, for this machine alone. Whoever is not taken in is cut off. */
  readonly tls?: ServerTls | null;
}): Promise<HttpHost> {
  const { host, handlers, readiness, logger, metrics, tls = null } = options;
  if (tls === null) requireLoopback(host);
  const answered = metrics === undefined ? null : countAnswers(metrics);
  let stopping: Promise<void> | undefined;
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
  const server =
    tls === null
      ? createServer(limits)
      : createTlsServer({ ...limits, ...TLS, cert: tls.cert, key: tls.key, ca: tls.ca });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  /** Connections on which nothing was asked yet: the server does not count them as idle. */
  const unused = new Set<Socket>();
  /** Connections that were taken in by their certificates. */
  const admitted = new WeakSet<Socket>();
  server.on('tlsClientError', (cause: NodeJS.ErrnoException, socket: Socket) => {
    const reason = refusalOfHandshake(cause);
    if (reason !== null) tls?.onRefusal(reason);
    socket.destroy();
  });
  server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
    const refusal = tls === null ? null : tls.admit(socket as TLSSocket);
    if (refusal !== null) {
      tls?.onRefusal(refusal);
      socket.destroy();
      return;
    }
    admitted.add(socket);
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request, response) => {
    if (!admitted.has(request.socket)) {
      request.socket.destroy();
      return;
    }
    unused.delete(request.socket);
    if (stopping !== undefined) response.setHeader('connection', 'close');
    if (answered !== null) response.once('close', () => answered(response).add());
    answer(request, response).catch((cause: unknown) => {
      logger.error({ err: cause }, 'a request failed');
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'internal error');
    });
  });
  server.on('clientError', (_cause, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });

  const port = await listen(server, host, options.port);
  const url = `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  logger.info({ url }, 'listening');
  return {
    url,
    port,
    stop() {
      stopping ??= drain(server, unused);
      return stopping;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0];
    if (path === '/livez') return plain(response, 200, 'alive');
    if (path === '/readyz') {
      const ready = stopping === undefined && (await readiness().catch(() => false));
      return plain(response, ready ? 200 : 503, ready ? 'ready' : 'not ready');
    }
    if (path === METRICS_PATH && metrics !== undefined) return answerMetrics(request, response, metrics);
    if (!(await handlers(request, response))) plain(response, 404, 'not found');
  }
}

/** Answers by status; one that its asker did not wait for has none. */
function countAnswers(metrics: Metrics): (response: ServerResponse) => Count {
  const answersWith = metrics.counts({
    name: 'senim_http_answers_total',
    help: 'Answers to HTTP requests by status; left when the asker did not wait',
    labels: ['status'],
  });
  return (response) => answersWith(response.writableFinished ? String(response.statusCode) : 'left');
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? 'another program listens there'
          : cause.code === 'EACCES'
            ? 'this user may not listen there'
            : `the system says ${cause.code ?? 'no'}`;
      reject(new AppError('INTERNAL', `Cannot listen on ${host}, port ${port}: ${reason}.`, { cause }));
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

async function drain(server: Server, unused: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of unused) socket.destroy();
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}
