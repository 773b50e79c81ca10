// The bare gateway as a server: node:http, one engine, nothing between them. Statuses follow GraphQL over HTTP: under
// application/graphql-response+json a refused operation has the status of its code, under application/json it is 200.

import type { ServerResponse } from 'node:http';
import { ERROR_CATALOGUE } from '../shared/vocabulary/error-catalogue';
import { type AcceptedOperation, acceptOperation } from './edge/accept-operation';
import { type Edge, type EdgeRequest, listenAtEdge, refuse } from './edge/listen';
import { prepareAsked } from './edge/operation-answer';
import { NOT_ACCEPTABLE, NOT_FOUND } from './edge/refusal';
import { EVENT_STREAM } from './edge/request-head';
import { createEngine, type Engine } from './engine';
import { streamOperation } from './event-host';
import { openNetwork } from './network';
import { DEFAULT_LIMITS } from './plan/limits';
import { OPERATOR_DEADLINE_MS, REQUEST_DEADLINE_MS, requestDeadline } from './route/deadlines';
import { fixedDirectory } from './route/directory';
import { Presence } from './route/presence';
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
  // One root mutation is a rule of the network that the product serves, not of federation.
  const limits = { rootMutations: DEFAULT_LIMITS.rootFields };
  const engine = createEngine({ sdl: options.sdl, partitionedNames: Object.keys(options.partitions), network, limits });
  const deadlineMs = options.deadlineMs ?? REQUEST_DEADLINE_MS;
  const edge = await listenAtEdge({
    host: options.host,
    port: options.port,
    ready: () => true,
    slowestRequestMs: options.slowestRequestMs,
    failed: () => undefined,
    handle: (asked) => answerRequest(asked, engine, deadlineMs),
  });
  let stopping: Promise<void> | null = null;
  return {
    url: edge.url,
    port: edge.port,
    stop() {
      stopping ??= edge.stop().then(network.close);
      return stopping;
    },
  };
}

async function answerRequest(edge: EdgeRequest, engine: Engine, deadlineMs: number): Promise<void> {
  const { response, requestId } = edge;
  if (edge.path !== '/graphql') return refuse(response, NOT_FOUND, requestId);
  const accepted = await acceptOperation(edge);
  if (accepted === null) return;
  const { asked, media } = accepted;
  const outcome = await prepareAsked(engine, asked, requestId);
  if ('body' in outcome) {
    const { httpStatus } = ERROR_CATALOGUE[outcome.refusedWith ?? 'INTERNAL'];
    const status = media === 'application/json' && httpStatus < 500 ? 200 : httpStatus;
    return write(response, status, media, outcome.body, requestId);
  }
  const { prepared, variables } = outcome;
  if (media === EVENT_STREAM) {
    return streamOperation(edge, { ...outcome, engine, deadlineMs, headersUntil: () => noHeaders, endsAtMs: null });
  }
  if (prepared.operationKind === 'subscription') return refuse(response, NOT_ACCEPTABLE, requestId);
  const presence = new Presence();
  response.on('close', presence.leave);
  const result = await engine.run(prepared, variables, {
    requestId,
    deadlineMs: requestDeadline(prepared.operationKind, deadlineMs),
    presence,
    get signal() {
      return presence.signal;
    },
    headersFor: noHeaders,
  });
  response.off('close', presence.leave);
  const text = JSON.stringify(result.errors.length === 0 ? { data: result.data } : result);
  write(response, 200, media, text, requestId);
}

const NO_HEADERS = Object.freeze({});
const noHeaders = (): Readonly<Record<string, string>> => NO_HEADERS;

function write(
  response: ServerResponse,
  status: number,
  media: AcceptedOperation['media'],
  body: string,
  requestId: string,
): void {
  response.writeHead(status, {
    'content-type': `${media === EVENT_STREAM ? 'application/json' : media}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
  });
  // As text, which goes out together with its head in one write.
  response.end(body);
}
