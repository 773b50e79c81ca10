// What there is to tell about a clock at an instant, and when to look at it again: at the shares of its time at which its party is warned, and
// once its time is over. That each thing is told once is the store's.

import type { Instant } from '../../../shared/vocabulary/instant';
import { instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import { type CourseClock, judgeClock, warningAt, warningsDue } from './duty-clock';
import type { DutyRuleVersion } from './duty-rules';

/** Percent that says that the time is over. */
export const MISSED_PERCENT = 100;

/** What a look at a clock comes to. */
export interface ClockAttention {
  /** The clock as it stands. */
  readonly clock: CourseClock;
  /** Shares of its time, in percent, that are worth telling by now; 100 means that the duty was missed, and then nothing else is told. */
  readonly percents: readonly number[];
  /** When to look again; null when nothing more will come by itself. */
  readonly nextAt: Instant | null;
}

/** The look at a clock. */
export function attend(clock: CourseClock, rule: DutyRuleVersion, now: Instant): ClockAttention {
  const judged = judgeClock(clock, now);
  if (judged.state === 'BREACHED') return { clock: judged, percents: [MISSED_PERCENT], nextAt: null };
  if (judged.state !== 'RUNNING') return { clock: judged, percents: [], nextAt: null };
  // From before the start, so that a share that is used up at the very start counts too.
  const before = msToInstant(instantToMs(judged.startedAt) - 1);
  const later = rule.warnAtPercent
    .map((percent) => warningAt(judged, percent))
    .filter((at): at is Instant => at !== null && at > now);
  const over = msToInstant(instantToMs(judged.deadlineAt) + 1);
  const [nextAt = over] = [...later, over].toSorted();
  return { clock: judged, percents: warningsDue(judged, rule, before, now), nextAt };
}
