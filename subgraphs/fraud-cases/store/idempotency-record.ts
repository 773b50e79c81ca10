// Keys of idempotency and what they were answered with. A key belongs to a person; it is claimed in the transaction of the command itself, so
// that of two requests at once the second waits for the first and then finds its answer.

import { rowsOf, type SqlSession, type SqlSource } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { JsonObject } from '../../../shared/vocabulary/json';

/** A key and the request it came with. */
export interface KeyClaim {
  readonly person: string;
  readonly key: string;
  readonly operation: string;
  /** SHA-256 of operation and arguments. */
  readonly requestHash: Uint8Array;
}

/** NEW: the command is to be done. ANSWERED: it was done, with this answer. OTHER: the key was used for another request. */
export type KeyState =
  | { readonly kind: 'NEW' }
  | { readonly kind: 'OTHER' }
  | { readonly kind: 'ANSWERED'; readonly answer: JsonObject };

/** Days for which an answer is kept. */
export const KEY_KEPT_DAYS = 30;

/** Claims a key, or tells what became of it. Waits for a transaction that claimed it and is not over. */
export async function claimKey(session: SqlSession, claim: KeyClaim): Promise<KeyState> {
  const { person, key, operation, requestHash } = claim;
  const claimed = await rowsOf(session, {
    name: 'claim_key',
    text: `INSERT INTO idempotency_record (person, key, operation, request_hash) VALUES ($1, $2, $3, $4)
      ON CONFLICT (person, key) DO NOTHING RETURNING 1`,
    values: [person, key, operation, Buffer.from(requestHash)],
  });
  if (claimed.length > 0) return { kind: 'NEW' };
  const [known] = await rowsOf<{ readonly same: boolean; readonly answer: JsonObject | null }>(session, {
    name: 'known_key',
    text: 'SELECT request_hash = $3 AS same, answer FROM idempotency_record WHERE (person, key) = ($1, $2)',
    values: [person, key, Buffer.from(requestHash)],
  });
  invariant(known !== undefined && known.answer !== null, 'a key that is taken has its answer');
  return known.same ? { kind: 'ANSWERED', answer: known.answer } : { kind: 'OTHER' };
}

/** Keeps the answer of a key that this transaction claimed. */
export async function keepAnswer(
  session: SqlSession,
  { person, key }: Pick<KeyClaim, 'person' | 'key'>,
  answer: object,
): Promise<void> {
  await rowsOf(session, {
    name: 'keep_answer',
    text: 'UPDATE idempotency_record SET answer = $3 WHERE (person, key) = ($1, $2) AND answer IS NULL',
    values: [person, key, JSON.stringify(answer)],
  });
}

/** Whether there are keys to forget: the oldest one tells, and is found by index because it is asked for first. */
export async function hasOldKeys(source: SqlSource): Promise<boolean> {
  const rows = await rowsOf(source, {
    name: 'old_keys',
    text: `SELECT 1 FROM idempotency_record WHERE made_at < (SELECT senim_now()) - interval '${KEY_KEPT_DAYS} days'
      ORDER BY made_at LIMIT 1`,
  });
  return rows.length > 0;
}

/** Forgets keys that were answered more than thirty days ago, at most a thousand at once; resolves with their number. */
export async function forgetOldKeys(session: SqlSession): Promise<number> {
  const forgotten = await rowsOf(session, {
    name: 'forget_keys',
    text: `DELETE FROM idempotency_record WHERE (person, key) IN (SELECT person, key FROM idempotency_record
      WHERE made_at < (SELECT senim_now()) - interval '${KEY_KEPT_DAYS} days' ORDER BY made_at LIMIT 1000) RETURNING 1`,
  });
  return forgotten.length;
}
