// `POST /graphql` with `accept: text/event-stream`: subscriptions, over the same schema as every other operation. Decides how many streams one
// caller may hold, and when a stream ends: the reader leaves or reads too slowly, its token ends, it is suspended, the service stops.
// Who may listen to what is decided by the resolvers. Once a request is a proper one, refusals are events too, because whoever carries
// the stream onward passes events on and nothing else.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import type { Principal } from '../../../shared/access/principal';
import { formatFault } from '../../../shared/graphql/graphql-fault';
import { type GraphQLRequestBody, readRequestBody } from '../../../shared/graphql/request-body';
import { requestIdOf } from '../../../shared/graphql/subgraph-host';
import { AppError } from '../../../shared/vocabulary/app-error';
import { instantToMs } from '../../../shared/vocabulary/instant';
import { type EventWriter, type EventWriterPace, openEvents } from './event-writer';

/** Who listens. */
export interface Listener {
  readonly principal: Principal | null;
  isSuspended(person: string): Promise<boolean>;
}

/** A request for a stream, as far as its signature goes. */
export interface SignedSubscription {
  readonly method: string;
  readonly path: string;
  readonly headers: NodeJS.Dict<readonly string[]>;
  readonly body: GraphQLRequestBody;
}

/** What the route is made of. */
export interface SubscriptionRouteParts<Asker extends Listener> {
  readonly schema: GraphQLSchema;
  /** Throws an `AppError` for a request that the gateway did not sign. */
  readonly believe: (request: SignedSubscription) => void;
  /** Who sent the request; rejects with an `AppError` when its token is not believed. */
  readonly askerOf: (headers: NodeJS.Dict<readonly string[]>) => Promise<Asker>;
  /** A context for one answer: each event gets one of its own, because loaders remember. */
  readonly contextFor: (asker: Asker) => object;
  /** Told of what went wrong on our side. */
  readonly onFault: (requestId: string, fault: unknown) => void;
  readonly nowMs: () => number;
  readonly path?: string;
  readonly pace?: EventWriterPace;
  readonly streamsPerCaller?: number;
  readonly streamsInAll?: number;
}

/** Streams of a running service. */
export interface SubscriptionRoute {
  /** True when the request asked for a stream at this path, and its stream is over. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** How many streams are open. */
  open(): number;
  /** Ends every stream; nothing new is begun. */
  stop(): void;
}

const STREAMS_PER_CALLER = 20;
const STREAMS_IN_ALL = 2_000;
const MOST_TOKENS = 10_000;

