// What one request may read: the fields and subjects of its grant, and nothing without one. Clear fields need a grant of the class CLEAR, whatever
// else the grant lists; on which ways they are given at all is decided where objects are made.

import type { Grant } from '../../../shared/access/lookup-grant';
import { clearCoordinates } from '../../../shared/access/policy';

/** What one request may read. */
export interface Disclosure {
  /** Whether a field may be read; key fields are not asked about. */
  mayRead(coordinate: string): boolean;
  /** Whether a subject, by the text of its key, is one of the grant's. */
  includes(subjectKey: string): boolean;
  /** Whether clear data of a subject may be read. */
  opensClear(subjectKey: string): boolean;
}

/** The disclosure of a grant. */
export function disclosureOf(grant: Grant): Disclosure {
  const isClear = grant.class === 'CLEAR';
  const fields = new Set(isClear ? grant.fields : grant.fields.filter((field) => !clearCoordinates.has(field)));
  const subjects = new Set(grant.subjects);
  const clearSubjects = isClear ? new Set(grant.clearSubjects ?? grant.subjects) : NOBODY;
  return {
    mayRead: (coordinate) => fields.has(coordinate),
    includes: (key) => subjects.has(key),
    opensClear: (key) => clearSubjects.has(key) && subjects.has(key),
  };
}

/** What a request without a grant may read. */
export const NOTHING_DISCLOSED: Disclosure = { mayRead: () => false, includes: () => false, opensClear: () => false };

const NOBODY: ReadonlySet<string> = new Set();
