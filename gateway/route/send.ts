// The only place of the gateway that opens a connection to a subgraph. It posts one body to one address under one deadline that
// covers connecting, headers and body, reads at most one MiB and follows nothing. What an answer means is decided by its callers.

import type { ConnectionOptions } from 'node:tls';
import { buildConnector, type Dispatcher, errors, Pool } from 'undici';
import { isStranger, type TlsOf } from '../../shared/service/http-call';
import { isLoopback } from '../../shared/service/loopback';
import type { RequestContext } from './subgraph-call';

/** Most bytes of an answer that are read, 1 MiB; more is cut off and the socket destroyed. */
export const ANSWER_LIMIT_BYTES = 1_048_576;

/** Why there is no answer. `bytesSeen` tells whether the other side had begun to answer. */
export interface PostFault {
  readonly answered: false;
  readonly fault: 'UNREACHABLE' | 'TIMEOUT' | 'BROKEN' | 'TOO_LARGE' | 'ENCODED' | 'ABORTED';
  readonly bytesSeen: boolean;
}

/** What came back. `body` is chosen by the sender and not yet checked; empty when the status was not wanted. */
export interface PostAnswer {
  readonly answered: true;
  readonly status: number;
  readonly contentType: string;
  /** The header Retry-After; empty when it was not told. */
  readonly retryAfter: string;
  readonly body: Buffer;
  /** How the answer is signed; null when the request was not signed. */
  readonly signature: AnswerSignature | null;
}

