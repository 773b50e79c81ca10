// Texts in a command's arguments: long enough to say what there is to say, of characters that every table and signature can hold. What a text
// means is asked by the rules.

import { isWellFormed } from '../../../shared/audit/encoding';
import type { JsonValue } from '../../../shared/vocabulary/json';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { type Refusal, refuse } from '../domain/refusal';

/** Most characters of one text. */
export const LONGEST_TEXT = 10_000;
/** Most members of one list. */
export const LONGEST_LIST = 100;

/** Refuses the first text or list that is too long or holds what no text holds, with its path. */
export function checkTexts(value: JsonValue | undefined, path: readonly string[] = []): Result<null, Refusal> {
  if (typeof value === 'string') return isText(value) ? accepted(null) : badText(path);
  if (typeof value !== 'object' || value === null) return accepted(null);
  if (Array.isArray(value) && value.length > LONGEST_LIST) return badText(path);
  for (const [member, inner] of Object.entries(value)) {
    const checked = checkTexts(inner, Array.isArray(value) ? path : [...path, member]);
    if (!checked.ok) return checked;
  }
  return accepted(null);
}

function isText(text: string): boolean {
  return text.length <= LONGEST_TEXT && isWellFormed(text) && !text.includes('\0');
}

function badText(path: readonly string[]): Result<never, Refusal> {
  const refusal = refuse('BAD_TEXT');
  return refusal.ok || path.length === 0 ? refusal : refused({ ...refusal.error, field: path });
}
