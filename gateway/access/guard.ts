// Who may begin an operation at all, and what a reader may see of the schema, as a view that operations are planned under: decided once for an
// operation, a set of roles and whether a case is named. It narrows and never widens: whose row it is, is decided by its owner, and by the bank's grant for what operators keep.

import type { FieldReader } from '../../shared/access/policy';
import { clearCoordinates, fieldRefusal, maskedOnlyBelow } from '../../shared/access/policy';
import { hasRole, type Principal } from '../../shared/access/principal';
import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import { ACTOR_ROLES } from '../../shared/vocabulary/role';

/** What readers of one kind may see; the form in which operations are planned under it. */
export interface ReaderView {
  /** Two readers with the same key see the same. */
  readonly key: string;
  /** Why a field is refused to them, or null. `way`: the fields above it. */
  readonly refusalOf: (coordinate: string, way: ReadonlySet<string>) => ErrorCode | null;
}

/** For what a reader says it asks. */
export interface ReadingFor {
  readonly caseId: string | null;
  readonly purpose: string | null;
}

/** The view of one who is signed in. Fields without a rule are refused to everybody. */
export function viewOf({ roles }: Pick<Principal, 'roles'>, { caseId, purpose }: ReadingFor): ReaderView {
  const held = ACTOR_ROLES.filter((role) => roles.includes(role));
  const reader: FieldReader = { roles: held, forCase: caseId !== null && purpose !== null };
  const key = `${held.join('+')} ${reader.forCase ? 'for a case' : 'for no case'}`;
  return {
    key,
    refusalOf(coordinate, way) {
      const refusal = fieldRefusal(coordinate, reader);
      if (refusal !== null || !clearCoordinates.has(coordinate)) return refusal;
      // Clear data is given of the contract in force alone: not of the past of a number, nor of all that a person or a handset has.
      return [...way].some((above) => maskedOnlyBelow.has(above)) ? 'FORBIDDEN' : null;
    },
  };
}

/** What is asked, as far as it decides whether anything is done. */
export interface GuardedOperation {
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  /** Every root field that the operation names. */
  readonly rootFields: readonly string[];
  /** Why one of them is refused to the reader, whatever its conditions; null when none is. */
  readonly rootRefusal: ErrorCode | null;
}

/** The one field of the machine that delivers orders. */
const DELIVERY = 'executeBlockOrder';

/** Whether an operation is refused as a whole: a change or a stream that the reader may not have in part, and whatever else the machine asks that delivers orders. */
export function isBarred(principal: Principal, operation: GuardedOperation): boolean {
  if (operation.operationKind !== 'query' && operation.rootRefusal !== null) return true;
  return hasRole(principal, 'DISPATCHER') && operation.rootFields.some((field) => field !== DELIVERY);
}
