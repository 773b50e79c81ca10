// What undoes a protection waits for the witnesses: no lift is approved while a checkpoint has been waiting for its quorum too long, and the
// same approval passes once they are back. What protects goes on meanwhile.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppError } from '../../../../shared/vocabulary/app-error';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { orderCommands } from '../../../../subgraphs/fraud-cases/commands/order-commands';
import { createQuorumGate } from '../../../../subgraphs/fraud-cases/commands/quorum-gate';
import { eventually } from '../log-fixture';
import {
  INVESTIGATOR,
  numberOf,
  type OrderBank,
  OTHER_SUPERVISOR,
  openOrderBank,
  SUPERVISOR,
  uuid,
} from './order-bank';

const LIMIT_MS = 1_000;

let bank: OrderBank;
beforeAll(async () => {
  bank = await openOrderBank(2);
});
afterAll(() => bank.close());

test('a lift is not approved while the witnesses are away, a block is ordered, and the lift passes when they are back', async () => {
  let waitingMs = LIMIT_MS + 1;
  const tenure = { operatorCode: 'kcell' as OperatorCode, since: '2020-01-01T00:00:00.000Z' as never };
  const commands = orderCommands(
    bank.desk,
    { servingTenure: async () => tenure },
    createQuorumGate(async () => waitingMs, LIMIT_MS),
  );
  const by = (actor: typeof SUPERVISOR) => ({ actor, idempotencyKey: null });
  const id = await bank.block(1);
  const dispatcher = bank.start();
  try {
    await eventually(async () => (await bank.stateOf(id)) === 'ENFORCED');
    await commands.requestLift(by(SUPERVISOR), { orderId: id, reason: 'Wrong.' });
    const [row] = await bank.rows<{ readonly version: number }>('SELECT version FROM block_order WHERE id = $1', [id]);
    const approval = { orderId: id, expectedVersion: row?.version ?? 0 };
    await expect(commands.approveLift(by(OTHER_SUPERVISOR), approval)).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    } satisfies Partial<AppError>);
    expect(await bank.stateOf(id)).toBe('LIFT_PENDING_APPROVAL');
    const block = { caseId: uuid(2), msisdn: numberOf(2), reason: 'A mule.', hours: 72, measures: null } as const;
    expect((await commands.issueTemporaryBlock(by(INVESTIGATOR), block)).userErrors).toEqual([]);
    waitingMs = LIMIT_MS;
    expect((await commands.approveLift(by(OTHER_SUPERVISOR), approval)).userErrors).toEqual([]);
    await eventually(async () => (await bank.stateOf(id)) === 'LIFTED');
  } finally {
    await dispatcher.stop();
  }
});
