// Orders executed on a real database: what changes on the line, what is answered, what is signed, and what a repetition gets.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BLOCK_MEASURES } from '../../../../shared/vocabulary/block-order';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import { documentHash } from '../../../../subgraphs/operator/log/signed-document';
import { activeLines } from '../../../support/operator';
import { contract, daysAgo, HOUR_MS, iinOf, person, tenure } from '../operator-fixture';
import { executed, type OrderWorld, openOrderWorld, ownActs, readReceipt } from './order-fixture';
import { CASE_ID } from './replayed-history';

const MSISDN = '+77011234567';
const SINCE = daysAgo(100);
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

let world: OrderWorld;
beforeEach(async () => {
  world = await openOrderWorld(activeLines([MSISDN], SINCE));
});
afterEach(() => world.close());

const states = () => world.rows('SELECT order_id, sequence, state, measures FROM block_enforcement ORDER BY sequence');

describe('a block', () => {
  it('takes the services, and is answered by a receipt and an act that are bound to it', async () => {
    const { bank } = world;
    const order = bank.give();
    const done = await executed(world, order.document);
    expect(await world.services(MSISDN)).toEqual([...BLOCK_MEASURES]);
    expect(done).toMatchObject({ orderId: order.id, sequence: 1, outcome: 'ENFORCED' });
    expect(readReceipt(done.receipt)).toEqual({
      v: 1,
      order_hash: order.hash,
      outcome: 'ENFORCED',
      services: [...BLOCK_MEASURES],
      effective_at: done.enforcedAt,
    });
    expect(await ownActs(world)).toMatchObject([
      {
        kind: 'block.enforced',
        author: 'kcell',
        caseId: CASE_ID,
        ref: [order.leaf],
        to: ['afc'],
        at: done.enforcedAt,
        fields: {
          orderId: order.id,
          orderHash: order.hash,
          receiptHash: documentHash(done.receipt),
          outcome: 'ENFORCED',
        },
      },
    ]);
    expect(await world.rows('SELECT state FROM act_delivery')).toEqual([{ state: 'WAITING' }]);
    expect(bank.asked).toEqual([`/log/orders/${order.hash}`]);
  });

  it('may have the longest reason that the bank lets people write', async () => {
    const order = world.bank.give({ reason: 'я'.repeat(10_000) });
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'ENFORCED' });
  });

  it('that comes again gets the first receipt, and the bank is not asked again', async () => {
    const order = world.bank.give();
    const first = await executed(world, order.document);
    const before = await world.traces();
    world.bank.manner = 'SILENT';
    expect(await executed(world, order.document)).toEqual(first);
    expect(await world.traces()).toEqual(before);
    expect(world.bank.asked).toHaveLength(1);
  });

  it('waits for the bank, and leaves nothing until it answers', async () => {
    const order = world.bank.give();
    const before = await world.traces();
    for (const manner of ['SILENT', 'FAIL'] as const) {
      world.bank.manner = manner;
      expect(await world.execute(order.document)).toEqual({ ok: false, error: 'BANK_SILENT' });
    }
    expect(await world.traces()).toEqual(before);
    world.bank.manner = 'HONEST';
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'ENFORCED' });
  });

  it('takes the place of the one in force, with its own measures', async () => {
    const first = world.bank.give({ valid_until: inMs(HOUR_MS) });
    const second = world.bank.give({ sequence: 2, measures: ['DATA'] }, { kind: 'block.reissued' });
    await executed(world, first.document);
    expect(await executed(world, second.document)).toMatchObject({ outcome: 'ENFORCED' });
    expect(await world.services(MSISDN)).toEqual(['DATA']);
    expect(await states()).toMatchObject([{ state: 'SUPERSEDED' }, { state: 'ENFORCED' }]);
  });

  it('that is overtaken is superseded, whatever it asks', async () => {
    const late = world.bank.give({ measures: ['DATA'] });
    const newer = world.bank.give({ sequence: 5, measures: ['SMS_OUT'] });
    await executed(world, newer.document);
    const done = await executed(world, late.document);
    expect(done).toMatchObject({ outcome: 'SUPERSEDED', enforcedAt: null });
    expect(readReceipt(done.receipt)).toMatchObject({ services: ['SMS_OUT'], effective_at: null });
    expect(await world.services(MSISDN)).toEqual(['SMS_OUT']);
    expect((await ownActs(world)).at(-1)).toMatchObject({ kind: 'block.superseded', ref: [late.leaf] });
    expect(await executed(world, late.document)).toEqual(done);
  });

  it('cannot share its sequence with another document', async () => {
    await executed(world, world.bank.give().document);
    const before = await world.traces();
    expect(await world.execute(world.bank.give().document)).toEqual({ ok: false, error: 'CONFLICT' });
    expect(await world.traces()).toEqual(before);
  });

  it('whose time was over before it came never holds', async () => {
    const order = world.bank.give({ issued_at: daysAgo(4), valid_until: daysAgo(1) });
    const done = await executed(world, order.document);
    expect(done).toMatchObject({ outcome: 'FAILED', enforcedAt: null });
    expect(await world.services(MSISDN)).toEqual([]);
    expect((await ownActs(world)).at(-1)).toMatchObject({ kind: 'block.failed' });
    expect(await executed(world, order.document)).toEqual(done);
  });
});

