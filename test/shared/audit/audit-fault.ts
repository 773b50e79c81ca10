// What the tests ask of a refusal: its code.

import { AuditFault } from '../../../shared/audit/audit-catalogue';

/** The code with which an action is refused; null when it is not refused. A fault that is not ours fails the test. */
export function refusalOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (fault) {
    if (fault instanceof AuditFault) return fault.code;
    throw fault;
  }
}
