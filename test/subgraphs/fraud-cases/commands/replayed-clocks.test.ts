// What the demonstration's history, told to the log after the fact, proves of its clocks; and what its timers do on the day it begins to run.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateDemo } from '../../../../shared/local-network/demo-data/demo';
import { clockWatch } from '../../../../subgraphs/fraud-cases/commands/clock-watch';
import { createScheduler } from '../../../../subgraphs/fraud-cases/commands/scheduler';
import { timedJobs } from '../../../../subgraphs/fraud-cases/commands/timed-jobs';
import { proofOf } from '../../../../subgraphs/fraud-cases/domain/clock-proof';
import { ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { lockCase } from '../../../../subgraphs/fraud-cases/store/case-record-reads';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { actsByClock } from '../../../../subgraphs/fraud-cases/store/liability-store';
import { openLogPool } from '../../../../subgraphs/fraud-cases/store/log-pool';
import { replayDemo } from '../demo-replay';
import { createCaseDatabase, logger } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony, OPERATORS, openOperator, type TestOperator } from '../log-fixture';

const CASES = [...generateDemo({ scale: 0, asOfMs: Date.now() }).caseFacts()];

let ceremony: Ceremony;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let operators: readonly TestOperator[];
let transactions: ReturnType<typeof caseTransactions>;
beforeAll(async () => {
  ceremony = await makeCeremony();
  database = await createCaseDatabase(CASES);
  transactions = caseTransactions(database.dataSource);
  operators = await Promise.all(OPERATORS.map((code) => openOperator(ceremony, code)));
  await replayDemo(database.dataSource, ceremony, operators, CASES);
}, 120_000);
afterAll(async () => {
  for (const operator of operators ?? []) await operator.close();
  await database?.close();
  ceremony?.remove();
});

describe('clocks of a replayed history', () => {
  it('are proven by acts of their instants: every start, and all but a few ends', async () => {
    const count = { clocks: 0, starts: 0, stopped: 0, ends: 0 };
    for (const { id } of CASES) {
      await transactions.run(async (session) => {
        const acts = await actsByClock(session, id);
        for (const clock of (await lockCase(session, id))?.record.clocks ?? []) {
          const rule = ruleVersion(clock.ruleId, clock.ruleVersion);
          if (rule === null) throw new Error('a clock runs by a rule');
          const { startActs, stopActs } = proofOf(clock, rule, acts.get(clock.id) ?? []);
          count.clocks += 1;
          count.starts += Number(startActs.length > 0);
          count.stopped += Number(clock.stoppedAt !== null);
          count.ends += Number(stopActs.length > 0);
        }
        return { commits: false, value: null };
      });
    }
    expect(count.clocks).toBeGreaterThan(100);
    expect(count.starts).toBe(count.clocks);
    // A temporary block that a decision replaced is told to have ended when its successor was executed: no act about it says so.
    expect(count.stopped - count.ends).toBeLessThanOrEqual(3);
  }, 60_000);

  it('leave the timers nothing to do in the cases, and only alarms of clocks', async () => {
    const trust = loadBankTrust({ policyFile: ceremony.policyFile, rootFile: ceremony.rootFile });
    const author = bankAuthor(trust, trust.ownKey('act', ceremony.log.ACT_KEY_FILE), null);
    const orderKey = trust.ownKey('order', ceremony.keyFile('afc', 'order'));
    const source = openLogPool(database.url);
    const watch = clockWatch({ source, transactions, logger });
    const others = timedJobs({ transactions, author, orderKey }, source);
    try {
      for (const job of others) expect([job.name, await job.due({ limit: 1_000, except: [] })]).toEqual([job.name, []]);
      const due = await watch.due({ limit: 1_000, except: [] });
      expect(due.length).toBeGreaterThan(0);
      const scheduler = createScheduler({ source, jobs: [watch, ...others], logger });
      let done = 0;
      for (let some: number | null = 1; some !== null && some > 0; done += some ?? 0) some = await scheduler.round();
      await scheduler.stop();
      expect(done).toBe(due.length);
    } finally {
      await source.end();
    }
  }, 60_000);
});
