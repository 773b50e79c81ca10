// What the bank forgets of looks as its clock goes on, and what it keeps.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { retentionJob } from '../../../../subgraphs/fraud-cases/disclosure/retention-job';
import { KEPT_DAYS } from '../../../../subgraphs/fraud-cases/log/retention';
import { keepOccurrences } from '../../../../subgraphs/fraud-cases/store/case-standing';
import { caseAbout, INVESTIGATOR, type LookBank, MASKED, numberOf, openLookBank, tenureOf, uuid } from './look-bank';

const [OPEN, OVER] = [uuid(1), uuid(2)];
const NOTHING_ELSE = { limit: 50, except: [] };
/** Tables of which something is kept for a while, with how many rows they have after the looks of this file. */
const FORGOTTEN_AFTER_A_MONTH = {
  looked_at: 5,
  preliminary_look: 3,
  missed_look: 1,
  bank_look: 5,
  bank_look_day: 1,
  lookup_grant: 3,
};

let bank: LookBank;
beforeAll(async () => {
  bank = await openLookBank([caseAbout(1, [numberOf(1)]), caseAbout(2, [numberOf(2)])], { canaries: [numberOf(50)] });
  const source = { query: async (statement: object) => ({ rows: await queried(statement), rowCount: null }) };
  for (const [caseId, place] of [[OPEN, 1] as const, [OVER, 2] as const]) {
    const answer = await bank.ask(INVESTIGATOR, { case: caseId, subjects: [tenureOf(numberOf(place))] });
    const identity = bank.parts.hash.identityOf({ type: 'DeviceSighting', id: '490154203237518' });
    expect(await keepOccurrences(source, bank.grantIn(answer)?.jti ?? '', [identity])).toBe(true);
  }
  const strangers = [50, 60, 70].map((ordinal) => tenureOf(numberOf(ordinal)));
  await bank.ask(INVESTIGATOR, { purpose: null, subjects: strangers, fields: MASKED, misses: 2 });
  await bank.rows(`SET session_replication_role = 'replica'; UPDATE fraud_case SET state = 'CLOSED', outcome = 'REFUTED'
    WHERE id = '${OVER}'; SET session_replication_role = 'origin'`);
});
afterAll(() => bank.close());

const queried = async (statement: object): Promise<unknown[]> => {
  const { text, values = [] } = statement as { readonly text: string; readonly values?: unknown[] };
  return [...(await bank.rows(text, values))];
};

async function countOf(table: string, condition = 'true'): Promise<number> {
  const [row] = await bank.rows<{ readonly n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${condition}`);
  return row?.n ?? -1;
}

const counts = async (): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(FORGOTTEN_AFTER_A_MONTH).map(async (table) => [table, await countOf(table)] as const),
    ),
  );

/** One round at so long after now. */
async function forgetAt(clock: string, most?: number): Promise<boolean> {
  await bank.moveClock(clock);
  return retentionJob(bank.desk.transactions, most === undefined ? {} : { most }).carryOut('old');
}

test('what budgets count, and grants, are kept for thirty-one days and then forgotten; the trail stays', async () => {
  const looks = await countOf('identity_read');
  expect(await forgetAt('30 days 23 hours')).toBe(false);
  expect(await counts()).toEqual(FORGOTTEN_AFTER_A_MONTH);
  await expect(bank.rows('DELETE FROM lookup_grant')).rejects.toThrow('a grant is kept for a month');
  await expect(bank.rows(`UPDATE lookup_grant SET class = 'CLEAR'`)).rejects.toThrow();
  await bank.moveClock('32 days 1 hour');
  // What is looked at again is counted from then on.
  await bank.ask(INVESTIGATOR, { case: OPEN, subjects: [tenureOf(numberOf(1))] });
  expect(await forgetAt('32 days 1 hour')).toBe(true);
  expect(await counts()).toEqual({
    looked_at: 1,
    preliminary_look: 0,
    missed_look: 0,
    bank_look: 1,
    bank_look_day: 1,
    lookup_grant: 1,
  });
  expect(await countOf('identity_read')).toBe(looks + 1);
  expect(await countOf('identity_read_subject')).toBeGreaterThan(0);
  await expect(bank.rows('DELETE FROM identity_read')).rejects.toThrow();
});

test('alarms are kept for a year, and who occurred in a case as long as its acts can be opened after its end', async () => {
  expect(await countOf('access_alarm')).toBe(1);
  await forgetAt('365 days');
  expect(await countOf('access_alarm')).toBe(1);
  await forgetAt('367 days');
  expect(await countOf('access_alarm')).toBe(0);
  const occurrences = () => Promise.all([OPEN, OVER].map((id) => countOf('case_occurrence', `case_id = '${id}'`)));
  await forgetAt(`${KEPT_DAYS - 1} days`);
  expect(await occurrences()).toEqual([1, 1]);
  await forgetAt(`${KEPT_DAYS + 1} days`);
  expect(await occurrences()).toEqual([1, 0]);
});

test('the job goes on at once while much is left, and then waits an hour', async () => {
  await bank.moveClock('0 days');
  for (const ordinal of [80, 90]) await bank.ask(INVESTIGATOR, { case: OPEN, subjects: [tenureOf(numberOf(ordinal))] });
  await bank.moveClock('40 days');
  let nowMs = 0;
  const job = retentionJob(bank.desk.transactions, { nowMs: () => nowMs, most: 1 });
  const rounds = [];
  for (let round = 0; round < 10 && (await job.due(NOTHING_ELSE)).length > 0; round += 1)
    rounds.push(await job.carryOut('old'));
  expect(rounds.filter((done) => done).length).toBeGreaterThanOrEqual(2);
  expect(rounds.at(-1)).toBe(false);
  expect(await countOf('looked_at', `last_at < (SELECT senim_now()) - interval '31 days'`)).toBe(0);
  nowMs = 3_599_999;
  expect(await job.due(NOTHING_ELSE)).toEqual([]);
  nowMs = 3_600_000;
  expect(await job.due({ limit: 50, except: ['old'] })).toEqual([]);
  expect(await job.due(NOTHING_ELSE)).toEqual(['old']);
});
