// Clocks of duties: their deadlines in every unit, pauses, warnings, ends; and the course of a case's clocks by what happens.

import { describe, expect, it } from '@jest/globals';
import type { FraudCaseState } from '../../../../shared/vocabulary/fraud-case';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import { nextDeadline, runClocks } from '../../../../subgraphs/fraud-cases/domain/clock-course';
import { type ClockEvent, DUTY_EVENTS, type DutyEvent } from '../../../../subgraphs/fraud-cases/domain/clock-event';
import type { DeadlineUnit } from '../../../../subgraphs/fraud-cases/domain/duty';
import {
  type CourseClock,
  cancelClock,
  judgeClock,
  pauseClock,
  resumeClock,
  startClock,
  stopClock,
  warningAt,
  warningsDue,
} from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import {
  DUTY_RULES,
  type DutyRuleVersion,
  rulesInForce,
  ruleVersion,
} from '../../../../subgraphs/fraud-cases/domain/duty-rules';

const almaty = (text: string): Instant => msToInstant(Date.parse(`${text}+05:00`));

const rule = (
  deadlineValue: number,
  deadlineUnit: DeadlineUnit,
  changes: Partial<DutyRuleVersion> = {},
): DutyRuleVersion => ({
  ...(DUTY_RULES[0] as DutyRuleVersion),
  id: 'X-01',
  deadlineValue,
  deadlineUnit,
  ...changes,
});

const started = (by: DutyRuleVersion, at: Instant): CourseClock => {
  const clock = startClock(by, { id: 'k', caseId: 'c', about: null, party: 'kcell' }, at);
  if (clock === null) throw new Error('this rule has a clock');
  return clock;
};

const MONDAY = almaty('2026-02-02T10:00:00');

describe('a deadline', () => {
  it.each([
    [15, 'MINUTE', '2026-02-02T10:15:00'],
    [4, 'HOUR', '2026-02-02T14:00:00'],
    [72, 'HOUR', '2026-02-05T10:00:00'],
    [2, 'CALENDAR_DAY', '2026-02-05T00:00:00'],
    [7, 'CALENDAR_DAY', '2026-02-10T00:00:00'],
    [2, 'WORKING_DAY', '2026-02-05T00:00:00'],
    [5, 'WORKING_DAY', '2026-02-10T00:00:00'],
    [0, 'STATE', '2026-02-02T10:00:00'],
  ] as const)('of %d %s after Monday at ten is %s', (value, unit, expected) => {
    expect(started(rule(value, unit), MONDAY).deadlineAt).toBe(almaty(expected));
  });

  it('of a rule that holds at every instant is missed at once; one counted by the month has no clock', () => {
    expect(started(rule(0, 'STATE'), MONDAY).state).toBe('BREACHED');
    expect(
      startClock(rule(99.5, 'PER_MONTH'), { id: 'k', caseId: 'c', about: null, party: 'kcell' }, MONDAY),
    ).toBeNull();
  });

  it('counts by the calendar in force when the clock started', () => {
    const twoDays = rule(2, 'WORKING_DAY');
    expect(started(twoDays, almaty('2026-08-27T12:00:00')).deadlineAt).toBe(almaty('2026-09-01T00:00:00'));
    expect(started(twoDays, almaty('2026-03-06T12:00:00')).deadlineAt).toBe(almaty('2026-03-12T00:00:00'));
  });
});

