// What the executor asks of the network and what it gets back. The executor knows no address, no operator and no signature;
// the sender knows nothing of client paths. `Send` is the whole seam between them.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../../shared/vocabulary/json';
import type { FetchPlan } from '../plan/plan-node';
import type { Presence } from './presence';

/** What one client request carries to every subgraph call it causes. A fresh object per request. */
export interface RequestContext {
  readonly requestId: string;
  /** Instant after which nothing is worth doing, in milliseconds of `performance.now()`. */
  readonly deadlineMs: number;
  /** Aborted when the client left or the deadline passed. */
  readonly signal: AbortSignal;
  /** The same for those who only wait for it, at a fraction of the cost; where it is given, `signal` may be made at first use. */
  readonly presence?: Presence;
  /** Name of the operation for those who count, when its document is in the manifest. */
  readonly operation?: string;
  /** Headers of the client that may travel on, by subgraph name; lower-case names. */
  readonly headersFor: (serviceName: string) => Readonly<Record<string, string>>;
  /** Called when the event source of a subscription stands: from then on no event is missed. */
  readonly opened?: () => void;
  /** For which case and why the client says it asks; absent where nobody is asked for it. */
  readonly askedFor?: { readonly caseId: string | null; readonly purpose: string | null };
}

/** One call: a fetch of the plan with the values of this request. */
export interface SubgraphCall {
  readonly fetch: FetchPlan;
  /** Values of the operation's variables, the representations under their variable names included. */
  readonly variables: JsonObject;
  readonly context: RequestContext;
}

/** A field that could not be had. */
export interface SubgraphError {
  /** Path inside this fetch's data, e.g. `['_entities', 3, 'risk']`; null when the whole fetch failed. */
  readonly path: readonly (string | number)[] | null;
  readonly code: ErrorCode;
  /** The operator at fault, when one is. */
  readonly operatorCode?: string;
  /** The subgraph at fault, when it is not an operator. */
  readonly subgraph?: string;
}

/** Answer of one call. `data` is what may be believed; what is missing in it is null and named in `errors`. */
export interface SubgraphAnswer {
  readonly data: JsonObject | null;
  readonly errors: readonly SubgraphError[];
}

/** Sends one call. Never rejects: every fault is an error of the answer. Answers before the context's deadline. */
export type Send = (call: SubgraphCall) => Promise<SubgraphAnswer>;

/** Opens a subscription; yields one answer per event and ends when the subgraph, the client or the signal ends it. */
export type Subscribe = (call: SubgraphCall) => AsyncIterable<SubgraphAnswer>;
