// What an act on a case will say, before it is signed: its kind and the values that it commits to. Who signs, chains and stores it is
// decided elsewhere. Kinds that belong to no row of a table (reads, keys, snapshots, what is taken in from others) are not here.

import type { JsonObject } from '../../../shared/vocabulary/json';

/** Kinds of acts that the tables of cases, orders, appeals and liability write; each is a kind of the joint log. */
export const CASE_ACT_KINDS = [
  'suspicion.reported',
  'case.triaged',
  'case.dismissed',
  'case.tracked',
  'case.assigned',
  'case.subject_added',
  'case.reopening.proposed',
  'case.reopened',
  'case.closed',
  'case.merged',
  'evidence.added',
  'information.requested',
  'information.answered',
  'information.overdue',
  'check.recorded',
  'decision.proposed',
  'decision.approved',
  'decision.rejected',
  'block.ordered',
  'block.delivered',
  'block.acknowledged',
  'block.enforced',
  'block.failed',
  'block.superseded',
  'block.expired',
  'block.cancelled',
  'block.reissued',
  'lift.proposed',
  'lift.ordered',
  'lift.done',
  'appeal.filed',
  'appeal.review_started',
  'appeal.proposed',
  'appeal.decided',
  'loss.recorded',
  'transaction.held',
  'liability.assessed',
  'liability.approved',
] as const;
export type CaseActKind = (typeof CASE_ACT_KINDS)[number];

/**
 * Whose act it is. OPERATOR: the operator signs it in its own process, and the bank takes it in; where only the operator's receipt has
 * come, the bank writes the kind itself over the receipt.
 */
export type ActAuthor = 'BANK' | 'OPERATOR';

/** One act to be. `to` are the party codes that get its opening besides its author and the regulator. */
export interface ActDraft {
  readonly kind: CaseActKind;
  readonly author: ActAuthor;
  readonly caseId: string;
  readonly actor: string;
  readonly to: readonly string[];
  readonly fields: JsonObject;
}
