// Figures for dashboards against somebody who asks everything and reckons. Nothing is trusted to the method that hides: for every small cell of a
// random week another week is looked for that shows exactly the same and has another value there. As long as there is one, no
// reckoning can tell.

import { describe, expect, it } from '@jest/globals';
import type { Day } from '../../../../shared/vocabulary/day';
import { protectDuties, sumDuties } from '../../../../subgraphs/fraud-cases/domain/duty-statistics';
import {
  CASE_MEASURES,
  type CaseMeasure,
  type CountedRow,
  protectWeek,
  type ShownRow,
  sumShown,
  type WeekOf,
  weightedMedian,
} from '../../../../subgraphs/fraud-cases/domain/statistics';
import {
  answerCaseStatistics,
  answerDutyReport,
  firstMondayOf,
  type StatisticsSnapshot,
} from '../../../../subgraphs/fraud-cases/domain/statistics-snapshot';

interface World {
  readonly type: number;
  readonly state: number;
  readonly day: number;
  readonly operator: number;
  readonly outcome: 'UNSET' | 'CONFIRMED' | 'REFUTED';
}

const KEYS = {
  FRAUD_TYPE: ['A', 'B', 'C', 'D'],
  STATE: ['R', 'U', 'D'],
  DAY: ['1', '2', '3', '4', '5', '6', '7'],
  OPERATOR: ['k', 't'],
} as const;
const OUTCOMES = ['UNSET', 'CONFIRMED', 'REFUTED'] as const;

const count = (cases: number) => ({ cases, subjects: cases });

function weekOf(world: readonly World[]): WeekOf<CountedRow> {
  const rows = (keys: readonly string[], of: (fraudCase: World) => number): CountedRow[] =>
    keys.map((key, at) => {
      const inCell = world.filter((fraudCase) => of(fraudCase) === at);
      const with_ = (outcome: World['outcome']) => count(inCell.filter((each) => each.outcome === outcome).length);
      return {
        key,
        opened: count(inCell.length),
        confirmed: with_('CONFIRMED'),
        refuted: with_('REFUTED'),
        blocked: with_('CONFIRMED'),
        medianSecondsToBlock: null,
      };
    });
  return {
    FRAUD_TYPE: rows(KEYS.FRAUD_TYPE, ({ type }) => type),
    STATE: rows(KEYS.STATE, ({ state }) => state),
    DAY: rows(KEYS.DAY, ({ day }) => day),
    OPERATOR: rows(KEYS.OPERATOR, ({ operator }) => operator),
  };
}

/** Numbers in [0, 1), the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Weeks whose cells lie around the limit, with keys of very different weight. */
function randomWorld(random: () => number): readonly World[] {
  const pick = (most: number, skew: number): number => Math.min(most - 1, Math.floor(most * random() ** skew));
  const [typeSkew, stateSkew, daySkew] = [1 + 2 * random(), 1 + 2 * random(), 0.6 + random()];
  return Array.from({ length: Math.floor(random() * 140) }, () => ({
    type: pick(4, typeSkew),
    state: pick(3, stateSkew),
    day: pick(7, daySkew),
    operator: pick(2, 1),
    outcome: OUTCOMES[pick(3, 1.2)] ?? 'UNSET',
  }));
}

const anyCase = (random: () => number): World => ({
  type: Math.floor(random() * 4),
  state: Math.floor(random() * 3),
  day: Math.floor(random() * 7),
  operator: Math.floor(random() * 2),
  outcome: OUTCOMES[Math.floor(random() * 3)] ?? 'UNSET',
});

/** A week that differs by one to three changed, added or removed cases. */
function neighbour(world: readonly World[], random: () => number): readonly World[] {
  let next = [...world];
  for (let steps = 1 + Math.floor(random() * 3); steps > 0; steps -= 1) {
    const at = Math.floor(random() * next.length);
    const kind = random();
    if (kind < 0.6 && next.length > 0) {
      const other = anyCase(random);
      const changed = next[at] ?? other;
      const which = Math.floor(random() * 4);
      const change = [{ type: other.type }, { state: other.state }, { day: other.day }, { outcome: other.outcome }][
        which
      ];
      next = next.with(at, { ...changed, ...change });
    } else if (kind < 0.8) next.push(anyCase(random));
    else if (next.length > 0) next.splice(at, 1);
  }
  return next;
}

const GROUPINGS = ['FRAUD_TYPE', 'STATE', 'DAY', 'OPERATOR'] as const;

function smallCells(week: WeekOf<CountedRow>): readonly { name: string; value: number }[] {
  return GROUPINGS.flatMap((grouping) =>
    week[grouping].flatMap((row) =>
      CASE_MEASURES.filter((measure) => row[measure].cases < 10).map((measure) => ({
        name: `${grouping} ${row.key} ${measure}`,
        value: row[measure].cases,
      })),
    ),
  );
}

