// The table of a case's states: which command leads from which state to which, who may give it, and which act tells it. Data that the steps
// walk; what else a command needs (evidence, a second person, a version) is decided by its rule.

import type { FraudCaseState } from '../../../shared/vocabulary/fraud-case';
import type { ActAuthor, CaseActKind } from './act-draft';
import type { ActorRole } from './actor';
import type { CaseCommandName } from './case-command';

/** One row: from any of `from` to `to`. An empty `from` is a case that does not exist yet; SAME leaves the state as it is. */
export interface CaseTransition {
  readonly from: readonly FraudCaseState[];
  readonly command: CaseCommandName;
  readonly to: FraudCaseState | 'SAME';
  readonly act: CaseActKind;
  readonly author: ActAuthor;
}

const TRIAGED_TO_INVESTIGATION = ['TRIAGED', 'OPERATOR_CHECK', 'UNDER_INVESTIGATION', 'AWAITING_INFORMATION'] as const;
const TRIAGED_TO_APPROVAL = [...TRIAGED_TO_INVESTIGATION, 'PENDING_APPROVAL'] as const;
const OPEN = ['REPORTED', ...TRIAGED_TO_APPROVAL] as const;

/** Every row; any other pair of state and command is refused. */
export const CASE_TRANSITIONS: readonly CaseTransition[] = [
  row([], 'reportSuspicion', 'REPORTED', 'suspicion.reported'),
  row([...OPEN], 'reportSuspicion', 'SAME', 'suspicion.reported'),
  row(['REPORTED'], 'triageReport', 'TRIAGED', 'case.triaged'),
  row(['REPORTED'], 'triageReport', 'OPERATOR_CHECK', 'case.tracked'),
  row(['REPORTED'], 'triageReport', 'DISMISSED', 'case.dismissed'),
  row(['OPERATOR_CHECK'], 'recordCheckResult', 'PENDING_APPROVAL', 'check.recorded', 'OPERATOR'),
  row(['OPERATOR_CHECK'], 'takeOverCheck', 'UNDER_INVESTIGATION', 'case.tracked'),
  row(['TRIAGED'], 'assignCase', 'UNDER_INVESTIGATION', 'case.assigned'),
  row(['OPERATOR_CHECK', 'UNDER_INVESTIGATION', 'AWAITING_INFORMATION'], 'assignCase', 'SAME', 'case.assigned'),
  row([...TRIAGED_TO_INVESTIGATION], 'addCaseSubject', 'SAME', 'case.subject_added'),
  row([...TRIAGED_TO_INVESTIGATION], 'addEvidence', 'SAME', 'evidence.added'),
  // An edit voids the pending proposal, and there is nothing left to approve.
  row(['PENDING_APPROVAL'], 'addCaseSubject', 'UNDER_INVESTIGATION', 'case.subject_added'),
  row(['PENDING_APPROVAL'], 'addEvidence', 'UNDER_INVESTIGATION', 'evidence.added'),
  row([...TRIAGED_TO_APPROVAL], 'issueTemporaryBlock', 'SAME', 'block.ordered'),
  row([...TRIAGED_TO_APPROVAL, 'DECIDED', 'CLOSED'], 'recordLoss', 'SAME', 'loss.recorded'),
  row([...TRIAGED_TO_APPROVAL], 'recordTransactionHold', 'SAME', 'transaction.held'),
  row(
    ['UNDER_INVESTIGATION', 'AWAITING_INFORMATION'],
    'requestInformation',
    'AWAITING_INFORMATION',
    'information.requested',
  ),
  row(['AWAITING_INFORMATION'], 'answerInformationRequest', 'SAME', 'information.answered', 'OPERATOR'),
  row(['AWAITING_INFORMATION'], 'answerInformationRequest', 'UNDER_INVESTIGATION', 'information.answered', 'OPERATOR'),
  // An answer that comes late is still an answer.
  row(
    ['UNDER_INVESTIGATION', 'PENDING_APPROVAL', 'DECIDED', 'CLOSED'],
    'answerInformationRequest',
    'SAME',
    'information.answered',
    'OPERATOR',
  ),
  row(['AWAITING_INFORMATION'], 'expireInformationRequest', 'SAME', 'information.overdue'),
  row(['AWAITING_INFORMATION'], 'expireInformationRequest', 'UNDER_INVESTIGATION', 'information.overdue'),
  row(['UNDER_INVESTIGATION'], 'proposeDecision', 'PENDING_APPROVAL', 'decision.proposed'),
  row(['PENDING_APPROVAL'], 'rejectDecision', 'UNDER_INVESTIGATION', 'decision.rejected'),
  row(['PENDING_APPROVAL'], 'approveDecision', 'DECIDED', 'decision.approved'),
  row(['DECIDED'], 'closeCase', 'CLOSED', 'case.closed'),
  row(['DECIDED', 'CLOSED'], 'reopenCase', 'SAME', 'case.reopening.proposed'),
  row(['DECIDED', 'CLOSED'], 'approveReopening', 'UNDER_INVESTIGATION', 'case.reopened'),
  row([...OPEN], 'markDuplicate', 'DUPLICATE', 'case.merged'),
  row([...OPEN, 'DECIDED', 'CLOSED', 'DISMISSED'], 'takeReports', 'SAME', 'case.merged'),
];

