// Decisions while parts of the network die, in short: what the long campaign (`npm run cases:campaign -- kill`) looks at holds for a few kills too.

import { describe, expect, it } from '@jest/globals';
import { killsOf, runKillCampaign } from './campaign/kill-campaign';

describe('a network of which parts are killed while cases are decided', () => {
  it('loses no acknowledged act, has no effect twice, and agrees on both sides about every number', async () => {
    const outcome = await runKillCampaign({ kills: 4, decisions: 8, seed: 0, tell: () => {} });
    expect(outcome).toMatchObject({ kills: 4, decisions: 8, failures: [], settledMs: expect.any(Number) });
    expect(outcome.acknowledged).toBeGreaterThan(8 * 5);
  }, 180_000);
});

describe('the faults of a seed', () => {
  const operators = ['kcell', 'beeline', 'tele2'];

  it('are the same each time, and others for another seed', () => {
    expect(killsOf(7, 300, operators)).toEqual(killsOf(7, 300, operators));
    expect(killsOf(7, 300, operators)).not.toEqual(killsOf(8, 300, operators));
  });

  it('hit every part', () => {
    const victims = new Set(killsOf(7, 300, operators).map(({ victim }) => victim));
    expect([...victims].toSorted()).toEqual(['beeline', 'fraud-cases', 'gateway', 'kcell', 'postgres', 'tele2']);
  });
});
