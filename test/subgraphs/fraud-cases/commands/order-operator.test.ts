// The bank's orders at a real operator with a database of its own: the document is checked against the joint log over HTTP, the services of the
// line change, the receipt settles the order, and the operator's own acts come in without changing it a second time.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadKeyFile } from '../../../../shared/audit-log/key-file';
import type { Dispatcher } from '../../../../subgraphs/fraud-cases/commands/dispatcher';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { holdCase } from '../../../../subgraphs/fraud-cases/store/case-record-reads';
import { shiftClock } from '../../../support/database';
import { startTestOperator, type TestOperator } from '../../../support/operator';
import { callSigned } from '../../../support/program-call';
import { TEST_PACE } from '../../operator/log/log-fixture';
import { serveFraudCases } from '../fraud-cases-fixture';
import { actsOf, INVESTIGATOR, numberOf, type OrderBank, openOrderBank, SUPERVISOR, soon, uuid } from './order-bank';

let bank: OrderBank;
let service: RunningService;
let kcell: TestOperator;
let dispatcher: Dispatcher;
beforeAll(async () => {
  bank = await openOrderBank(6);
  service = await serveFraudCases(bank.databaseUrl, bank.ceremony);
  kcell = await startTestOperator({
    code: 'kcell',
    trust: bank.ceremony,
    logUrl: service.url,
    msisdns: [1, 2, 3, 5, 6].map(numberOf),
    pace: { ...TEST_PACE, scanRestMs: 3_600_000 },
  });
  bank.gateway.answering = async ({ text }) => {
    const executed = await kcell.service.desk.executeOrder(text);
    return executed.ok ? { receipt: executed.value.receipt } : { error: 'OPERATOR_ERROR' };
  };
  dispatcher = bank.start({ leaseMs: 10_000 });
}, 60_000);
afterAll(async () => {
  await dispatcher?.stop();
  await kcell?.stop();
  await service?.stop();
  await bank?.close();
});

const operatorActs = async (): Promise<readonly string[]> =>
  (
    await bank.rows<{ readonly kind: string }>(
      `SELECT kind FROM audit.act JOIN audit.reception ON foreign_act_id = act.id WHERE author = 'kcell'
       AND reception.case_id IS NOT NULL ORDER BY chain, seq`,
    )
  ).map(({ kind }) => kind);
const versionOf = async (orderId: string): Promise<number> =>
  (await bank.rows<{ readonly version: number }>('SELECT version FROM block_order WHERE id = $1', [orderId]))[0]
    ?.version ?? 0;

