// How one fetch of a partitioned subgraph is dealt out to the servers that hold its rows, and how their answers are laid back where
// the questions stood. Pure: which address a target has, and whether an answer may be believed, is decided elsewhere.

import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { EntityFetch } from '../plan/plan-node';
import type { SubgraphAnswer, SubgraphError } from './subgraph-call';

/** Most representations in one call; more are several calls to the same server. */
export const REPRESENTATIONS_PER_CALL = 100;

/** Name of the key field that names the server, by entity type. */
export type PartitionFields = ReadonlyMap<string, string>;

/** What one server is asked: the same operation with its own share of the representations. */
export interface Share {
  /** Value of the partition field; not yet known to be a server. */
  readonly target: string;
  /** The fetch's variables with this share's representations. */
  readonly variables: JsonObject;
  /** Per `_entities` field, the original position of each representation sent; null when all were sent, in order. */
  readonly positions: readonly (readonly number[])[] | null;
}

/** A fetch dealt out. */
export interface Split {
  readonly shares: readonly Share[];
  /** Rows whose representation names no server. */
  readonly unroutable: readonly { readonly entity: number; readonly position: number }[];
}

/** The server that a representation names; null when it names none. */
export type TargetOf = (representation: JsonValue) => string | null;

/** Deals the representations of `variables` out by target; the order within a target is kept. One target is the fast path: nothing is copied. */
export function splitByTarget(
  entities: readonly EntityFetch[],
  variables: JsonObject,
  targetOf: TargetOf,
  limit = REPRESENTATIONS_PER_CALL,
): Split {
  const sole = soleTarget(entities, variables, targetOf, limit);
  if (sole !== null) return { shares: [{ target: sole, variables, positions: null }], unroutable: [] };
  const open = new Map<string, Draft>();
  const drafts: Draft[] = [];
  const unroutable: { entity: number; position: number }[] = [];
  entities.forEach((entity, index) => {
    representationsOf(variables, entity).forEach((representation, position) => {
      const target = targetOf(representation);
      if (target === null) {
        unroutable.push({ entity: index, position });
        return;
      }
      let draft = open.get(target);
      if (draft === undefined || draft.size === limit) {
        draft = { target, size: 0, rows: entities.map(() => []), positions: entities.map(() => []) };
        open.set(target, draft);
        drafts.push(draft);
      }
      draft.size += 1;
      draft.rows[index]?.push(representation);
      draft.positions[index]?.push(position);
    });
  });
  const shares = drafts.map(({ target, rows, positions }) => {
    const own: Record<string, JsonValue> = Object.create(null);
    entities.forEach((entity, index) => {
      own[entity.variableName] = rows[index] ?? [];
    });
    return { target, variables: { ...variables, ...own }, positions };
  });
  return { shares, unroutable };
}

/**
 * Lays the answers of the shares back: every row at the position of its representation, every error path with it. A row nobody
 * answered is null. `answers` stand in the order of `split.shares`; an error without a path becomes one for each row of its share.
 */
export function joinAnswers(
  entities: readonly EntityFetch[],
  variables: JsonObject,
  split: Split,
  answers: readonly SubgraphAnswer[],
): SubgraphAnswer {
  const data: Record<string, JsonValue> = Object.create(null);
  const tables = entities.map((entity) => {
    const table: JsonValue[] = new Array(representationsOf(variables, entity).length).fill(null);
    data[entity.responseKey] = table;
    return table;
  });
  const errors: SubgraphError[] = split.unroutable.map(({ entity, position }) => ({
    path: [entities[entity]?.responseKey ?? '', position],
    code: 'NOT_ROUTABLE',
  }));
  split.shares.forEach((share, number) => {
    const answer = answers[number];
    if (answer === undefined) return;
    entities.forEach((entity, index) => {
      const rows = answer.data?.[entity.responseKey];
      const table = tables[index];
      if (!Array.isArray(rows) || table === undefined) return;
      const positions = share.positions?.[index];
      rows.forEach((row: JsonValue, place) => {
        const position = positions === undefined ? place : positions[place];
        if (position !== undefined && position < table.length) table[position] = row;
      });
    });
    for (const error of answer.errors) layErrorBack(error, entities, tables, share, errors);
  });
  return { data, errors };
}

/** The representations that a fetch sends for one `_entities` field. */
export function representationsOf(variables: JsonObject, entity: EntityFetch): readonly JsonValue[] {
  const list = variables[entity.variableName];
  return Array.isArray(list) ? list : [];
}

/** Reads the target from the partition field of a representation's type; null when its key is incomplete. The value is not yet known to be a server. */
export function targetByField(fields: PartitionFields): TargetOf {
  return (representation) => {
    if (representation === null || typeof representation !== 'object' || Array.isArray(representation)) return null;
    const members = representation as JsonObject;
    const typename = members.__typename;
    const field = typeof typename === 'string' ? fields.get(typename) : undefined;
    return field === undefined ? null : targetText(members[field]);
  };
}

/** A partition value as the name of a server; null for anything that cannot be one. */
export function targetText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

interface Draft {
  readonly target: string;
  size: number;
  readonly rows: JsonValue[][];
  readonly positions: number[][];
}

function soleTarget(
  entities: readonly EntityFetch[],
  variables: JsonObject,
  targetOf: TargetOf,
  limit: number,
): string | null {
  let sole: string | null = null;
  let size = 0;
  for (const entity of entities) {
    for (const representation of representationsOf(variables, entity)) {
      const target = targetOf(representation);
      size += 1;
      if (target === null || (sole !== null && target !== sole) || size > limit) return null;
      sole = target;
    }
  }
  return sole;
}

function layErrorBack(
  error: SubgraphError,
  entities: readonly EntityFetch[],
  tables: readonly JsonValue[][],
  share: Share,
  errors: SubgraphError[],
): void {
  if (error.path === null) {
    entities.forEach((entity, index) => {
      const positions = share.positions?.[index] ?? [...(tables[index] ?? []).keys()];
      for (const position of positions) errors.push({ ...error, path: [entity.responseKey, position] });
    });
    return;
  }
  const [key, place, ...inner] = error.path;
  const index = entities.findIndex((entity) => entity.responseKey === key);
  if (index < 0 || typeof key !== 'string' || typeof place !== 'number') return;
  const positions = share.positions?.[index];
  const position = positions === undefined ? place : positions[place];
  if (position !== undefined) errors.push({ ...error, path: [key, position, ...inner] });
}