describe('the end of a clock', () => {
  const clock = started(rule(1, 'HOUR'), MONDAY);
  const by = rule(1, 'HOUR');

  it.each([
    ['2026-02-02T10:00:00', 'MET'],
    ['2026-02-02T11:00:00', 'MET'],
    ['2026-02-02T11:00:00.001', 'BREACHED'],
  ])('stopped at %s is %s', (at, state) => {
    expect(stopClock(clock, by, almaty(at))).toMatchObject({ state, stoppedAt: almaty(at) });
  });

  it('is missed after the deadline, not at it, and a late stop keeps it missed', () => {
    expect(judgeClock(clock, almaty('2026-02-02T11:00:00')).state).toBe('RUNNING');
    const missed = judgeClock(clock, almaty('2026-02-02T11:00:00.001'));
    expect(missed.state).toBe('BREACHED');
    expect(stopClock(missed, by, almaty('2026-02-02T12:00:00'))).toMatchObject({
      state: 'BREACHED',
      stoppedAt: almaty('2026-02-02T12:00:00'),
    });
  });

  it('told for an instant before the start is the start', () => {
    expect(stopClock(clock, by, almaty('2026-02-02T09:00:00'))).toMatchObject({ state: 'MET', stoppedAt: MONDAY });
  });

  it('cancelled leaves no breach, unless there was one already', () => {
    expect(cancelClock(clock, by, almaty('2026-02-02T10:30:00'))).toMatchObject({
      state: 'CANCELLED',
      stoppedAt: null,
    });
    expect(cancelClock(clock, by, almaty('2026-02-02T12:00:00'))).toMatchObject({
      state: 'BREACHED',
      stoppedAt: almaty('2026-02-02T12:00:00'),
    });
  });

  it('is the end: nothing changes it any more', () => {
    const met = stopClock(clock, by, MONDAY);
    const later = almaty('2026-02-03T10:00:00');
    expect([
      stopClock(met, by, later),
      cancelClock(met, by, later),
      judgeClock(met, later),
      pauseClock(met, later),
    ]).toEqual([met, met, met, met]);
  });
});

describe('a pause', () => {
  const hour = rule(1, 'HOUR');
  const days = rule(2, 'WORKING_DAY');
  const paused = (by: DutyRuleVersion, from: string, to: string, at = MONDAY): CourseClock =>
    resumeClock(pauseClock(started(by, at), almaty(from)), by, almaty(to));

  it('moves a deadline in hours by its length', () => {
    expect(paused(hour, '2026-02-02T10:30:00', '2026-02-03T09:00:00').deadlineAt).toBe(almaty('2026-02-03T09:30:00'));
  });

  it.each([
    ['within one day', '2026-02-03T10:00:00', '2026-02-03T18:00:00', '2026-02-05T00:00:00'],
    ['over one night', '2026-02-03T10:00:00', '2026-02-04T10:00:00', '2026-02-06T00:00:00'],
    ['of the day of the start', '2026-02-02T12:00:00', '2026-02-03T09:00:00', '2026-02-06T00:00:00'],
    ['over the deadline', '2026-02-04T10:00:00', '2026-02-06T10:00:00', '2026-02-07T00:00:00'],
    ['over the deadline and a weekend', '2026-02-04T10:00:00', '2026-02-07T10:00:00', '2026-02-10T00:00:00'],
  ])('%s moves a deadline in working days by the days whose end it covers', (_case, from, to, expected) => {
    const clock = paused(days, from, to);
    expect(clock.deadlineAt).toBe(almaty(expected));
    expect(clock.deadlineAt > almaty(to)).toBe(true);
  });

  it('is no breach, however long', () => {
    const still = pauseClock(started(hour, MONDAY), almaty('2026-02-02T10:30:00'));
    expect(judgeClock(still, almaty('2026-03-02T10:00:00')).state).toBe('PAUSED');
    expect(stopClock(still, hour, almaty('2026-03-02T10:00:00')).state).toBe('MET');
  });

  it('does not heal a breach', () => {
    expect(pauseClock(started(hour, MONDAY), almaty('2026-02-02T12:00:00')).state).toBe('BREACHED');
  });
});

describe('warnings', () => {
  const by = rule(1, 'HOUR');

  it('come at half and at four fifths of the time, without its pauses', () => {
    const clock = started(by, MONDAY);
    expect([warningAt(clock, 50), warningAt(clock, 80)]).toEqual([
      almaty('2026-02-02T10:30:00'),
      almaty('2026-02-02T10:48:00'),
    ]);
    const moved = resumeClock(pauseClock(clock, almaty('2026-02-02T10:20:00')), by, almaty('2026-02-02T11:20:00'));
    expect([warningAt(moved, 50), warningAt(moved, 80)]).toEqual([
      almaty('2026-02-02T11:30:00'),
      almaty('2026-02-02T11:48:00'),
    ]);
  });

  it('are due once', () => {
    const clock = started(by, MONDAY);
    expect(warningsDue(clock, by, MONDAY, almaty('2026-02-02T10:29:59'))).toEqual([]);
    expect(warningsDue(clock, by, MONDAY, almaty('2026-02-02T10:30:00'))).toEqual([50]);
    expect(warningsDue(clock, by, almaty('2026-02-02T10:30:00'), almaty('2026-02-02T10:50:00'))).toEqual([80]);
    expect(warningsDue(clock, by, MONDAY, almaty('2026-02-02T10:50:00'))).toEqual([50, 80]);
    expect(warningsDue(stopClock(clock, by, MONDAY), by, MONDAY, almaty('2026-02-02T10:50:00'))).toEqual([]);
  });
});

