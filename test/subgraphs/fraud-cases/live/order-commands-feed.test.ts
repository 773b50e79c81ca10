// The feed over orders as the bank's own commands make them: each signed order comes with the act that commits to it, opened as far as the
// order itself says it.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeAct } from '../../../../shared/audit/act';
import { opensCommitment } from '../../../../shared/audit/commitment';
import { parseCompactJws } from '../../../../shared/audit/compact-jws';
import { createFeedCursorSeal } from '../../../../subgraphs/fraud-cases/live/feed-cursor';
import { type FeedEvent, orderFeed } from '../../../../subgraphs/fraud-cases/live/order-feed';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import { liveReads } from '../../../../subgraphs/fraud-cases/store/live-reads';
import {
  INVESTIGATOR,
  type OrderBank,
  OTHER_SUPERVISOR,
  openOrderBank,
  SUPERVISOR,
  soon,
} from '../commands/order-bank';

let bank: OrderBank;
beforeAll(async () => {
  bank = await openOrderBank(4);
});
afterAll(() => bank?.close());

async function events(): Promise<readonly FeedEvent[]> {
  const reads = liveReads(bank.pool);
  const page = await orderFeed(reads, createFeedCursorSeal(await reads.feedKey()))('kcell', null, 100);
  if (!page.ok) throw new Error(page.error);
  return page.value.events;
}

/** What the act of an event says of the order, once each opening was checked. */
function openedOf({ act, document }: FeedEvent) {
  if (act === null || document === null) throw new Error('an order comes with its act');
  const signed = decodeAct(parseCompactJws(act.act).payload);
  const opened = act.disclosures.map(({ field, salt, value }) => {
    const opening = { field, salt: Buffer.from(salt, 'base64url'), value: JSON.parse(value) as never };
    expect(opensCommitment(signed.commitments[field], opening)).toBe(true);
    return [field, opening.value as unknown] as const;
  });
  expect(signed.to).toEqual(['kcell']);
  expect(Object.fromEntries(opened)).toMatchObject({ orderHash: documentHash(document) });
  return { kind: signed.kind, fields: opened.map(([field]) => field) };
}

it('shows a block, its lift and a cancellation with their acts', async () => {
  const version = async (id: string): Promise<number> =>
    (await bank.rows<{ readonly version: number }>('SELECT version FROM block_order WHERE id = $1', [id]))[0]
      ?.version ?? 0;
  const [lifted, cancelled] = [await bank.block(1), await bank.block(2)];
  const who = (actor: typeof INVESTIGATOR) => ({ actor, idempotencyKey: null });
  const cancel = { orderId: cancelled, expectedVersion: await version(cancelled), reason: 'A mistake.' };
  expect((await bank.commands.cancelBlockOrder(who(SUPERVISOR), cancel)).userErrors).toEqual([]);
  const dispatcher = bank.start();
  await soon(async () => (await bank.stateOf(lifted)) === 'ENFORCED');
  await dispatcher.stop();
  expect((await bank.commands.requestLift(who(SUPERVISOR), { orderId: lifted, reason: 'Over.' })).userErrors).toEqual(
    [],
  );
  const approval = { orderId: lifted, expectedVersion: await version(lifted) };
  expect((await bank.commands.approveLift(who(OTHER_SUPERVISOR), approval)).userErrors).toEqual([]);

  const told = await events();
  expect(told.map(({ kind, orderId }) => [kind, orderId])).toEqual([
    ['BLOCK', lifted],
    ['BLOCK', cancelled],
    ['CANCELLED', cancelled],
    ['LIFT', cancelled],
    ['LIFT', lifted],
  ]);
  const orders = told.filter(({ document }) => document !== null);
  expect(orders.map((event) => openedOf(event).kind)).toEqual([
    'block.ordered',
    'block.ordered',
    'lift.ordered',
    'lift.ordered',
  ]);
  for (const event of orders) expect(openedOf(event).fields).not.toContain('actor');
  // Nobody at the bank is named anywhere.
  expect(JSON.stringify(told)).not.toMatch(/investigator-|supervisor-/);
});
