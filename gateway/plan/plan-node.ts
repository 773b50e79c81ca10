// The query plan as our executor walks it: the planner's nodes with everything attached that can be computed once per plan
// instead of once per request. Pure types; compile-plan.ts builds them, execute/ walks them, route/ sends their fetches.

import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import type { JsonValue } from '../../shared/vocabulary/json';

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

/** A plan ready to be walked. Flatten nodes of the planner are gone: their path is in the groups of the fetch below them. */
export type ExecutionNode = SequenceNode | ParallelNode | ConditionNode | RootFetchNode | EntityFetchNode;

/** Nodes that run one after the other. */
export interface SequenceNode {
  readonly kind: 'sequence';
  readonly nodes: readonly ExecutionNode[];
}

/** Nodes that run at the same time. */
export interface ParallelNode {
  readonly kind: 'parallel';
  readonly nodes: readonly ExecutionNode[];
}

/** Nodes that depend on a Boolean variable of the client. */
export interface ConditionNode {
  readonly kind: 'condition';
  readonly variableName: string;
  readonly whenTrue: ExecutionNode | null;
  readonly whenFalse: ExecutionNode | null;
}

/** A fetch of root fields; its answer goes to the root of the merged data. */
export interface RootFetchNode {
  readonly kind: 'root-fetch';
  readonly fetch: FetchPlan;
  /** Response keys that the answer may bring, after output rewrites. */
  readonly responseKeys: readonly string[];
  readonly output: OutputRewrite | null;
}

/** A fetch of entities that stand somewhere in the merged data. */
export interface EntityFetchNode {
  readonly kind: 'entity-fetch';
  readonly fetch: FetchPlan;
  readonly groups: readonly EntityGroup[];
}

/** One `_entities` field of an entity fetch: where its entities stand, how they are named to the subgraph, what they get. */
export interface EntityGroup {
  readonly entity: EntityFetch;
  /** Ways from the root of the merged data to the entities. */
  readonly paths: readonly (readonly PathStep[])[];
  /** What an entity of this type is called in the subgraph; null when the group does not concern the type. */
  readonly representationOf: (typeName: string) => RepresentationPlan | null;
  /** Response keys that the fetch gives to an entity of this type, after output rewrites. */
  readonly responseKeysOf: (typeName: string) => readonly string[];
  /** Every response key that the fetch may give, whatever the type. */
  readonly responseKeys: readonly string[];
  /** True when an answered entity holds objects, so that two places must not share one of them. */
  readonly composite: boolean;
  /** Equal for two groups of a plan that ask the same of the same subgraph; -1 for a group that has no equal. */
  readonly identity: number;
  readonly output: OutputRewrite | null;
}

/** One step of a way through the merged data. `each` enters every item of a list, lists within it included. */
export type PathStep =
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'each' }
  | { readonly kind: 'type'; readonly accepts: (typeName: string) => boolean };

/** How the representation of one type's entities is read from the merged data. */
export interface RepresentationPlan {
  /** The type name as the subgraph knows it. */
  readonly typeName: string;
  readonly fields: readonly RepresentationField[];
  /** Names of the key fields, one list per key that the fields cover; a representation is complete when one list has no null. Empty when the supergraph declares no key. */
  readonly keys: readonly (readonly string[])[];
  /** Further rewrites of the built representation; null for almost all. */
  readonly rewrite: ((representation: Record<string, JsonValue>) => void) | null;
}

/** One field of a representation. */
export interface RepresentationField {
  /** Key in the merged data. */
  readonly from: string;
  /** Name in the representation. */
  readonly to: string;
  /** False when the supergraph says that it is never null. */
  readonly nullable: boolean;
  /** What is read of an object, by its type name (undefined when the data does not tell); null for a leaf. */
  readonly nested: ((typeName: string | undefined) => readonly RepresentationField[]) | null;
}

/** What is done to an answer of a subgraph before it is merged, and to the paths of its errors. Changes the data in place. */
export interface OutputRewrite {
  readonly data: (data: JsonValue | undefined) => void;
  readonly path: (path: readonly (string | number)[]) => readonly (string | number)[];
}
