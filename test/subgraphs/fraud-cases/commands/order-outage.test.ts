// Operators that are away, and orders that nobody takes: others flow, nothing is lost, what comes late says so.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { AddresseeHealth } from '../../../../subgraphs/fraud-cases/commands/addressee-health';
import { operatorAfterPortings } from '../../../../subgraphs/fraud-cases/domain/porting-chain';
import { unparkTasks } from '../../../../subgraphs/fraud-cases/store/order-outbox';
import { shiftClock } from '../../../support/database';
import { disclosed, INVESTIGATOR, numberOf, type OrderBank, openOrderBank, soon, uuid } from './order-bank';

const CASES = 60;
let bank: OrderBank;
beforeAll(async () => {
  bank = await openOrderBank(CASES);
}, 60_000);
afterAll(() => bank?.close());

const waitingFor = async (operatorCode: string): Promise<number> =>
  (await bank.rows('SELECT 1 FROM order_outbox WHERE addressee = $1 AND parked_at IS NULL', [operatorCode])).length;

describe('an operator that is away for six hours', () => {
  it('holds up nobody else, is asked about one order at a time, and gets everything in order when it is back', async () => {
    for (let ordinal = 31; ordinal <= 40; ordinal += 1) bank.serving.set(numberOf(ordinal), 'beeline' as OperatorCode);
    let isAway = true;
    let [atOnce, most] = [0, 0];
    bank.gateway.answering = async (order) => {
      if (order.operatorCode !== 'kcell' || !isAway) return { receipt: bank.gateway.receiptOf(order) };
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce -= 1;
      return { error: 'OPERATOR_UNAVAILABLE' };
    };
    const dispatcher = bank.start({ perAddressee: 4, mostRefusals: 2 });
    try {
      const ids: string[] = [];
      for (let ordinal = 1; ordinal <= 40; ordinal += 1) ids.push(await bank.block(ordinal));
      // A number that was blocked, freed and blocked again while its operator was away.
      const [row] = await bank.rows<{ readonly version: number }>('SELECT version FROM block_order WHERE id = $1', [
        ids[0],
      ]);
      const cancel = { orderId: ids[0] ?? '', expectedVersion: row?.version ?? 0, reason: 'A mistake.' };
      const cancelled = await bank.commands.cancelBlockOrder({ actor: INVESTIGATOR, idempotencyKey: null }, cancel);
      expect(cancelled.userErrors).toEqual([]);
      const again = await bank.block(1);
      await soon(async () => (await waitingFor('beeline')) === 0);
      expect(await waitingFor('kcell')).toBe(31);
      await soon(async () => bank.gateway.arrived.filter(({ operatorCode }) => operatorCode === 'kcell').length > 12);
      expect(most).toBeLessThanOrEqual(4);

      await shiftClock(bank.databaseUrl, '6 hours');
      const before = bank.gateway.arrived.length;
      isAway = false;
      await soon(async () => (await waitingFor('kcell')) === 0);

      const after = bank.gateway.arrived.slice(before).filter(({ operatorCode }) => operatorCode === 'kcell');
      expect(
        after.filter(({ msisdn }) => msisdn === numberOf(1)).map(({ kind, sequence }) => [kind, sequence]),
      ).toEqual([
        ['LIFT', 2],
        ['BLOCK', 3],
      ]);
      const states = await bank.rows<{ readonly state: string; readonly n: number }>(
        'SELECT state, count(*)::int AS n FROM block_order GROUP BY state ORDER BY state',
      );
      expect(states).toEqual([
        { state: 'CANCELLED', n: 1 },
        { state: 'ENFORCED', n: 40 },
      ]);
      expect(await bank.rows('SELECT 1 FROM order_outbox')).toEqual([]);
      expect(await bank.rows('SELECT 1 FROM order_alarm')).toEqual([]);
      expect(await disclosed(bank, uuid(2), 'block.acknowledged', 'late')).toEqual([true]);
      expect(await disclosed(bank, uuid(31), 'block.acknowledged', 'late')).toEqual([false]);
      expect(await bank.stateOf(again)).toBe('ENFORCED');
    } finally {
      await dispatcher.stop();
      await shiftClock(bank.databaseUrl, '0 hours');
    }
  });
});

