// Subscriptions over the real service: who hears what, and everything that ends a stream.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { reinstate, suspend } from '../../../../subgraphs/fraud-cases/store/suspension';
import { codeOfAnswer, type EventListener, listenTo } from '../../../support/event-listener';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { serveFraudCases } from '../fraud-cases-fixture';
import { caseIdOf, type LiveDatabase, openLiveDatabase, orderIdOf } from './live-fixture';

const ORDERS =
  'subscription ($operator: ID!) { blockOrderIssued(operatorCode: $operator) { id state document liftDocument } }';
const CASE = 'subscription ($id: ID!) { caseUpdated(caseId: $id) { id number blockOrders { id document } } }';

let issuer: TokenIssuer;
let database: LiveDatabase;
let service: RunningService;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  database = await openLiveDatabase(60);
  service = await serveFraudCases(database.url, null, issuer);
});
afterAll(async () => {
  await service?.stop();
  await database?.close();
  await issuer?.stop();
});

const listen = (user: string | null, query: string, variables: object, changes = {}): Promise<EventListener> =>
  listenTo(
    `${service.url}/graphql`,
    user === null ? null : issuer.tokenOf(user, changes),
    query,
    variables as Record<string, unknown>,
  );
const hearOrders = (user: string | null, operator: string, changes = {}): Promise<EventListener> =>
  listen(user, ORDERS, { operator }, changes);

const ids = ({ answers }: EventListener): readonly unknown[] =>
  answers.map(({ data }) => {
    const order = data?.blockOrderIssued;
    return typeof order === 'object' && order !== null && 'id' in order ? order.id : null;
  });

describe('blockOrderIssued', () => {
  it('tells an operator of its own orders and lifts, in order, and nobody else of them', async () => {
    const kcell = await hearOrders('operator-kcell', 'kcell');
    const tele2 = await hearOrders('operator-tele2', 'tele2');
    for (const ordinal of [1, 2, 3]) await database.issue(ordinal);
    await database.issue(1, 'LIFT');
    await kcell.until(3);
    await tele2.until(1);
    expect(ids(kcell)).toEqual([orderIdOf(1), orderIdOf(3), orderIdOf(1)]);
    expect(ids(tele2)).toEqual([orderIdOf(2)]);
    expect(kcell.answers[2]?.data?.blockOrderIssued).toMatchObject({
      state: 'LIFT_ISSUED',
      liftDocument: 'signed.LIFT.1',
    });
    kcell.leave();
    tele2.leave();
  });

  it('tells what committed behind an older open transaction as soon as that ends', async () => {
    const kcell = await hearOrders('operator-kcell', 'kcell');
    const early = await database.begin(5);
    await database.issue(7);
    await early.commit();
    await kcell.until(2);
    expect(ids(kcell)).toEqual([orderIdOf(5), orderIdOf(7)]);
    kcell.leave();
  });

  it('goes on when the connection that hears of events was cut', async () => {
    const kcell = await hearOrders('operator-kcell', 'kcell');
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fraud-cases-live' AND datname = current_database()",
    );
    await database.issue(9);
    await kcell.until(1);
    await database.issue(11);
    await kcell.until(2);
    kcell.leave();
  });
});

describe('caseUpdated', () => {
  it('tells those who work cases how the case stands after a change, and nothing of other cases', async () => {
    const streams = await Promise.all(
      ['investigator-1', 'supervisor-1'].map((user) => listen(user, CASE, { id: caseIdOf(13) })),
    );
    await database.issue(15);
    await database.issue(13);
    for (const stream of streams) {
      await stream.until(1);
      expect(stream.answers).toEqual([
        {
          data: {
            caseUpdated: {
              id: caseIdOf(13),
              number: 'AFC-2026-000013',
              blockOrders: [{ id: orderIdOf(13), document: 'signed.BLOCK.13' }],
            },
          },
        },
      ]);
      stream.leave();
    }
  });
});

