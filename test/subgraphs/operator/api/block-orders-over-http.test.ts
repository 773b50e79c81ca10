// Block orders as the dispatcher's gateway brings them: over GraphQL to a running operator, whose answers about the line follow at once, and whose
// own timer ends what was temporary.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signContext } from '../../../../shared/identity/gateway-context';
import { BLOCK_MEASURES } from '../../../../shared/vocabulary/block-order';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { policyText, until } from '../../../shared/audit-log/log-network';
import { grantedReader } from '../../../support/granted-reader';
import { activeLines } from '../../../support/operator';
import { callSigned } from '../../../support/program-call';
import { statementsOf } from '../../../support/statement-log';
import { GATEWAY_KEY, IDLE_PACE, NUMBERING_KEY, TEST_PACE, writeOperatorFiles } from '../log/log-fixture';
import { OrderBank } from '../log/order-bank';
import { readReceipt } from '../log/order-fixture';
import { createOperatorDatabase, daysAgo, type OperatorDatabase, serveOperator } from '../operator-fixture';

const SINCE = daysAgo(100);
const numberOf = (index: number): string => `+7701123450${index}`;
const MUTATION = `mutation ($to: ID!, $order: String!) {
  executeBlockOrder(operatorCode: $to, order: $order) { orderId sequence outcome enforcedAt receipt } }`;

let bank: OrderBank;
let database: OperatorDatabase;
let service: RunningService;
let folder: string;
beforeAll(async () => {
  bank = await OrderBank.open();
  folder = mkdtempSync(join(tmpdir(), 'senim-orders-'));
  database = await createOperatorDatabase(activeLines([0, 1, 2, 3, 4].map(numberOf), SINCE));
  const policy = policyText(() => 'http://127.0.0.1:9');
  const config = writeOperatorFiles(folder, 'kcell', policy, bank.url);
  // Only the timer of temporary blocks does something by itself.
  const pace = { ...IDLE_PACE, startMs: 0, scanStepMs: 3_600_000, deliverMs: 3_600_000, proofMs: 3_600_000 };
  service = await serveOperator(database.url, 'kcell', {
    config,
    pace: { ...pace, checkpointMs: 3_600_000, expiryMs: TEST_PACE.expiryMs },
  });
});
afterAll(async () => {
  await service?.stop();
  await database?.close();
  await bank?.close();
  rmSync(folder, { recursive: true, force: true });
});

function contextHeader(): Readonly<Record<string, string>> {
  const nowMs = Date.now();
  const context = {
    requestId: randomUUID(),
    deadline: msToInstant(nowMs + 10_000),
    caseId: null,
    purpose: null,
    actor: null,
  };
  return { 'afc-context': signContext(context, GATEWAY_KEY, nowMs) };
}
const reader = () => grantedReader(service.url, 'kcell');
const send = (order: string, to = 'kcell') => reader().ask(MUTATION, { to, order }, { headers: contextHeader() });
const execute = async (order: string) => {
  const { data, errors } = await send(order);
  expect(errors).toEqual([]);
  return data?.executeBlockOrder as Readonly<Record<string, string>>;
};
const lineOf = async (index: number) => {
  const [line] = await reader().entities(
    'OperatorTenure',
    `services { voiceOut voiceIn smsOut smsIn data portFreeze simSwapFreeze reason }
     enforcements { orderId sequence state receivedAt enforcedAt liftedAt services { voiceOut portFreeze } } risk { level }`,
    [{ msisdn: numberOf(index), since: SINCE, operatorCode: 'kcell' }],
  );
  return line as {
    readonly services: Readonly<Record<string, unknown>>;
    readonly enforcements: readonly Readonly<Record<string, unknown>>[];
    readonly risk: object;
  };
};
const SUSPENDED = {
  voiceOut: 'SUSPENDED',
  voiceIn: 'SUSPENDED',
  smsOut: 'SUSPENDED',
  smsIn: 'SUSPENDED',
  data: 'SUSPENDED',
};
const ACTIVE = { voiceOut: 'ACTIVE', voiceIn: 'ACTIVE', smsOut: 'ACTIVE', smsIn: 'ACTIVE', data: 'ACTIVE' };