/** The signature of an answer as it came, not yet checked, and the one of the request that it is to answer. */
export interface AnswerSignature {
  readonly requestSignature: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Makes the headers that sign a request, among them `signature`. */
export type Sign = (request: {
  readonly method: 'POST';
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}) => Readonly<Record<string, string>> & { readonly signature: string };

export interface PostRequest {
  readonly url: string;
  /** Who is expected to answer there, by name. */
  readonly server: string;
  readonly body: string;
  /** Added to the fixed headers; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Instant of `performance.now()` after which the call is over. */
  readonly deadlineMs: number;
  /** Aborted when nobody waits for the answer any more; `presence` says the same where there is one. */
  readonly context: Pick<RequestContext, 'signal' | 'presence'>;
  /** False: the body of an answer that is not 2xx is not read. */
  readonly readRefusals: boolean;
}

/** Posts JSON. Never rejects; resolves by the deadline at the latest. */
export type Post = (request: PostRequest) => Promise<PostAnswer | PostFault>;

/** A stream that has begun. `chunks` are chosen by the sender and not yet checked; they end with the stream, with the signal, or with silence. */
export interface PostStream {
  readonly answered: true;
  readonly status: number;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Buffer>;
}

export interface Sender {
  readonly post: Post;
  /** Posts JSON and gives the answer as it comes. The deadline holds for its head; after it, half a minute of silence ends the stream. */
  stream(request: PostRequest): Promise<PostStream | PostFault>;
  /** Lets calls in flight finish, then closes every connection. */
  close(): Promise<void>;
}

/** A stream holds its connection for as long as it lasts: streams have connections of their own, so that they never keep a call waiting. */
const STREAMS_PER_ORIGIN = 1_024;

/** How servers are connected to, and who is told when somebody else answers. */
export interface ServerTransport {
  readonly tlsOf: TlsOf;
  readonly onStranger: (server: string) => void;
}

/** A sender with one connection pool per server and origin. `connectionsPerOrigin` bounds its sockets, `connectTimeoutMs` one attempt to connect. */
export function createSender(options: {
  readonly connectionsPerOrigin: number;
  readonly connectTimeoutMs: number;
  /** Signs every request, each attempt anew; without it nothing is signed. */
  readonly sign?: Sign | undefined;
  /** Given, servers are spoken with over TLS alone, and not at all when nothing is known of them. */
  readonly transport?: ServerTransport | undefined;
}): Sender {
  const { sign, transport } = options;
  const addresses = new Map<string, Address>();
  const pools = new Map<string, Pool>();
  const streams = new Map<string, Pool>();

  function addressOf(url: string, server: string): Address {
    const name = `${server} ${url}`;
    const known = addresses.get(name);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const pool = poolOf(pools, origin, server, options.connectionsPerOrigin);
    const address = { pool, path: pathname + search };
    addresses.set(name, address);
    return address;
  }

  function poolOf(kept: Map<string, Pool>, origin: string, server: string, connections: number): Pool {
    const name = `${server} ${origin}`;
    let pool = kept.get(name);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections,
        pipelining: 1,
        connect: connectorTo(origin, server, transport, options.connectTimeoutMs),
        // The deadline of the call is the only timer; two more per call would only cost time.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 30_000,
        maxHeaderSize: 16_384,
      });
      kept.set(name, pool);
    }
    return pool;
  }

  return {
    post: (request) =>
      new Promise((resolve) => {
        const remainingMs = request.deadlineMs - performance.now();
        if (remainingMs <= 0) return resolve({ answered: false, fault: 'TIMEOUT', bytesSeen: false });
        if (hasLeft(request.context)) return resolve({ answered: false, fault: 'ABORTED', bytesSeen: false });
        const { pool, path } = addressOf(request.url, request.server);
        const { body, headers } = request;
        const signed = sign?.({ method: 'POST', path, body, headers });
        const exchange = new Exchange(resolve, remainingMs, request, signed?.signature ?? null);
        pool.dispatch({ method: 'POST', path, headers: { ...FIXED_HEADERS, ...headers, ...signed }, body }, exchange);
      }),
    async stream({ url, server, body, headers, deadlineMs, context: { signal } }) {
      const { path } = addressOf(url, server);
      const pool = poolOf(streams, new URL(url).origin, server, STREAMS_PER_ORIGIN);
      const head = new AbortController();
      const giveUp = (): void => head.abort();
      const timer = setTimeout(giveUp, Math.max(0, deadlineMs - performance.now()));
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        const answer = await pool.request({
          method: 'POST',
          path,
          headers: {
            ...FIXED_HEADERS,
            ...headers,
            ...sign?.({ method: 'POST', path, body, headers }),
            accept: 'text/event-stream',
          },
          body,
          signal: head.signal,
          bodyTimeout: SILENCE_MS,
        });
        const contentType = textOf(answer.headers['content-type']);
        return { answered: true, status: answer.statusCode, contentType, chunks: answer.body };
      } catch (cause) {
        if (head.signal.aborted)
          return { answered: false, fault: signal.aborted ? 'ABORTED' : 'TIMEOUT', bytesSeen: false };
        return { answered: false, fault: faultOf(cause instanceof Error ? cause : OVER, false), bytesSeen: false };
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      await Promise.all([...pools.values(), ...streams.values()].map((pool) => pool.close()));
    },
  };
}

interface Address {
  readonly pool: Pool;
  readonly path: string;
}

const FIXED_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
  // We ask for no compression, so that the size on the wire is the size in memory.
  'accept-encoding': 'identity',
} as const;

/** A server of events tells at least a comment every 15 seconds. */
const SILENCE_MS = 30_000;

const EMPTY = Buffer.alloc(0);

