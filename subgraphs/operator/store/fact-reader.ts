// Reads the members of a fact strictly: a member that is absent, of another type or not a word of its list makes the whole fact
// unusable. Facts come from a file that somebody else wrote; nothing in them is believed and nothing of them is repeated.

import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import type { Result } from '../../../shared/vocabulary/result';

/** Thrown by the functions of this file; the caller knows the line and tells it. */
export class UnusableMember extends Error {}

/** An object that came from JSON; its members are not yet checked. */
export type Sent = Readonly<Record<string, unknown>>;

const LONGEST_TEXT = 500;
const LONGEST_PROSE = 4_000;

/** The member as an object. */
export function objectAt(sent: Sent, name: string): Sent {
  const value = sent[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(name);
  return value as Sent;
}

/** The member as a list of objects. */
export function objectsAt(sent: Sent, name: string): readonly Sent[] {
  return listAt(sent, name).map((_item, index, list) => objectAt(list as unknown as Sent, String(index)));
}

/** The member as a list. */
export function listAt(sent: Sent, name: string): readonly unknown[] {
  const value = sent[name];
  if (!Array.isArray(value)) throw unusable(name);
  return value;
}

/** The member as a text that people wrote: 1 to 4,000 characters. */
export function proseAt(sent: Sent, name: string): string {
  return boundedAt(sent, name, LONGEST_PROSE);
}

/** The member as true or false. */
export function flagAt(sent: Sent, name: string): boolean {
  const value = sent[name];
  if (typeof value !== 'boolean') throw unusable(name);
  return value;
}

/** The member as a text of 1 to 500 characters without a zero byte, which the database cannot hold. */
export function textAt(sent: Sent, name: string): string {
  return boundedAt(sent, name, LONGEST_TEXT);
}

/** The member as a whole number of at least `least`. */
export function wholeAt(sent: Sent, name: string, least: number): number {
  const value = sent[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > LARGEST_WHOLE)
    throw unusable(name);
  return value;
}

/** The member as a word of a closed list. */
export function wordAt<Word extends string>(sent: Sent, name: string, list: readonly Word[]): Word {
  const value = sent[name];
  if (!isOneOf(list, value)) throw unusable(name);
  return value;
}

/** The member by a parser of the vocabulary. */
export function parsedAt<Value>(sent: Sent, name: string, parse: (text: string) => Result<Value, string>): Value {
  const value = sent[name];
  const parsed = typeof value === 'string' ? parse(value) : undefined;
  if (parsed === undefined || !parsed.ok) throw unusable(name);
  return parsed.value;
}

/** The member as an instant. */
export function instantAt(sent: Sent, name: string): Instant {
  return parsedAt(sent, name, parseInstant);
}

/** Null when the member is null, else what `read` makes of it; an absent member is a fault. */
export function nullable<Value>(sent: Sent, name: string, read: (sent: Sent, name: string) => Value): Value | null {
  return sent[name] === null ? null : read(sent, name);
}

/** The fault of a member. */
export function unusable(name: string): UnusableMember {
  return new UnusableMember(`The member ${name} is not usable.`);
}

function boundedAt(sent: Sent, name: string, longest: number): string {
  const value = sent[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > longest || value.includes('\0')) {
    throw unusable(name);
  }
  return value;
}

const LARGEST_WHOLE = 2_147_483_647;
