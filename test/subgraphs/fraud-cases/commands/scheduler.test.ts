// The scheduler over a database whose clock the tests set: what is due is done once, whoever does it, whenever the clock jumps, and whoever dies.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../../shared/service/logger';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import { clockWatch } from '../../../../subgraphs/fraud-cases/commands/clock-watch';
import { createScheduler, type TimedJob } from '../../../../subgraphs/fraud-cases/commands/scheduler';
import { investigator, KCELL, portal } from '../domain/case-fixture';
import { eventually } from '../log-fixture';
import { almaty, by, type DutyWorld, openDutyWorld } from './duty-world';

let world: DutyWorld;
let suspects = 0;

beforeAll(async () => {
  world = await openDutyWorld();
});
afterAll(() => world.close());

const nextSuspect = (): Msisdn => {
  suspects += 1;
  return `+7701${String(2_000_000 + suspects)}` as Msisdn;
};

/** A case that kcell has been checking since `text`. */
async function inCheck(text: string, suspect = nextSuspect()): Promise<string> {
  await world.at(text);
  const caseId = await world.report({ suspect });
  const triage = {
    kind: 'triageReport',
    severity: 'HIGH',
    fraudType: 'SIM_BOX_BYPASS',
    track: 'OPERATOR_CHECK',
    dismissReason: null,
    servedBy: KCELL,
  } as const;
  await world.step(caseId, triage, investigator);
  return caseId;
}

/** A case of the Center with one question to kcell, asked at `text`, due four hours later. */
async function waiting(text: string): Promise<string> {
  await world.at(text);
  const caseId = await world.report({ suspect: nextSuspect() });
  const triage = {
    kind: 'triageReport',
    severity: 'HIGH',
    fraudType: 'SIM_BOX_BYPASS',
    track: 'AFC_INVESTIGATION',
    dismissReason: null,
    servedBy: KCELL,
  } as const;
  await world.step(caseId, triage, investigator);
  await world.step(caseId, { kind: 'assignCase', assignee: investigator.person }, investigator);
  const dueAt = new Date(Date.parse(almaty(text)) + 4 * 3_600_000).toISOString() as ReturnType<typeof almaty>;
  const question = { id: `request-${caseId}`.slice(0, 64), operatorCode: KCELL, questions: ['Whose is it?'], dueAt };
  await world.step(caseId, { kind: 'requestInformation', ...question }, investigator);
  return caseId;
}

const stateOf = async (caseId: string): Promise<string> => (await world.record(caseId)).case.state;

const told = async (caseId: string, ruleId: string): Promise<readonly number[]> =>
  (
    await world.rows<{ readonly percent: number }>(
      `SELECT percent FROM duty_alarm JOIN duty_clock ON duty_clock.id = clock_id
       WHERE case_id = $1 AND rule_id = $2 ORDER BY percent`,
      [caseId, ruleId],
    )
  ).map(({ percent }) => percent);

const countOf = async (caseId: string, kind: string): Promise<number> =>
  (await world.rows('SELECT 1 FROM case_event WHERE case_id = $1 AND kind = $2', [caseId, kind])).length;