describe('a lift', () => {
  it('gives the services back', async () => {
    const block = world.bank.give();
    await executed(world, block.document);
    const lift = world.bank.lift({ id: block.id });
    const done = await executed(world, lift.document);
    expect(done).toMatchObject({ orderId: block.id, sequence: 2, outcome: 'LIFTED' });
    expect(readReceipt(done.receipt)).toMatchObject({
      services: [],
      order_hash: lift.hash,
      effective_at: done.enforcedAt,
    });
    expect(await world.services(MSISDN)).toEqual([]);
    expect(await states()).toMatchObject([{ state: 'LIFTED', order_id: block.id }]);
    expect((await ownActs(world)).at(-1)).toMatchObject({
      kind: 'lift.done',
      ref: [lift.leaf],
      fields: { orderId: block.id, orderHash: lift.hash, outcome: 'LIFTED' },
    });
    expect(await executed(world, lift.document)).toEqual(done);
  });

  it('of a block that never came is kept, and the block that comes late never holds', async () => {
    const block = world.bank.give();
    const lift = world.bank.lift({ id: block.id });
    expect(await executed(world, lift.document)).toMatchObject({ outcome: 'ALREADY_DONE', enforcedAt: null });
    expect(await executed(world, block.document)).toMatchObject({ outcome: 'SUPERSEDED' });
    expect(await world.services(MSISDN)).toEqual([]);
    expect(await states()).toMatchObject([{ state: 'SUPERSEDED', order_id: block.id }]);
    expect((await ownActs(world)).map(({ kind }) => kind)).toEqual(['lift.done', 'block.superseded']);
  });

  it('that is overtaken by a later block lifts nothing', async () => {
    const first = world.bank.give();
    await executed(world, first.document);
    const lift = world.bank.lift({ id: first.id });
    await executed(world, world.bank.give({ sequence: 3, measures: ['DATA'] }).document);
    expect(await executed(world, lift.document)).toMatchObject({ outcome: 'SUPERSEDED' });
    expect(await world.services(MSISDN)).toEqual(['DATA']);
  });

  it('of a number that is not served here has nothing left to lift', async () => {
    const lift = world.bank.lift({ id: world.bank.give().id, msisdn: '+77019999999' });
    expect(await executed(world, lift.document)).toMatchObject({ outcome: 'NOT_SERVED_HERE' });
    expect((await ownActs(world)).at(-1)).toMatchObject({ kind: 'lift.done', fields: { outcome: 'NOT_SERVED_HERE' } });
  });
});