describe('an order that its operator always refuses', () => {
  it('is put aside, and goes again when somebody says so', async () => {
    const poison = numberOf(50);
    let isPoison = true;
    bank.gateway.answering = async (order) =>
      isPoison && order.msisdn === poison ? { error: 'OPERATOR_ERROR' } : { receipt: bank.gateway.receiptOf(order) };
    const dispatcher = bank.start({ mostRefusals: 3 });
    try {
      const id = await bank.block(50);
      await soon(async () => (await bank.rows('SELECT 1 FROM order_outbox WHERE parked_at IS NOT NULL')).length === 1);
      const others = await Promise.all([51, 52, 53].map((ordinal) => bank.block(ordinal)));
      await soon(async () => (await waitingFor('kcell')) === 0);
      for (const other of others) expect(await bank.stateOf(other)).toBe('ENFORCED');
      expect(await bank.stateOf(id)).toBe('ISSUED');
      expect(await bank.rows('SELECT kind FROM order_alarm WHERE order_id = $1', [id])).toEqual([{ kind: 'PARKED' }]);
      isPoison = false;
      expect(await unparkTasks(bank.pool, id)).toBe(1);
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
      expect(await unparkTasks(bank.pool, null)).toBe(0);
    } finally {
      await dispatcher.stop();
    }
  });

  it('by refusing everything at once is taken to be down, and nothing is put aside', async () => {
    let isBroken = true;
    bank.gateway.answering = async (order) =>
      isBroken ? { error: 'OPERATOR_ERROR' } : { receipt: bank.gateway.receiptOf(order) };
    const arrived = bank.gateway.arrived.length;
    for (const ordinal of [41, 42, 43, 44, 45, 46]) await bank.block(ordinal);
    const dispatcher = bank.start({ mostRefusals: 4 });
    try {
      await soon(async () => bank.gateway.arrived.length > arrived + 40);
      expect(await bank.rows('SELECT 1 FROM order_outbox WHERE parked_at IS NOT NULL')).toEqual([]);
      isBroken = false;
      await soon(async () => (await waitingFor('kcell')) === 0);
    } finally {
      await dispatcher.stop();
    }
  });
});

describe("an addressee's health", () => {
  const limits = { firstPauseMs: 100, longestPauseMs: 1_000 };

  it('is bad at once when nobody is there, with longer and longer pauses', () => {
    const health = new AddresseeHealth(limits);
    let now = 0;
    const pauses: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      expect(health.failed('a', 'UNREACHABLE', now, 0.999).isOrders).toBe(false);
      pauses.push(Math.round(health.pausedUntil - now));
      now = health.pausedUntil;
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(health.isDown).toBe(true);
    health.succeeded('b');
    expect([health.isDown, health.pausedUntil]).toEqual([false, 0]);
  });

  it('lets an order that alone is never answered be the one at fault', () => {
    const health = new AddresseeHealth(limits);
    expect(health.failed('slow', 'TIMEOUT', 0, 0).isOrders).toBe(false);
    expect(health.failed('slow', 'TIMEOUT', 1, 0).isOrders).toBe(false);
    health.succeeded('other');
    expect(health.failed('slow', 'TIMEOUT', 2, 0).isOrders).toBe(true);
    expect(health.isDown).toBe(false);
  });
});

describe('a chain of portings', () => {
  const at = (day: number) => `2026-0${day}-01T00:00:00.000Z` as never;
  const tenure = (operatorCode: string, from: number, until: number | null) => ({
    operatorCode,
    since: at(from),
    until: until === null ? null : at(until),
  });
  const porting = (donor: string, recipient: string, day: number) => ({ donor, recipient, completedAt: at(day) });
  const order = { operatorCode: 'kcell', issuedAt: at(2) };

  it.each([
    ['the line stayed', [tenure('kcell', 1, null)], [], 'kcell'],
    ['it moved once', [tenure('kcell', 1, 3), tenure('tele2', 3, null)], [porting('kcell', 'tele2', 3)], 'tele2'],
    [
      'it moved twice',
      [tenure('kcell', 1, 3), tenure('tele2', 3, 4), tenure('beeline', 4, null)],
      [porting('kcell', 'tele2', 3), porting('tele2', 'beeline', 4)],
      'beeline',
    ],
    ['it was given back', [tenure('kcell', 1, 3)], [], null],
    ['it was given back and handed out again', [tenure('kcell', 1, 3), tenure('tele2', 3, null)], [], null],
    [
      'the chain has a gap',
      [tenure('kcell', 1, 3), tenure('tele2', 3, 4), tenure('beeline', 5, null)],
      [porting('kcell', 'tele2', 3), porting('tele2', 'beeline', 5)],
      null,
    ],
    ['the operator never served it', [tenure('tele2', 1, null)], [], null],
    [
      'the operator served it only later',
      [tenure('tele2', 1, 3), tenure('kcell', 3, null)],
      [porting('tele2', 'kcell', 3)],
      null,
    ],
  ])('%s', (_, tenures, portings, expected) => {
    expect(operatorAfterPortings({ tenures, portings }, order)).toBe(expected);
  });
});
