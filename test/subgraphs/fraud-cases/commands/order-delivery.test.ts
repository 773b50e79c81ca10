// Block orders from the command to the operator's receipt, on a real database and over real HTTP: issued once, delivered at least once, with
// every effect once; what is refused, forged or late changes nothing that it should not.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeAct } from '../../../../shared/audit/act';
import { parseCompactJws } from '../../../../shared/audit/compact-jws';
import { appendAct } from '../../../../shared/audit-log/act-author';
import { runOwnWork } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import { writeCaseEvent } from '../../../../subgraphs/fraud-cases/store/case-event';
import { shiftClock } from '../../../support/database';
import {
  actsOf,
  disclosed,
  INVESTIGATOR,
  numberOf,
  type OrderBank,
  OTHER_SUPERVISOR,
  openOrderBank,
  type SeenOrder,
  SUPERVISOR,
  soon,
  uuid,
} from './order-bank';

let bank: OrderBank;
beforeAll(async () => {
  bank = await openOrderBank(60);
}, 60_000);
afterAll(() => bank?.close());

const empty = async (): Promise<boolean> =>
  (await bank.rows('SELECT 1 FROM order_outbox WHERE parked_at IS NULL')).length === 0;
const arrivedFor = (orderId: string): readonly SeenOrder[] => bank.gateway.arrived.filter(({ id }) => id === orderId);
const versionOf = async (orderId: string): Promise<number> => {
  const [row] = await bank.rows<{ readonly version: number }>('SELECT version FROM block_order WHERE id = $1', [
    orderId,
  ]);
  return row?.version ?? 0;
};
const by = (actor: typeof INVESTIGATOR, idempotencyKey: string | null = null) => ({ actor, idempotencyKey });

