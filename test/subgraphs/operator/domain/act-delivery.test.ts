// What becomes of an act by how the bank answered.

import { describe, expect, it } from '@jest/globals';
import {
  afterRefusal,
  afterSilence,
  CLOCK_TOLERANCE_MS,
  isOverdue,
  isStuck,
  MOST_REFUSALS,
  proofDelayMs,
} from '../../../../subgraphs/operator/domain/act-delivery';

describe('an act that was not accepted', () => {
  it('comes again later each time, never later than a quarter of a minute, and never all at once', () => {
    const delays = [1, 2, 3, 4, 5, 6, 40].map((attempts) => afterSilence({ attempts, refusals: 0 }, 0).delayMs);
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 7_500, 7_500, 7_500]);
    expect(afterSilence({ attempts: 40, refusals: 0 }, 0.999).delayMs).toBeLessThanOrEqual(15_000);
    expect(afterSilence({ attempts: 1, refusals: 0 }, 0.5).delayMs).toBe(750);
  });

  it('is never given up for silence, and set aside for refusals', () => {
    expect(afterSilence({ attempts: 10_000, refusals: 0 }, 0).kind).toBe('RETRY');
    expect(afterRefusal({ attempts: 1, refusals: MOST_REFUSALS - 1 }, 0).kind).toBe('RETRY');
    expect(afterRefusal({ attempts: 1, refusals: MOST_REFUSALS }, 0).kind).toBe('PARK');
  });

  it('is stuck when it waits long behind another', () => {
    expect(isStuck({ attempts: 79, refusals: 0 })).toBe(false);
    expect(isStuck({ attempts: 80, refusals: 0 })).toBe(true);
  });
});

describe('a promise', () => {
  it('is overdue only beyond the tolerance for clocks', () => {
    expect(isOverdue(1_000, 1_000 + CLOCK_TOLERANCE_MS)).toBe(false);
    expect(isOverdue(1_000, 1_001 + CLOCK_TOLERANCE_MS)).toBe(true);
  });

  it('is looked at again within a quarter of a minute', () => {
    expect(proofDelayMs(1, 0)).toBe(500);
    expect(proofDelayMs(30, 0.999)).toBeLessThanOrEqual(15_000);
  });
});