describe('a line that is not the one that was meant', () => {
  it('is not served here at all', async () => {
    const order = world.bank.give({ msisdn: '+77019999999' });
    const done = await executed(world, order.document);
    expect(done).toMatchObject({ outcome: 'NOT_SERVED_HERE', enforcedAt: null });
    expect(readReceipt(done.receipt)).toMatchObject({ services: [] });
    expect((await ownActs(world)).at(-1)).toMatchObject({
      kind: 'block.failed',
      fields: { outcome: 'NOT_SERVED_HERE' },
    });
    expect(await states()).toEqual([]);
  });

  it('was taken over by somebody else after the order was issued', async () => {
    await world.close();
    const later = daysAgo(1);
    world = await openOrderWorld([
      person('first', iinOf(1)),
      person('second', iinOf(2)),
      tenure(MSISDN, SINCE),
      contract({
        id: 'c-1',
        msisdn: MSISDN,
        since: SINCE,
        subscriberId: 'first',
        status: 'DEACTIVATED',
        endedAt: daysAgo(2),
      }),
      contract({ id: 'c-2', msisdn: MSISDN, since: SINCE, subscriberId: 'second', activatedAt: later, soldAt: later }),
    ]);
    const order = world.bank.give({ issued_at: daysAgo(3) });
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'NOT_SERVED_HERE' });
    expect(await world.services(MSISDN)).toEqual([]);
    expect(await states()).toEqual([]);
    const meant = world.bank.give({ sequence: 2 });
    expect(await executed(world, meant.document)).toMatchObject({ outcome: 'ENFORCED' });
  });

  it('left for another operator', async () => {
    const request = { portId: 'p-1', msisdn: MSISDN as Msisdn, since: SINCE as Instant, at: daysAgo(0.01) as Instant };
    expect((await world.portings.portOut(request)).ok).toBe(true);
    expect(await executed(world, world.bank.give().document)).toMatchObject({ outcome: 'NOT_SERVED_HERE' });
  });
});

describe('a blocked number that wants to leave', () => {
  const request = { portId: 'p-1', msisdn: MSISDN as Msisdn, since: SINCE as Instant, at: daysAgo(0.01) as Instant };

  it('stays while the block freezes portings, and may leave after the lift', async () => {
    const block = world.bank.give();
    await executed(world, block.document);
    expect(await world.portings.portOut(request)).toEqual({ ok: false, error: 'PORT_FREEZE' });
    await executed(world, world.bank.lift({ id: block.id }).document);
    expect(await world.portings.portOut(request)).toEqual({ ok: true, value: 'DO' });
  });

  it('takes its block along when nothing freezes it: here it ends, and the bank is told', async () => {
    const block = world.bank.give({ measures: ['DATA'] });
    const first = await executed(world, block.document);
    expect(await world.portings.portOut(request)).toEqual({ ok: true, value: 'DO' });
    expect(await states()).toMatchObject([{ state: 'NOT_SERVED_HERE' }]);
    expect((await ownActs(world)).at(-1)).toMatchObject({
      kind: 'block.failed',
      ref: [block.leaf],
      fields: { orderId: block.id, orderHash: block.hash, receiptHash: null, outcome: 'NOT_SERVED_HERE' },
    });
    const before = await world.traces();
    expect(await world.portings.portOut(request)).toEqual({ ok: true, value: 'DONE' });
    expect(await executed(world, block.document)).toEqual(first);
    expect(await world.traces()).toEqual(before);
    expect(await executed(world, world.bank.lift({ id: block.id }).document)).toMatchObject({
      outcome: 'NOT_SERVED_HERE',
    });
  });
});

