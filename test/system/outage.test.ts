// An operator that was cut off for six hours, in short: what the long campaign (`npm run cases:campaign -- outage`) looks at holds for a few orders too.

import { expect, it } from '@jest/globals';
import { runOutageCampaign } from './campaign/outage-campaign';

it('an operator that comes back after six hours, over a holiday, gets every order and lift that waited, marked late', async () => {
  const outcome = await runOutageCampaign({ orders: 20, hours: 6, seed: 0, tell: () => {} });
  expect(outcome).toMatchObject({ orders: 20, lifts: 1, cancelled: 1, waiting: 21, failures: [] });
  // One of the twenty was cancelled before it arrived.
  expect(outcome.late).toBe(19);
  expect([outcome.drainedMs, outcome.settledMs]).toEqual([expect.any(Number), expect.any(Number)]);
}, 180_000);
