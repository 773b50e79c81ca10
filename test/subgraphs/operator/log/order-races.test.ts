// Many deliveries at once, transactions that break at every step, and connections that are cut: every effect once, every receipt the same, and
// in the end what the highest order says.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BLOCK_MEASURES } from '../../../../shared/vocabulary/block-order';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import { Random } from '../../../shared/audit-log/random';
import { activeLines } from '../../../support/operator';
import { daysAgo } from '../operator-fixture';
import type { GivenOrder } from './order-bank';
import { executed, type OrderWorld, openOrderWorld } from './order-fixture';

const ROUNDS = 100;
const CUTS = 20;
const SINCE = daysAgo(100);
const numberOf = (index: number): string => `+7701${String(1_000_000 + index)}`;

let world: OrderWorld;
beforeAll(async () => {
  const numbers = Array.from({ length: ROUNDS + CUTS + 20 }, (_, index) => numberOf(index));
  world = await openOrderWorld(activeLines(numbers, SINCE));
});
afterAll(() => world.close());

/** What must be true of a number, whatever happened: one act and one event per answer, one live block at most, and no answer without its act. */
async function consistent(msisdn: string): Promise<void> {
  const [counts] = await world.rows(
    `SELECT (SELECT count(*) FROM enforcement_event WHERE msisdn = $1)::int AS events,
       (SELECT count(*) FROM audit.act JOIN enforcement_event ON act_id = id WHERE msisdn = $1)::int AS acts,
       (SELECT count(*) FROM act_delivery JOIN enforcement_event USING (act_id) WHERE msisdn = $1)::int AS queued,
       (SELECT count(*) FROM block_enforcement WHERE msisdn = $1 AND state IN ('ENFORCED', 'PARTIALLY_ENFORCED'))::int AS live,
       (SELECT count(DISTINCT order_hash) FROM enforcement_event WHERE msisdn = $1 AND receipt IS NOT NULL AND outcome <> 'FAILED')::int AS documents,
       (SELECT count(*) FROM enforcement_event WHERE msisdn = $1 AND receipt IS NOT NULL AND outcome <> 'FAILED')::int AS answers`,
    [msisdn],
  );
  expect(counts).toMatchObject({ acts: counts?.events, queued: counts?.events, answers: counts?.documents });
  const held = await world.services(msisdn);
  expect(counts?.live).toBe(Array.isArray(held) && held.length > 0 ? 1 : 0);
}

