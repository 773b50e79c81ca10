// What an operator's act does to a case, as the intake of acts needs to know it: nothing, or an effect in one case. What the effect is, is
// decided by the commands.

import type { ActAuthor, SignedAct } from '../../../shared/audit-log/act-author';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';

/** The case that takes an act up, and the instant at which it does. */
export interface AppliedAct {
  readonly caseId: string;
  readonly at: Instant;
}

/**
 * Does in the transaction what the act causes, and resolves with the case that takes it up; null when none does. The act is
 * verified, addressed to the bank, and new. Rejects when two commands met: the whole transaction is tried again.
 */
export type ApplyAct = (
  transaction: SqlSession,
  now: Instant,
  author: ActAuthor,
  foreign: SignedAct,
) => Promise<AppliedAct | null>;