/** Who may give a command at all. Whose case it is, and whether a second person is needed, is asked after that. */
export const CASE_COMMAND_ROLES: Readonly<Record<CaseCommandName, readonly ActorRole[]>> = {
  reportSuspicion: ['OPERATOR', 'BANK', 'PORTAL', 'INVESTIGATOR', 'SUPERVISOR'],
  triageReport: ['INVESTIGATOR', 'SUPERVISOR'],
  recordCheckResult: ['OPERATOR'],
  takeOverCheck: ['SYSTEM', 'SUPERVISOR'],
  assignCase: ['INVESTIGATOR', 'SUPERVISOR'],
  addCaseSubject: ['INVESTIGATOR', 'SUPERVISOR'],
  addEvidence: ['INVESTIGATOR', 'SUPERVISOR'],
  issueTemporaryBlock: ['INVESTIGATOR', 'SUPERVISOR'],
  recordLoss: ['BANK', 'INVESTIGATOR', 'SUPERVISOR'],
  recordTransactionHold: ['BANK'],
  requestInformation: ['INVESTIGATOR', 'SUPERVISOR'],
  answerInformationRequest: ['OPERATOR'],
  expireInformationRequest: ['SYSTEM'],
  proposeDecision: ['INVESTIGATOR', 'SUPERVISOR'],
  rejectDecision: ['SUPERVISOR'],
  approveDecision: ['SUPERVISOR'],
  closeCase: ['INVESTIGATOR', 'SUPERVISOR'],
  reopenCase: ['INVESTIGATOR', 'SUPERVISOR', 'APPEALS'],
  approveReopening: ['SUPERVISOR'],
  markDuplicate: ['INVESTIGATOR', 'SUPERVISOR'],
  takeReports: ['INVESTIGATOR', 'SUPERVISOR'],
};

/** The rows that a command may take in a state; null is a case that does not exist yet. Empty: the command is not possible there. */
export function caseRows(state: FraudCaseState | null, command: CaseCommandName): readonly CaseTransition[] {
  return CASE_TRANSITIONS.filter(
    (each) => each.command === command && (state === null ? each.from.length === 0 : each.from.includes(state)),
  );
}

function row(
  from: readonly FraudCaseState[],
  command: CaseCommandName,
  to: FraudCaseState | 'SAME',
  act: CaseActKind,
  author: ActAuthor = 'BANK',
): CaseTransition {
  return { from, command, to, act, author };
}