describe('clocks', () => {
  it('warn at half and at four fifths of their time, and tell once that it is over', async () => {
    await world.at('2026-02-02 10:00:00');
    const caseId = await world.report({ suspect: nextSuspect() });
    const lookAt = async (text: string): Promise<readonly number[]> => {
      await world.at(text);
      await world.settleTime();
      return told(caseId, 'AFC-01');
    };
    // Four hours from 10:00: half at 12:00, four fifths at 13:12, over after 14:00.
    expect(await lookAt('2026-02-02 11:59:59')).toEqual([]);
    expect(await lookAt('2026-02-02 12:00:00')).toEqual([50]);
    expect(await lookAt('2026-02-02 13:11:59')).toEqual([50]);
    expect(await lookAt('2026-02-02 13:12:00')).toEqual([50, 80]);
    expect(await lookAt('2026-02-02 14:00:00')).toEqual([50, 80]);
    const [clock] = (await world.record(caseId)).clocks;
    expect(clock?.state).toBe('RUNNING');
    expect(await lookAt('2026-02-02 14:00:01')).toEqual([50, 80, 100]);
    const [missed] = await world.rows<{ readonly state: string; readonly stopped_at: Date | null }>(
      'SELECT state, stopped_at FROM duty_clock WHERE id = $1',
      [clock?.id],
    );
    expect(missed).toEqual({ state: 'BREACHED', stopped_at: null });
    expect(await lookAt('2026-02-05 10:00:00')).toEqual([50, 80, 100]);
  });

  it('tell only that the time is over when the clock jumps six hours past everything', async () => {
    await world.at('2026-02-03 10:00:00');
    const caseId = await world.report({ suspect: nextSuspect() });
    await world.settleTime();
    await world.at('2026-02-03 16:00:00');
    await world.settleTime();
    expect(await told(caseId, 'AFC-01')).toEqual([100]);
  });

  it('stand still in a pause, run on with a later deadline, and warn by the time that is left', async () => {
    // AFC-02 begins on Mon 2 February at 10:00 and stands still while kcell is asked, from 10:00 to 14:00.
    const caseId = await waiting('2026-02-02 10:00:00');
    const decide = async () => (await world.record(caseId)).clocks.find(({ ruleId }) => ruleId === 'AFC-02');
    expect((await decide())?.state).toBe('PAUSED');
    await world.at('2026-02-02 14:00:01');
    await world.settleTime();
    expect(await stateOf(caseId)).toBe('UNDER_INVESTIGATION');
    expect(await decide()).toMatchObject({
      state: 'RUNNING',
      deadlineAt: almaty('2026-02-10 00:00:00'),
      pauses: [{ from: almaty('2026-02-02 10:00:00'), to: almaty('2026-02-02 14:00:01') }],
    });
    await world.at('2026-02-10 00:00:00');
    await world.settleTime();
    expect(await told(caseId, 'AFC-02')).toEqual([50, 80]);
    await world.at('2026-02-10 00:00:01');
    await world.settleTime();
    expect(await told(caseId, 'AFC-02')).toEqual([50, 80, 100]);
  });

  it('are told in lines that name clock, rule and party, and nothing of the case', async () => {
    await world.at('2026-02-04 10:00:00');
    const suspect = nextSuspect();
    const caseId = await world.report({ suspect });
    const lines: string[] = [];
    const logger = createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    });
    const watch = clockWatch({ source: world.pool, transactions: world.desk.transactions, logger });
    await world.at('2026-02-04 15:00:00');
    const scheduler = createScheduler({ source: world.pool, jobs: [watch], logger });
    while (((await scheduler.round()) ?? 0) > 0);
    await scheduler.stop();
    const [clock] = (await world.record(caseId)).clocks;
    const line = lines.find((each) => clock !== undefined && each.includes(clock.id)) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      clock: clock?.id,
      rule: 'AFC-01',
      party: 'afc',
      msg: 'a duty was missed',
    });
    expect(lines.join('')).not.toContain(suspect);
    expect(lines.join('')).not.toContain(caseId);
  });
});

describe('what time brings', () => {
  it('takes over a check that began before Nauryz only after two working days', async () => {
    const caseId = await inCheck('2026-03-19 15:00:00');
    for (const text of ['2026-03-23 12:00:00', '2026-03-25 23:59:59', '2026-03-27 00:00:00']) {
      await world.at(text);
      await world.settleTime();
      expect(await stateOf(caseId)).toBe('OPERATOR_CHECK');
    }
    await world.at('2026-03-27 00:00:01');
    await world.settleTime();
    const record = await world.record(caseId);
    expect(record.case).toMatchObject({ state: 'UNDER_INVESTIGATION', track: 'AFC_INVESTIGATION' });
    expect(record.clocks.find(({ ruleId }) => ruleId === 'OP-02')).toMatchObject({
      state: 'BREACHED',
      stoppedAt: null,
    });
    expect(await told(caseId, 'OP-02')).toEqual([50, 80, 100]);
    expect(await countOf(caseId, 'case.tracked')).toBe(2);
  });

  it('lets a question be overdue, and ends a block of whose end nobody told', async () => {
    const caseId = await waiting('2026-04-06 10:00:00');
    await world.at('2026-04-06 14:00:00');
    await world.settleTime();
    expect(await stateOf(caseId)).toBe('AWAITING_INFORMATION');
    const { subjects } = await world.record(caseId);
    const orderId = await world.block(caseId, subjects[0]?.msisdn ?? '', investigator, 1);
    await world.answer(orderId, 'ENFORCED');
    await world.at('2026-04-06 14:00:01');
    await world.settleTime();
    expect(await stateOf(caseId)).toBe('UNDER_INVESTIGATION');
    const orderState = async () => (await world.record(caseId)).orders[0]?.state;
    await world.at('2026-04-06 15:09:00');
    await world.settleTime();
    expect(await orderState()).toBe('ENFORCED');
    await world.at('2026-04-06 15:11:00');
    await world.settleTime();
    expect(await orderState()).toBe('EXPIRED');
    expect(await countOf(caseId, 'information.overdue')).toBe(1);
    expect(await countOf(caseId, 'block.expired')).toBe(1);
  });

  it('forgets the answers of keys after thirty days', async () => {
    await world.at('2026-05-01 10:00:00');
    const caller = { ...by(portal), idempotencyKey: 'key-of-may' };
    const input = { orderId: 'none', grounds: 'OTHER', statement: 'It is mine.' } as const;
    await world.appeals.fileAppeal(caller, input);
    const kept = () => world.rows(`SELECT 1 FROM idempotency_record WHERE key = 'key-of-may'`);
    await world.at('2026-05-31 09:59:59');
    await world.settleTime();
    expect(await kept()).toHaveLength(1);
    await world.at('2026-05-31 10:00:01');
    await world.settleTime();
    expect(await kept()).toHaveLength(0);
  });
});

