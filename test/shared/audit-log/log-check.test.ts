// An audit finds whatever the owner of the database changed, and points at the first place.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkLog } from '../../../shared/audit-log/log-check';
import { inTransaction } from './log-database';
import { TAMPERINGS } from './tampering';
import { makeRestingLog, type RestingLog, tamperOnce } from './tampering-campaign';

const SEEDED_RUNS = 2 * Object.keys(TAMPERINGS).length;

let resting: RestingLog;
beforeAll(async () => {
  resting = await makeRestingLog();
}, 60_000);
afterAll(() => resting.net.close());

describe('an audit of the log', () => {
  test('finds nothing in a log that nobody touched', async () => {
    const { net, witnesses } = resting;
    expect(await inTransaction(net.database.pool, (session) => checkLog(session, witnesses))).toEqual([]);
    expect(net.alarms).toEqual([]);
  });

  test('names the first bad place after each way of tampering, twice each', async () => {
    const missed: string[] = [];
    for (let seed = 0; seed < SEEDED_RUNS; seed += 1) {
      const { what, faults, isNamed } = await tamperOnce(resting, seed);
      if (!isNamed) missed.push(`${what} -> ${JSON.stringify(faults.slice(0, 3), printBigInt)}`);
    }
    expect(missed).toEqual([]);
  }, 120_000);
});

function printBigInt(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