/** One call on the wire: collects the answer, or ends it at the first thing that is wrong with it. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private settled = false;
  private status = 0;
  private contentType = '';
  private retryAfter = '';
  private signature: AnswerSignature | null = null;
  private sizeBytes = 0;
  private first: Buffer | null = null;
  private rest: Buffer[] | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly resolve: (outcome: PostAnswer | PostFault) => void,
    remainingMs: number,
    private readonly request: PostRequest,
    private readonly requestSignature: string | null,
  ) {
    this.timer = setTimeout(() => this.fail('TIMEOUT'), remainingMs);
    const { presence } = request.context;
    if (presence === undefined) request.context.signal.addEventListener('abort', this.onAbort);
    else presence.watch(this.onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // The deadline may have passed while the call waited for a connection.
    if (this.settled) controller.abort(OVER);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.settled) {
      controller.abort(OVER);
      return;
    }
    if (status < 200) return;
    this.status = status;
    this.contentType = textOf(headers['content-type']);
    if (status > 299) this.retryAfter = textOf(headers['retry-after']);
    if (this.requestSignature !== null) this.signature = { requestSignature: this.requestSignature, headers };
    const encoding = textOf(headers['content-encoding']);
    if (encoding !== '' && encoding !== 'identity') this.fail('ENCODED');
    else if (!this.request.readRefusals && status > 299) this.finish(EMPTY, true);
    else if (Number(textOf(headers['content-length'])) > ANSWER_LIMIT_BYTES) this.fail('TOO_LARGE');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > ANSWER_LIMIT_BYTES) this.fail('TOO_LARGE');
    else if (this.first === null) this.first = chunk;
    else if (this.rest === null) this.rest = [this.first, chunk];
    else this.rest.push(chunk);
  }

  onResponseEnd(): void {
    this.finish(this.rest === null ? (this.first ?? EMPTY) : Buffer.concat(this.rest, this.sizeBytes), false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(faultOf(error, this.status !== 0));
  }

  private readonly onAbort = (): void => this.fail('ABORTED');

  private fail(fault: PostFault['fault']): void {
    if (this.settled) return;
    this.release();
    this.controller?.abort(OVER);
    this.resolve({ answered: false, fault, bytesSeen: this.status !== 0 });
  }

  private finish(body: Buffer, unread: boolean): void {
    if (this.settled) return;
    this.release();
    if (unread) this.controller?.abort(OVER);
    const { status, contentType, retryAfter, signature } = this;
    this.resolve({ answered: true, status, contentType, retryAfter, body, signature });
  }

  private release(): void {
    this.settled = true;
    clearTimeout(this.timer);
    const { presence } = this.request.context;
    if (presence === undefined) this.request.context.signal.removeEventListener('abort', this.onAbort);
    else presence.forget(this.onAbort);
  }
}

/** A connector to a server: over TLS as `transport` says; in the clear on this machine alone, and only to a server that is not pinned; else to nobody. */
function connectorTo(
  origin: string,
  server: string,
  transport: ServerTransport | undefined,
  timeoutMs: number,
): buildConnector.connector {
  const tls = transport?.tlsOf(server);
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:' ? tls === null : tls !== undefined || !isLoopback(hostname)) {
    return (_options, callback) => callback(NOBODY, null);
  }
  return connectorWithin(timeoutMs, tls ?? {}, () => transport?.onStranger(server));
}

/** Connects, or gives up on the millisecond: the timer of the connector itself is coarse, and ends the socket a little later. */
function connectorWithin(timeoutMs: number, tls: ConnectionOptions, onStranger: () => void): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, ...tls });
  return (options, callback) => {
    let settled = false;
    const giveUp = (): void => {
      if (settled) return;
      settled = true;
      callback(new errors.ConnectTimeoutError(), null);
    };
    // A process that was busy looks at its timers before its sockets: one turn more, and a connection that stood in time counts.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    connect(options, (...outcome) => {
      clearTimeout(timer);
      if (outcome[0] !== null && isStranger(outcome[0])) onStranger();
      if (settled) {
        outcome[1]?.destroy();
      } else {
        settled = true;
        callback(...outcome);
      }
    });
  };
}

/** The reason given to a call that is ended on purpose; made once, because an error's stack costs more than the call. */
const OVER = new Error('The call is over.');
const NOBODY = new Error('The server that was expected is not there.');

const TIMEOUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

function hasLeft(context: PostRequest['context']): boolean {
  return context.presence === undefined ? context.signal.aborted : context.presence.left;
}

function faultOf(error: Error, answerBegun: boolean): PostFault['fault'] {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (TIMEOUT_CODES.has(code)) return 'TIMEOUT';
  return answerBegun ? 'BROKEN' : 'UNREACHABLE';
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.[0] ?? '');
}
