// Runs a prepared operation: walks its plans, asks the subgraphs by `send`, merges what comes back and completes the answer.
// Knows no network, no operator and no schema. One run belongs to one request; nothing of it outlives the answer.

import { type ErrorCode, isErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { EntityFetchNode, ExecutionNode, RootFetchNode } from '../plan/plan-node';
import type { OperationVariant, PreparedOperation } from '../plan/prepared-operation';
import type { RootWatch, WatchRoots } from '../route/root-watch';
import type { RequestContext, Send, SubgraphAnswer } from '../route/subgraph-call';
import { type AskedEntities, collectWave, type WaveContext } from './entities';
import { LossBook, type LossCause, type ResponseError, responseError } from './errors';
import { type MergedObject, mergeInto, ownValue } from './merge';
import { completeResponse } from './response';

/** The answer to a client. `errors` is empty when nothing was lost. */
export interface ExecutionResult {
  readonly data: JsonObject | null;
  readonly errors: readonly ResponseError[];
}

/** Executes a query or a mutation. `variables` are coerced by the operation itself; `watchRoots`, where it is given, may refuse fields of the root of a query. Never rejects for what a subgraph did. */
export async function execute(
  prepared: PreparedOperation,
  variables: JsonObject,
  context: RequestContext,
  send: Send,
  watchRoots?: WatchRoots,
): Promise<ExecutionResult> {
  const planned = prepared.variantFor(variables);
  const variant = planned instanceof Promise ? await planned : planned;
  if (!variant.ok) return notRun(variant.error, context);
  const isQuery = prepared.operationKind === 'query';
  const watch = isQuery ? (watchRoots?.(variant.value.rootCalls, variables, context) ?? null) : null;
  const run = new Run(prepared, variant.value, variables, context, send, watch);
  for (const plan of variant.value.plans) {
    if (plan.root !== null) await run.walk(plan.root);
  }
  const ending = watch?.ended() ?? null;
  if (ending !== null) await ending;
  return run.complete();
}

/** The answer for an operation that could not be planned. */
export function notRun(refusals: readonly { readonly extensions: object }[], context: RequestContext): ExecutionResult {
  const errors = refusals.map(({ extensions }) => {
    const code = 'code' in extensions && isErrorCode(extensions.code) ? extensions.code : 'INTERNAL';
    return responseError({ code }, undefined, context.requestId);
  });
  return { data: null, errors };
}

/** One execution over one body of merged data. A subscription makes a fresh one for each event. */
export class Run {
  private readonly root: MergedObject = {};
  private losses: LossBook | null = null;
  private readonly wave: WaveContext;

  constructor(
    private readonly prepared: PreparedOperation,
    private readonly variant: OperationVariant,
    private readonly variables: JsonObject,
    private readonly context: RequestContext,
    private readonly send: Send,
    private readonly watch: RootWatch | null = null,
  ) {
    const asked: AskedEntities = new Map();
    this.wave = {
      root: this.root,
      losses: () => this.openLosses(),
      knownLosses: () => this.losses,
      asked,
      absences: new Map(),
      isInterface: prepared.isInterface,
    };
  }

  /** Runs a node to its end. */
  walk(node: ExecutionNode): Promise<void> {
    switch (node.kind) {
      case 'sequence':
        return this.walkInSeries(node.nodes);
      case 'parallel':
        return this.walkAtOnce(node.nodes);
      case 'condition': {
        const chosen = this.variables[node.variableName] === true ? node.whenTrue : node.whenFalse;
        return chosen === null ? DONE : this.walk(chosen);
      }
      case 'root-fetch':
        return this.fetchRoot(node);
      case 'entity-fetch':
        return this.fetchEntities(node);
    }
  }

  /** Takes the answer of a fetch of root fields. */
  mergeRoot(node: RootFetchNode, answer: SubgraphAnswer): void {
    const data = answer.data as MergedObject | null;
    if (data !== null) {
      node.output?.data(data);
      mergeInto(this.root, data, node.responseKeys, this.prepared.isInterface);
    }
    if (answer.errors.length === 0) {
      if (this.watch !== null && data !== null) this.tellRoots(this.watch, node);
      return;
    }
    const losses = this.openLosses();
    let whole: LossCause | null = null;
    for (const error of answer.errors) {
      const path = error.path === null ? null : (node.output?.path(error.path) ?? error.path);
      if (path !== null && path.length > 0) losses.enterAlong(this.root, path, error);
      if (path === null || path.length === 0 || data === null) whole ??= error;
    }
    if (whole === null) return;
    for (const key of node.responseKeys) {
      const value = ownValue(this.root, key);
      if ((value === undefined || value === null) && losses.at(this.root, key) === undefined) {
        losses.enter(this.root, key, { cause: whole, rest: [] });
      }
    }
  }

  /** The answer to the client. To be called once. */
  complete(): ExecutionResult {
    const introspected = (this.variant.introspect?.(this.variables) ?? null) as MergedObject | null;
    return completeResponse(this.root, introspected, this.variant.shape, this.losses, this.context.requestId);
  }

  private async walkInSeries(nodes: readonly ExecutionNode[]): Promise<void> {
    for (const node of nodes) await this.walk(node);
  }

  private async walkAtOnce(nodes: readonly ExecutionNode[]): Promise<void> {
    await Promise.all(nodes.map((node) => this.walk(node)));
  }

  private async fetchRoot(node: RootFetchNode): Promise<void> {
    const variables = this.variablesFor(node.fetch.variableNames, null);
    const answer = await this.send({ fetch: node.fetch, variables, context: this.context });
    const refused = this.watch?.refused ?? null;
    // Known before anything is fetched that hangs on these fields.
    const codes = refused === null ? null : await refused;
    this.mergeRoot(node, answer);
    if (codes !== null) for (const [key, code] of codes) this.refuseRoot(node, key, code);
  }

  private tellRoots(watch: RootWatch, node: RootFetchNode): void {
    for (const key of node.responseKeys) {
      const value = ownValue(this.root, key);
      if (value !== undefined) watch.answered(key, value);
    }
  }

  private refuseRoot(node: RootFetchNode, key: string, code: ErrorCode): void {
    if (!node.responseKeys.includes(key)) return;

    this.root[key] = null;
    this.openLosses().replace(this.root, key, { cause: { code }, rest: [] });
  }

  private async fetchEntities(node: EntityFetchNode): Promise<void> {
    const wave = collectWave(node, this.wave);
    if (wave.variables === null) return wave.settle(null);
    const variables = this.variablesFor(node.fetch.variableNames, wave.variables);
    await wave.settle(await this.send({ fetch: node.fetch, variables, context: this.context }));
  }

  private variablesFor(names: readonly string[], own: Readonly<Record<string, JsonValue>> | null): JsonObject {
    if (names.length === 0) return own ?? NO_VARIABLES;
    const variables: Record<string, JsonValue> = { ...own };
    for (const name of names) {
      const value = ownValue(this.variables, name);
      if (value !== undefined) variables[name] = value;
    }
    return variables;
  }

  private openLosses(): LossBook {
    this.losses ??= new LossBook();
    return this.losses;
  }
}

const DONE: Promise<void> = Promise.resolve();
const NO_VARIABLES: JsonObject = Object.freeze({});