function valueIn(week: WeekOf<CountedRow>, name: string): number {
  const [grouping, key, measure] = name.split(' ') as [(typeof GROUPINGS)[number], string, CaseMeasure];
  return week[grouping].find((row) => row.key === key)?.[measure].cases ?? Number.NaN;
}

describe('a week that is shown', () => {
  const worlds = 200;

  it('shows no cell of fewer than ten, and rounds what it shows to five', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const week = weekOf(randomWorld(randomOf(seed)));
      const shown = protectWeek(week);
      for (const grouping of GROUPINGS) {
        for (const [at, row] of shown[grouping].entries()) {
          for (const measure of CASE_MEASURES) {
            const truth = week[grouping][at]?.[measure].cases ?? 0;
            const value = row[measure];
            if (truth < 10) expect(value).toBeNull();
            if (value !== null) {
              expect(value % 5).toBe(0);
              expect(Math.abs(value - truth)).toBeLessThanOrEqual(2);
            }
          }
        }
      }
    }
  });

  it('never hides one cell of a column alone', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const shown = protectWeek(weekOf(randomWorld(randomOf(seed))));
      for (const grouping of GROUPINGS) {
        for (const measure of CASE_MEASURES) {
          expect(shown[grouping].filter((row) => row[measure] === null)).not.toHaveLength(1);
        }
        for (const row of shown[grouping]) expect(row.confirmed === null).toBe(row.refuted === null);
      }
    }
  });

  it(`looks the same for another value of each small cell, in ${worlds} random weeks`, () => {
    let cells = 0;
    for (let seed = 1; seed <= worlds; seed += 1) {
      const random = randomOf(seed);
      const world = randomWorld(random);
      const week = weekOf(world);
      const shown = JSON.stringify(protectWeek(week));
      const open = new Map(smallCells(week).map(({ name, value }) => [name, value]));
      cells += open.size;
      for (let tries = 0; open.size > 0 && tries < 20_000; tries += 1) {
        const other = weekOf(neighbour(world, random));
        const differs = [...open].filter(([name, value]) => valueIn(other, name) !== value);
        if (differs.length === 0 || JSON.stringify(protectWeek(other)) !== shown) continue;
        for (const [name] of differs) open.delete(name);
      }
      expect({ seed, told: [...open] }).toEqual({ seed, told: [] });
    }
    expect(cells).toBeGreaterThan(500);
  });

  it('hides more where the totals of other groupings would tell', () => {
    // Four types of 13 are shown as 15, so there are at least 52 cases; one state of 52 is shown as 50, so there are at most 52.
    const world = Array.from({ length: 52 }, (_, at) => ({
      type: Math.floor(at / 13),
      state: 0,
      day: at % 5,
      operator: 0,
      outcome: 'UNSET' as const,
    }));
    const week = weekOf(world);
    const zero = { ...(week.FRAUD_TYPE[0] as CountedRow), opened: count(0) };
    const types = [...week.FRAUD_TYPE, { ...zero, key: 'E' }, { ...zero, key: 'F' }];
    const shown = protectWeek({ ...week, FRAUD_TYPE: types, STATE: week.STATE.slice(0, 1) });
    const hidden = shown.FRAUD_TYPE.filter(({ opened }) => opened === null).map(({ key }) => key);
    expect(hidden.length).toBeGreaterThan(2);
  });

  it('hides ten cases about nine subjects', () => {
    const row = (key: string, cases: number, subjects: number): CountedRow => ({
      key,
      opened: { cases, subjects },
      confirmed: count(0),
      refuted: count(0),
      blocked: count(0),
      medianSecondsToBlock: null,
    });
    const week = {
      FRAUD_TYPE: [row('A', 40, 9), row('B', 60, 60), row('C', 80, 80)],
      STATE: [],
      DAY: [],
      OPERATOR: [],
    };
    expect(protectWeek(week).FRAUD_TYPE.map(({ opened }) => opened)).toEqual([null, null, 80]);
  });
});

const shownRow = (key: string, opened: number | null): ShownRow => ({
  key,
  opened,
  confirmed: null,
  refuted: null,
  medianSecondsToBlock: opened === null ? null : opened * 60,
});

