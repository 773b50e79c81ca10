// Cursors of the feed: where an operator has read to, sealed for that operator alone. A cursor never lapses and does not depend on the
// program that gave it, because whoever comes back after a month must miss nothing.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EventPlace } from '../domain/order-event';

/** Seals and opens cursors. */
export interface FeedCursorSeal {
  /** `base64url(nonce (12) || AES-256-GCM(key, nonce, transaction || ' ' || place, aad = operator code) || tag (16))`. */
  seal(place: EventPlace, operatorCode: string): string;
  /** The place in a cursor that this seal made for this operator; null for any other text. */
  open(cursor: string, operatorCode: string): EventPlace | null;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LONGEST = 128;
const FORM = /^[A-Za-z0-9_-]+$/;
const PLACE = /^([0-9]{1,20}) ([0-9]{1,19})$/;

/** Cursors under a key of 32 bytes. They hide how many events the bank has, and cannot be made up. */
export function createFeedCursorSeal(key: Uint8Array): FeedCursorSeal {
  return {
    seal({ transaction, place }, operatorCode) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(operatorCode, 'utf8'));
      const sealed = Buffer.concat([cipher.update(`${transaction} ${place}`, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(cursor, operatorCode) {
      if (cursor.length > LONGEST || !FORM.test(cursor)) return null;
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== cursor) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(operatorCode, 'utf8')).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
        const [, transaction, place] = PLACE.exec(text.toString('utf8')) ?? [];
        return transaction === undefined || place === undefined ? null : { transaction, place };
      } catch {
        return null;
      }
    },
  };
}
