// A subgraph behind HTTP: one POST route, one operation a request, errors of fixed text. It opens no port; a program hands its
// handler to the HTTP server it has. Who may ask is decided by `createContext`, or by the door that stands in its place: both see the
// request before anything is executed, and a door sees the answer as well.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError } from 'graphql';
import { AppError } from '../vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode } from '../vocabulary/error-catalogue';
import { codeOf, formatFault } from './graphql-fault';
import { oneOperation } from './one-operation';
import { type GraphQLRequestBody, type RequestRefusal, readRequestBody } from './request-body';
import type { Subgraph } from './subgraph-schema';

/** What a request says before it is executed. All of it but the id was chosen by the sender. */
export interface RequestInfo {
  /** The sender's `x-request-id` when it is a UUID, else a new one. */
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** Every value of every header, by lower-case name. */
  readonly headers: Readonly<NodeJS.Dict<readonly string[]>>;
  readonly body: GraphQLRequestBody;
  /** Aborted when the sender leaves before the answer is complete. */
  readonly signal: AbortSignal;
}

/** A fault that a request met, for the program's log. `fault` may hold what must not be written: take its code and name. */
export interface RequestFault {
  readonly requestId: string;
  readonly code: ErrorCode;
  readonly fault: unknown;
}

/** An answer before it is sent. */
export interface SubgraphAnswer {
  readonly status: number;
  readonly text: string;
  /** Headers of this answer beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Stands around the execution of every request that is right in form. `enter` executes it under a context and never rejects; an `AppError`
 * that the door throws refuses the whole request with its code.
 */
export type SubgraphDoor<Context extends object> = (
  request: RequestInfo,
  enter: (context: Context) => Promise<SubgraphAnswer>,
) => Promise<SubgraphAnswer>;

/** Who may ask: a context for everybody, an `AppError` of which refuses the whole request; or a door. */
type Admission<Context extends object> =
  | { readonly createContext: (request: RequestInfo) => Context | Promise<Context>; readonly door?: never }
  | { readonly door: SubgraphDoor<Context>; readonly createContext?: never };

/** Told how requests went, by those who count them. */
export interface AnswerMeter {
  /** An error was given to the asker. */
  failed(code: ErrorCode): void;
  /** A request that is right in form was answered. */
  answered(status: number, milliseconds: number): void;
}

/** What a handler is made of. */
export type SubgraphHandlerParts<Context extends object> = Admission<Context> & {
  readonly subgraph: Subgraph;
  /** Whether `__schema` and `__type` are answered. */
  readonly introspection: boolean;
  /** Told every fault that is not the sender's. */
  readonly onFault?: (fault: RequestFault) => void;
  readonly meter?: AnswerMeter;
  /** Path of the endpoint; `/graphql` when not given. */
  readonly path?: string;
};

/** Answers GraphQL requests. */
export interface SubgraphHandler {
  /** True when the request was for this endpoint and is answered; a stream (`accept: text/event-stream`) is left to others. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Ends the server library's own work. Call it when no request is in flight. */
  stop(): Promise<void>;
}

/** Starts a subgraph's server and returns its handler. */
export async function createSubgraphHandler<Context extends object>(
  parts: SubgraphHandlerParts<Context>,
): Promise<SubgraphHandler> {
  const { subgraph, introspection, onFault, meter, path = '/graphql' } = parts;
  const door: SubgraphDoor<Context> =
    parts.door ?? (async (request, enter) => enter(await parts.createContext(request)));
  const server = new ApolloServer<Context>({
    schema: subgraph.schema,
    introspection,
    plugins: PLUGINS,
    persistedQueries: false,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    apollo: {},
    parseOptions: { maxTokens: MOST_TOKENS },
    validationRules: [oneOperation],
    logger: SILENT,
    // Errors stay as they were thrown until `execute` formats them with the request's id.
    formatError: (_formatted, fault) => fault as GraphQLFormattedError,
  });
  await server.start();

  return {
    async handle(request, response) {
      const requestPath = (request.url ?? '').split('?', 1)[0] ?? '';
      if (requestPath !== path || isStreamRequest(request)) return false;
      const requestId = requestIdOf(request);
      response.setHeader('x-request-id', requestId);
      const body = await readRequestBody(request);
      if (!body.ok) {
        refuse(response, body.error, requestId);
        return true;
      }
      const begun = performance.now();
      const left = new AbortController();
      response.once('close', () => left.abort());
      const answer = await admit({
        requestId,
        method: 'POST',
        path: requestPath,
        headers: request.headersDistinct,
        body: body.value,
        signal: left.signal,
      });
      send(response, answer);
      meter?.answered(answer.status, performance.now() - begun);
      return true;
    },
    stop: () => server.stop(),
  };

  async function admit(request: RequestInfo): Promise<SubgraphAnswer> {
    try {
      return await door(request, (context) => execute(request, context));
    } catch (fault) {
      tell(fault, request.requestId);
      return wholeFault(fault, request.requestId);
    }
  }

  async function execute(request: RequestInfo, contextValue: Context): Promise<SubgraphAnswer> {
    try {
      const { query, operationName, variables } = request.body;
      const { body, http } = await server.executeOperation({ query, operationName, variables }, { contextValue });
      if (body.kind !== 'single') throw new AppError('INTERNAL', 'An operation required one answer, but got a stream.');
      const { data, errors } = body.singleResult;
      if (errors === undefined) return { status: 200, text: JSON.stringify({ data }) };
      const told = errors.map((fault) => tell(fault, request.requestId));
      // Nothing was executed: one error says so; more would only map the schema for the sender.
      if (data === undefined) return wholeFault(errors[0], request.requestId);
      return { status: http.status ?? 200, text: JSON.stringify({ data, errors: told }) };
    } catch (fault) {
      tell(fault, request.requestId);
      return wholeFault(fault, request.requestId);
    }
  }

  function tell(fault: unknown, requestId: string): GraphQLFormattedError {
    const code = codeOf(fault);
    meter?.failed(code);
    if (!CALLERS_FAULTS.has(code)) onFault?.({ requestId, code, fault });
    return formatFault(fault, requestId);
  }
}

/** Most tokens of an operation: several times the largest that a plan sends. */
const MOST_TOKENS = 10_000;

const PLUGINS: ApolloServerPlugin[] = [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
];

/** The server library writes nothing: its lines repeat what senders wrote. Faults reach the log by `onFault`. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const CALLERS_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'PURPOSE_REQUIRED',
  'QUOTA_EXCEEDED',
  'OPERATION_TOO_COMPLEX',
  'IDEMPOTENCY_CONFLICT',
]);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The request's id: what the sender gave when it is a UUID, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && UUID.test(sent) ? sent : randomUUID();
}

function isStreamRequest(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('text/event-stream');
}

/** The answer that refuses a whole request: the status and the fixed text of the fault's code. */
export function wholeFault(fault: unknown, requestId: string): SubgraphAnswer {
  const status = ERROR_CATALOGUE[codeOf(fault)].httpStatus;
  return { status, text: JSON.stringify({ errors: [formatFault(fault, requestId)] }) };
}

/** Refuses a request whose body was not read to its end; the connection cannot be used again. */
function refuse(response: ServerResponse, status: RequestRefusal, requestId: string): void {
  if (status === 405) response.setHeader('allow', 'POST');
  if (status !== 400) response.setHeader('connection', 'close');
  const fault = new AppError('BAD_USER_INPUT', 'A request requires POST with one JSON object.');
  send(response, { status, text: JSON.stringify({ errors: [formatFault(fault, requestId)] }) });
}

function send(response: ServerResponse, { status, text, headers }: SubgraphAnswer): void {
  if (response.destroyed) return;
  const always = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, headers === undefined ? always : { ...headers, ...always });
  response.end(text);
}