describe('an order that the gateway brings', () => {
  it('blocks the line, which then says so, and its lift frees it', async () => {
    const order = bank.give({ msisdn: numberOf(0) });
    const done = await execute(order.document);
    expect(done).toMatchObject({ orderId: order.id, sequence: 1, outcome: 'ENFORCED' });
    expect(readReceipt(done.receipt ?? '')).toMatchObject({ order_hash: order.hash, effective_at: done.enforcedAt });
    const blocked = await lineOf(0);
    expect(blocked.services).toEqual({
      ...SUSPENDED,
      portFreeze: true,
      simSwapFreeze: true,
      reason: 'Blocked by an order of the Anti-Fraud Center.',
    });
    expect(blocked.enforcements).toEqual([
      {
        orderId: order.id,
        sequence: 1,
        state: 'ENFORCED',
        receivedAt: done.enforcedAt,
        enforcedAt: done.enforcedAt,
        liftedAt: null,
        services: { voiceOut: 'SUSPENDED', portFreeze: true },
      },
    ]);
    expect(blocked.risk).not.toBeNull();
    const lifted = await execute(bank.lift({ id: order.id, msisdn: numberOf(0) }).document);
    expect(lifted).toMatchObject({ orderId: order.id, sequence: 2, outcome: 'LIFTED' });
    const free = await lineOf(0);
    expect(free.services).toEqual({ ...ACTIVE, portFreeze: false, simSwapFreeze: false, reason: null });
    expect(free.enforcements).toMatchObject([
      { state: 'LIFTED', liftedAt: lifted.enforcedAt, services: { voiceOut: 'ACTIVE', portFreeze: false } },
    ]);
  });

  it('takes the measures that it names and no other', async () => {
    await execute(bank.give({ msisdn: numberOf(1), measures: ['DATA', 'SIM_SWAP_FREEZE'] }).document);
    const line = await lineOf(1);
    expect(line.services).toMatchObject({ ...ACTIVE, data: 'SUSPENDED', portFreeze: false, simSwapFreeze: true });
  });

  it('costs seven messages to the database, one more on a connection that never signed, and one when it comes again', async () => {
    const order = bank.give({ msisdn: numberOf(2) });
    const cost = async (): Promise<number> => {
      const statements = await statementsOf(() => execute(order.document));
      // The timer of temporary blocks looks meanwhile.
      return statements.filter((text) => !text.includes('valid_until <=')).length;
    };
    expect(await cost()).toBeLessThanOrEqual(8);
    expect(await cost()).toBe(1);
  });

  it('that is temporary ends by itself, and the line says so', async () => {
    const order = bank.give({ msisdn: numberOf(3), valid_until: new Date(Date.now() + 1_000).toISOString() });
    expect(await execute(order.document)).toMatchObject({ outcome: 'ENFORCED' });
    expect((await lineOf(3)).services).toMatchObject(SUSPENDED);
    await until('the end', async () => (await lineOf(3)).enforcements[0]?.state === 'LIFTED');
    expect((await lineOf(3)).services).toEqual({ ...ACTIVE, portFreeze: false, simSwapFreeze: false, reason: null });
  });

  it('freezes portings as long as it holds', async () => {
    const order = bank.give({ msisdn: numberOf(4), measures: BLOCK_MEASURES });
    await execute(order.document);
    const ask = async () => {
      const body = { portId: 'p-1', msisdn: numberOf(4), since: SINCE };
      return (await callSigned(NUMBERING_KEY, { url: `${service.url}/internal/port-out/check`, body })).body;
    };
    expect(await ask()).toEqual({ refusal: 'PORT_FREEZE' });
    await execute(bank.lift({ id: order.id, msisdn: numberOf(4) }).document);
    expect(await ask()).toEqual({ allowed: true });
  });
});

describe('a document that is refused', () => {
  const refusal = async (document: string, to?: string) => {
    const answer = await send(document, to);
    expect(answer.data).toEqual({ executeBlockOrder: null });
    expect(JSON.stringify(answer)).not.toContain(document.slice(-20));
    return answer.errors.map(({ extensions }) => extensions.code);
  };

  it('gets the fixed text of a code, and nothing of it comes back', async () => {
    const { document } = bank.give({ msisdn: numberOf(0), sequence: 9 });
    expect(await refusal(document.replace(/.{3}$/, 'AAA'))).toEqual(['FORBIDDEN']);
    expect(await refusal(document, 'beeline')).toEqual(['FORBIDDEN']);
    expect(await refusal(`nobody's secret ${numberOf(0)}`)).toEqual(['FORBIDDEN']);
    const untold = bank.give({ msisdn: numberOf(0), sequence: 9 });
    bank.forget(untold.hash);
    expect(await refusal(untold.document)).toEqual(['FORBIDDEN']);
    bank.manner = 'SILENT';
    expect(await refusal(document)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    bank.manner = 'HONEST';
    expect((await lineOf(0)).services).toMatchObject(ACTIVE);
  });
});
