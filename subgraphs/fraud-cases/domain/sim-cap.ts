// A person's lines against the cap, over all operators. Counts alone cannot show that lines beyond the cap are justified: that stands in
// the operators' justifications, so over the cap is told as OVER_CAP here.

import type { SimCapState } from '../../../shared/vocabulary/sim-cap';

/** Lines that one person may hold over all operators without a justification. */
export const SIM_CAP = 10;

/** Where a person stands. */
export interface SimCapStatus {
  readonly cap: number;
  readonly activeLines: number;
  /** False when an operator did not answer: the true number may be higher. */
  readonly complete: boolean;
  readonly state: SimCapState;
}

/** The status that the operators' counts add up to. `counts` is null when nobody could be asked, a count is null when its operator did not answer. */
export function simCapOf(counts: readonly (number | null)[] | null): SimCapStatus {
  const known = (counts ?? []).filter((count) => count !== null);
  const activeLines = known.reduce((sum, count) => sum + count, 0);
  const complete = counts !== null && counts.length > 0 && known.length === counts.length;
  return { cap: SIM_CAP, activeLines, complete, state: stateOf(activeLines, complete) };
}

function stateOf(activeLines: number, complete: boolean): SimCapState {
  if (activeLines > SIM_CAP) return 'OVER_CAP';
  if (!complete) return 'UNKNOWN';
  return activeLines === SIM_CAP ? 'AT_CAP' : 'WITHIN';
}
