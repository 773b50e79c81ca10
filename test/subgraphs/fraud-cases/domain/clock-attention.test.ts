// What a look at a clock finds worth telling, and when it wants to be looked at again.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attend } from '../../../../subgraphs/fraud-cases/domain/clock-attention';
import type { CourseClock } from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import { pauseClock, startClock } from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import { DUTY_RULES, ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import { HOUR, timeAfter } from './case-fixture';

const RULE = ruleVersion('OP-07', 1);
if (RULE === null) throw new Error('OP-07 is a rule');
const OF = { id: 'clock-1', caseId: 'case-1', about: null, party: 'kcell' };
const begun = (): CourseClock => {
  const clock = startClock(RULE, OF, timeAfter(0));
  if (clock === null) throw new Error('OP-07 has clocks');
  return clock;
};

describe('a look at a clock', () => {
  it('warns at its shares and says when to look again', () => {
    const look = (hours: number) => {
      const { clock, percents, nextAt } = attend(begun(), RULE, timeAfter(hours * HOUR));
      return [clock.state, percents, nextAt];
    };
    expect(look(0)).toEqual(['RUNNING', [], timeAfter(2 * HOUR)]);
    expect(look(2)).toEqual(['RUNNING', [50], timeAfter(3.2 * HOUR)]);
    expect(look(3.2)).toEqual(['RUNNING', [50, 80], timeAfter(4 * HOUR + 1)]);
    expect(look(4)).toEqual(['RUNNING', [50, 80], timeAfter(4 * HOUR + 1)]);
    expect(look(6)).toEqual(['BREACHED', [100], null]);
  });

  it('leaves a clock that stands still alone', () => {
    const paused = pauseClock(begun(), timeAfter(HOUR));
    expect(attend(paused, RULE, timeAfter(9 * HOUR))).toEqual({ clock: paused, percents: [], nextAt: null });
  });

  it('never asks to be looked at again before now, whatever the rule', () => {
    const rules = DUTY_RULES.filter(({ deadlineUnit }) => deadlineUnit !== 'PER_MONTH');
    fc.assert(
      fc.property(fc.constantFrom(...rules), fc.integer({ min: 0, max: 40 * 24 * 60 }), (rule, minutes) => {
        const clock = startClock(rule, OF, timeAfter(0));
        if (clock === null) return;
        const now = timeAfter(minutes * 60_000);
        const { nextAt, percents } = attend(clock, rule, now);
        expect(nextAt === null || nextAt > now).toBe(true);
        expect(nextAt === null).toBe(percents.includes(100));
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
