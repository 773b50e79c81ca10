// The dispatcher killed at moments of all kinds, as a real process: every order takes effect once, every act is told once, nothing stays behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { actsOf, type OrderBank, openOrderBank, soon, uuid } from './order-bank';

const ORDERS = 16;
const KILLS = 6;
let bank: OrderBank;
let child: ChildProcess | null = null;
beforeAll(async () => {
  bank = await openOrderBank(ORDERS);
}, 60_000);
afterAll(async () => {
  child?.kill('SIGKILL');
  await bank?.close();
});

async function startChild(): Promise<ChildProcess> {
  const hook = join(__dirname, '../../../support/typescript-hook.cjs');
  const { databaseUrl, gatewayUrl, ceremony } = bank;
  const paths = [
    ceremony.policyFile,
    ceremony.rootFile,
    ceremony.keyFile('afc', 'act'),
    ceremony.keyFile('afc', 'order'),
  ];
  const started = spawn(
    process.execPath,
    ['-r', hook, join(__dirname, 'dispatcher-child.ts'), databaseUrl, gatewayUrl, ...paths],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(started.stdout, 'data');
  return started;
}

it('a dispatcher that dies at any moment leaves no order behind and no effect twice', async () => {
  let pastMoments = 0;
  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (dying === null) return;
    const gone = once(dying, 'exit');
    dying.kill('SIGKILL');
    await gone;
  };
  // Kills when an order arrives, when it was answered, and a while after, in turns.
  bank.gateway.answering = async (order) => {
    const moment = pastMoments;
    if (child !== null && moment < KILLS) {
      pastMoments += 1;
      if (moment % 3 === 0) await kill();
      else setTimeout(() => void kill(), (moment % 3) * 4 * (1 + (moment % 5)));
    }
    return { receipt: bank.gateway.receiptOf(order) };
  };
  const ids: string[] = [];
  for (let ordinal = 1; ordinal <= ORDERS; ordinal += 1) ids.push(await bank.block(ordinal));
  let starts = 0;
  for (let rounds = 0; rounds < 3 * KILLS; rounds += 1) {
    child = await startChild();
    starts += 1;
    const living = child;
    await soon(async () => child !== living || (await bank.rows('SELECT 1 FROM order_outbox')).length === 0);
    if ((await bank.rows('SELECT 1 FROM order_outbox')).length === 0) break;
  }
  await kill();
  expect(starts).toBeGreaterThan(3);
  expect(await bank.rows('SELECT 1 FROM order_outbox')).toEqual([]);
  for (const [place, id] of ids.entries()) {
    expect(await bank.stateOf(id)).toBe('ENFORCED');
    expect(await actsOf(bank, uuid(place + 1))).toEqual(['block.ordered', 'block.delivered', 'block.acknowledged']);
    const texts = bank.gateway.arrived.filter((order) => order.id === id).map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
  }
}, 120_000);
