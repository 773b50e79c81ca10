// The one text of a JSON value (RFC 8785, "JCS"): members sorted by UTF-16 code units, no spaces, numbers and strings as ECMAScript
// prints them. What RFC 8785 leaves to the caller is refused here: half surrogates, numbers that are not finite, values without JSON.

import { AuditFault, requireThat } from './audit-catalogue';
import { isWellFormed } from './encoding';

/** Deepest nesting that is printed; also stops objects that contain themselves. */
const DEEPEST = 128;

/** The canonical text of null, booleans, finite numbers, well-formed strings, arrays and plain objects of these. Throws JSON_VALUE, JSON_NUMBER, JSON_SURROGATE or JSON_DEPTH for anything else, members with the value `undefined` included. */
export function canonicalJson(value: unknown): string {
  return print(value, 0);
}

function print(value: unknown, depth: number): string {
  requireThat(depth <= DEEPEST, 'JSON_DEPTH', 'JSON is nested at most 128 deep.');
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      requireThat(Number.isFinite(value), 'JSON_NUMBER', 'A JSON number is finite.');
      return JSON.stringify(value);
    case 'string':
      return printString(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${Array.from(value, (item) => print(item, depth + 1)).join(',')}]`;
      return printObject(value, depth);
    default:
      throw new AuditFault('JSON_VALUE', 'A JSON value is null, a boolean, a number, a string, an array or an object.');
  }
}

function printString(text: string): string {
  requireThat(isWellFormed(text), 'JSON_SURROGATE', 'A string has no half surrogate pairs.');
  return JSON.stringify(text);
}

function printObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  requireThat(isPlainPrototype(prototype), 'JSON_VALUE', 'Only plain objects have a JSON form.');
  const names = Object.keys(value).sort();
  const members = names.map((name) => `${printString(name)}:${print(memberOf(value, name), depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** Plain objects of this or of another realm: their prototype is null, or itself has none. */
function isPlainPrototype(prototype: unknown): boolean {
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function memberOf(value: object, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name];
}
