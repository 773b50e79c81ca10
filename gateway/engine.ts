// One supergraph at work: its planner, its routing and the execution of what was prepared. Immutable, so that a request in flight
// keeps the supergraph it began with; what outlives a reload (connections, breakers, the directory) is handed in.

import { type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { AppError } from '../shared/vocabulary/app-error';
import type { JsonObject } from '../shared/vocabulary/json';
import type { Result } from '../shared/vocabulary/result';
import { type ExecutionResult, execute } from './execute/execute';
import { subscribe } from './execute/subscribe';
import type { OperationLimits } from './plan/limits';
import { createPlanner, type OperationText } from './plan/plan';
import type { PreparedOperation } from './plan/prepared-operation';
import type { BankCalls } from './route/bank-call';
import type { Directory } from './route/directory';
import type { ScalarRules } from './route/leaf-rule';
import type { OperatorCalls } from './route/operator-call';
import type { Sender } from './route/send';
import type { RequestContext } from './route/subgraph-call';
import { createSubgraphSender } from './route/subgraph-sender';
import { createSubscriber } from './route/subscriber';
import { createQuestions } from './route/trust';
import type { Disclosure } from './route/wave';
import { loadSupergraph } from './supergraph/load';
import { readRoutes } from './supergraph/partition-rules';

/** What reaches the subgraphs; shared by every engine of a process. */
export interface EngineNetwork {
  readonly directory: Directory;
  readonly operators: OperatorCalls;
  /** Calls to the bank's subgraphs; `stated` tells the addresses that the supergraph itself names. */
  readonly bankFor: (stated: (serviceName: string) => string | null) => BankCalls;
  readonly scalars: ScalarRules;
  /** Opens a stream of events at one of the bank's subgraphs. */
  readonly stream: Sender['stream'];
  /** Allows the reads of operators; without it every read is allowed. */
  readonly disclosure?: Disclosure | undefined;
}

export interface Engine {
  readonly sdl: string;
  /** What clients may ask. */
  readonly schema: GraphQLSchema;
  readonly prepare: (text: OperationText) => Promise<Result<PreparedOperation, readonly GraphQLError[]>>;
  /** The prepared operation if it is at hand, without a promise. */
  readonly preparedAlready: (text: OperationText) => PreparedOperation | undefined;
  /** Executes; `variables` are coerced by the operation itself. */
  readonly run: (
    prepared: PreparedOperation,
    variables: JsonObject,
    context: RequestContext,
  ) => Promise<ExecutionResult>;
  /** Answers a subscription event by event; `eventContext` gives each event its own deadline. */
  readonly subscribe: (
    prepared: PreparedOperation,
    variables: JsonObject,
    context: RequestContext,
    eventContext: (signal: AbortSignal) => RequestContext,
  ) => AsyncIterableIterator<ExecutionResult>;
}

/** An engine over a supergraph text; throws when the text cannot be planned over. */
export function createEngine(options: {
  readonly sdl: string;
  readonly partitionedNames: readonly string[];
  readonly network: EngineNetwork;
  /** Limits of one operation that differ from the planner's own. */
  readonly limits?: Partial<OperationLimits>;
  /** False refuses operations that ask for the schema itself; true unless told. */
  readonly introspection?: boolean;
}): Engine {
  const { sdl, network, limits, introspection } = options;
  const supergraph = loadSupergraph(sdl);
  const routes = readRoutes(parse(sdl, { noLocation: true }), options.partitionedNames);
  if (routes.subgraphs.size === 0) {
    throw new AppError('INTERNAL', 'A supergraph was expected; the text names no subgraph.');
  }
  const planner = createPlanner(supergraph, { limits, introspection });
  const stated = (serviceName: string): string | null => routes.subgraphs.get(serviceName)?.url || null;
  const bank = network.bankFor(stated);
  const open = createSubscriber({ stream: network.stream, addressOf: bank.addressOf });
  const send = createSubgraphSender({
    routes,
    directory: network.directory,
    operators: network.operators,
    bank,
    questionOf: createQuestions(network.scalars),
    disclosure: network.disclosure,
  });
  return {
    sdl,
    schema: supergraph.consumerSchema,
    prepare: planner.prepare,
    preparedAlready: planner.preparedAlready,
    run: (prepared, variables, context) => execute(prepared, variables, context, send, network.disclosure?.watchRoots),
    subscribe: (prepared, variables, context, eventContext) =>
      subscribe(prepared, variables, context, send, open, eventContext),
  };
}
