// The HTTP server of both gateways: limits against slow, huge and ambiguous requests, `/livez`, `/readyz` and `/metrics`, errors that are
// always JSON, and a stop that lets accepted work finish. What is answered at which path is decided by the handler.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type SecureContextOptions, TLSSocket, type TlsOptions } from 'node:tls';
import type { Metrics } from '../../shared/service/metrics';
import { answerMetrics, METRICS_PATH } from '../../shared/service/metrics-route';
import { certificateFault, requireLoopback } from '../../shared/service/transport';
import { refusalOfHandshake, type TransportRefusal } from '../../shared/service/transport-refusals';
import { AppError } from '../../shared/vocabulary/app-error';
import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import {
  HEADERS_TOO_LARGE,
  type HttpRefusal,
  INTERNAL,
  methodRefusal,
  NOT_EXPECTED,
  OVERLOADED,
  refusalBody,
  TOO_SLOW,
} from './refusal';
import { headRefusal, requestIdOf } from './request-head';

/** One request at the edge. */
export interface EdgeRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly path: string;
  /** Aborted when the gateway begins to stop; streams end then, answers are finished. */
  readonly stopping: AbortSignal;
}

export interface Edge {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Takes no more work, lets what was accepted finish for at most ten seconds, then cuts what is left. */
  stop(): Promise<void>;
}

/** PEM texts. With `clientAuthorities`, clients are asked for a certificate; whether one that has none may ask, is decided by its token. */
export interface EdgeTls {
  readonly cert: string;
  readonly key: string;
  readonly clientAuthorities: string | null;
}

const SLOWEST_REQUEST_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;
const DRAIN_MS = 10_000;
const REQUESTS_AT_ONCE = 2_048;

