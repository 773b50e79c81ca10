// What all acts of an operator have in common: to whom they are addressed, how long their openings are kept, and how a stored one is handed
// over.

import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import { addDays, type Day, dayOf } from '../../../shared/vocabulary/day';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';

/** Code of the party that keeps the cases and the log. */
export const BANK = 'afc';

/** Openings hold personal data: they may be erased five years after what they speak of. */
const KEPT_DAYS = 5 * 365;

/** From when on the opening of an act at this instant may be erased. */
export function openingExpiry(at: Instant): Day {
  return addDays(dayOf(instantToMs(at)), KEPT_DAYS);
}

/** Columns from which an act is handed over. */
export interface OpeningColumns {
  readonly jws: Buffer;
  readonly salt: Buffer;
  /** Salts in hex, values as the canonical JSON that was committed to. */
  readonly disclosures: readonly (readonly [field: string, salt: string, value: string])[] | null;
}

/** SQL: the disclosures of an act, for `OpeningColumns`; `actId` is an expression. */
export function disclosuresOf(actId: string): string {
  return `(SELECT json_agg(json_build_array(field, encode(one.salt, 'hex'), convert_from(value, 'UTF8')) ORDER BY field COLLATE "C")
    FROM audit.disclosure one WHERE one.act_id = ${actId})`;
}

/** The message of a stored act, byte for byte as it was signed. */
export function toActMessage({ jws, salt, disclosures }: OpeningColumns): SignedActMessage {
  return {
    act: jws.toString('latin1'),
    salt: salt.toString('base64url'),
    disclosures: (disclosures ?? []).map(([field, fieldSalt, value]) => ({
      field,
      salt: Buffer.from(fieldSalt, 'hex').toString('base64url'),
      value,
    })),
  };
}
