// The form that a true answer to a question must have, compiled once per plan, and the reading of an answer by it. Reading copies
// what was asked into fresh objects and nothing else; what does not fit is null, and the nearest nullable place above it takes the
// loss, as the GraphQL specification completes values. Pure. What is asked, and of whom, is decided in trust.ts.

import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';

/** Whether a leaf's JSON value is one of its type. */
export type LeafRule = (value: JsonValue) => boolean;

/** A field is told when every variable of one of its conjunctions has its value; null means always. */
export type Conditions = readonly (readonly { readonly variable: string; readonly value: boolean }[])[] | null;

export type ValueShape =
  | { readonly kind: 'LEAF'; readonly nullable: boolean; readonly rule: LeafRule; readonly asText: boolean }
  | { readonly kind: 'LIST'; readonly nullable: boolean; readonly item: ValueShape }
  | { readonly kind: 'OBJECT'; readonly nullable: boolean; readonly shape: ObjectShape }
  | {
      readonly kind: 'ABSTRACT';
      readonly nullable: boolean;
      /** Reserved alias under which `__typename` was asked. */
      readonly typeKey: string;
      readonly shapes: ReadonlyMap<string, ObjectShape>;
    };

export interface FieldShape {
  readonly responseKey: string;
  readonly name: string;
  readonly when: Conditions;
  readonly value: ValueShape;
  /** True for the partition field of an entity: its value must name the server that was asked. */
  readonly namesTarget: boolean;
}

export interface ObjectShape {
  readonly typename: string;
  readonly fields: readonly FieldShape[];
  /** Reserved alias under which the partition field was asked back; null for a type that is not partitioned. */
  readonly targetKey: string | null;
  /** True when a response key is `__proto__`, which only an object without a prototype can hold as a member. */
  readonly bare: boolean;
  /** Fields that were not asked because the server lacks them. */
  readonly lacking: readonly LackingField[];
}

/** A field that belongs to the answer and that its server does not have. */
export interface LackingField {
  readonly responseKey: string;
  readonly when: Conditions;
}

/** What is found wrong while one answer is read. */
export interface Reading {
  readonly target: string;
  readonly variables: JsonObject;
  /** Where the reading stands; response keys and list indices. */
  readonly path: (string | number)[];
  /** Paths of what does not fit. */
  readonly misfits: (readonly (string | number)[])[];
  /** Paths of what the server lacks. */
  readonly lacks: (readonly (string | number)[])[];
}

/** A value that must not be null is lost; the nearest nullable place above becomes null. */
export const LOST = Symbol('lost');

/**
 * How many members a value holds when it is exactly what was asked: every member there, none more, all of their types. -1 when it is
 * not, or when that cannot be said so simply; then it has to be read. Changes nothing and makes nothing: the cost of an honest answer.
 */
export function fittingMembers(shape: ValueShape, value: JsonValue | undefined, reading: Reading): number {
  if (value === null) return shape.nullable ? 0 : -1;
  if (value === undefined) return -1;
  switch (shape.kind) {
    case 'LEAF':
      return typeof value !== 'object' && shape.rule(value) && !(shape.asText && typeof value !== 'string') ? 0 : -1;
    case 'LIST': {
      if (!Array.isArray(value)) return -1;
      let members = 0;
      for (let place = 0; place < value.length; place += 1) {
        const inner = fittingMembers(shape.item, value[place], reading);
        if (inner < 0) return -1;
        members += inner;
      }
      return members;
    }
    case 'OBJECT':
      return isObject(value) ? fittingObject(shape.shape, value, shape.shape.targetKey === null ? 0 : 1, reading) : -1;
    case 'ABSTRACT': {
      if (!isObject(value)) return -1;
      const typename = value[shape.typeKey];
      const concrete = typeof typename === 'string' ? shape.shapes.get(typename) : undefined;
      if (concrete === undefined) return -1;
      return fittingObject(concrete, value, concrete.targetKey === null ? 1 : 2, reading);
    }
  }
}

/** The same for an object in which `reserved` members were asked back beside its fields. */
export function fittingObject(shape: ObjectShape, source: JsonObject, reserved: number, reading: Reading): number {
  if (
    shape.bare ||
    shape.lacking.length > 0 ||
    (shape.targetKey !== null && source[shape.targetKey] !== reading.target)
  )
    return -1;
  let own = 0;
  // Members of a parsed object are its own; a name that is only inherited makes the numbers differ.
  for (const _name in source) own += 1;
  let expected = reserved;
  let members = own;
  const { fields } = shape;
  for (let place = 0; place < fields.length; place += 1) {
    const field = fields[place];
    if (field === undefined || (field.when !== null && !holds(field.when, reading.variables))) continue;
    const value = source[field.responseKey];
    if (field.namesTarget && value !== reading.target) return -1;
    const inner = fittingMembers(field.value, value, reading);
    if (inner < 0) return -1;
    members += inner;
    expected += 1;
  }
  return own === expected ? members : -1;
}