describe('a temporary block', () => {
  it('is issued with its document, its act, its way out and the clocks, in one transaction', async () => {
    const id = await bank.block(1);
    const [row] = await bank.rows<Record<string, unknown>>(
      `SELECT state, sequence, operator_code, issued_by, document IS NOT NULL AS signed, last,
         (SELECT count(*)::int FROM order_outbox WHERE order_id = block_order.id AND task = 'BLOCK') AS waiting,
         (SELECT count(*)::int FROM order_document WHERE order_id = block_order.id) AS documents
       FROM block_order JOIN number_sequence USING (msisdn) WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({
      state: 'ISSUED',
      sequence: 1,
      operator_code: 'kcell',
      issued_by: 'investigator-1',
      signed: true,
      last: 1,
      waiting: 1,
      documents: 1,
    });
    expect(await actsOf(bank, uuid(1))).toEqual(['block.ordered']);
    const [hash] = await disclosed(bank, uuid(1), 'block.ordered', 'orderHash');
    expect(await bank.rows('SELECT 1 FROM order_document WHERE hash = $1', [hash])).toHaveLength(1);
  });

  it('is refused while another order of the number lives, and the same key gives the same order', async () => {
    const block = { caseId: uuid(1), msisdn: numberOf(1), reason: 'Again.', hours: 72, measures: null };
    const refused = await bank.commands.issueTemporaryBlock(by(INVESTIGATOR), block);
    expect(refused.userErrors).toMatchObject([{ code: 'ALREADY_BLOCKED' }]);
    const first = await bank.block(2, 'key-2');
    expect(await bank.block(2, 'key-2')).toBe(first);
    expect(await bank.rows('SELECT 1 FROM block_order WHERE msisdn = $1', [numberOf(2)])).toHaveLength(1);
  });

  it('of one number by many at once is issued once', async () => {
    const block = { caseId: uuid(3), msisdn: numberOf(3), reason: 'At once.', hours: 72, measures: null };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => bank.commands.issueTemporaryBlock(by(INVESTIGATOR), block)),
    );
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code)))).toEqual(
      new Set(['ALREADY_BLOCKED']),
    );
  });

  it('of a number that nobody serves is refused and leaves nothing', async () => {
    bank.serving.set(numberOf(4), null);
    const block = { caseId: uuid(4), msisdn: numberOf(4), reason: 'Nobody.', hours: 72, measures: null };
    const answer = await bank.commands.issueTemporaryBlock(by(INVESTIGATOR), block);
    expect(answer.userErrors).toMatchObject([{ code: 'NUMBER_NOT_SERVED' }]);
    expect(await bank.rows('SELECT 1 FROM number_sequence WHERE msisdn = $1', [numberOf(4)])).toEqual([]);
  });
});

describe('delivery', () => {
  it('brings the order into force by the receipt, with the acts of the bank over it', async () => {
    const dispatcher = bank.start();
    try {
      await soon(empty);
      expect(await actsOf(bank, uuid(1))).toEqual(['block.ordered', 'block.delivered', 'block.acknowledged']);
      const [row] = await bank.rows<Record<string, unknown>>(
        `SELECT state, receipt IS NOT NULL AS receipt, delivered_at IS NOT NULL AS delivered, enforced_at IS NOT NULL AS enforced
         FROM block_order WHERE case_id = $1`,
        [uuid(1)],
      );
      expect(row).toEqual({ state: 'ENFORCED', receipt: true, delivered: true, enforced: true });
      expect(await disclosed(bank, uuid(1), 'block.acknowledged', 'outcome')).toEqual(['ENFORCED']);
      expect(await disclosed(bank, uuid(1), 'block.acknowledged', 'late')).toEqual([false]);
      const clocks = await bank.rows<{ readonly rule_id: string; readonly party: string; readonly state: string }>(
        'SELECT rule_id, party, state FROM duty_clock WHERE case_id = $1 AND about IS NOT NULL ORDER BY rule_id',
        [uuid(1)],
      );
      expect(clocks.filter(({ party }) => party === 'kcell').map(({ state }) => state)).not.toContain('RUNNING');
    } finally {
      await dispatcher.stop();
    }
  });

  it('wakes by the word of the database, without waiting to look', async () => {
    const dispatcher = bank.start({ pollMs: 600_000 });
    try {
      const id = await bank.block(5);
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
    } finally {
      await dispatcher.stop();
    }
  });

  it('is repeated when an answer was lost, and takes effect once', async () => {
    let cuts = 2;
    bank.gateway.answering = async (order) => {
      cuts -= 1;
      return cuts >= 0 ? null : { receipt: bank.gateway.receiptOf(order) };
    };
    const id = await bank.block(6);
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
      expect(arrivedFor(id)).toHaveLength(3);
      expect(new Set(arrivedFor(id).map(({ text }) => text)).size).toBe(1);
      expect(await actsOf(bank, uuid(6))).toEqual(['block.ordered', 'block.delivered', 'block.acknowledged']);
    } finally {
      await dispatcher.stop();
    }
  });

  it('by several dispatchers at once has one effect', async () => {
    bank.gateway.answering = async (order) => ({ receipt: bank.gateway.receiptOf(order) });
    const ids = await Promise.all(Array.from({ length: 10 }, (_, place) => bank.block(10 + place)));
    const dispatchers = [bank.start(), bank.start(), bank.start()];
    try {
      await soon(empty);
      for (const [place, id] of ids.entries()) {
        expect(arrivedFor(id)).toHaveLength(1);
        expect(await actsOf(bank, uuid(10 + place))).toHaveLength(3);
      }
    } finally {
      await Promise.all(dispatchers.map((each) => each.stop()));
    }
  });

  it('that failed or held in part comes again until it holds', async () => {
    const outcomes = ['FAILED', 'PARTIALLY_ENFORCED', 'ENFORCED'];
    bank.gateway.answering = async (order) => ({
      receipt: bank.gateway.receiptOf(order, { outcome: outcomes.shift() ?? 'ENFORCED' }),
    });
    const id = await bank.block(20);
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
      expect(await disclosed(bank, uuid(20), 'block.acknowledged', 'outcome')).toEqual([
        'FAILED',
        'PARTIALLY_ENFORCED',
        'ENFORCED',
      ]);
      expect(await empty()).toBe(true);
    } finally {
      await dispatcher.stop();
    }
  });
});

describe('a receipt that is not what it should be', () => {
  const cases: readonly [string, (order: SeenOrder) => string][] = [
    ['signed by another operator', (order) => bank.gateway.receiptOf(order, { by: 'beeline' })],
    ['for another order', (order) => bank.gateway.receiptOf({ ...order, text: bank.gateway.arrived[0]?.text ?? '' })],
    ['with an outcome that answers no block', (order) => bank.gateway.receiptOf(order, { outcome: 'LIFTED' })],
    ['with an outcome that is none', (order) => bank.gateway.receiptOf(order, { outcome: 'DONE' })],
    ['dated in the future', (order) => bank.gateway.receiptOf(order, { effectiveAt: '2099-01-01T00:00:00.000Z' })],
    ['altered', (order) => `${bank.gateway.receiptOf(order).slice(0, -4)}AAAA`],
    ['that is none', () => 'receipt'],
  ];
  it.each(cases)(
    '%s changes nothing, raises an alarm, and the order is put aside while others go',
    async (_, forge) => {
      const ordinal = 21 + cases.findIndex((each) => each[1] === forge);
      const poison = numberOf(ordinal);
      bank.gateway.answering = async (order) => ({
        receipt: order.msisdn === poison ? forge(order) : bank.gateway.receiptOf(order),
      });
      const id = await bank.block(ordinal);
      const other = await bank.block(ordinal + 10);
      const dispatcher = bank.start({ mostRefusals: 3 });
      try {
        await soon(async () => (await bank.stateOf(other)) === 'ENFORCED' && (await empty()));
        expect(await bank.stateOf(id)).toBe('ISSUED');
        expect(await actsOf(bank, uuid(ordinal))).toEqual(['block.ordered']);
        expect(arrivedFor(id)).toHaveLength(3);
        expect(await bank.rows('SELECT kind, times FROM order_alarm WHERE order_id = $1 ORDER BY kind', [id])).toEqual([
          { kind: 'BAD_RECEIPT', times: 3 },
          { kind: 'PARKED', times: 1 },
        ]);
        expect(await bank.rows('SELECT last_refusal FROM order_outbox WHERE order_id = $1', [id])).toEqual([
          { last_refusal: 'BAD_RECEIPT' },
        ]);
      } finally {
        await dispatcher.stop();
      }
    },
  );
});

describe('a lift', () => {
  it('takes two persons, and goes out with the next sequence', async () => {
    bank.gateway.answering = async (order) => ({ receipt: bank.gateway.receiptOf(order) });
    const id = await bank.block(40);
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
      expect((await bank.commands.requestLift(by(SUPERVISOR), { orderId: id, reason: 'Wrong.' })).userErrors).toEqual(
        [],
      );
      const expectedVersion = await versionOf(id);
      const own = await bank.commands.approveLift(by(SUPERVISOR), { orderId: id, expectedVersion });
      expect(own.userErrors).toMatchObject([{ code: 'FOUR_EYES_REQUIRED' }]);
      const stale = await bank.commands.approveLift(by(OTHER_SUPERVISOR), {
        orderId: id,
        expectedVersion: expectedVersion - 1,
      });
      expect(stale.userErrors).toMatchObject([{ code: 'VERSION_CONFLICT' }]);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () =>
          bank.commands.approveLift(by(OTHER_SUPERVISOR), { orderId: id, expectedVersion }),
        ),
      );
      expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
      await soon(async () => (await bank.stateOf(id)) === 'LIFTED');
      expect(arrivedFor(id).map(({ kind, sequence }) => [kind, sequence])).toEqual([
        ['BLOCK', 1],
        ['LIFT', 2],
      ]);
      expect(await actsOf(bank, uuid(40))).toEqual([
        'block.ordered',
        'block.delivered',
        'block.acknowledged',
        'lift.proposed',
        'lift.ordered',
        'lift.done',
      ]);
      expect(await empty()).toBe(true);
    } finally {
      await dispatcher.stop();
    }
  });

  it('by the one who asked fails at the table as well', async () => {
    await expect(
      bank.dataSource.query('UPDATE block_order SET lift_approved_by = lift_requested_by WHERE case_id = $1', [
        uuid(40),
      ]),
    ).rejects.toMatchObject({ constraint: 'block_order_lift_four_eyes' });
  });

  it('of an order that is cancelled before it went out goes alone, and the next order after it', async () => {
    const id = await bank.block(41);
    const cancel = { orderId: id, expectedVersion: await versionOf(id), reason: 'A mistake.' };
    expect((await bank.commands.cancelBlockOrder(by(INVESTIGATOR), cancel)).userErrors).toEqual([]);
    const next = await bank.block(41);
    const dispatcher = bank.start();
    try {
      await soon(empty);
      const seen = bank.gateway.arrived.filter(({ msisdn }) => msisdn === numberOf(41));
      expect(seen.map(({ kind, sequence }) => [kind, sequence])).toEqual([
        ['LIFT', 2],
        ['BLOCK', 3],
      ]);
      expect([await bank.stateOf(id), await bank.stateOf(next)]).toEqual(['CANCELLED', 'ENFORCED']);
      expect((await actsOf(bank, uuid(41))).slice(0, 3)).toEqual(['block.ordered', 'block.cancelled', 'lift.ordered']);
    } finally {
      await dispatcher.stop();
    }
  });

  it('that arrives while its block is on its way is not undone by the answer to the block', async () => {
    const id = await bank.block(42);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    bank.gateway.answering = async (order) => {
      if (order.kind === 'BLOCK') await held;
      return { receipt: bank.gateway.receiptOf(order, order.kind === 'BLOCK' ? { outcome: 'SUPERSEDED' } : {}) };
    };
    const dispatcher = bank.start();
    try {
      await soon(async () => arrivedFor(id).length === 1);
      const cancel = { orderId: id, expectedVersion: await versionOf(id), reason: 'A mistake.' };
      await bank.commands.cancelBlockOrder(by(INVESTIGATOR), cancel);
      await soon(async () => arrivedFor(id).length === 2);
      release();
      await soon(empty);
      expect(await bank.stateOf(id)).toBe('CANCELLED');
      expect(arrivedFor(id).map(({ kind }) => kind)).toEqual(['BLOCK', 'LIFT']);
    } finally {
      release();
      await dispatcher.stop();
    }
  });
});

describe('a line that moved', () => {
  const at = (text: string) => `${text}T00:00:00.000Z` as never;
  const began = at('2020-01-01');
  const notServed = (by: string) => {
    bank.gateway.answering = async (order) => ({
      receipt: bank.gateway.receiptOf(order, order.operatorCode === by ? { outcome: 'NOT_SERVED_HERE' } : {}),
    });
  };

  it('is followed by its order along an unbroken chain of portings', async () => {
    notServed('kcell');
    const id = await bank.block(43);
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'NOT_SERVED_HERE');
      // Numbering is silent: nothing is decided.
      expect(await bank.rows('SELECT 1 FROM block_order WHERE msisdn = $1', [numberOf(43)])).toHaveLength(1);
      const moved = new Date().toISOString() as never;
      bank.courses.set(numberOf(43), {
        tenures: [
          { operatorCode: 'beeline', since: moved, until: null },
          { operatorCode: 'kcell', since: began, until: moved },
        ],
        portings: [{ donor: 'kcell', recipient: 'beeline', completedAt: moved }],
      });
      await soon(empty);
      const orders = await bank.rows(
        'SELECT state, operator_code, sequence FROM block_order WHERE msisdn = $1 ORDER BY sequence',
        [numberOf(43)],
      );
      expect(orders).toEqual([
        { state: 'SUPERSEDED', operator_code: 'kcell', sequence: 1 },
        { state: 'ENFORCED', operator_code: 'beeline', sequence: 2 },
      ]);
      expect(await actsOf(bank, uuid(43))).toEqual([
        'block.ordered',
        'block.delivered',
        'block.acknowledged',
        'block.reissued',
        'block.superseded',
        'block.delivered',
        'block.acknowledged',
      ]);
    } finally {
      await dispatcher.stop();
    }
  });

  it('is not followed to a later holder: the order ends where it was', async () => {
    notServed('kcell');
    bank.courses.set(numberOf(44), {
      tenures: [
        { operatorCode: 'beeline', since: at('2026-10-01'), until: null },
        { operatorCode: 'kcell', since: began, until: at('2026-09-01') },
      ],
      portings: [],
    });
    const id = await bank.block(44);
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'NOT_SERVED_HERE' && (await empty()));
      expect(await bank.rows('SELECT 1 FROM block_order WHERE msisdn = $1', [numberOf(44)])).toHaveLength(1);
      expect(await bank.rows('SELECT kind FROM order_alarm WHERE order_id = $1', [id])).toEqual([
        { kind: 'SERVED_NOWHERE' },
      ]);
    } finally {
      await dispatcher.stop();
    }
  });
});

describe('an order of a history that was told', () => {
  it('and that nobody has answered goes out with the act that told it', async () => {
    bank.gateway.answering = async (order) => ({ receipt: bank.gateway.receiptOf(order) });
    const id = await bank.block(46);
    const [order] = await bank.rows<{ readonly document: string }>('SELECT document FROM block_order WHERE id = $1', [
      id,
    ]);
    const caseId = uuid(46);
    const leaf = await runOwnWork(bank.desk, INVESTIGATOR, async ({ session, author, now }) => {
      const draft = {
        kind: 'block.ordered',
        caseId,
        to: ['kcell'],
        at: now,
        expiresOn: '2031-01-01' as never,
      } as const;
      const fields = { orderHash: documentHash(order?.document ?? '') };
      const { act, leafHash } = await appendAct(session, author, { ...draft, fields });
      await writeCaseEvent(session, { actId: act.id, kind: 'block.ordered', caseId, step: `ordered:${id}` });
      await session.query({ text: 'DELETE FROM order_outbox WHERE order_id = $1', values: [id] });
      await session.query({ text: 'DELETE FROM order_document WHERE order_id = $1', values: [id] });
      return { commits: true, value: leafHash };
    });
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'ENFORCED');
      const acts = await bank.rows<{ readonly jws: Buffer }>(
        `SELECT jws FROM audit.opening JOIN audit.act ON act_id = act.id WHERE case_id = $1 AND kind = 'block.delivered'`,
        [caseId],
      );
      const refs = acts.map(({ jws }) => decodeAct(parseCompactJws(jws.toString('latin1')).payload).ref);
      expect(refs).toEqual([[leaf]]);
    } finally {
      await dispatcher.stop();
    }
  });
});

describe('a block whose time is over before it could be delivered', () => {
  it('is not sent any more, and has lapsed', async () => {
    const id = await bank.block(45);
    await bank.dataSource.query(`UPDATE order_outbox SET due_at = due_at + interval '80 hours' WHERE order_id = $1`, [
      id,
    ]);
    await shiftClock(bank.databaseUrl, '81 hours');
    const dispatcher = bank.start();
    try {
      await soon(async () => (await bank.stateOf(id)) === 'EXPIRED');
      expect(arrivedFor(id)).toEqual([]);
      expect(await empty()).toBe(true);
    } finally {
      await dispatcher.stop();
    }
  });
});
