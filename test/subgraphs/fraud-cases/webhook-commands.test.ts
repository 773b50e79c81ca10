// `retry-webhooks` as somebody runs it: the program itself, compiled, on a database with deliveries that were put aside.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { webhookOutbox } from '../../../subgraphs/fraud-cases/store/webhook-outbox';
import { PROJECT_ROOT } from '../../support/project-root';
import { type LiveDatabase, openLiveDatabase, orderIdOf } from './live/live-fixture';

const KCELL = { id: 'kcell https://kcell.invalid/', operatorCode: 'kcell' };
const TELE2 = { id: 'tele2 https://tele2.invalid/', operatorCode: 'tele2' };

let database: LiveDatabase;
beforeAll(async () => {
  database = await openLiveDatabase(4);
  const outbox = webhookOutbox(database.pool);
  await outbox.register([KCELL, TELE2]);
  for (const ordinal of [1, 2, 3, 4]) await database.issue(ordinal);
  for (const { id } of [KCELL, TELE2]) {
    expect(await outbox.fill(id, 10)).toBe(2);
    const [first] = await outbox.claim(id, 1, 60_000);
    await outbox.park(id, first?.event.id ?? '');
  }
});
afterAll(() => database?.close());

function run(
  ...words: readonly string[]
): Promise<{ readonly exitCode: number; readonly out: string; readonly told: string }> {
  const program = join(PROJECT_ROOT, 'dist/subgraphs/fraud-cases/main.js');
  const options = { env: { PATH: process.env.PATH, DATABASE_URL: database.url, LOG_LEVEL: 'silent' } };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], options, (fault, out, told) => {
      resolve({ exitCode: Number(fault?.code ?? 0), out, told });
    });
  });
}

test('retry-webhooks sends what is parked for one operator once more, with all its attempts', async () => {
  expect(await run('retry-webhooks', '--operator', 'kcell')).toEqual({ exitCode: 0, out: '{"retried":1}\n', told: '' });
  const due = await webhookOutbox(database.pool).claim(KCELL.id, 10, 60_000);
  expect(due.map(({ event, attempt }) => [event.orderId, attempt])).toEqual([
    [orderIdOf(1), 1],
    [orderIdOf(3), 1],
  ]);
  const parked = 'SELECT endpoint_id FROM webhook_delivery WHERE parked_at IS NOT NULL';
  expect((await database.pool.query(parked)).rows).toEqual([{ endpoint_id: TELE2.id }]);
});

test('retry-webhooks without an operator sends everything that is parked, and nothing when nothing is', async () => {
  expect(await run('retry-webhooks')).toEqual({ exitCode: 0, out: '{"retried":1}\n', told: '' });
  expect(await run('retry-webhooks')).toEqual({ exitCode: 0, out: '{"retried":0}\n', told: '' });
});

test('retry-webhooks is refused what is no operator, in one sentence', async () => {
  const { exitCode, told } = await run('retry-webhooks', '--operator', 'KCELL; --');
  expect([exitCode, told.trim().split('\n').length]).toEqual([1, 1]);
  expect(told).toContain('OPERATOR_CODE');
});

test('the usage names it', async () => {
  const { out } = await run('--help');
  expect(out).toMatch(/retry-webhooks +\S/);
  expect(out).toMatch(/OPERATOR_CODE +\S/);
});
