// Commands that meet are settled by the database: a short run of every race; long runs are a command of the benches.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scopeDrift } from '../store/scope-drift';
import { type CaseOffice, openCaseOffice } from './case-office';
import { brokenRules, RACES, raceOnce } from './race-campaign';

let office: CaseOffice;
beforeAll(async () => {
  office = await openCaseOffice();
}, 60_000);
afterAll(() => office?.close());

const ROUNDS = 3;

describe('people who act at the same instant', () => {
  // The first test of the file: nobody has drawn a number yet.
  it('open the first cases of a year side by side', async () => {
    const opened = await Promise.all([900_001, 900_002, 900_003, 900_004].map((ordinal) => office.reported(ordinal)));
    const numbers = await Promise.all(opened.map(async (caseId) => (await office.caseRow(caseId)).number));
    expect(new Set(numbers).size).toBe(4);
  });

  it.each(Object.keys(RACES).map((name, place) => [name, place] as const))(
    '%s: one is first, the other is told so',
    async (_name, place) => {
      const count = Object.keys(RACES).length;
      for (let round = 0; round < ROUNDS; round += 1) {
        expect(await raceOnce(office, place + round * count, place + round * count + 1)).toEqual([]);
      }
    },
    30_000,
  );

  it('leave no rule broken', async () => {
    expect(await brokenRules(office)).toEqual([]);
  });

  it('leave no list behind', async () => {
    expect(await scopeDrift((text) => office.rows(text))).toEqual([]);
  });
});
