// What of a wave is granted: which class, which fields of whom, and why the rest is not. Pure: the rules of roles are those of the policy,
// and what the look rests on was read by whoever asks. Clear data are given on tenures of the case's own numbers alone, of the operator that
// served the number when the case was opened; that they are shown only under the contract in force is the operator's to keep.

import { accessOf, type GrantClass } from '../../../shared/access/policy';
import type { Principal } from '../../../shared/access/principal';
import type { Purpose } from '../../../shared/vocabulary/purpose';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { AskedRead, AskedSubject, DisclosureRequest } from './disclosure-request';

/** What a look rests on. */
export interface LookBasis {
  /** CASE: open, in the reader's charge. GLASS: one that the reader broke, still open. NONE: neither, whatever the request names. */
  readonly kind: 'CASE' | 'GLASS' | 'NONE';
  /** Whether a tenure is of a number of the basis, at the operator that it is about. */
  isClearTenure(subject: AskedSubject, operatorCode: string): boolean;
  /** Whether a person or handset occurred in what was shown for the case. */
  hasOccurred(subject: AskedSubject): boolean;
  /** Whether nobody but people of the Anti-Fraud Center brought the number into the case. */
  isStaffLink(subject: AskedSubject): boolean;
}

/** What is granted of one operator. */
export interface GrantedRead {
  readonly operatorCode: string;
  readonly class: GrantClass;
  readonly subjects: readonly AskedSubject[];
  readonly clearSubjects: readonly AskedSubject[];
  readonly fields: readonly string[];
}

/** Why a field is not granted to anybody in the wave. */
export interface RefusedField {
  readonly coordinate: string;
  readonly code: 'PURPOSE_REQUIRED' | 'FORBIDDEN';
}

/** What becomes of a wave before budgets are asked. */
export interface DisclosureDecision {
  readonly granted: readonly GrantedRead[];
  readonly refused: readonly RefusedField[];
  /** Those of whom nothing is granted. */
  readonly subjectsRefused: readonly string[];
  /** Those of a grant in clear of whom only the masked is granted. */
  readonly masked: readonly string[];
  /** Look-ups without a case are few. */
  readonly isPreliminary: boolean;
}

/** Roles that may ask operators at all, the one that is tried first before the others. */
export const READING_ROLES = ['INVESTIGATOR', 'SUPERVISOR', 'BANK'] as const satisfies readonly ActorRole[];

/** The roles of a reader in which operators may be asked. */
export function readingRolesOf({ roles }: Principal): readonly ActorRole[] {
  return READING_ROLES.filter((role) => roles.includes(role));
}

/** Whether a purpose may open clear data. */
export function isCasePurpose(purpose: Purpose | null): boolean {
  return purpose === 'INVESTIGATION' || purpose === 'APPEAL' || purpose === 'LIABILITY';
}

/** Whether the wave asks for anything that is given in clear alone. */
export function asksClear({ reads }: DisclosureRequest, role: ActorRole): boolean {
  return reads.some(({ fields }) => fields.some((field) => accessOf(field, role) === 'CLEAR'));
}

/** Decides a wave for one role. */
export function decideDisclosure(request: DisclosureRequest, role: ActorRole, basis: LookBasis): DisclosureDecision {
  const isNamed = request.caseId !== null && request.purpose !== null;
  const decided = request.reads.map((read) => decideRead(read, role, basis));
  const granted = decided.flatMap(({ grant }) => (grant === null ? [] : [grant]));
  const given = new Set(granted.flatMap(({ fields }) => fields));
  const refused = new Map<string, RefusedField>();
  for (const coordinate of request.reads.flatMap(({ fields }) => fields)) {
    if (given.has(coordinate)) continue;
    const isClear = accessOf(coordinate, role) === 'CLEAR';
    refused.set(coordinate, { coordinate, code: isClear && !isNamed ? 'PURPOSE_REQUIRED' : 'FORBIDDEN' });
  }
  return {
    granted,
    refused: [...refused.values()],
    subjectsRefused: decided.flatMap((each) => each.subjectsRefused),
    masked: granted.flatMap(({ class: grantClass, subjects, clearSubjects }) =>
      grantClass === 'CLEAR' ? subjects.filter((each) => !clearSubjects.includes(each)).map(({ key }) => key) : [],
    ),
    isPreliminary: role !== 'BANK' && basis.kind === 'NONE',
  };
}

function decideRead(
  { operatorCode, subjects, fields }: AskedRead,
  role: ActorRole,
  basis: LookBasis,
): { readonly grant: GrantedRead | null; readonly subjectsRefused: readonly string[] } {
  const open = fields.filter((field) => ['MASKED', 'OPEN'].includes(accessOf(field, role)));
  const clear = fields.filter((field) => accessOf(field, role) === 'CLEAR');
  const allowed = subjects.filter(
    (subject) => subject.type === 'OperatorTenure' || (role !== 'BANK' && basis.hasOccurred(subject)),
  );
  const inClear =
    clear.length === 0
      ? []
      : allowed.filter((subject) => subject.type === 'OperatorTenure' && basis.isClearTenure(subject, operatorCode));
  const grantedFields = inClear.length > 0 ? [...open, ...clear] : open;
  const subjectsRefused = subjects.filter((each) => !allowed.includes(each)).map(({ key }) => key);
  if (allowed.length === 0 || grantedFields.length === 0) return { grant: null, subjectsRefused };
  const named = { operatorCode, subjects: allowed, clearSubjects: inClear, fields: grantedFields };
  return { grant: { ...named, class: inClear.length > 0 ? 'CLEAR' : 'MASKED' }, subjectsRefused };
}
