// What the operator keeps of every use of a lookup grant, and how many persons the bank may look at in a day. The record names nobody: persons
// and subjects stand in it under names that only this operator can make. Whether a read is within its grant is decided elsewhere.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { TenureKey } from './operator-tenure';

/** One use of a grant. */
export interface GrantUse {
  readonly grantId: string;
  /** Base64url SHA-256 of the grant as it came. */
  readonly grantHash: string;
  /** `content-digest` of the request: the same for the same bytes. */
  readonly contentDigest: string;
  /** The request's own mark: no two requests that were signed have the same. */
  readonly nonce: string;
  /** Pseudonym of who asked. */
  readonly actor: string;
  readonly role: string;
  readonly caseId: string | null;
  readonly purpose: string;
  readonly class: 'MASKED' | 'CLEAR';
  /** Fields that were asked and granted. */
  readonly fields: readonly string[];
  /** Whose data are asked. Personal data; it is kept under names. */
  readonly subjects: readonly AskedSubject[];
}

/** Something that a request asks about, by the text of its key. `tenure` is set for a tenure alone. */
export interface AskedSubject {
  readonly key: string;
  readonly type: 'OperatorTenure' | 'OperatorHolding' | 'CorporateHolding' | 'DeviceSighting';
  readonly id: string;
  readonly tenure: TenureKey | null;
}

/** A subject of a tenure. */
export function tenureSubject(key: string, msisdn: Msisdn, since: Instant): AskedSubject {
  return { key, type: 'OperatorTenure', id: msisdn, tenure: { msisdn, since } };
}

/**
 * AGAIN: the same bytes came before under the same grant, and were counted then. REPLAYED: so did this very request, to whichever process.
 * OVER_CAP, and SPENT for a grant that was used too often: nothing was recorded. After the last three nothing may be shown.
 */
export type UseOutcome = 'FIRST' | 'AGAIN' | 'REPLAYED' | 'OVER_CAP' | 'SPENT';

/** Most different requests under one grant: several kinds of subjects, in several calls each, and no room for guessing. */
export const MOST_USES_OF_GRANT = 32;

/** What the operator says of a use, signed; `names` stand for its subjects. */
export type StateUse = (use: GrantUse, names: readonly Uint8Array[], at: Instant) => string;

/** Records a use and counts the persons whose data it opens, in one transaction, before anything is shown. */
export type RecordUse = (use: GrantUse) => Promise<UseOutcome>;

/** Fields through which the holders of the lines of a legal entity or of a handset come to light. */
const OPENS_LINES: readonly string[] = ['OperatorTenure.contract', 'OperatorTenure.contracts'];

/** Whether the fields open the contracts of the lines that hang on a legal entity or on a handset. */
export function opensLines(fields: readonly string[]): boolean {
  return fields.some((field) => OPENS_LINES.includes(field));
}
