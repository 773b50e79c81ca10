// Small invented graphs, run for real: each subgraph is graphql-js behind its own HTTP server, the gateway is our planner and
// executor over the sender that the product uses. An answer is compared whole, the order of its members included.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, execute as executeSchema, type GraphQLSchema, parse, validate } from 'graphql';
import { execute } from '../../gateway/execute/execute';
import { subscribe } from '../../gateway/execute/subscribe';
import { createPlanner, type PlannerOptions } from '../../gateway/plan/plan';
import type { FetchPlan } from '../../gateway/plan/plan-node';
import { createBankCalls } from '../../gateway/route/bank-call';
import { createSender } from '../../gateway/route/send';
import type { RequestContext, Send, SubgraphAnswer, Subscribe } from '../../gateway/route/subgraph-call';
import { loadSupergraph, type Supergraph } from '../../gateway/supergraph/load';
import { isErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../../shared/vocabulary/json';

/** One subgraph of an invented graph: its types without the `@link`, and what its fields give. */
export interface InventedSubgraph {
  readonly typeDefs: string;
  readonly resolvers?: ResolverMap;
}

type SchemaModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type ResolverMap = Extract<SchemaModule, { readonly typeDefs: unknown }>['resolvers'];

/** An answer without what is the same in every answer. */
export interface PlainAnswer {
  readonly data: unknown;
  readonly errors?: readonly {
    readonly code: string;
    readonly path?: readonly (string | number)[];
    readonly at?: string;
  }[];
}

/** A call that a subgraph got. */
export interface SeenCall {
  readonly service: string;
  readonly query: string;
  readonly variables: JsonObject;
}

export interface Federation {
  readonly supergraph: Supergraph;
  /** Calls since the last `ask`. */
  readonly calls: readonly SeenCall[];
  ask(query: string, variables?: Readonly<Record<string, unknown>>, operationName?: string): Promise<PlainAnswer>;
  /** Every event of a subscription. */
  listen(query: string, variables?: Readonly<Record<string, unknown>>): Promise<readonly PlainAnswer[]>;
  /** From now on a subgraph's server refuses every call (true), or answers again (false). */
  stopAnswering(service: string, stopped: boolean): void;
  close(): Promise<void>;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@provides", "@external", "@requires", "@override", "@inaccessible", "@interfaceObject", "@tag", "@extends"
])\n`;

/** Limits wide enough that only tests of limits meet them. */
export const WIDE_LIMITS = {
  textBytes: 1e6,
  tokens: 1e5,
  depth: 50,
  aliases: 1e4,
  fields: 1e5,
  rootFields: 100,
  rootMutations: 10,
  directives: 200,
};

/** Composes and starts a graph. Close it when done. */
export async function startFederation(
  subgraphs: Readonly<Record<string, InventedSubgraph>>,
  options: PlannerOptions = {},
): Promise<Federation> {
  const calls: SeenCall[] = [];
  const stopped = new Set<string>();
  const schemas = new Map<string, GraphQLSchema>();
  composeInvented(subgraphs);
  const servers: Server[] = [];
  const addresses = new Map<string, string>();
  for (const [service, { typeDefs, resolvers }] of Object.entries(subgraphs)) {
    schemas.set(service, buildSubgraphSchema([{ typeDefs: parse(LINK + typeDefs), resolvers: resolvers ?? {} }]));
  }
  // Servers last: what throws before leaves nothing open.
  for (const [service, schema] of schemas) {
    const server = serve(service, schema, calls, stopped);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    addresses.set(service, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }
  const supergraph = loadSupergraph(composeInvented(subgraphs, (service) => addresses.get(service) ?? ''));
  const planner = createPlanner(supergraph, { ...options, limits: { ...WIDE_LIMITS, ...options.limits } });
  const sender = createSender({ connectionsPerOrigin: 8, connectTimeoutMs: 1_000 });
  const bank = createBankCalls({ post: sender.post, addressOf: (service) => addresses.get(service) ?? null });
  const send: Send = (call) => bank.ask(addresses.get(call.fetch.serviceName) ?? '', call, call.variables);
  const open: Subscribe = (call) => eventsOf(schemas.get(call.fetch.serviceName), call.fetch, call.variables);

  const prepare = async (query: string, variables: unknown, operationName?: string) => {
    const prepared = await planner.prepare({ query, operationName: operationName ?? null });
    if (!prepared.ok) return prepared;
    const coerced = prepared.value.coerceVariables(variables);
    return coerced.ok ? { ok: true as const, operation: prepared.value, variables: coerced.value } : coerced;
  };

  return {
    supergraph,
    calls,
    ask: async (query, variables, operationName) => {
      calls.length = 0;
      const ready = await prepare(query, variables, operationName);
      if (!ready.ok) return { data: undefined, errors: ready.error.map(plainError) };
      return plainAnswer(await execute(ready.operation, ready.variables, contextFor(), send));
    },
    listen: async (query, variables) => {
      calls.length = 0;
      const ready = await prepare(query, variables);
      if (!ready.ok) return [{ data: undefined, errors: ready.error.map(plainError) }];
      const events: PlainAnswer[] = [];
      for await (const event of subscribe(ready.operation, ready.variables, contextFor(), send, open)) {
        events.push(plainAnswer(event));
      }
      return events;
    },
    stopAnswering: (service, stop) => {
      if (stop) stopped.add(service);
      else stopped.delete(service);
    },
    close: async () => {
      await sender.close();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** A graph for all tests of a file: started before them, closed after them. */
export function useFederation(
  subgraphs: Readonly<Record<string, InventedSubgraph>>,
  options: PlannerOptions = {},
): Pick<Federation, 'ask' | 'listen' | 'stopAnswering'> & {
  readonly services: () => readonly string[];
  readonly calls: () => readonly SeenCall[];
} {
  let federation: Federation | undefined;
  const running = (): Federation => {
    if (federation === undefined) throw new Error('The graph could not be started.');
    return federation;
  };
  beforeAll(async () => {
    federation = await startFederation(subgraphs, options);
  });
  afterAll(() => federation?.close());
  return {
    ask: (...asked) => running().ask(...asked),
    listen: (...asked) => running().listen(...asked),
    stopAnswering: (...asked) => running().stopAnswering(...asked),
    calls: () => running().calls,
    services: () => running().calls.map((call) => call.service),
  };
}

/** A resolver of references that finds things by one member; null for one that is not there. */
export function byKey<Thing extends object>(things: readonly Thing[], key: keyof Thing & string) {
  return async (reference: Readonly<Record<string, unknown>>) =>
    things.find((thing) => thing[key] === reference[key]) ?? null;
}

/** Throws as a resolver does that lost its field. */
export function fail(): never {
  throw new Error('a text that no client may see');
}

/** The supergraph of invented subgraphs; throws what composition complains of. */
export function composeInvented(
  subgraphs: Readonly<Record<string, InventedSubgraph>>,
  urlOf: (service: string) => string = () => 'http://127.0.0.1:1/',
): string {
  const composed = composeServices(
    Object.entries(subgraphs).map(([name, { typeDefs }]) => ({
      name,
      url: urlOf(name),
      typeDefs: parse(LINK + typeDefs),
    })),
  );
  if (!composed.supergraphSdl) throw new Error(composed.errors?.map((error) => error.message).join('\n'));
  return composed.supergraphSdl;
}

/** Compares an answer whole, the order of members included. */
export function expectAnswer(answer: PlainAnswer, expected: PlainAnswer): void {
  expect(answer).toEqual(expected);
  expect(JSON.stringify(answer.data)).toBe(JSON.stringify(expected.data));
}

/** A context of a request that has ten seconds. */
export function contextFor(): RequestContext {
  return {
    requestId: 'request-1',
    deadlineMs: performance.now() + 10_000,
    signal: new AbortController().signal,
    headersFor: () => ({}),
  };
}

function serve(service: string, schema: GraphQLSchema, calls: SeenCall[], stopped: ReadonlySet<string>): Server {
  const documents = new Map<string, DocumentNode>();
  return createServer(async (request, response) => {
    if (stopped.has(service)) {
      response.socket?.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString()) as {
      query: string;
      variables?: JsonObject;
    };
    calls.push({ service, query, variables });
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const faults = validate(schema, document);
    const result =
      faults.length > 0
        ? { errors: faults.map((fault) => fault.toJSON()) }
        : await executeSchema({ schema, document, variableValues: { ...variables } });
    response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  });
}

async function* eventsOf(
  schema: GraphQLSchema | undefined,
  fetch: FetchPlan,
  variables: JsonObject,
): AsyncGenerator<SubgraphAnswer> {
  if (!schema) return;
  const { subscribe: subscribeSchema } = await import('graphql');
  const events = await subscribeSchema({ schema, document: parse(fetch.operation), variableValues: { ...variables } });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  for await (const event of events) {
    const { data, errors = [] } = JSON.parse(JSON.stringify(event)) as {
      data?: JsonObject;
      errors?: { path?: (string | number)[]; extensions?: { code?: string } }[];
    };
    yield {
      data: data ?? null,
      errors: errors.map(({ path, extensions }) => ({
        path: path ?? null,
        code: isErrorCode(extensions?.code) ? extensions.code : 'INTERNAL',
        subgraph: fetch.serviceName,
      })),
    };
  }
}

interface WireError {
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions: object;
}

function plainAnswer(answer: { readonly data: unknown; readonly errors: readonly WireError[] }): PlainAnswer {
  const wire = JSON.parse(JSON.stringify(answer)) as typeof answer;
  return wire.errors.length === 0 ? { data: wire.data } : { data: wire.data, errors: wire.errors.map(plainError) };
}

function plainError({ path, extensions }: WireError) {
  const { code, subgraph, operatorCode } = extensions as Readonly<Record<string, unknown>>;
  const at = subgraph ?? operatorCode;
  return {
    code: String(code),
    ...(path === undefined ? {} : { path }),
    ...(at === undefined ? {} : { at: String(at) }),
  };
}