describe('an order at the operator that serves the number', () => {
  it('is executed, settled by the receipt, and told by the operator itself', async () => {
    const id = await bank.block(1);
    await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    const version = await versionOf(id);
    await soon(async () => (await operatorActs()).length === 1);
    expect(await operatorActs()).toEqual(['block.enforced']);
    expect(await actsOf(bank, uuid(1))).toEqual([
      'block.ordered',
      'block.delivered',
      'block.acknowledged',
      'act.received',
    ]);
    expect(await versionOf(id)).toBe(version);
  });

  it('is lifted by two persons', async () => {
    const [order] = await bank.rows<{ readonly id: string }>('SELECT id FROM block_order WHERE case_id = $1', [
      uuid(1),
    ]);
    const orderId = order?.id ?? '';
    const asked = await bank.commands.requestLift(
      { actor: INVESTIGATOR, idempotencyKey: null },
      { orderId, reason: 'A taxi driver.' },
    );
    expect(asked.userErrors).toEqual([]);
    const expectedVersion = await versionOf(orderId);
    await bank.commands.approveLift({ actor: SUPERVISOR, idempotencyKey: null }, { orderId, expectedVersion });
    await soon(async () => (await bank.stateOf(orderId)) === 'LIFTED' && (await operatorActs()).includes('lift.done'));
    expect(await bank.rows('SELECT 1 FROM order_outbox')).toEqual([]);
  });

  it('is told while somebody changes the case: the act waits for the case and holds nothing that is needed to change it', async () => {
    const id = await bank.block(5);
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await bank.desk.transactions.run(async (session) => {
      expect(await holdCase(session, uuid(5))).toBe(true);
      // The settlement of the receipt, and the operator's own act.
      await soon(async () => (await bank.rows(waiting)).length >= 2);
      const chain = 'SELECT 1 FROM audit.case_chain WHERE case_id = $1 FOR UPDATE NOWAIT';
      expect((await session.query({ text: chain, values: [uuid(5)] })).rows).toHaveLength(1);
      return { commits: false, value: null };
    });
    await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    await soon(async () => (await actsOf(bank, uuid(5))).includes('act.received'));
  });

  it('that the operator does not serve is told so, and ends when nobody serves the line', async () => {
    bank.courses.set(numberOf(4), { tenures: [], portings: [] });
    const id = await bank.block(4);
    await soon(async () => (await bank.stateOf(id)) === 'NOT_SERVED_HERE');
    await soon(async () => (await operatorActs()).includes('block.failed'));
    await soon(async () => (await bank.rows('SELECT 1 FROM order_outbox')).length === 0);
  });

  it('follows the line that is ported away under the block', async () => {
    const block = {
      caseId: uuid(3),
      msisdn: numberOf(3),
      reason: 'A mule.',
      hours: 72,
      measures: ['VOICE_OUT' as const],
    };
    const answer = await bank.commands.issueTemporaryBlock({ actor: INVESTIGATOR, idempotencyKey: null }, block);
    const id = String(answer.ids.order);
    await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    const [served] = await kcell.database.dataSource.query(
      'SELECT since FROM tenure WHERE msisdn = $1 AND until IS NULL',
      [numberOf(3)],
    );
    const [since, at] = [served.since.toISOString(), new Date().toISOString()];
    const porting = { portId: 'port-3', msisdn: numberOf(3), since, at };
    const numbering = loadKeyFile(bank.ceremony.keyFile('afc', 'numbering'));
    const out = await callSigned(numbering, { url: `${kcell.url}/internal/port-out`, body: porting });
    expect(out).toMatchObject({ status: 200 });
    bank.courses.set(numberOf(3), {
      tenures: [
        { operatorCode: 'beeline', since: at as never, until: null },
        { operatorCode: 'kcell', since, until: at as never },
      ],
      portings: [{ donor: 'kcell', recipient: 'beeline', completedAt: at as never }],
    });
    const atKcell = bank.gateway.answering;
    bank.gateway.answering = async (order) =>
      order.operatorCode === 'beeline' ? { receipt: bank.gateway.receiptOf(order) } : atKcell(order);
    await soon(async () => (await bank.stateOf(id)) === 'SUPERSEDED');
    await soon(async () => (await bank.rows('SELECT 1 FROM order_outbox')).length === 0);
    expect(
      await bank.rows('SELECT operator_code, state, measures FROM block_order WHERE msisdn = $1 ORDER BY sequence', [
        numberOf(3),
      ]),
    ).toEqual([
      { operator_code: 'kcell', state: 'SUPERSEDED', measures: ['VOICE_OUT'] },
      { operator_code: 'beeline', state: 'ENFORCED', measures: ['VOICE_OUT'] },
    ]);
    expect(await actsOf(bank, uuid(3))).toEqual([
      'block.ordered',
      'block.delivered',
      'block.acknowledged',
      'act.received',
      'act.received',
      'block.reissued',
      'block.superseded',
      'block.delivered',
      'block.acknowledged',
    ]);
    bank.gateway.answering = atKcell;
  });

  // The bank's own timer waits ten minutes for the operator's word; within them nobody but the operator can end the block.
  it('ends at its time by the operator, whose act alone makes it EXPIRED', async () => {
    const id = await bank.block(2);
    await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    await shiftClock(kcell.database.url, '72 hours 5 minutes');
    await shiftClock(bank.databaseUrl, '72 hours 5 minutes');
    await soon(async () => (await bank.stateOf(id)) === 'EXPIRED');
    expect(await operatorActs()).toContain('block.expired');
    expect((await actsOf(bank, uuid(2))).slice(-1)).toEqual(['act.received']);
  });

  it("ends by the bank's timer when the operator says nothing for ten minutes, whose word afterwards changes nothing", async () => {
    const id = await bank.block(6);
    await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    await shiftClock(bank.databaseUrl, '144 hours 30 minutes');
    await soon(async () => (await bank.stateOf(id)) === 'EXPIRED');
    expect((await actsOf(bank, uuid(6))).slice(-1)).toEqual(['block.expired']);
    const version = await versionOf(id);
    await shiftClock(kcell.database.url, '144 hours 30 minutes');
    await soon(async () => (await actsOf(bank, uuid(6))).slice(-1)[0] === 'act.received');
    expect((await actsOf(bank, uuid(6))).slice(-2)).toEqual(['block.expired', 'act.received']);
    expect(await versionOf(id)).toBe(version);
  });
});