describe('finding what is due', () => {
  it.each([
    ['duty_clock_by_attention', 'SELECT id FROM duty_clock WHERE attend_at <= now() ORDER BY attend_at, id LIMIT 50'],
    ['fraud_case_in_check', `SELECT id FROM fraud_case WHERE state = 'OPERATOR_CHECK' ORDER BY id LIMIT 50`],
    [
      'information_request_by_due',
      `SELECT id FROM information_request WHERE state = 'SENT' AND due_at < now() ORDER BY due_at, id LIMIT 50`,
    ],
    [
      'appeal_by_lapse',
      `SELECT id FROM appeal WHERE lapses_at < now() AND state IN ('FILED', 'UNDER_REVIEW', 'PENDING_APPROVAL') ORDER BY lapses_at LIMIT 50`,
    ],
  ])('can be done by index %s alone', async (index, query) => {
    const client = await world.pool.connect();
    try {
      // A planner that may look through whole tables does so while they are small.
      await client.query('BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off');
      const { rows } = await client.query(`EXPLAIN ${query}`);
      expect(rows.map((row) => String(row['QUERY PLAN'])).join('\n')).toContain(`using ${index}`);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

describe('two schedulers', () => {
  it('take turns: the second waits for the lease, and has it once the first is silent', async () => {
    await world.at('2026-06-01 10:00:00');
    const [one, other] = [world.scheduler(), world.scheduler()];
    expect(await one.round()).not.toBeNull();
    expect(await other.round()).toBeNull();
    await world.at('2026-06-01 10:00:15');
    expect(await other.round()).toBeNull();
    await world.at('2026-06-01 10:00:16');
    expect(await other.round()).not.toBeNull();
    expect(await one.round()).toBeNull();
    // A clock that goes back leaves a lease far in the future, which holds nobody up.
    await world.at('2026-06-01 09:00:00');
    expect(await one.round()).not.toBeNull();
    await one.stop();
    expect(await other.round()).not.toBeNull();
    await other.stop();
  });

  it('that do the same work at the same time do each thing once', async () => {
    const SEEDED_ROUNDS = 8;
    let seed = 20_260_601;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < SEEDED_ROUNDS; round += 1) {
      const cases: string[] = [];
      for (let place = 0; place < 3; place += 1) {
        cases.push(random(2) === 0 ? await inCheck('2026-06-01 10:00:00') : await waiting('2026-06-01 10:00:00'));
      }
      await world.at('2026-06-05 10:00:00');
      const list = async (job: TimedJob) => job.due({ limit: 50, except: [] });
      const twice = world.jobs.map(async (job) => {
        const names = await list(job);
        const shuffled = [...names, ...names].toSorted(() => random(3) - 1);
        return Promise.all(shuffled.map((name) => job.carryOut(name)));
      });
      await Promise.all(twice);
      await world.settleTime();
      for (const caseId of cases) {
        expect(await stateOf(caseId)).toBe('UNDER_INVESTIGATION');
        const [tracked, overdue] = [
          await countOf(caseId, 'case.tracked'),
          await countOf(caseId, 'information.overdue'),
        ];
        // A check: put on the operator's track, taken over. A question: overdue.
        expect([tracked, overdue]).toEqual(overdue === 0 ? [2, 0] : [0, 1]);
        const acts = await world.rows<{ readonly missed: string }>(
          `SELECT count(*) FILTER (WHERE percent = 100)::text AS missed FROM duty_alarm JOIN duty_clock ON duty_clock.id = clock_id
           WHERE case_id = $1 AND rule_id IN ('OP-02', 'OP-07')`,
          [caseId],
        );
        expect(acts).toEqual([{ missed: '1' }]);
      }
    }
  }, 60_000);

  it('one of which is killed in the middle of its work leave nothing undone and nothing done twice', async () => {
    const cases: string[] = [];
    for (let place = 0; place < 40; place += 1) cases.push(await inCheck('2026-07-01 10:00:00'));
    const takenOver = async (): Promise<number> =>
      (
        await world.rows(
          `SELECT 1 FROM case_event WHERE case_id = ANY ($1) AND kind = 'case.tracked' GROUP BY case_id HAVING count(*) > 1`,
          [cases],
        )
      ).length;
    await world.runFrom('2026-07-20 10:00:00');
    const holder = startScheduler();
    const other = world.scheduler();
    try {
      await eventually(async () => (await takenOver()) >= 3);
      holder.kill('SIGKILL');
      // Its lease of a second and a half holds the other up, and then no more.
      expect(await other.round()).toBeNull();
      other.start();
      await eventually(async () => (await takenOver()) === cases.length);
      for (const caseId of cases) expect(await countOf(caseId, 'case.tracked')).toBe(2);
    } finally {
      holder.kill('SIGKILL');
      await other.stop();
    }
  }, 60_000);
});

function startScheduler(): ChildProcess {
  const support = join(__dirname, '../../../support/typescript-hook.cjs');
  return spawn(process.execPath, ['-r', support, join(__dirname, 'scheduler-process.ts')], {
    env: { ...process.env, DATABASE_URL: world.url, KEYS: world.keys },
    stdio: 'ignore',
  });
}
