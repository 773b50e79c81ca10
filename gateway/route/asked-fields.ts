// What a question asks, by coordinates of its subgraph, and where each of them stands in an answer. Worked out once per question from the
// form of its answer. Says what becomes of an answer when some coordinates were refused: null in their place, with the code of the
// refusal. Pure; who refuses is decided elsewhere.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import type { PartitionRule } from '../supergraph/partition-rules';
import { isJsonObject } from './answer-body';
import type { ObjectShape, ValueShape } from './answer-shape';
import type { EntityQuestion } from './compiled-question';
import { representationsOf } from './partition';
import type { SubgraphAnswer, SubgraphError } from './subgraph-call';

/** Why coordinates are refused for the row of a subject; empty when none is. */
export type RefusalsOf = (subject: string | null) => ReadonlyMap<string, ErrorCode>;

/** A leaf of an answer. */
export interface ToldValue {
  /** The row that it stands in. */
  readonly subject: string | null;
  /** Names of the fields above it, from the row. */
  readonly way: readonly string[];
  readonly coordinate: string;
  readonly value: JsonValue;
}

/** The fields that a question asks of entities. */
export interface AskedFields {
  /** Coordinates by `_entities` field, in their order, each once; without `__typename`, key fields and the fields that name the server, which tell nothing that was not sent. */
  readonly coordinates: readonly (readonly string[])[];
  /** The key of a representation: its type and its key fields but for the one that names the server, e.g. `OperatorTenure:+77011234567:2024-01-31T19:00:00.000Z`. Null when it has no key. */
  subjectOf(representation: JsonValue): string | null;
  /** The answer to `variables` without what was refused. What the server said of those places is left out. */
  without(answer: SubgraphAnswer, variables: JsonObject, refusalsOf: RefusalsOf): SubgraphAnswer;
  /** The leaves that stand at some coordinates. */
  valuesAt(coordinates: ReadonlySet<string>, answer: SubgraphAnswer, variables: JsonObject): readonly ToldValue[];
}

/** The fields of the entities of one question. */
export function askedFields(entities: readonly EntityQuestion[], rule: PartitionRule): AskedFields {
  const keys = new Map<string, readonly string[]>();
  const coordinates = entities.map(({ rows }) => {
    const asked = new Set<string>();
    for (const { shapes } of rows.values()) for (const { shape } of shapes.values()) collect(shape, rule, asked);
    return [...asked];
  });
  for (const { rows } of entities) {
    for (const [typename, row] of rows) {
      const by = rule.fields.get(typename);
      const names = row.keys.map(({ name }) => name);
      keys.set(
        typename,
        names.filter((name) => name !== by),
      );
    }
  }
  const subjectOf = (representation: JsonValue | undefined): string | null => {
    if (!isJsonObject(representation)) return null;
    const { __typename: typename } = representation;
    const names = typeof typename === 'string' ? keys.get(typename) : undefined;
    if (names === undefined || names.length === 0) return null;
    return [typename, ...names.map((name) => representation[name])].join(':');
  };
  const walk = (answer: SubgraphAnswer, variables: JsonObject, visit: Visit): void => {
    for (const question of entities) walkRows(question, answer, variables, subjectOf, visit);
  };
  return {
    coordinates,
    subjectOf,
    without(answer, variables, refusalsOf) {
      const refused = new Map<string, SubgraphError>();
      walk(answer, variables, ({ coordinate, object, responseKey, subject, path }) => {
        const code = refusalsOf(subject).get(coordinate);
        if (code === undefined) return true;
        (object as Record<string, JsonValue>)[responseKey] = null;
        refused.set(JSON.stringify(path), { path: [...path], code });
        return false;
      });
      if (refused.size === 0) return answer;
      const own = answer.errors.filter(({ path }) => !isWithin(path, refused));
      return { data: answer.data, errors: [...own, ...refused.values()] };
    },
    valuesAt(wanted, answer, variables) {
      const values: ToldValue[] = [];
      walk(answer, variables, ({ coordinate, object, responseKey, subject, way }) => {
        const value = object[responseKey] ?? null;
        if (wanted.has(coordinate) && value !== null) values.push({ subject, way: [...way], coordinate, value });
        return true;
      });
      return values;
    },
  };
}

