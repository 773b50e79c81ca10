// A line's traffic of one day, summed up. Decides which days may be asked for; calls themselves never leave the operator.

import { addDays, type Day, dayOf } from '../../../shared/vocabulary/day';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { UsageMeasure } from '../../../shared/vocabulary/seed-fact';
import { type TenureKey, tenureKeyText } from './operator-tenure';

/** One day of one contract in Asia/Almaty. Counts are whole numbers, minutes and megabytes decimal, shares 0 to 1. */
export type UsageDay = Readonly<Record<UsageMeasure, number>> & { readonly day: Day };

/** First and last day of a question, both included. */
export interface UsageWindow {
  readonly from: Day;
  readonly to: Day;
}

/** A question for daily aggregates of one tenure. */
export interface UsageQuestion extends UsageWindow {
  readonly tenure: TenureKey;
}

export const LONGEST_USAGE_WINDOW_DAYS = 90;

/** The window, unless it runs backwards, is longer than 90 days or reaches beyond today. */
export function usageWindow(
  from: Day,
  to: Day,
  now: Instant,
): Result<UsageWindow, 'BACKWARDS' | 'TOO_LONG' | 'IN_THE_FUTURE'> {
  if (from > to) return refused('BACKWARDS');
  if (to > dayOf(instantToMs(now))) return refused('IN_THE_FUTURE');
  if (to > addDays(from, LONGEST_USAGE_WINDOW_DAYS - 1)) return refused('TOO_LONG');
  return accepted({ from, to });
}

/** One text per question, for maps and caches. */
export function usageQuestionText({ tenure, from, to }: UsageQuestion): string {
  return `${tenureKeyText(tenure)} ${from} ${to}`;
}
