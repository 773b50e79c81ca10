// How parties kept their duties, as counts that say nothing about anybody. Each part is shown by itself or not at all: fewer than ten subjects
// are shown as zero, and what was started is the sum of the parts that are shown, so that it cannot be used to find a part that is not.

import { FEWEST_SUBJECTS, isSmall, type SubjectCount, shownCount, shownSeconds, weightedMedian } from './statistics';

/** True counts of one rule's clocks of one party that were started in a week. */
export interface CountedDuty {
  readonly party: string;
  readonly ruleId: string;
  readonly met: SubjectCount;
  readonly breached: SubjectCount;
  /** Running or paused. */
  readonly running: SubjectCount;
  readonly stopped: SubjectCount;
  /** Below this many seconds 95 of 100 clocks were stopped. */
  readonly p95Seconds: number | null;
}

/** What may be shown of them. */
export interface ShownDuty {
  readonly party: string;
  readonly ruleId: string;
  readonly started: number;
  readonly met: number;
  readonly breached: number;
  readonly running: number;
  readonly p95Seconds: number | null;
}

/** What may be shown of a week's clocks; a row of zeros is left out. */
export function protectDuties(rows: readonly CountedDuty[]): readonly ShownDuty[] {
  return rows.flatMap((row) => {
    const { party, ruleId } = row;
    const parts = { met: partOf(row.met), breached: partOf(row.breached), running: partOf(row.running) };
    const started = parts.met + parts.breached + parts.running;
    // The share above the percentile has to be a crowd of its own: of twenty, one would be it.
    const isCrowd = !isSmall(row.stopped) && row.stopped.subjects >= 2 * FEWEST_SUBJECTS;
    const p95Seconds = isCrowd ? shownSeconds(row.p95Seconds) : null;
    return started === 0 ? [] : [{ party, ruleId, started, ...parts, p95Seconds }];
  });
}

/** Weeks as one, by party and rule. */
export function sumDuties(weeks: readonly (readonly ShownDuty[])[]): readonly ShownDuty[] {
  const byName = new Map<string, ShownDuty[]>();
  for (const row of weeks.flat()) {
    const name = `${row.party} ${row.ruleId}`;
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  const total = (rows: readonly ShownDuty[], part: 'started' | 'met' | 'breached' | 'running'): number =>
    rows.reduce((sum, row) => sum + row[part], 0);
  return [...byName]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, rows]) => {
      const [first] = rows;
      if (first === undefined) return [];
      return [
        {
          party: first.party,
          ruleId: first.ruleId,
          started: total(rows, 'started'),
          met: total(rows, 'met'),
          breached: total(rows, 'breached'),
          running: total(rows, 'running'),
          p95Seconds: weightedMedian(rows.map(({ p95Seconds: value, started: weight }) => ({ value, weight }))),
        },
      ];
    });
}

function partOf(count: SubjectCount): number {
  return shownCount(count) ?? 0;
}
