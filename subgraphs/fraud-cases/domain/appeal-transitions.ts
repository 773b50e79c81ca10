// The table of an appeal's states as data: which command leads from which state to which, who may give it, and which act tells it.

import type { AppealState } from '../../../shared/vocabulary/appeal';
import type { CaseActKind } from './act-draft';
import type { ActorRole } from './actor';

/** What can happen to an appeal. */
export const APPEAL_COMMANDS = [
  'fileAppeal',
  'startAppealReview',
  'decideAppeal',
  'approveAppealDecision',
  'lapseAppeal',
] as const;
export type AppealCommandName = (typeof APPEAL_COMMANDS)[number];

/** One row: from any of `from` to `to`. An empty `from` is an appeal that does not exist yet. */
export interface AppealTransition {
  readonly from: readonly AppealState[];
  readonly command: AppealCommandName;
  readonly to: AppealState;
  readonly act: CaseActKind;
}

/** Every row; any other pair of state and command is refused. */
export const APPEAL_TRANSITIONS: readonly AppealTransition[] = [
  { from: [], command: 'fileAppeal', to: 'FILED', act: 'appeal.filed' },
  { from: ['FILED'], command: 'startAppealReview', to: 'UNDER_REVIEW', act: 'appeal.review_started' },
  { from: ['UNDER_REVIEW'], command: 'decideAppeal', to: 'PENDING_APPROVAL', act: 'appeal.proposed' },
  { from: ['PENDING_APPROVAL'], command: 'approveAppealDecision', to: 'UPHELD', act: 'appeal.decided' },
  { from: ['PENDING_APPROVAL'], command: 'approveAppealDecision', to: 'REJECTED', act: 'appeal.decided' },
  // Nobody decided in time about a block that was to be short.
  { from: ['FILED', 'UNDER_REVIEW', 'PENDING_APPROVAL'], command: 'lapseAppeal', to: 'UPHELD', act: 'appeal.decided' },
];

/** Who may give a command at all. */
export const APPEAL_COMMAND_ROLES: Readonly<Record<AppealCommandName, readonly ActorRole[]>> = {
  fileAppeal: ['PORTAL', 'APPEALS'],
  startAppealReview: ['APPEALS'],
  decideAppeal: ['APPEALS'],
  approveAppealDecision: ['APPEALS', 'SUPERVISOR'],
  lapseAppeal: ['SYSTEM'],
};

/** The rows that a command may take in a state; null is an appeal that does not exist yet. Empty: the command is not possible there. */
export function appealRows(state: AppealState | null, command: AppealCommandName): readonly AppealTransition[] {
  return APPEAL_TRANSITIONS.filter(
    (each) => each.command === command && (state === null ? each.from.length === 0 : each.from.includes(state)),
  );
}