describe('a stream is refused', () => {
  it.each([
    ['orders, to nobody', null, ORDERS, { operator: 'kcell' }, 'UNAUTHENTICATED'],
    ["orders, to another operator's machine", 'operator-tele2', ORDERS, { operator: 'kcell' }, 'FORBIDDEN'],
    ['orders, to a supervisor', 'supervisor-1', ORDERS, { operator: 'kcell' }, 'FORBIDDEN'],
    ['orders, to a bank', 'bank-1', ORDERS, { operator: 'bank-1' }, 'FORBIDDEN'],
    ['a case, to nobody', null, CASE, { id: caseIdOf(1) }, 'UNAUTHENTICATED'],
    ['a case, to an operator', 'operator-kcell', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case, to an investigator whose it is not', 'investigator-2', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case without an appeal, to appeals', 'appeals-1', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case, to an analyst', 'analyst-1', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case, to an auditor', 'auditor-1', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case, to an administrator', 'admin-1', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case, to the dispatcher', 'afc-dispatcher', CASE, { id: caseIdOf(1) }, 'FORBIDDEN'],
    ['a case that there is not', 'supervisor-1', CASE, { id: 'nothing' }, 'FORBIDDEN'],
  ])('%s', async (_, user, query, variables, code) => {
    const stream = await listen(user, query, variables);
    expect(await stream.ended).toBe('COMPLETE');
    expect(stream.answers.map(codeOfAnswer)).toEqual([code]);
  });

  it('with a token that is none', async () => {
    const stream = await listenTo(`${service.url}/graphql`, 'a.b.c', ORDERS, { operator: 'kcell' });
    await stream.ended;
    expect(stream.answers.map(codeOfAnswer)).toEqual(['UNAUTHENTICATED']);
  });

  it.each([
    ['a query', '{ __typename }'],
    [
      'two operations',
      'subscription A { caseUpdated(caseId: "1") { id } } subscription B { caseUpdated(caseId: "1") { id } }',
    ],
    ['two fields', 'subscription { a: caseUpdated(caseId: "1") { id } b: caseUpdated(caseId: "1") { id } }'],
    ['a field that there is not', 'subscription { nothing }'],
    ['no GraphQL', '{'],
  ])('for %s', async (_, query) => {
    const stream = await listen('supervisor-1', query, {});
    expect(stream.status).toBe(400);
  });
});

describe('a stream ends', () => {
  it('with its token, and says so', async () => {
    const second = Math.floor(Date.now() / 1_000);
    const stream = await hearOrders('operator-kcell', 'kcell', { iat: second - 1, exp: second + 2 });
    expect(await stream.ended).toBe('COMPLETE');
    expect(stream.answers.map(codeOfAnswer)).toEqual(['UNAUTHENTICATED']);
  });

  it('with the first event after its reader was suspended, which is not told', async () => {
    const stream = await hearOrders('operator-kcell', 'kcell');
    await suspend(database.pool, 'operator-kcell');
    try {
      await database.issue(17);
      expect(await stream.ended).toBe('COMPLETE');
      expect(stream.answers).toEqual([
        { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) })] },
      ]);
      const again = await hearOrders('operator-kcell', 'kcell');
      await again.ended;
      expect(again.answers.map(codeOfAnswer)).toEqual(['FORBIDDEN']);
    } finally {
      await reinstate(database.pool, 'operator-kcell');
    }
  });

  it('when its reader leaves, and makes room for another of the same caller', async () => {
    const streams: EventListener[] = [];
    for (let count = 0; count < 20; count += 1) streams.push(await hearOrders('operator-beeline', 'beeline'));
    const tooMany = await hearOrders('operator-beeline', 'beeline');
    await tooMany.ended;
    expect(tooMany.answers.map(codeOfAnswer)).toEqual(['OVERLOADED']);
    // Others are not affected.
    const other = await hearOrders('operator-tele2', 'tele2');
    for (const stream of streams) stream.leave();
    await Promise.all(streams.map(({ ended }) => ended));
    let code: string | null = 'OVERLOADED';
    for (let tries = 0; tries < 50 && code === 'OVERLOADED'; tries += 1) {
      const next = await hearOrders('operator-beeline', 'beeline');
      code = codeOfAnswer(next.answers[0]);
      next.leave();
    }
    expect(code).toBeNull();
    await database.issue(20);
    await other.until(1);
    other.leave();
  });

  it('when the service stops, which does not wait for readers', async () => {
    const stopping = await serveFraudCases(database.url, null, issuer);
    const stream = await listenTo(`${stopping.url}/graphql`, issuer.tokenOf('operator-kcell'), ORDERS, {
      operator: 'kcell',
    });
    await stopping.stop();
    expect(await stream.ended).toBe('COMPLETE');
    expect(stream.answers).toEqual([]);
  });
});