describe('the rules', () => {
  it('are in force from the law on, and of each id the newest', () => {
    expect(rulesInForce(almaty('2025-11-17T23:59:59'))).toEqual([]);
    expect(rulesInForce(almaty('2025-11-18T00:00:00'))).toHaveLength(DUTY_RULES.length);
    const first = rule(2, 'HOUR', { validFrom: MONDAY });
    const second = rule(1, 'HOUR', { version: 2, validFrom: almaty('2026-03-01T00:00:00') });
    expect(rulesInForce(almaty('2026-02-28T23:59:59'), [first, second])).toEqual([first]);
    expect(rulesInForce(almaty('2026-03-01T00:00:00'), [first, second])).toEqual([second]);
  });

  it('name each id and version once', () => {
    const names = DUTY_RULES.map(({ id, version }) => `${id} ${version}`);
    expect(new Set(names).size).toBe(names.length);
    expect(ruleVersion('OP-02', 1)).toMatchObject({ status: 'LAW', deadlineValue: 2, deadlineUnit: 'WORKING_DAY' });
    expect(ruleVersion('OP-02', 9)).toBeNull();
  });

  it.each([
    'OP-01',
    'OP-02',
    'OP-03',
    'OP-04',
    'OP-05',
    'OP-06',
    'OP-07',
    'OP-08',
    'OP-13',
    'AFC-01',
    'AFC-02',
    'AFC-03',
    'AFC-04',
    'AFC-05',
    'BANK-01',
    'BANK-02',
  ])('%s is wired to happenings', (id) => {
    const found = ruleVersion(id, 1);
    const words: readonly string[] = DUTY_EVENTS;
    expect(
      [found?.start, ...(found?.stops ?? [])].filter((word) => word === undefined || !words.includes(word)),
    ).toEqual([]);
  });

  it('changes nothing of a clock that began under an older version', () => {
    const old = rule(4, 'HOUR', { validFrom: MONDAY, start: 'CASE_TRIAGED', obliged: 'AFC' });
    const strict = { ...old, version: 2, deadlineValue: 1, validFrom: almaty('2026-02-02T11:00:00') };
    const clocks = course(
      [old, strict],
      ['CASE_TRIAGED', '2026-02-02T10:59:00'],
      ['CASE_TRIAGED', '2026-02-02T11:01:00', 'AFC', 'other'],
    );
    expect(clocks.map(({ ruleVersion: version, deadlineAt }) => [version, deadlineAt])).toEqual([
      [1, almaty('2026-02-02T14:59:00')],
      [2, almaty('2026-02-02T12:01:00')],
    ]);
  });
});

type Happening = readonly [event: DutyEvent, at: string, kind?: 'AFC' | 'OPERATOR' | 'BANK', about?: string];

function course(rules: readonly DutyRuleVersion[], ...happenings: readonly Happening[]): readonly CourseClock[] {
  return happenings.reduce<readonly CourseClock[]>(
    (clocks, [event, at, kind = 'AFC', about], place) => run(clocks, [event, at, kind, about], 'TRIAGED', place, rules),
    [],
  );
}

function run(
  clocks: readonly CourseClock[],
  [event, at, kind = 'AFC', about]: readonly [DutyEvent, string, ('AFC' | 'OPERATOR' | 'BANK')?, string?],
  caseState: FraudCaseState = 'TRIAGED',
  place = 0,
  rules: readonly DutyRuleVersion[] = DUTY_RULES,
): readonly CourseClock[] {
  const code = { AFC: 'afc', OPERATOR: 'kcell', BANK: 'bank-1' }[kind];
  const told: ClockEvent = { event, party: { kind, code }, about: about ?? null, at: almaty(at) };
  return runClocks(
    clocks,
    { caseId: 'c', events: [told], caseState, now: almaty(at) },
    (each) => `k-${place}-${each}`,
    rules,
  );
}

const summary = (clocks: readonly CourseClock[]): readonly string[] =>
  clocks.map(({ ruleId, party, about, state }) => `${ruleId} ${party} ${about ?? '-'} ${state}`);

