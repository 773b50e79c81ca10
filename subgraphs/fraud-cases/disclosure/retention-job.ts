// Forgets what budgets no longer count, grants that nobody can use any more, old alarms, and who occurred in cases that are long over: once an
// hour, and again at once while much is left.

import type { TimedJob } from '../commands/scheduler';
import { KEPT_DAYS } from '../log/retention';
import type { CaseTransactions } from '../store/case-transaction';
import { forgetOldLooks } from '../store/look-retention';

/** The job. `most` rows of a table are deleted at once, 5,000 unless told. */
export function retentionJob(
  transactions: CaseTransactions,
  { nowMs = Date.now, most = MOST_AT_ONCE }: { readonly nowMs?: () => number; readonly most?: number } = {},
): TimedJob {
  let dueMs = Number.NEGATIVE_INFINITY;
  return {
    name: 'looks',
    due: async ({ except }) => (nowMs() >= dueMs && !except.includes(NAME) ? [NAME] : []),
    async carryOut() {
      const forgotten = await transactions.run(async (session) => ({
        commits: true,
        value: await forgetOldLooks(session, { caseDays: KEPT_DAYS, most }),
      }));
      if (forgotten < most) dueMs = nowMs() + PAUSE_MS;
      return forgotten > 0;
    },
  };
}

const MOST_AT_ONCE = 5_000;
const PAUSE_MS = 3_600_000;
const NAME = 'old';
