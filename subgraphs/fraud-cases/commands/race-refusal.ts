// What a failed statement means when two commands met: a constraint that one of them came to second. Such a command is tried again on what is
// true now; if it still meets one, the caller is told in the words of the rules. Anything else that fails is a fault.

import { AppError } from '../../../shared/vocabulary/app-error';
import { isLostConnection } from '../../../shared/vocabulary/lost-connection';
import { type Refusal, type RefusalReason, refuse } from '../domain/refusal';
import { CaseMoved } from '../store/case-record-writes';

/** The refusal that a fault stands for once trying again did not help; null when it is no meeting of two commands. */
export function raceRefusal(fault: unknown): Refusal | null {
  if (fault instanceof CaseMoved) return asRefusal('STALE');
  const { code, constraint } = stateOf(fault);
  if (typeof constraint === 'string' && Object.hasOwn(BY_CONSTRAINT, constraint)) {
    return asRefusal(BY_CONSTRAINT[constraint as keyof typeof BY_CONSTRAINT]);
  }
  return typeof code === 'string' && MEETINGS.includes(code) ? asRefusal('STALE') : null;
}

/** A lost connection, a server that stops, or a statement that it gave up, as a fault that may be tried again later; anything else as it is. */
export function asPassingFault(fault: unknown): unknown {
  return isLostConnection(fault)
    ? new AppError('SUBGRAPH_UNAVAILABLE', 'The database was lost on the way.', { cause: fault })
    : fault;
}

/** Constraints that a command may come to second. */
const BY_CONSTRAINT = {
  case_number_one_open_case: 'NUMBER_HAS_OPEN_CASE',
  suspicion_report_told_once: 'TOLD_OTHERWISE',
  suspicion_report_pkey: 'TOLD_OTHERWISE',
  case_subject_pkey: 'SUBJECT_ALREADY',
  block_order_one_live: 'BLOCKED_ALREADY',
  block_order_lift_four_eyes: 'OWN_REQUEST',
  approval_four_eyes: 'OWN_PROPOSAL',
  approval_not_by_editor: 'OWN_PROPOSAL',
  approval_of_what_stands: 'STALE',
  approval_of_this_content: 'STALE',
  reopening_four_eyes: 'OWN_REQUEST',
  appeal_four_eyes: 'OWN_REQUEST',
  appeal_by_others: 'TOOK_PART',
  appeal_one_open: 'APPEALED_ALREADY',
  liability_four_eyes: 'OWN_ASSESSMENT',
  liability_stands: 'STALE',
} as const satisfies Record<string, RefusalReason>;

/** Serialization failure, deadlock, unique violation, a lock that was not available. */
const MEETINGS: readonly string[] = ['40001', '40P01', '23505', '55P03'];
function stateOf(fault: unknown): { readonly code?: unknown; readonly constraint?: unknown } {
  return fault instanceof Error ? (fault as { readonly code?: unknown; readonly constraint?: unknown }) : {};
}

function asRefusal(reason: RefusalReason): Refusal | null {
  const result = refuse(reason);
  return result.ok ? null : result.error;
}
