// Reads the body of an answer. For a party that is not believed: JSON as RFC 8259 has it and nothing near it, no member twice, no
// nesting over 32. One pass over the bytes counts depth and members; a member told twice shows as a difference in number, which is
// looked for once, by whoever walks over the value anyway.

import { isUtf8 } from 'node:buffer';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';

/** Deepest nesting that is read. */
export const DEPTH_LIMIT = 32;

/** The object of a body, with the number of members that its text spells. It tells a member twice when it holds fewer. */
export interface ToldObject {
  readonly value: JsonObject;
  readonly told: number;
}

/** The object of a body in which no member may stand twice; null when the body is anything else. */
export function parseStrictBody(body: Buffer): JsonObject | null {
  const object = parseToldBody(body);
  return object === null || repeatsMembers(object) ? null : object.value;
}

/** The object of a body that keeps to everything but that each member stands once, which its reader has still to make sure of. */
export function parseToldBody(body: Buffer): ToldObject | null {
  const told = countMembers(body);
  if (told < 0 || !isUtf8(body)) return null;
  const value = parseJson(body);
  return isJsonObject(value) ? { value, told } : null;
}

/** Whether some member stood twice in the text. Walks over the whole value. */
export function repeatsMembers({ value, told }: ToldObject): boolean {
  return membersOf(value) !== told;
}

/** The object that a body of one of the bank's own subgraphs holds; null when it is anything else. */
export function parseBody(body: Buffer): JsonObject | null {
  const value = parseJson(body);
  return isJsonObject(value) ? value : null;
}

/** Whether a value is a JSON object, and neither a list nor null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a content type is one of the two that a GraphQL answer may have. */
export function isGraphqlContentType(contentType: string): boolean {
  if (contentType === 'application/json' || contentType === 'application/json; charset=utf-8') return true;
  const [media = ''] = contentType.split(';', 1);
  const name = media.trim().toLowerCase();
  return name === 'application/json' || name === 'application/graphql-response+json';
}

function parseJson(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** How many members all objects of a JSON text spell together; -1 when it nests too deep. Of a text that is not JSON it says nothing. */
function countMembers(bytes: Buffer): number {
  const end = bytes.length;
  let depth = 0;
  let members = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at += 1;
      // Past the string: a backslash hides the byte after it.
      while (at < end && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
    } else if (byte === 0x3a) {
      members += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > DEPTH_LIMIT) return -1;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
  return members;
}

function membersOf(value: JsonObject | readonly JsonValue[]): number {
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      if (typeof item === 'object' && item !== null) members += membersOf(item);
    }
    return members;
  }
  const object = value as JsonObject;
  // JSON.parse makes own members only, so a for-in sees exactly what was told.
  for (const name in object) {
    members += 1;
    const member = object[name];
    if (typeof member === 'object' && member !== null) members += membersOf(member);
  }
  return members;
}