describe('many at once', () => {
  it('the same order eight times is executed once, and all eight get one receipt', async () => {
    for (let round = 0; round < 10; round += 1) {
      const msisdn = numberOf(ROUNDS + CUTS + round);
      const order = world.bank.give({ msisdn });
      const answers = await Promise.all(Array.from({ length: 8 }, () => executed(world, order.document)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await world.rows('SELECT outcome FROM enforcement_event WHERE msisdn = $1', [msisdn])).toEqual([
        { outcome: 'ENFORCED' },
      ]);
      await consistent(msisdn);
    }
  }, 60_000);

  it(`blocks, lifts, ends and portings of one number leave what the highest order says, ${ROUNDS} rounds`, async () => {
    const random = new Random(20261123);
    for (let round = 0; round < ROUNDS; round += 1) {
      const msisdn = numberOf(round);
      const endsSoon = random.below(4) === 0;
      const valid_until = endsSoon ? new Date(Date.now() + random.below(30)).toISOString() : null;
      const block = world.bank.give({ msisdn, measures: ['VOICE_OUT', 'DATA'], valid_until });
      const lift = world.bank.lift({ id: block.id, msisdn });
      const later = world.bank.give({ msisdn, sequence: 3, measures: ['SMS_OUT', 'PORT_FREEZE'] });
      const orders: GivenOrder[] = [block, lift, ...(random.below(2) === 0 ? [later] : [])];
      const deliveries = orders.flatMap((order) => Array.from({ length: 1 + random.below(3) }, () => order));
      const work = deliveries.map(async (order) => {
        await sleep(random.below(4));
        return { order, answer: await executed(world, order.document) };
      });
      const timers = [world.store.expireDue(), world.store.expireDue()];
      const request = {
        portId: `p-${round}`,
        msisdn: msisdn as Msisdn,
        since: SINCE as Instant,
        at: daysAgo(0.01) as Instant,
      };
      const leaves = random.below(5) === 0 ? world.portings.portOut(request) : null;
      const done = await Promise.all(work);
      await Promise.all(timers);
      const left = leaves === null ? false : (await leaves).ok;

      for (const order of orders) {
        // A block whose time was over when it came failed, and may be told later that it was overtaken.
        const answers = done.filter((one) => one.order === order && one.answer.outcome !== 'FAILED');
        expect(new Set(answers.map(({ answer }) => answer.receipt)).size).toBeLessThanOrEqual(1);
        if (answers.length === 0) expect({ round, order }).toEqual({ round, order: block });
      }
      if (left) expect(await world.services(msisdn)).toEqual([]);
      else
        expect({ round, held: await world.services(msisdn) }).toEqual({
          round,
          held: orders.includes(later) ? ['SMS_OUT', 'PORT_FREEZE'] : [],
        });
      const [highest] = await world.rows('SELECT sequence FROM accepted_order WHERE msisdn = $1', [msisdn]);
      expect(highest?.sequence).toBe(orders.includes(later) ? 3 : 2);
      await consistent(msisdn);
    }
  }, 180_000);
});

describe('a transaction that breaks', () => {
  const msisdn = numberOf(ROUNDS + CUTS + 15);
  it.each([
    ['service_state', 'INSERT OR UPDATE'],
    ['accepted_order', 'INSERT OR UPDATE'],
    ['audit.act', 'INSERT'],
    ['audit.opening', 'INSERT'],
    ['audit.disclosure', 'INSERT'],
    ['act_delivery', 'INSERT'],
    ['enforcement_event', 'INSERT'],
    ['block_enforcement', 'INSERT OR UPDATE'],
  ])('at %s leaves nothing, and the order is executed when it comes again', async (table, when) => {
    const [last] = await world.rows('SELECT sequence FROM accepted_order WHERE msisdn = $1', [msisdn]);
    const sequence = Number(last?.sequence ?? 0) + 1;
    const order = world.bank.give({ msisdn, sequence, measures: [BLOCK_MEASURES[sequence % 7]] });
    const before = await world.traces();
    await world.rows(`CREATE OR REPLACE FUNCTION break_here() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = '58030'; END $$`);
    for (const timing of [`BEFORE ${when}`, `AFTER ${when}`]) {
      await world.rows(`CREATE TRIGGER break_here ${timing} ON ${table} FOR EACH ROW EXECUTE FUNCTION break_here()`);
      await expect(world.execute(order.document)).rejects.toThrow('broken');
      await world.rows(`DROP TRIGGER break_here ON ${table}`);
      expect(await world.traces()).toEqual(before);
    }
    await world.rows(`CREATE CONSTRAINT TRIGGER break_here AFTER ${when} ON ${table} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION break_here()`);
    await expect(world.execute(order.document)).rejects.toThrow('broken');
    await world.rows(`DROP TRIGGER break_here ON ${table}`);
    expect(await world.traces()).toEqual(before);
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'ENFORCED' });
    expect(await world.services(msisdn)).toEqual([BLOCK_MEASURES[sequence % 7]]);
    await consistent(msisdn);
  });

  it(`because its connection was cut at any moment is whole or was never there, ${CUTS} times`, async () => {
    const random = new Random(7);
    let cut = 0;
    for (let round = 0; round < CUTS; round += 1) {
      const number = numberOf(ROUNDS + round);
      const order = world.bank.give({ msisdn: number });
      const first = world.execute(order.document).catch(() => null);
      await sleep(random.below(12));
      await world.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
      );
      const answer = await first;
      if (answer === null) cut += 1;
      const again = await executed(world, order.document);
      if (answer?.ok === true) expect(again).toEqual(answer.value);
      expect(again).toMatchObject({ outcome: 'ENFORCED' });
      expect(await world.services(number)).toEqual([...BLOCK_MEASURES]);
      await consistent(number);
    }
    expect(cut).toBeGreaterThan(0);
  }, 60_000);
});
