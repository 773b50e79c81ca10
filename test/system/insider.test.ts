// The campaigns against access, in short: what `npm run access:campaign` looks at holds for few moves too. Times are measured there and not here.

import { describe, expect, it } from '@jest/globals';
import { MOST_IDENTITIES, runInsiderCampaign } from './campaign/insider-campaign';
import { mannWhitney, runTimingCampaign } from './campaign/timing-campaign';

describe('an insider with two true logins, over a day', () => {
  it('is shown no more people in clear than the design allows, and is noticed', async () => {
    const outcome = await runInsiderCampaign({ count: 4, hours: 24, seed: 0, targets: 40, tell: () => {} });
    expect(outcome.failures).toEqual([]);
    expect(outcome.inAll).toBeLessThanOrEqual(MOST_IDENTITIES);
    expect(outcome.inAll).toBeGreaterThan(20);
    expect(Object.keys(outcome.moves).length).toBeGreaterThan(8);
    expect(outcome.refusals.QUOTA_EXCEEDED).toBeGreaterThan(10);
    expect(outcome.refusals.FORBIDDEN).toBeGreaterThan(5);
    expect(outcome.alarms).toEqual(expect.arrayContaining(['BREAK_GLASS', 'QUOTA']));
  }, 240_000);
});

describe('what is nowhere, not yours, and of another operator', () => {
  it('has the same status, headers and body, all but the name of the request', async () => {
    const { comparisons, failures } = await runTimingCampaign({ count: 25, seed: 0, tell: () => {} });
    expect(failures).toEqual([]);
    expect(comparisons).toHaveLength(4);
  }, 120_000);
});

describe('the test of times', () => {
  const steady = Array.from({ length: 500 }, (_, place) => (place * 37) % 100);

  it('tells equal times from later ones', () => {
    expect(mannWhitney(steady, steady)).toEqual({ odds: 0.5, p: expect.closeTo(1, 2) });
    const later = steady.map((ms) => ms + 20);
    expect(mannWhitney(steady, later).odds).toBeGreaterThan(0.6);
    expect(mannWhitney(steady, later).p).toBeLessThan(0.001);
    expect(mannWhitney([1, 2, 3], [4, 5, 6]).odds).toBe(1);
  });
});
