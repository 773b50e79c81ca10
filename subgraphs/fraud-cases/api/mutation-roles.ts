// Which roles may give which mutation at all, asked before anything is read: a role that never may learns nothing of what exists. The tables
// are the domain's; it asks again, and asks the rest: whose case it is, and whether a second person is needed. A mutation without a row here
// is nobody's.

import type { ActorRole } from '../domain/actor';
import { APPEAL_COMMAND_ROLES } from '../domain/appeal-transitions';
import { CASE_COMMAND_ROLES } from '../domain/case-transitions';

/** Mutations of orders, of liability and of looks without a case, whose roles the domain asks step by step. */
const FURTHER_ROLES: Readonly<Record<string, readonly ActorRole[]>> = {
  cancelBlockOrder: ['INVESTIGATOR', 'SUPERVISOR'],
  requestLift: ['INVESTIGATOR', 'SUPERVISOR', 'APPEALS'],
  approveLift: ['SUPERVISOR'],
  assessLiability: ['INVESTIGATOR', 'SUPERVISOR'],
  approveLiability: ['SUPERVISOR'],
  breakGlass: ['INVESTIGATOR', 'SUPERVISOR'],
  reviewBreakGlass: ['SUPERVISOR'],
};

const ROLES: ReadonlyMap<string, readonly ActorRole[]> = new Map(
  Object.entries({ ...CASE_COMMAND_ROLES, ...APPEAL_COMMAND_ROLES, ...FURTHER_ROLES }),
);

/** Roles that may give a mutation; none for one that has no row. */
export function rolesOfMutation(name: string): readonly ActorRole[] {
  return ROLES.get(name) ?? [];
}

/** What one person approves of another's work: whoever left a session open must not have approved by it. */
const APPROVALS: ReadonlySet<string> = new Set([
  'approveDecision',
  'approveLift',
  'approveAppealDecision',
  'approveReopening',
  'approveLiability',
  'reviewBreakGlass',
]);

/** Whether a mutation needs a sign-in that is strong and fresh. */
export function needsFreshSignIn(mutation: string): boolean {
  return APPROVALS.has(mutation);
}
