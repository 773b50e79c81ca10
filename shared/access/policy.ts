// What the table of field rules means: what a reader may see by role and purpose alone, which is decided once for an operation, and what by
// the row, which is decided for each. Pure: whose case a row belongs to is told by whoever read it. No rule, no roles: refused.

import type { ErrorCode } from '../vocabulary/error-catalogue';
import { ACTOR_ROLES, type ActorRole } from '../vocabulary/role';
import { FIELD_RULES, type FieldAccess } from './field-rules';

/** As much of a reader as decides over fields before any row is known. */
export interface FieldReader {
  readonly roles: readonly ActorRole[];
  /** Whether the request names both a case and a purpose; whether they fit is decided where the case is kept. */
  readonly forCase: boolean;
}

/** What a row is to a reader under one of the reader's roles. WAITING: nobody has taken its case yet. */
export const ROW_STANDINGS = ['CHARGE', 'WAITING', 'OWN', 'OTHER'] as const;
export type RowStanding = (typeof ROW_STANDINGS)[number];

/** What becomes of a field of a row. */
export type FieldShown = 'SHOWN' | 'ROLE_NAME' | 'PSEUDONYM' | 'REFUSED';

/** Class of a grant that an operator's field needs. */
export type GrantClass = 'MASKED' | 'CLEAR';

/** What a role needs for a field; NONE for a field without a rule. */
export function accessOf(coordinate: string, role: ActorRole): FieldAccess {
  return FIELD_RULES.get(coordinate)?.[role] ?? 'NONE';
}

/** Why a field is refused before anything is asked, or null: FORBIDDEN to every role of the reader, or PURPOSE_REQUIRED by one. */
export function fieldRefusal(
  coordinate: string,
  { roles, forCase }: FieldReader,
): Extract<ErrorCode, 'FORBIDDEN' | 'PURPOSE_REQUIRED'> | null {
  const accesses = roles.map((role) => accessOf(coordinate, role)).filter((access) => access !== 'NONE');
  if (accesses.length === 0) return 'FORBIDDEN';
  return forCase || accesses.some((access) => access !== 'CLEAR' && access !== 'PURPOSE') ? null : 'PURPOSE_REQUIRED';
}

/** What becomes of a field of a row that is this to the reader, by the role that shows most. */
export function rowField(
  coordinate: string,
  roles: readonly ActorRole[],
  standingAs: (role: ActorRole) => RowStanding,
): FieldShown {
  let best: FieldShown = 'REFUSED';
  for (const role of roles) {
    const shown = shownTo(accessOf(coordinate, role), standingAs(role));
    if (shown === 'SHOWN') return shown;
    if (shown !== 'REFUSED') best = shown;
  }
  return best;
}

/** Whether what a field shows depends on the row, for a reader of these roles. */
export function dependsOnRow(coordinate: string, roles: readonly ActorRole[]): boolean {
  const accesses = roles.map((role) => accessOf(coordinate, role));
  return !accesses.includes('OPEN') && accesses.some((access) => BY_ROW.has(access));
}

/** Fields of operators that show nobody's identity in clear. */
export const maskedCoordinates: ReadonlySet<string> = coordinatesWith('MASKED');

/** Fields of operators that name a person, a card or a handset in clear, or tell what somebody did. */
export const clearCoordinates: ReadonlySet<string> = coordinatesWith('CLEAR');

/** Ways on which clear data is never given, whatever the case: a list of contracts over time, and all that hangs on a person or a handset. */
export const maskedOnlyBelow: ReadonlySet<string> = new Set([
  'OperatorTenure.contracts',
  'OperatorHolding.tenures',
  'OperatorHolding.capJustifications',
  'CorporateHolding.tenures',
  'DeviceSighting.tenures',
]);

/** The coordinates of a schema that have no rule, and rules that name no coordinate, each as a sentence. Empty when all is well. */
export function ruleGaps(coordinates: Iterable<string>): readonly string[] {
  const known = new Set(coordinates);
  const without = [...known].filter((coordinate) => !FIELD_RULES.has(coordinate));
  const stray = [...FIELD_RULES.keys()].filter((coordinate) => !known.has(coordinate));
  return [
    ...without.map((coordinate) => `The field ${coordinate} has no rule in shared/access/field-rules.ts.`),
    ...stray.map((coordinate) => `shared/access/field-rules.ts has a rule for ${coordinate}, which is no field.`),
  ];
}

/** Accesses that need to know the row. */
const BY_ROW: ReadonlySet<FieldAccess> = new Set(['CHARGE', 'TRIAGE', 'OWN', 'OWN_ROLE_NAME', 'PSEUDONYM']);

function shownTo(access: FieldAccess, standing: RowStanding): FieldShown {
  switch (access) {
    case 'NONE':
      return 'REFUSED';
    case 'OPEN':
    case 'MASKED':
    case 'CLEAR':
    case 'PURPOSE':
      return 'SHOWN';
    case 'CHARGE':
      return standing === 'CHARGE' ? 'SHOWN' : 'REFUSED';
    case 'TRIAGE':
      return standing === 'CHARGE' || standing === 'WAITING' ? 'SHOWN' : 'REFUSED';
    case 'OWN':
      return standing === 'OWN' ? 'SHOWN' : 'REFUSED';
    case 'OWN_ROLE_NAME':
      return standing === 'OWN' ? 'ROLE_NAME' : 'REFUSED';
    case 'PSEUDONYM':
      return 'PSEUDONYM';
  }
}

function coordinatesWith(access: FieldAccess): ReadonlySet<string> {
  const found = [...FIELD_RULES].filter(([, rule]) => ACTOR_ROLES.some((role) => rule[role] === access));
  return new Set(found.map(([coordinate]) => coordinate));
}