/** Starts to listen; 0 takes a free port. `failed` is told of defects of ours. Rejects with a plain sentence when the port is taken. */
export async function listenAtEdge(options: {
  readonly host: string;
  readonly port: number;
  readonly handle: (edge: EdgeRequest) => Promise<void>;
  readonly ready: () => boolean;
  readonly failed: (cause: unknown, requestId: string) => void;
  /** Most time in which a client may send its head, and its whole request. */
  readonly slowestRequestMs?: number | undefined;
  /** With what it is asked over TLS; without it, in the clear. */
  readonly tls?: EdgeTls | null;
  /** Told of connections that came to nothing, and of certificates that nobody vouches for. */
  readonly strangers?: (reason: TransportRefusal) => void;
  /** Told at `/metrics`; without them there is no such address. */
  readonly metrics?: Metrics;
  /** Told of every request that was refused as a whole. */
  readonly refused?: (status: number, code: ErrorCode) => void;
}): Promise<Edge> {
  const { handle, ready, failed, metrics, refused, tls = null, slowestRequestMs = SLOWEST_REQUEST_MS } = options;
  if (tls === null) requireLoopback(options.host);
  let stopping: Promise<void> | null = null;
  const stop = new AbortController();
  let atOnce = 0;
  /** Every connection with the number of its requests that are not answered yet. */
  const open = new Map<Socket, number>();
  const settings = {
    headersTimeout: slowestRequestMs,
    requestTimeout: slowestRequestMs,
    connectionsCheckingInterval: Math.min(1_000, slowestRequestMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 16_384,
    // Node would refuse with a body that is not JSON; headRefusal looks for it.
    requireHostHeader: false,
  };
  const server = tls === null ? createServer(settings) : createTlsServer({ ...settings, ...tlsOptions(tls) });
  server.on('tlsClientError', (cause: NodeJS.ErrnoException) => {
    const reason = refusalOfHandshake(cause);
    if (reason !== null) options.strangers?.(reason);
  });
  server.on(tls === null ? 'connection' : 'secureConnection', (socket) => {
    if (socket instanceof TLSSocket && tls?.clientAuthorities != null) {
      const stranger = certificateFault(socket);
      if (stranger !== null && stranger !== 'NO_CERTIFICATE') options.strangers?.(stranger);
    }
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    open.set(socket, (open.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const answering = (open.get(socket) ?? 1) - 1;
      if (!socket.destroyed) open.set(socket, answering);
      if (stopping !== null && answering === 0) socket.destroySoon();
      const code = refused === undefined ? undefined : refusedWith.get(response);
      if (code !== undefined) refused?.(response.statusCode, code);
    });
    const requestId = requestIdOf(request);
    if (stopping !== null) response.setHeader('connection', 'close');
    const wrong = headRefusal(request);
    if (wrong !== null) return refuse(response, wrong, requestId);
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    if (path === '/livez' || path === '/readyz')
      return probe(request, response, requestId, path === '/livez' || isReady());
    if (path === METRICS_PATH && metrics !== undefined) {
      // Not counted among requests: an overloaded gateway still tells that it is.
      answerMetrics(request, response, metrics).catch((cause: unknown) => {
        failed(cause, requestId);
        response.destroy();
      });
      return;
    }
    if (atOnce >= REQUESTS_AT_ONCE) return refuse(response, OVERLOADED, requestId);
    atOnce += 1;
    handle({ request, response, requestId, path, stopping: stop.signal })
      .catch((cause: unknown) => {
        failed(cause, requestId);
        if (response.headersSent) response.destroy();
        else refuse(response, INTERNAL, requestId);
      })
      .finally(() => {
        atOnce -= 1;
      });
  });
  server.on('clientError', refuseSocket);
  server.on('checkExpectation', (request, response) => refuse(response, NOT_EXPECTED, requestIdOf(request)));
  const isReady = (): boolean => stopping === null && ready();

  const port = await listen(server, options.host, options.port);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host}:${port}`,
    port,
    stop() {
      stopping ??= drain(server, open);
      stop.abort();
      return stopping;
    },
  };
}

/** With which code a response refuses its request, for those who count. */
const refusedWith = new WeakMap<ServerResponse, ErrorCode>();

/** Ends a response with a refusal. */
export function refuse(response: ServerResponse, refusal: HttpRefusal, requestId: string): void {
  const body = refusalBody(refusal.code, requestId);
  refusedWith.set(response, refusal.code);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    ...refusal.headers,
    ...(refusal.close === true ? { connection: 'close' } : {}),
  });
  response.end(body);
  // What the client still sends is not read; the connection ends with the answer.
  if (refusal.close === true) response.once('finish', () => response.socket?.destroySoon());
}

function probe(request: IncomingMessage, response: ServerResponse, requestId: string, well: boolean): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, methodRefusal('GET, HEAD'), requestId);
    return;
  }
  response.writeHead(well ? 200 : 503, { 'content-type': 'application/json; charset=utf-8' });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify({ status: well ? 'ok' : 'not ready' }));
}

function refuseSocket(cause: Error, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const code = 'code' in cause ? cause.code : '';
  let refusal: HttpRefusal = { status: 400, code: 'BAD_USER_INPUT' };
  if (code === 'HPE_HEADER_OVERFLOW') refusal = HEADERS_TOO_LARGE;
  else if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') refusal = { status: 413, code: 'BAD_USER_INPUT' };
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') refusal = TOO_SLOW;
  const body = refusalBody(refusal.code, randomUUID());
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Nothing older than TLS 1.3 is spoken. A client without a certificate, or with a stranger's, is let in as one that has none. */
function tlsOptions({ cert, key, clientAuthorities }: EdgeTls): SecureContextOptions & TlsOptions {
  const clients = clientAuthorities === null ? {} : { ca: clientAuthorities, requestCert: true };
  return { cert, key, minVersion: 'TLSv1.3', rejectUnauthorized: false, ...clients };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) => {
      const reason =
        fault.code === 'EADDRINUSE'
          ? `Port ${port} is in use by another program.`
          : `The gateway cannot listen on port ${port} (${fault.code ?? 'unknown reason'}).`;
      reject(new AppError('INTERNAL', reason, { cause: fault }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Ends at once what carries no accepted request, and the rest as its answers end. */
function drain(server: Server, open: ReadonlyMap<Socket, number>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    for (const [socket, answering] of open) if (answering === 0) socket.destroy();
  });
}
