// Puts an answered value beside what is already known. Only keys that were asked are copied, never `__proto__`, and a value that
// is known stays: the same field of the same object, asked twice, has one answer.

import type { JsonValue } from '../../shared/vocabulary/json';

/** An object of the merged data: made by `JSON.parse` or by us, read by own keys that the plan names. */
export type MergedObject = Record<string, JsonValue | undefined>;

/** A member of an object, undefined for what it merely inherits. */
export function ownValue<Value>(object: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Merges the asked keys of an answer into an object. `isInterface` tells a type name that a more exact one replaces. */
export function mergeInto(
  target: MergedObject,
  answer: MergedObject,
  keys: readonly string[],
  isInterface: (typeName: string) => boolean,
): void {
  for (const key of keys) {
    if (!Object.hasOwn(answer, key) || key === '__proto__') continue;
    const value = answer[key];
    if (value === undefined) continue;
    const known = ownValue(target, key);
    if (known === undefined || known === null) target[key] = value;
    else if (key === '__typename') target[key] = moreExact(known, value, isInterface);
    else if (typeof known === 'object' && typeof value === 'object' && value !== null) {
      mergeValues(known, value, isInterface);
    }
  }
}

/** A copy that shares nothing with the original; `__proto__` is left out. */
export function copyOf(value: JsonValue | undefined): JsonValue | undefined {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item) ?? null);
  const copy: MergedObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key !== '__proto__') copy[key] = copyOf(member);
  }
  return copy;
}

function mergeValues(known: object, value: object, isInterface: (typeName: string) => boolean): void {
  if (Array.isArray(known)) {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < known.length && index < value.length; index += 1) {
      const item: JsonValue = value[index] ?? null;
      const knownItem: JsonValue = known[index] ?? null;
      if (knownItem === null) known[index] = item;
      else if (typeof knownItem === 'object' && item !== null && typeof item === 'object') {
        mergeValues(knownItem, item, isInterface);
      }
    }
    return;
  }
  if (Array.isArray(value)) return;
  mergeInto(known as MergedObject, value as MergedObject, Object.keys(value), isInterface);
}

function moreExact(known: JsonValue, value: JsonValue, isInterface: (typeName: string) => boolean): JsonValue {
  return typeof known === 'string' && isInterface(known) ? value : known;
}