/** The route; `handle` rejects only for defects of ours. */
export function subscriptionRoute<Asker extends Listener>(parts: SubscriptionRouteParts<Asker>): SubscriptionRoute {
  const { schema, askerOf, path = '/graphql', onFault, pace } = parts;
  const { streamsPerCaller = STREAMS_PER_CALLER, streamsInAll = STREAMS_IN_ALL } = parts;
  const held = new Map<string, number>();
  const ends = new Set<() => void>();
  let isStopping = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const requestPath = (request.url ?? '').split('?', 1)[0];
    if (requestPath !== path || !(request.headers.accept ?? '').includes('text/event-stream')) return false;
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    const body = await readRequestBody(request);
    const document = body.ok ? subscriptionIn(schema, body.value) : null;
    if (!body.ok || document === null) {
      refuse(response, body.ok ? 400 : body.error, requestId);
      return true;
    }
    const writer = openEvents(response, pace);
    try {
      parts.believe({ method: 'POST', path: requestPath, headers: request.headersDistinct, body: body.value });
      const asker = await askerOf(request.headersDistinct);
      const { principal } = asker;
      if (principal === null) throw new AppError('UNAUTHENTICATED', 'A subscription requires a token.');
      await requireTrusted(asker, principal);
      const caller = `${principal.organisation} ${principal.person}`;
      if (isStopping || ends.size >= streamsInAll || (held.get(caller) ?? 0) >= streamsPerCaller) {
        throw new AppError('OVERLOADED', 'A caller holds a bounded number of streams.');
      }
      held.set(caller, (held.get(caller) ?? 0) + 1);
      try {
        await stream({ response, writer, requestId, document, body: body.value, asker, principal });
      } finally {
        const left = (held.get(caller) ?? 1) - 1;
        if (left > 0) held.set(caller, left);
        else held.delete(caller);
      }
    } catch (fault) {
      await tell(writer, fault, requestId);
    }
    writer.complete();
    return true;
  }

  /** Until the stream is over, for whatever reason. What ends it early is thrown. */
  async function stream(asked: Asked<Asker>): Promise<void> {
    const { response, writer, requestId, document, body, asker, principal } = asked;
    const { operationName, variables: variableValues } = body;
    const args = { schema, document, operationName, variableValues };
    const source = await createSourceEventStream({ ...args, contextValue: parts.contextFor(asker) });
    if (!(Symbol.asyncIterator in source)) {
      for (const error of source.errors ?? []) noteFault(error, requestId);
      await writer.next({ errors: (source.errors ?? []).map((error) => formatFault(error, requestId)) });
      return;
    }
    const values = source[Symbol.asyncIterator]();
    let isExpired = false;
    const end = (): void => {
      values.return?.().catch(() => {});
    };
    const expire = (): void => {
      isExpired = true;
      end();
    };
    const timer = setTimeout(expire, Math.max(0, instantToMs(principal.expiresAt) - parts.nowMs()));
    response.once('close', end);
    ends.add(end);
    // The reader may have left while the source was opened.
    if (response.destroyed || isStopping) end();
    writer.begin();
    try {
      for (let event = await values.next(); event.done !== true; event = await values.next()) {
        await requireTrusted(asker, principal);
        const contextValue = parts.contextFor(asker);
        const { data, errors } = await execute({ ...args, contextValue, rootValue: event.value });
        for (const error of errors ?? []) noteFault(error, requestId);
        const told = errors === undefined ? {} : { errors: errors.map((error) => formatFault(error, requestId)) };
        if (!(await writer.next({ data: data ?? null, ...told }))) return;
      }
    } finally {
      clearTimeout(timer);
      response.off('close', end);
      ends.delete(end);
      end();
    }
    if (isExpired) throw new AppError('UNAUTHENTICATED', 'The token of a stream ended.');
  }

  function noteFault(fault: unknown, requestId: string): void {
    if (formatFault(fault, requestId).extensions?.code === 'INTERNAL') onFault(requestId, fault);
  }

  async function tell(writer: EventWriter, fault: unknown, requestId: string): Promise<void> {
    noteFault(fault, requestId);
    await writer.next({ errors: [formatFault(fault, requestId)] });
  }

  return {
    handle,
    open: () => ends.size,
    stop() {
      isStopping = true;
      for (const end of ends) end();
    },
  };
}

interface Asked<Asker> {
  readonly response: ServerResponse;
  readonly writer: EventWriter;
  readonly requestId: string;
  readonly document: DocumentNode;
  readonly body: GraphQLRequestBody;
  readonly asker: Asker;
  readonly principal: Principal;
}

async function requireTrusted(asker: Listener, { person }: Principal): Promise<void> {
  if (await asker.isSuspended(person)) throw new AppError('FORBIDDEN', 'A suspended person hears nothing.');
}

/** The document, when it is one valid subscription. */
function subscriptionIn(schema: GraphQLSchema, { query }: GraphQLRequestBody): DocumentNode | null {
  const document = parsed(query);
  if (document === null) return null;
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  return validate(schema, document, undefined, { maxErrors: 1 }).length === 0 ? document : null;
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true, maxTokens: MOST_TOKENS });
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, requestId: string): void {
  if (status === 405) response.setHeader('allow', 'POST');
  if (status !== 400) response.setHeader('connection', 'close');
  const fault = new AppError('BAD_USER_INPUT', 'A stream requires POST with one subscription.');
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ errors: [formatFault(fault, requestId)] }));
}
