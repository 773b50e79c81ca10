// The bare gateway as a server: node:http, one engine, nothing between them. Statuses follow GraphQL over HTTP: under
// application/graphql-response+json a refused operation has the status of its code, under application/json it is 200.

import type { ServerResponse } from 'node:http';
import { ERROR_CATALOGUE } from '../shared/vocabulary/error-catalogue';
import { type Edge, type EdgeRequest, listenAtEdge, refuse } from './edge/listen';
import { prepareAsked } from './edge/operation-answer';
import { parseOperationRequest, readBody } from './edge/operation-request';
import { methodRefusal, NOT_ACCEPTABLE, NOT_FOUND } from './edge/refusal';
import { type AnswerMedia, acceptedMedia, mediaRefusal } from './edge/request-head';
import { createEngine, type Engine } from './engine';
import { openNetwork } from './network';
import { OPERATOR_DEADLINE_MS, REQUEST_DEADLINE_MS, requestDeadline } from './route/deadlines';
import { fixedDirectory } from './route/directory';
import { TEXT_SCALARS } from './route/scalar-rules';

export interface BareGatewayOptions {
  readonly sdl: string;
  /** Servers of partitioned subgraphs: subgraph → key → address. */
  readonly partitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly host: string;
  readonly port: number;
  /** Time for a whole request; when it is given, a partitioned subgraph has all of it. */
  readonly deadlineMs?: number | undefined;
  /** Most time in which a client may send its request; 10 s when it is not given. */
  readonly slowestRequestMs?: number | undefined;
}

/** Starts a bare gateway. Rejects with a plain sentence when the supergraph cannot be loaded or the port is taken. */
export async function startBareGateway(options: BareGatewayOptions): Promise<Edge> {
  const network = openNetwork({
    directory: fixedDirectory(options.partitions),
    addresses: {},
    operatorDeadlineMs: options.deadlineMs ?? OPERATOR_DEADLINE_MS,
    scalars: TEXT_SCALARS,
  });
  const engine = createEngine({ sdl: options.sdl, partitionedNames: Object.keys(options.partitions), network });
  const deadlineMs = options.deadlineMs ?? REQUEST_DEADLINE_MS;
  const edge = await listenAtEdge({
    host: options.host,
    port: options.port,
    ready: () => true,
    slowestRequestMs: options.slowestRequestMs,
    failed: () => undefined,
    handle: (asked) => answerRequest(asked, engine, deadlineMs),
  });
  return {
    url: edge.url,
    port: edge.port,
    async stop() {
      await edge.stop();
      await network.close();
    },
  };
}

async function answerRequest(edge: EdgeRequest, engine: Engine, deadlineMs: number): Promise<void> {
  const { request, response, requestId } = edge;
  if (edge.path !== '/graphql') return refuse(response, NOT_FOUND, requestId);
  if (request.method !== 'POST') return refuse(response, methodRefusal('POST'), requestId);
  const media = acceptedMedia(request.headers.accept);
  if (media === null) return refuse(response, NOT_ACCEPTABLE, requestId);
  const unread = mediaRefusal(request);
  if (unread !== null) return refuse(response, unread, requestId);
  const body = await readBody(request);
  if (body === null) return;
  if (!Buffer.isBuffer(body)) return refuse(response, body, requestId);
  const asked = parseOperationRequest(body);
  if ('status' in asked) return refuse(response, asked, requestId);
  const outcome = await prepareAsked(engine, asked, requestId);
  if ('body' in outcome) {
    const { httpStatus } = ERROR_CATALOGUE[outcome.refusedWith ?? 'INTERNAL'];
    const status = media === 'application/json' && httpStatus < 500 ? 200 : httpStatus;
    return write(response, status, media, outcome.body, requestId);
  }
  const left = new AbortController();
  const onClose = (): void => left.abort();
  response.on('close', onClose);
  const result = await engine.run(outcome.prepared, outcome.variables, {
    requestId,
    deadlineMs: requestDeadline(outcome.prepared.operationKind, deadlineMs),
    signal: left.signal,
    headersFor: noHeaders,
  });
  response.off('close', onClose);
  const text = JSON.stringify(result.errors.length === 0 ? { data: result.data } : result);
  write(response, 200, media, text, requestId);
}

const NO_HEADERS = Object.freeze({});
const noHeaders = (): Readonly<Record<string, string>> => NO_HEADERS;

function write(response: ServerResponse, status: number, media: AnswerMedia, body: string, requestId: string): void {
  response.writeHead(status, {
    'content-type': `${media}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  });
  response.end(body);
}
