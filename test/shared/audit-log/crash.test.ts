// kill -9 between each two steps of the keeper: no gap, no double index, no second note at one size, no acknowledged act lost.

import { expect, test } from '@jest/globals';
import { CRASH_STEPS, crashCampaign } from './crash-campaign';

test('a keeper that is killed once between each two steps leaves a log that is whole and goes on', async () => {
  const outcome = await crashCampaign(CRASH_STEPS.length, 0);
  expect(outcome.wrong).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(CRASH_STEPS.length);
}, 120_000);
