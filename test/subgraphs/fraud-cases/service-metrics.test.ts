// What the bank tells of itself at /metrics: how its log stands, what waits, which duties were missed; out of the database, in a few queries, and
// without a number, a case or a person.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createMetrics, type Metrics } from '../../../shared/service/metrics';
import { createBankMeter, tellAccess, tellLog, tellOffice } from '../../../subgraphs/fraud-cases/service-metrics';
import { caseFact, createCaseDatabase, on, orderFact } from './fraud-cases-fixture';

const NUMBER = '+77011110001';

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let pool: Pool;
let metrics: Metrics;
let statements = 0;

beforeAll(async () => {
  const clock = (id: string, state: string, party: string) => ({
    id,
    ruleId: 'OP-01',
    ruleVersion: 1,
    party,
    orderId: null,
    startedAt: on(3, 1),
    deadlineAt: on(3, 2),
    stoppedAt: state === 'MET' ? on(3, 1) : null,
    state,
  });
  database = await createCaseDatabase([
    caseFact(1, NUMBER, {
      blockOrders: [orderFact('order-1', NUMBER, { state: 'ISSUED' })],
      clocks: [clock('clock-1', 'BREACHED', 'kcell'), clock('clock-2', 'MET', 'kcell')],
    }),
  ]);
  const url = database.url;
  await database.dataSource.query(
    `INSERT INTO order_outbox (order_id, task, msisdn, addressee, sequence, queued_at, parked_at) VALUES
       ('order-1', 'BLOCK', '${NUMBER}', 'kcell', 1, senim_now() - interval '90 seconds', NULL),
       ('order-1', 'LIFT', '${NUMBER}', 'kcell', 2, senim_now() - interval '1 hour', senim_now()),
       ('order-1', 'REISSUE', '${NUMBER}', '-', 1, senim_now(), NULL)`,
  );
  await database.dataSource.query(
    `INSERT INTO order_alarm (order_id, task, kind) VALUES ('order-1', 'LIFT', 'PARKED')`,
  );
  await database.dataSource.query(
    `INSERT INTO duty_alarm (clock_id, percent, raised_at) VALUES
       ('clock-1', 80, senim_now()), ('clock-1', 100, senim_now()), ('clock-2', 50, senim_now() - interval '2 days')`,
  );
  pool = new Pool({ connectionString: url, max: 2 });
  metrics = createMetrics({ program: 'fraud-cases', party: 'afc' });
  const source = {
    query: (statement: Parameters<typeof pool.query>[0]) => {
      statements += 1;
      return pool.query(statement);
    },
  } as unknown as Pool;
  tellLog(metrics, { state: () => 'RUNNING', witnesses: ['kcell', 'regulator'] }, source);
  tellOffice(metrics, source);
  tellAccess(metrics, source);
});

afterAll(async () => {
  await pool?.end();
  await database?.close();
});

/** The values of a scrape by name and labels, those of the program left out. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('senim_'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      const name = line.slice(0, at).replace(/,?program="fraud-cases"(?:,party="afc")?/, '');
      return [name.replace('{}', ''), Number(line.slice(at + 1))];
    }),
  );
}

test('tells what waits, what was put aside and which duties were missed', async () => {
  const told = await scrape();
  expect(Object.fromEntries(told)).toMatchObject({
    'senim_order_outbox_waiting{addressee="kcell"}': 1,
    'senim_order_outbox_waiting{addressee="numbering"}': 1,
    'senim_order_outbox_parked{addressee="kcell"}': 1,
    'senim_order_alarms{kind="PARKED"}': 1,
    'senim_duty_overdue{rule="OP-01",party="kcell"}': 1,
    'senim_duty_missed{rule="OP-01",party="kcell"}': 1,
    'senim_duty_close{rule="OP-01",party="kcell"}': 1,
  });
  const oldest = told.get('senim_order_outbox_oldest_seconds{addressee="kcell"}') ?? 0;
  expect(oldest).toBeGreaterThanOrEqual(90);
  expect(oldest).toBeLessThan(3_000);
});

test('tells how the log stands; a witness that never cosigned is behind by everything', async () => {
  const told = await scrape();
  expect(Object.fromEntries(told)).toMatchObject({
    'senim_log_state{state="RUNNING"}': 1,
    'senim_log_state{state="HALTED"}': 0,
    senim_log_pending_acts: 0,
    'senim_log_entries{reached="final"}': 0,
    senim_log_oldest_open_seconds: 0,
    'senim_log_witness_behind_entries{witness="regulator"}': 0,
  });
});

test('tells alarms about looks by their kind, and never of whom', async () => {
  await database.dataSource.query(
    `INSERT INTO access_alarm (kind, person, day) VALUES ('CANARY', 'investigator-1', current_date), ('CANARY', 'investigator-2', current_date)`,
  );
  const fresh = createMetrics({ program: 'fraud-cases', party: 'afc' });
  tellAccess(fresh, pool);
  const text = await fresh.text();
  expect(text).toContain('senim_access_alarms{kind="CANARY",program="fraud-cases",party="afc"} 2');
  expect(text).toContain('senim_break_glass_unreviewed{program="fraud-cases",party="afc"} 0');
  expect(text).not.toMatch(/investigator/);
});

test('counts alarms and commands as they happen', async () => {
  const meter = createBankMeter(metrics);
  meter.logAlarm('NO_QUORUM');
  meter.commanded('approveDecision', 'OK');
  meter.commanded('approveDecision', 'FOUR_EYES_REQUIRED');
  meter.commanded('approveDecision', 'FOUR_EYES_REQUIRED');
  expect(Object.fromEntries(await scrape())).toMatchObject({
    'senim_log_alarms_total{kind="NO_QUORUM"}': 1,
    'senim_commands_total{operation="approveDecision",outcome="OK"}': 1,
    'senim_commands_total{operation="approveDecision",outcome="FOUR_EYES_REQUIRED"}': 2,
  });
});

test('asks the database once for many scrapes', async () => {
  await scrape();
  const before = statements;
  await Promise.all([scrape(), scrape(), scrape()]);
  expect(statements - before).toBe(0);
  expect(before).toBeLessThanOrEqual(20);
});