/** The value as it may be believed, or LOST. Misfits are added to the reading. */
export function readValue(shape: ValueShape, value: JsonValue | undefined, reading: Reading): JsonValue | typeof LOST {
  if (value === null && shape.nullable) return null;
  const before = reading.misfits.length;
  const lacked = reading.lacks.length;
  const read = value === null || value === undefined ? misfit(reading) : readPresent(shape, value, reading);
  if (read !== LOST || !shape.nullable) return read;
  // The last misfit is the one that was fatal; those before it lie inside what is now null.
  const fatal = reading.misfits[reading.misfits.length - 1];
  reading.misfits.length = before;
  reading.lacks.length = lacked;
  if (fatal !== undefined) reading.misfits.push(fatal);
  return null;
}

/** An object as it may be believed, or LOST. */
export function readObject(shape: ObjectShape, source: JsonObject, reading: Reading): JsonObject | typeof LOST {
  if (shape.targetKey !== null && source[shape.targetKey] !== reading.target) return misfit(reading);
  const copy: Record<string, JsonValue> = shape.bare ? Object.create(null) : {};
  for (const field of shape.fields) {
    if (field.when !== null && !holds(field.when, reading.variables)) continue;
    const told = Object.hasOwn(source, field.responseKey) ? source[field.responseKey] : undefined;
    if (field.namesTarget && told !== reading.target) return misfit(reading);
    reading.path.push(field.responseKey);
    const value = readValue(field.value, told, reading);
    if (value === LOST) {
      reading.path.pop();
      return LOST;
    }
    reading.path.pop();
    copy[field.responseKey] = value;
  }
  for (const { responseKey, when } of shape.lacking) {
    if (when === null || holds(when, reading.variables)) reading.lacks.push([...reading.path, responseKey]);
  }
  return copy;
}

/** Records that what stands at the reading's place does not fit. */
export function misfit(reading: Reading): typeof LOST {
  reading.misfits.push([...reading.path]);
  return LOST;
}

/** Whether two JSON values say the same; an ID may be told as number or as text. */
export function sameKey(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return left !== undefined;
  if (typeof left === 'number' || typeof right === 'number') {
    return (typeof left === 'string' || typeof right === 'string') && String(left) === String(right);
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item: JsonValue, place) => sameKey(item, right[place] as JsonValue | undefined));
  }
  const asked = left as JsonObject;
  const told = right as JsonObject;
  // `__typename` stands in nested keys of representations; it is not a part of the key.
  return Object.keys(asked).every((name) => name === '__typename' || sameKey(asked[name], told[name]));
}

function readPresent(shape: ValueShape, value: JsonValue, reading: Reading): JsonValue | typeof LOST {
  switch (shape.kind) {
    case 'LEAF':
      if (!shape.rule(value)) return misfit(reading);
      if (typeof value === 'object') return copyJson(value);
      return shape.asText ? String(value) : value;
    case 'LIST':
      return Array.isArray(value) ? readList(shape.item, value, reading) : misfit(reading);
    case 'OBJECT':
      return isObject(value) ? readObject(shape.shape, value, reading) : misfit(reading);
    case 'ABSTRACT': {
      if (!isObject(value)) return misfit(reading);
      const typename = value[shape.typeKey];
      const concrete = typeof typename === 'string' ? shape.shapes.get(typename) : undefined;
      return concrete === undefined ? misfit(reading) : readObject(concrete, value, reading);
    }
  }
}

function readList(item: ValueShape, list: readonly JsonValue[], reading: Reading): JsonValue | typeof LOST {
  const copy: JsonValue[] = [];
  for (let place = 0; place < list.length; place += 1) {
    reading.path.push(place);
    const value = readValue(item, list[place], reading);
    reading.path.pop();
    if (value === LOST) return LOST;
    copy.push(value);
  }
  return copy;
}

function holds(conditions: NonNullable<Conditions>, variables: JsonObject): boolean {
  return conditions.some((all) => all.every(({ variable, value }) => (variables[variable] === true) === value));
}

/** A custom scalar's object, copied so that no member can be taken for a prototype. */
function copyJson(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(copyJson);
  const copy: Record<string, JsonValue> = Object.create(null);
  for (const [name, member] of Object.entries(value as JsonObject)) {
    if (member !== undefined && name !== '__proto__') copy[name] = copyJson(member);
  }
  return copy;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
