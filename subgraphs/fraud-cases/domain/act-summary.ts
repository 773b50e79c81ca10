// What an act says was done, in one sentence for people: a closed list by the act's kind. Never a word of a case.

const SUMMARIES: Readonly<Record<string, string>> = {
  'suspicion.reported': 'A suspicious number was reported.',
  'case.triaged': 'The report was taken up: severity, kind of fraud and track were set.',
  'case.dismissed': 'The report was dismissed.',
  'case.tracked': 'The case went over to another track.',
  'case.assigned': 'The case was assigned to a person.',
  'case.subject_added': 'A number was linked to the case.',
  'case.reopening.proposed': 'Reopening the case was proposed.',
  'case.reopened': 'A second person approved reopening the case.',
  'case.closed': 'The case was closed.',
  'case.merged': 'Two cases turned out to be one; the reports moved.',
  'case.snapshot': 'The bank signed how many acts the case holds.',
  'evidence.added': 'Evidence was added and locked.',
  'information.requested': 'Questions were put to an operator.',
  'information.answered': 'The operator answered.',
  'information.overdue': 'The time to answer ran out.',
  'check.recorded': 'The operator told what its own check found.',
  'decision.proposed': 'A decision was proposed.',
  'decision.approved': 'A second person approved the decision.',
  'decision.rejected': 'The proposal was rejected.',
  'block.ordered': 'A block was ordered.',
  'block.delivered': 'The order reached the operator.',
  'block.acknowledged': "The operator's receipt was found good.",
  'block.enforced': 'The operator executed the block.',
  'block.failed': 'The operator could not execute the block.',
  'block.superseded': 'Another order took the place of this one.',
  'block.expired': 'The temporary block ended by itself.',
  'block.cancelled': 'The order was cancelled before it was executed.',
  'block.reissued': 'The order was issued again, to the operator that serves the number now.',
  'lift.proposed': 'Lifting the block was proposed.',
  'lift.ordered': 'Lifting the block was ordered.',
  'lift.done': 'The operator lifted the block.',
  'appeal.filed': 'An appeal against the block was filed.',
  'appeal.review_started': 'The review of the appeal began.',
  'appeal.proposed': 'A decision on the appeal was proposed.',
  'appeal.decided': 'A second person decided the appeal.',
  'loss.recorded': 'A loss was recorded.',
  'transaction.held': 'A bank held a transaction.',
  'liability.assessed': 'Liability for a loss was assessed.',
  'liability.approved': 'A second person approved the assessment of liability.',
  'identity.read': 'Personal data was read.',
  'access.broken_glass': 'Access without a case was taken.',
  'access.reviewed': 'Access without a case was reviewed.',
  'directory.changed': 'The directory of operators changed.',
  'act.received': "The bank took in another party's act.",
  'key.added': 'A key was registered.',
  'key.rotated': 'A key took the place of another.',
  'key.revoked': 'A key was withdrawn.',
  'erasure.performed': 'What opens some acts was erased.',
};

/** The sentence for a kind of act. */
export function summaryOf(kind: string): string {
  return SUMMARIES[kind] ?? 'Something was done that this reader does not know.';
}

/** Kinds that have a sentence of their own. */
export const SUMMARISED_KINDS: readonly string[] = Object.keys(SUMMARIES);