describe('an element of the network that is out', () => {
  const out = (measures: readonly string[]) =>
    world.rows('INSERT INTO network_outage (measure) SELECT unnest($1::text[])', [measures]);

  it('makes a block partial, and the rest is done when the order comes again', async () => {
    await out(['SMS_OUT', 'SMS_IN']);
    const order = world.bank.give({ measures: ['VOICE_OUT', 'SMS_OUT', 'SMS_IN'] });
    const partial = await executed(world, order.document);
    expect(partial.outcome).toBe('PARTIALLY_ENFORCED');
    expect(readReceipt(partial.receipt)).toMatchObject({ services: ['VOICE_OUT'] });
    expect(await world.services(MSISDN)).toEqual(['VOICE_OUT']);
    const before = await world.rows('SELECT id FROM audit.act');
    expect(await executed(world, order.document)).toEqual(partial);
    expect(await world.rows('SELECT id FROM audit.act')).toEqual(before);
    await world.rows('DELETE FROM network_outage');
    const whole = await executed(world, order.document);
    expect(whole.outcome).toBe('ENFORCED');
    expect(await states()).toMatchObject([{ state: 'ENFORCED', measures: ['VOICE_OUT', 'SMS_OUT', 'SMS_IN'] }]);
    expect(await executed(world, order.document)).toEqual(whole);
    expect((await ownActs(world)).map(({ kind, fields }) => [kind, fields.outcome])).toEqual([
      ['block.enforced', 'PARTIALLY_ENFORCED'],
      ['block.enforced', 'ENFORCED'],
    ]);
    expect(world.bank.asked).toHaveLength(1);
  });

  it('makes a block fail wholly, which is retried, or overtaken', async () => {
    await out(['DATA']);
    const order = world.bank.give({ measures: ['DATA'] });
    const failed = await executed(world, order.document);
    expect(failed).toMatchObject({ outcome: 'FAILED', enforcedAt: null });
    expect(await executed(world, order.document)).toEqual(failed);
    expect(await executed(world, world.bank.lift({ id: order.id }).document)).toMatchObject({
      outcome: 'ALREADY_DONE',
    });
    await world.rows('DELETE FROM network_outage');
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'SUPERSEDED' });
    expect(await world.services(MSISDN)).toEqual([]);
    expect(await states()).toMatchObject([{ state: 'SUPERSEDED' }]);
  });

  it('makes a lift fail until it works again', async () => {
    const block = world.bank.give();
    await executed(world, block.document);
    await out(['DATA']);
    const lift = world.bank.lift({ id: block.id });
    const failed = await executed(world, lift.document);
    expect(failed.outcome).toBe('FAILED');
    expect(await world.services(MSISDN)).toEqual(['DATA']);
    expect(await states()).toMatchObject([{ state: 'ENFORCED' }]);
    expect((await ownActs(world)).at(-1)).toMatchObject({ kind: 'block.failed', ref: [lift.leaf] });
    await world.rows('DELETE FROM network_outage');
    expect(await executed(world, lift.document)).toMatchObject({ outcome: 'LIFTED' });
    expect(await states()).toMatchObject([{ state: 'LIFTED' }]);
  });
});

describe('a temporary block', () => {
  it('ends by itself at its time, once, with its own act', async () => {
    const order = world.bank.give({ valid_until: inMs(1_200) });
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'ENFORCED' });
    expect(await world.store.expireDue()).toBe(0);
    await world.rows('SELECT pg_sleep(1.3)');
    const ended = await Promise.all([1, 2, 3, 4].map(() => world.store.expireDue()));
    expect(ended.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await world.services(MSISDN)).toEqual([]);
    expect(await states()).toMatchObject([{ state: 'LIFTED' }]);
    const act = (await ownActs(world)).at(-1);
    expect(act).toMatchObject({ kind: 'block.expired', caseId: CASE_ID, ref: [order.leaf] });
    expect(act?.fields).toEqual({ orderId: order.id, orderHash: order.hash });
    expect(await executed(world, world.bank.lift({ id: order.id }).document)).toMatchObject({
      outcome: 'ALREADY_DONE',
    });
  });

  it('that was made a confirmed one does not end', async () => {
    await executed(world, world.bank.give({ valid_until: inMs(300) }).document);
    await executed(world, world.bank.give({ sequence: 2 }).document);
    await world.rows('SELECT pg_sleep(0.4)');
    expect(await world.store.expireDue()).toBe(0);
    expect(await world.services(MSISDN)).toEqual([...BLOCK_MEASURES]);
  });
});