describe('an answer', () => {
  const day = '2026-11-20' as Day;
  const cases = (...opened: (number | null)[]): WeekOf<ShownRow> => ({
    FRAUD_TYPE: opened.map((value, at) => shownRow(`T${at}`, value)),
    STATE: [],
    OPERATOR: [],
    DAY: ['2026-10-26', '2026-10-27', '2026-10-31', '2026-11-01'].map((key) => shownRow(key, 10)),
  });
  const duties = [{ party: 'kcell', ruleId: 'OP-01', started: 20, met: 20, breached: 0, running: 0, p95Seconds: 600 }];
  const snapshot: StatisticsSnapshot = {
    day,
    weeks: {
      '2026-10-26': { cases: cases(15, null), duties },
      '2026-11-02': { cases: { ...cases(20, null), DAY: [] }, duties },
      '2026-11-09': { cases: { ...cases(null, 25), DAY: [] }, duties: [] },
    },
  };
  const ask = (from: string, to: string, grouping: 'FRAUD_TYPE' | 'DAY' = 'FRAUD_TYPE') =>
    answerCaseStatistics(snapshot, from as Day, to as Day, grouping);

  it('over several weeks is the sum of what the weeks show', () => {
    const whole = ask('2026-10-26', '2026-11-15');
    expect(
      whole.ok && whole.value.map(({ key, opened, medianSecondsToBlock }) => [key, opened, medianSecondsToBlock]),
    ).toEqual([
      ['T0', 35, 1_200],
      ['T1', 25, 1_500],
    ]);
    // Two answers that overlap differ by a week's own figures and by nothing finer.
    const part = ask('2026-10-26', '2026-11-08');
    expect(part.ok && part.value.map(({ opened }) => opened)).toEqual([35, null]);
    const report = answerDutyReport(snapshot, '2026-10-26' as Day, '2026-11-15' as Day);
    expect(report).toEqual({ ok: true, value: [{ ...duties[0], started: 40, met: 40 }] });
  });

  it('by day is for one month that is over', () => {
    const days = ask('2026-10-26', '2026-10-31', 'DAY');
    expect(days.ok && days.value.map(({ key }) => key)).toEqual(['2026-10-26', '2026-10-27', '2026-10-31']);
  });

  it.each([
    ['a week that is not over', '2026-11-16', '2026-11-22', 'FRAUD_TYPE'],
    ['a day', '2026-11-02', '2026-11-02', 'FRAUD_TYPE'],
    ['a week from Tuesday', '2026-11-03', '2026-11-09', 'FRAUD_TYPE'],
    ['nine days', '2026-11-02', '2026-11-10', 'FRAUD_TYPE'],
    ['an end before its beginning', '2026-11-09', '2026-11-08', 'FRAUD_TYPE'],
    ['before the snapshot reaches', '2020-01-06', '2026-11-15', 'FRAUD_TYPE'],
    ['days of a month that is not over', '2026-11-01', '2026-11-05', 'DAY'],
    ['days of two months', '2026-09-30', '2026-10-01', 'DAY'],
    ['days backwards', '2026-10-30', '2026-10-27', 'DAY'],
  ] as const)('is refused for %s', (_, from, to, grouping) => {
    expect(ask(from, to, grouping)).toEqual({ ok: false, error: 'BAD_RANGE' });
  });

  it('reaches back a fixed number of weeks, from a Monday', () => {
    expect(firstMondayOf(day)).toBe('2024-11-11');
  });
});

describe('duties', () => {
  it('show each part by itself, and as started the sum of what is shown', () => {
    const row = {
      party: 'kcell',
      ruleId: 'OP-01',
      met: count(41),
      breached: count(3),
      running: count(12),
      stopped: count(44),
      p95Seconds: 3_629,
    };
    expect(protectDuties([row])).toEqual([
      { party: 'kcell', ruleId: 'OP-01', started: 50, met: 40, breached: 0, running: 10, p95Seconds: 3_600 },
    ]);
    expect(protectDuties([{ ...row, met: count(9), running: count(9) }])).toEqual([]);
    expect(protectDuties([{ ...row, stopped: count(19) }])[0]?.p95Seconds).toBeNull();
  });

  it('look the same whatever a small part is', () => {
    const shown = (breached: number) =>
      JSON.stringify(
        protectDuties([
          {
            party: 'k',
            ruleId: 'r',
            met: count(41),
            breached: count(breached),
            running: count(0),
            stopped: count(41),
            p95Seconds: 60,
          },
        ]),
      );
    for (let breached = 0; breached < 10; breached += 1) expect(shown(breached)).toBe(shown(0));
  });

  it('are added up by party and rule', () => {
    const row = { party: 'a', ruleId: 'r', started: 10, met: 10, breached: 0, running: 0, p95Seconds: 60 };
    expect(sumDuties([[row], [{ ...row, p95Seconds: 120, started: 30, met: 30 }], [{ ...row, party: 'A' }]])).toEqual([
      { ...row, party: 'A' },
      { ...row, started: 40, met: 40, p95Seconds: 120 },
    ]);
  });
});

describe('sums', () => {
  it('keep what is hidden hidden', () => {
    expect(sumShown([[shownRow('A', null)], [shownRow('A', null)]])[0]?.opened).toBeNull();
    expect(sumShown([])).toEqual([]);
  });

  it('take the middle of medians by weight', () => {
    expect(weightedMedian([])).toBeNull();
    expect(weightedMedian([{ value: null, weight: 5 }])).toBeNull();
    expect(
      weightedMedian([
        { value: 10, weight: 1 },
        { value: 20, weight: 5 },
        { value: 30, weight: 1 },
      ]),
    ).toBe(20);
  });
});
