// The query plan as our executor walks it: the planner's nodes with everything attached that can be computed once per plan
// instead of once per request. Pure types; plan.ts builds them, execute/ walks them, route/ sends their fetches.

import type { RequiresSelection } from '@graphql-hive/router-query-planner';

/** One GraphQL request to one subgraph, as the plan holds it. The same object for every request that uses the plan, so that rooms may keep what they compile from it in a WeakMap keyed by it. */
export interface FetchPlan {
  readonly serviceName: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  /** Text sent to the subgraph; ready-made, never printed per request. */
  readonly operation: string;
  /** Names of the client's variables that the operation uses. */
  readonly variableNames: readonly string[];
  /** The `_entities` fields of the operation; empty for a fetch of root fields. */
  readonly entities: readonly EntityFetch[];
}

/** One `_entities` field of a fetch. */
export interface EntityFetch {
  /** Response key of the field: `_entities`, or the alias given by a batch. */
  readonly responseKey: string;
  /** Variable that carries the representations. */
  readonly variableName: string;
  /** What a representation is made of. */
  readonly requires: readonly RequiresSelection[];
}
