// Cursors of lists: where a page begins, sealed so that a caller can neither read meaning into one nor make one up. A cursor is bound
// to its list and filter and lapses after a day.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { PagePlace } from '../domain/page';

/** Seals and opens the cursors of one program. */
export interface CursorSeal {
  /** `base64url(JSON [at, id, expiry]) . base64url(HMAC-SHA256(key, scope || LF || payload))`. */
  seal(place: PagePlace, scope: string): string;
  /** The place in a cursor that the sender gave back; refused when it was not sealed here for this scope, or has lapsed. */
  open(cursor: string, scope: string): Result<PagePlace, 'NOT_OURS' | 'EXPIRED'>;
}

const LIFETIME_MS = 24 * 60 * 60 * 1_000;
const LONGEST = 512;
const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/** Cursors under a key of at least 32 bytes, by a clock in milliseconds since 1970. */
export function createCursorSeal(key: Uint8Array, nowMs: () => number): CursorSeal {
  const digestOf = (scope: string, payload: string): Buffer =>
    createHmac('sha256', key).update(`${scope}\n${payload}`, 'utf8').digest();
  return {
    seal(place, scope) {
      const payload = Buffer.from(JSON.stringify([place.at, place.id, nowMs() + LIFETIME_MS])).toString('base64url');
      return `${payload}.${digestOf(scope, payload).toString('base64url')}`;
    },
    open(cursor, scope) {
      const [, payload, digest] = (cursor.length <= LONGEST ? FORM.exec(cursor) : null) ?? [];
      if (payload === undefined || digest === undefined) return refused('NOT_OURS');
      const expected = digestOf(scope, payload);
      const sent = Buffer.from(digest, 'base64url');
      // The last character of 43 carries two bits that decode to nothing: one digest, one spelling.
      if (sent.toString('base64url') !== digest || !timingSafeEqual(sent, expected)) return refused('NOT_OURS');
      const [at, id, expiryMs] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as SealedPlace;
      return expiryMs < nowMs() ? refused('EXPIRED') : accepted({ at, id });
    },
  };
}

type SealedPlace = readonly [at: Instant | 'infinity', id: string, expiryMs: number];
