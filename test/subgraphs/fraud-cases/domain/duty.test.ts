// Deadlines in words, overruns of clocks, and the cap on SIM cards.

import { describe, expect, it } from '@jest/globals';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import {
  DEADLINE_UNITS,
  type DutyClock,
  type DutyRule,
  deadlineText,
  overrunSeconds,
} from '../../../../subgraphs/fraud-cases/domain/duty';
import { simCapOf } from '../../../../subgraphs/fraud-cases/domain/sim-cap';

const at = (seconds: number): Instant => msToInstant(Date.UTC(2026, 0, 1) + Math.round(seconds * 1_000));

const clock = (changes: Partial<DutyClock>): DutyClock => ({
  id: 'k',
  caseId: 'c',
  orderId: null,
  ruleId: 'OP-02',
  ruleVersion: 1,
  party: 'kcell',
  startedAt: at(0),
  deadlineAt: at(100),
  stoppedAt: null,
  state: 'RUNNING',
  readAt: at(50),
  ...changes,
});

describe('a deadline in words', () => {
  it('counts its unit', () => {
    const rule = { id: 'X', version: 1, title: '', status: 'LAW', obliged: 'AFC' } as const;
    const texts = DEADLINE_UNITS.map((deadlineUnit) =>
      deadlineText({ ...rule, deadlineUnit, deadlineValue: 1 } satisfies DutyRule),
    );
    expect(texts).toEqual([
      '1 minute',
      '1 hour',
      '1 calendar day',
      '1 working day',
      'at every instant',
      '1 % of each month',
    ]);
    expect(deadlineText({ ...rule, deadlineUnit: 'WORKING_DAY', deadlineValue: 2 })).toBe('2 working days');
  });
});

describe('an overrun', () => {
  it.each([
    ['of a clock that runs in time is null', clock({}), null],
    ['of a clock that runs late goes on', clock({ readAt: at(160.9) }), 60],
    ['of a clock that stopped in time is null', clock({ stoppedAt: at(100), readAt: at(900), state: 'MET' }), null],
    ['of a clock that stopped late is fixed', clock({ stoppedAt: at(107), readAt: at(900), state: 'BREACHED' }), 7],
    ['of a paused clock is null', clock({ state: 'PAUSED', readAt: at(900) }), null],
    ['of a cancelled clock is null', clock({ state: 'CANCELLED', readAt: at(900) }), null],
  ])('%s', (_name, read, expected) => {
    expect(overrunSeconds(read)).toBe(expected);
  });
});

describe('the cap on SIM cards', () => {
  it.each([
    [[3, 3, 3], { activeLines: 9, complete: true, state: 'WITHIN' }],
    [[4, 3, 3], { activeLines: 10, complete: true, state: 'AT_CAP' }],
    [[4, 4, 3], { activeLines: 11, complete: true, state: 'OVER_CAP' }],
    [[4, null, 3], { activeLines: 7, complete: false, state: 'UNKNOWN' }],
    [[10, null, 0], { activeLines: 10, complete: false, state: 'UNKNOWN' }],
    [[11, null, 0], { activeLines: 11, complete: false, state: 'OVER_CAP' }],
    [[], { activeLines: 0, complete: false, state: 'UNKNOWN' }],
    [null, { activeLines: 0, complete: false, state: 'UNKNOWN' }],
  ])('of counts %j', (counts, expected) => {
    expect(simCapOf(counts)).toEqual({ cap: 10, ...expected });
  });
});
