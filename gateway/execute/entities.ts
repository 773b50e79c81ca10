// One wave of entities: finds them in the merged data, names each to the subgraph once however often it stands there, and puts
// the answers back at every place. An entity that cannot be named loses its fields with an error; silently only when a subgraph
// said that it does not know the entity, for then there is nothing to lose.

import type { JsonValue } from '../../shared/vocabulary/json';
import type { EntityFetchNode, EntityGroup, PathStep } from '../plan/plan-node';
import type { SubgraphAnswer, SubgraphError } from '../route/subgraph-call';
import type { LossBook, LossCause } from './errors';
import { copyOf, type MergedObject, mergeInto, ownValue } from './merge';
import { type RepresentContext, represent } from './represent';

/** What was asked about one entity, for all groups of a request that ask the same. */
interface Asked {
  /** Resolves when the answer is there; never rejects. */
  readonly answered: Promise<void>;
  entity: MergedObject | null;
  losses: readonly { readonly path: readonly (string | number)[]; readonly cause: LossCause }[];
}

/** Answers of a request that several groups of its plan may use, by the group's identity and the representation's text. */
export type AskedEntities = Map<number, Map<string, Asked>>;

/** A place in the merged data that waits for an entity. */
interface Place {
  readonly target: MergedObject;
  readonly typeName: string;
}

interface GroupCall {
  readonly group: EntityGroup;
  /** For each representation that is sent, the places that wait for it. */
  readonly places: Place[][];
  readonly keys: string[];
  readonly representations: JsonValue[];
  /** Places that wait for what another group asks. */
  readonly borrowed: { readonly place: Place; readonly asked: Asked }[];
  readonly lent: Asked[];
}

/** A wave ready to be sent, and what to do with its answer. */
export interface EntityWave {
  /** Representations by variable name; null when nobody has to be asked. */
  readonly variables: Readonly<Record<string, JsonValue>> | null;
  /** Puts the answer back. To be called once, also with a failed answer; resolves when answers that other groups wait for are in too. */
  readonly settle: (answer: SubgraphAnswer | null) => Promise<void>;
}

/** What a wave needs of its request. */
export interface WaveContext extends RepresentContext {
  readonly root: MergedObject;
  readonly losses: () => LossBook;
  readonly asked: AskedEntities;
  readonly isInterface: (typeName: string) => boolean;
}

/** Collects the entities of a fetch as they stand in the merged data now. */
export function collectWave(node: EntityFetchNode, context: WaveContext): EntityWave {
  let settled: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    settled = resolve;
  });
  const calls = node.groups.map((group) => collectGroup(group, context, answered));
  const someSent = calls.some((call) => call.representations.length > 0);
  const variables: Record<string, JsonValue> | null = someSent ? {} : null;
  if (variables) for (const call of calls) variables[call.group.entity.variableName] = call.representations;
  return {
    variables,
    settle: async (answer) => {
      for (const call of calls) settleGroup(call, answer, context);
      settled();
      for (const call of calls) {
        for (const { place, asked } of call.borrowed) {
          await asked.answered;
          give(call.group, place, copyOf(asked.entity) as MergedObject | null, asked.losses, context);
        }
      }
    },
  };
}

function collectGroup(group: EntityGroup, context: WaveContext, answered: Promise<void>): GroupCall {
  const call: GroupCall = { group, places: [], keys: [], representations: [], borrowed: [], lent: [] };
  const slots = new Map<string, number>();
  const shared = group.identity < 0 ? undefined : sharedBy(context.asked, group.identity);
  const visited = group.paths.length > 1 ? new Set<object>() : null;
  const visit = (target: MergedObject): void => {
    if (visited !== null) {
      if (visited.has(target)) return;
      visited.add(target);
    }
    const typeName = target.__typename;
    if (typeof typeName !== 'string') return;
    const plan = group.representationOf(typeName);
    if (plan === null) return;
    const place = { target, typeName };
    const built = represent(target, plan, context);
    if (built.key === null) {
      if (built.cause === null) noteAbsence(group, place, context);
      else loseAll(group, place, built.cause, context);
      return;
    }
    const slot = slots.get(built.key);
    if (slot !== undefined) {
      call.places[slot]?.push(place);
      return;
    }
    const asked = shared?.get(built.key);
    if (asked !== undefined) {
      call.borrowed.push({ place, asked });
      return;
    }
    if (shared !== undefined) {
      const lent: Asked = { answered, entity: null, losses: [] };
      shared.set(built.key, lent);
      call.lent.push(lent);
    }
    slots.set(built.key, call.representations.length);
    call.representations.push(built.representation);
    call.places.push([place]);
  };
  for (const path of group.paths) walk(context.root, path, 0, visit);
  return call;
}

