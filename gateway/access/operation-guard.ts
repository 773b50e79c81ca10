// Who may begin an operation at all, before anything is planned or asked: a refusal at the edge that spares everybody work. It widens
// nothing: each owner decides again, fraud-cases by the token itself and an operator by the order's own signature.

import { hasRole, type Principal } from '../../shared/access/principal';

/** What is asked, as far as the guard looks. */
export interface GuardedOperation {
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  /** Every root field that the operation names. */
  readonly rootFields: readonly string[];
}

/** The one mutation of the machine that delivers orders; nobody else has it, and the machine has nothing else. */
const DELIVERY = 'executeBlockOrder';

/** Why the operation is refused as a whole, or null. `principal` is null when nobody signed in. */
export function operationRefusal(
  principal: Principal | null,
  { operationKind, rootFields }: GuardedOperation,
): 'UNAUTHENTICATED' | 'FORBIDDEN' | null {
  if (principal === null) return operationKind === 'query' ? null : 'UNAUTHENTICATED';
  const delivers = hasRole(principal, 'DISPATCHER');
  if (rootFields.some((field) => (field === DELIVERY) !== delivers)) return 'FORBIDDEN';
  return null;
}