function collect(shape: ObjectShape, rule: PartitionRule, into: Set<string>): void {
  const type = rule.types.typeOf(shape.typename);
  const keys = type !== undefined && 'keys' in type ? type.keys.flatMap((key) => key.split(/[\s{}]+/)) : [];
  for (const { name, value, namesTarget } of shape.fields) {
    if (name !== '__typename' && !namesTarget && !keys.includes(name)) into.add(`${shape.typename}.${name}`);
    for (const below of shapesIn(value)) collect(below, rule, into);
  }
}

function shapesIn(value: ValueShape): readonly ObjectShape[] {
  switch (value.kind) {
    case 'LEAF':
      return [];
    case 'LIST':
      return shapesIn(value.item);
    case 'OBJECT':
      return [value.shape];
    case 'ABSTRACT':
      return [...value.shapes.values()];
  }
}

/** A place in an answer. Its lists are the walk's own and change as it goes on. */
interface Place {
  readonly subject: string | null;
  readonly coordinate: string;
  readonly object: JsonObject;
  readonly responseKey: string;
  readonly way: readonly string[];
  readonly path: readonly (string | number)[];
}

/** Looks at a place; true goes on below it. */
type Visit = (place: Place) => boolean;

interface Walk {
  readonly subject: string | null;
  readonly visit: Visit;
  readonly way: string[];
  readonly path: (string | number)[];
}

function walkRows(
  question: EntityQuestion,
  answer: SubgraphAnswer,
  variables: JsonObject,
  subjectOf: (representation: JsonValue | undefined) => string | null,
  visit: Visit,
): void {
  const key = question.entity.responseKey;
  const rows = answer.data?.[key];
  if (!Array.isArray(rows)) return;
  const representations = representationsOf(variables, question.entity);
  rows.forEach((row: JsonValue, place) => {
    if (!isJsonObject(row)) return;
    const walk: Walk = { subject: subjectOf(representations[place]), visit, way: [], path: [key, place] };
    for (const { shapes } of question.rows.values()) {
      for (const { shape } of shapes.values()) {
        if (mayBe(row[question.typeKey], shape)) walkObject(row, shape, walk);
      }
    }
  });
}

/** Whether an object may be of a shape: an answer that was read member by member has kept no name of its types. */
function mayBe(typename: JsonValue | undefined, { typename: expected }: ObjectShape): boolean {
  return typeof typename !== 'string' || typename === expected;
}

function walkObject(object: JsonObject, shape: ObjectShape, walk: Walk): void {
  const { subject, visit, way, path } = walk;
  for (const { responseKey, name, value } of shape.fields) {
    if (!Object.hasOwn(object, responseKey)) continue;
    path.push(responseKey);
    if (visit({ subject, coordinate: `${shape.typename}.${name}`, object, responseKey, way, path })) {
      way.push(name);
      walkValue(object[responseKey], value, walk);
      way.pop();
    }
    path.pop();
  }
}

function walkValue(value: JsonValue | undefined, shape: ValueShape, walk: Walk): void {
  if (value === null || value === undefined || shape.kind === 'LEAF') return;
  if (shape.kind === 'LIST') {
    if (!Array.isArray(value)) return;
    value.forEach((item: JsonValue, place) => {
      walk.path.push(place);
      walkValue(item, shape.item, walk);
      walk.path.pop();
    });
  } else if (isJsonObject(value)) {
    const shapes = shape.kind === 'OBJECT' ? [shape.shape] : [...shape.shapes.values()];
    for (const below of shapes) {
      if (shape.kind === 'OBJECT' || mayBe(value[shape.typeKey], below)) walkObject(value, below, walk);
    }
  }
}

/** Whether a path leads to a place that was refused, or below one. */
function isWithin(path: SubgraphError['path'], places: ReadonlyMap<string, unknown>): boolean {
  if (path === null) return false;
  for (let length = path.length; length > 0; length -= 1) {
    if (places.has(JSON.stringify(path.slice(0, length)))) return true;
  }
  return false;
}