/** Visits every object at the end of a path. */
function walk(
  value: JsonValue | undefined,
  path: readonly PathStep[],
  at: number,
  visit: (target: MergedObject) => void,
): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    // A list is entered whether or not the path says so: lists within lists have one step.
    const next = path[at]?.kind === 'each' ? at + 1 : at;
    for (const item of value) walkItem(item, path, next, visit);
    return;
  }
  const step = path[at];
  const object = value as MergedObject;
  if (step === undefined) visit(object);
  else if (step.kind === 'field') {
    walk(ownValue(object, step.key), path, at + 1, visit);
  } else if (step.kind === 'type') {
    const typeName = object.__typename;
    if (typeof typeName !== 'string' || step.accepts(typeName)) walk(value, path, at + 1, visit);
  } else {
    walk(value, path, at + 1, visit);
  }
}

function walkItem(
  value: JsonValue | undefined,
  path: readonly PathStep[],
  at: number,
  visit: (target: MergedObject) => void,
): void {
  if (Array.isArray(value)) for (const item of value) walkItem(item, path, at, visit);
  else walk(value, path, at, visit);
}

function settleGroup(call: GroupCall, answer: SubgraphAnswer | null, context: WaveContext): void {
  const { group } = call;
  if (call.representations.length === 0) return;
  const lossesOf = sortLosses(group, answer?.errors ?? []);
  const data = answer?.data;
  if (data) group.output?.data(data);
  const list: JsonValue | undefined =
    data && Object.hasOwn(data, group.entity.responseKey) ? data[group.entity.responseKey] : null;
  const entities: readonly JsonValue[] = Array.isArray(list) ? list : [];
  for (let slot = 0; slot < call.places.length; slot += 1) {
    const item = entities[slot];
    const entity = item !== null && typeof item === 'object' && !Array.isArray(item) ? (item as MergedObject) : null;
    const losses = lossesOf(slot);
    const lent = call.lent[slot];
    if (lent !== undefined) {
      lent.entity = copyOf(entity) as MergedObject | null;
      lent.losses = losses;
    }
    const places = call.places[slot] ?? [];
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index];
      // The last place may have the answer itself; those before it get copies of what could be changed later.
      const own = group.composite && index < places.length - 1 ? (copyOf(entity) as MergedObject | null) : entity;
      if (place) give(group, place, own, losses, context);
    }
  }
}

function give(
  group: EntityGroup,
  place: Place,
  entity: MergedObject | null,
  losses: Asked['losses'],
  context: WaveContext,
): void {
  if (entity !== null) mergeInto(place.target, entity, group.responseKeys, context.isInterface);
  if (losses.length === 0) {
    if (entity === null) noteAbsence(group, place, context);
    return;
  }
  const book = context.losses();
  let whole: LossCause | null = null;
  for (const { path, cause } of losses) {
    if (path.length > 0) book.enterAlong(place.target, path, cause);
    if (path.length === 0 || entity === null) whole ??= cause;
  }
  if (whole !== null) loseAll(group, place, whole, context);
}

/** Every field that the fetch gives to an entity of this type is lost, unless something else has brought it. */
function loseAll(group: EntityGroup, place: Place, cause: LossCause, context: WaveContext): void {
  const book = context.losses();
  for (const key of group.responseKeysOf(place.typeName)) {
    const value = ownValue(place.target, key);
    const isLost =
      value === undefined ||
      value === null ||
      // An interface object whose real type was asked for and not told.
      (key === '__typename' && typeof value === 'string' && context.isInterface(value));
    if (isLost && book.at(place.target, key) === undefined) book.enter(place.target, key, { cause, rest: [] });
  }
}

function noteAbsence(group: EntityGroup, place: Place, context: WaveContext): void {
  const absent = context.absences.get(place.target) ?? new Set();
  for (const key of group.responseKeysOf(place.typeName)) {
    if (ownValue(place.target, key) === undefined) absent.add(key);
  }
  context.absences.set(place.target, absent);
}

/** The losses of each representation, with paths from the entity; those of the whole fetch are every representation's. */
function sortLosses(group: EntityGroup, errors: readonly SubgraphError[]): (slot: number) => Asked['losses'] {
  if (errors.length === 0) return () => NO_LOSSES;
  const bySlot = new Map<number, Asked['losses'][number][]>();
  const whole: Asked['losses'][number][] = [];
  for (const error of errors) {
    const path = error.path === null ? null : (group.output?.path(error.path) ?? error.path);
    if (path === null || path.length === 0) {
      whole.push({ path: [], cause: error });
      continue;
    }
    if (path[0] !== group.entity.responseKey) continue;
    const slot = path[1];
    if (typeof slot !== 'number') {
      whole.push({ path: [], cause: error });
      continue;
    }
    const losses = bySlot.get(slot) ?? [];
    losses.push({ path: path.slice(2), cause: error });
    bySlot.set(slot, losses);
  }
  return (slot) => [...(bySlot.get(slot) ?? []), ...whole];
}

const NO_LOSSES: Asked['losses'] = [];

function sharedBy(asked: AskedEntities, identity: number): Map<string, Asked> {
  let shared = asked.get(identity);
  if (shared === undefined) {
    shared = new Map();
    asked.set(identity, shared);
  }
  return shared;
}