describe('the course of clocks', () => {
  it('goes by the kind of party: the same happening is a start for one and a stop for another', () => {
    let clocks = run([], ['DETECTED', '2026-02-02T10:00:00', 'OPERATOR', 'r']);
    clocks = run(clocks, ['REPORT_RECEIVED', '2026-02-02T10:30:00', 'OPERATOR', 'r']);
    clocks = run(clocks, ['REPORT_RECEIVED', '2026-02-02T10:30:00', 'AFC'], 'REPORTED', 1);
    expect(summary(clocks)).toEqual(['OP-01 kcell r MET', 'AFC-01 afc - RUNNING']);
  });

  it('triage stops the time to triage and starts the time to decide, which stands still while the operator checks', () => {
    const clocks = run(
      run([], ['REPORT_RECEIVED', '2026-02-02T10:00:00']),
      ['CASE_TRIAGED', '2026-02-02T11:00:00'],
      'OPERATOR_CHECK',
      1,
    );
    expect(summary(clocks)).toEqual(['AFC-01 afc - MET', 'AFC-02 afc - PAUSED']);
    const later = run(clocks, ['RESULT_RECEIVED', '2026-02-04T11:00:00', 'OPERATOR'], 'PENDING_APPROVAL', 2);
    expect(summary(later)).toEqual(['AFC-01 afc - MET', 'AFC-02 afc - RUNNING']);
    expect(nextDeadline(later)).toBe(almaty('2026-02-12T00:00:00'));
  });

  it('keeps the clocks of two orders apart', () => {
    let clocks = run([], ['ORDER_DELIVERED', '2026-02-02T10:00:00', 'OPERATOR', 'o-1'], 'DECIDED');
    clocks = run(clocks, ['ORDER_DELIVERED', '2026-02-02T10:00:00', 'OPERATOR', 'o-2'], 'DECIDED', 1);
    clocks = run(clocks, ['ORDER_ENFORCED', '2026-02-02T10:40:00', 'OPERATOR', 'o-2'], 'DECIDED', 2);
    clocks = run(clocks, ['ORDER_ENDED', '2026-02-02T10:41:00', 'OPERATOR', 'o-1'], 'DECIDED', 3);
    expect(summary(clocks)).toEqual([
      'OP-05 kcell o-1 BREACHED',
      'OP-06 kcell o-1 CANCELLED',
      'OP-05 kcell o-2 BREACHED',
      'OP-06 kcell o-2 MET',
    ]);
  });

  it('does not start a duty twice that is still open', () => {
    const once = run([], ['TEMPORARY_BLOCK_ENFORCED', '2026-02-02T10:00:00', 'AFC', 'o']);
    expect(run(once, ['TEMPORARY_BLOCK_ENFORCED', '2026-02-02T11:00:00', 'AFC', 'o'])).toHaveLength(1);
  });

  it('a confirmed case stops the clock of every temporary block', () => {
    let clocks = run([], ['TEMPORARY_BLOCK_ENFORCED', '2026-02-02T10:00:00', 'AFC', 'o-1']);
    clocks = run(clocks, ['TEMPORARY_BLOCK_ENFORCED', '2026-02-02T10:00:00', 'AFC', 'o-2'], 'TRIAGED', 1);
    clocks = run(clocks, ['CASE_CONFIRMED', '2026-02-03T10:00:00'], 'DECIDED', 2);
    expect(summary(clocks)).toEqual(['AFC-04 afc o-1 MET', 'AFC-04 afc o-2 MET', 'AFC-03 afc - RUNNING']);
  });

  it('the operator answers for suspending only while the second pair of eyes is not looking', () => {
    let clocks = run([], ['CHECK_CONFIRMED', '2026-02-02T10:00:00', 'OPERATOR'], 'PENDING_APPROVAL');
    clocks = run(clocks, ['CASE_DECIDED', '2026-02-03T10:00:00'], 'DECIDED', 1);
    expect(nextDeadline(clocks)).toBe(almaty('2026-02-03T10:15:00'));
    expect(summary(run(clocks, ['SERVICES_SUSPENDED', '2026-02-03T10:14:00', 'OPERATOR'], 'DECIDED'))).toEqual([
      'OP-03 kcell - MET',
    ]);
    expect(summary(run(clocks, ['NOTHING_TO_SUSPEND', '2026-02-03T10:00:00'], 'DECIDED'))).toEqual([
      'OP-03 kcell - CANCELLED',
    ]);
  });
});
