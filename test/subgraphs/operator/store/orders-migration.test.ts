// A database from before orders came over the wire: its replayed blocks, lifts and ends are brought into the new form, and live orders go on
// where they stood.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { appendAct } from '../../../../shared/audit-log/act-author';
import { ActWriting1700000102000 } from '../../../../shared/audit-log/act-writing-migration';
import { AuditActs1700000100000 } from '../../../../shared/audit-log/acts-migration';
import { sessionOf } from '../../../../shared/audit-log/sql-session';
import { migrate, openDatabase } from '../../../../shared/service/database';
import type { Day } from '../../../../shared/vocabulary/day';
import type { Instant } from '../../../../shared/vocabulary/instant';
import { documentHash, receiptSealer } from '../../../../subgraphs/operator/log/signed-document';
import { openOperatorDatabase } from '../../../../subgraphs/operator/store/database';
import { openEnforcementStore } from '../../../../subgraphs/operator/store/enforcement-store';
import { OPERATOR_ENTITIES } from '../../../../subgraphs/operator/store/line-rows';
import { OperatorLines1700000001000 } from '../../../../subgraphs/operator/store/lines-migration';
import { OperatorActs1700000200000 } from '../../../../subgraphs/operator/store/own-acts-migration';
import { OperatorUsage1700000002000 } from '../../../../subgraphs/operator/store/usage-migration';
import { createTestDatabase, type TestDatabase } from '../../../support/database';
import { RECEIPT_KEY } from '../log/log-fixture';
import { orderPayload, signDocument } from '../log/order-bank';
import { AUTHOR } from '../log/order-fixture';
import { CASE_ID, leafOf } from '../log/replayed-history';

const SINCE = '2026-08-01T00:00:00.000Z';
const AT = '2026-09-01T08:00:00.000Z';
const END = '2026-09-04T08:00:00.000Z';
const [BLOCKED, LAPSING, LIFTED] = ['+77011234567', '+77011234568', '+77011234569'] as const;
const idOf = (msisdn: string): string => `0a0a0a0a-0000-4000-8000-0000000000${msisdn.slice(-2)}`;
const documentOf = (msisdn: string, told: object = {}) =>
  signDocument(
    orderPayload({ id: idOf(msisdn), msisdn, measures: ['DATA', 'SMS_OUT'], issued_at: AT, sequence: 3, ...told }),
  );
const DOCUMENTS = {
  [BLOCKED]: documentOf(BLOCKED),
  [LAPSING]: documentOf(LAPSING, { valid_until: END }),
  [LIFTED]: documentOf(LIFTED),
};
const LIFT = documentOf(LIFTED, { kind: 'LIFT', sequence: 4 });

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase('operator_before_orders');
  const before = await openDatabase({
    url: database.url,
    applicationName: 'operator',
    entities: OPERATOR_ENTITIES,
    migrations: [
      OperatorLines1700000001000,
      OperatorUsage1700000002000,
      AuditActs1700000100000,
      ActWriting1700000102000,
      OperatorActs1700000200000,
    ],
  });
  await migrate(before);
  for (const msisdn of [BLOCKED, LAPSING, LIFTED]) await replayed(before, msisdn);
  await before.destroy();
  dataSource = await openOperatorDatabase(database.url);
  await migrate(dataSource);
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

/** Stores an executed order as a replay of that time did. */
async function replayed(source: DataSource, msisdn: typeof BLOCKED | typeof LAPSING | typeof LIFTED): Promise<void> {
  await source.query('INSERT INTO tenure (msisdn, since) VALUES ($1, $2)', [msisdn, SINCE]);
  await source.query(
    `INSERT INTO line_contract (id, msisdn, since, status, opened_at, verification_result, verification_attempts)
     VALUES ($1, $1, $2, 'ACTIVE', $2, 'PASSED', 1)`,
    [msisdn, SINCE],
  );
  const write = (change: string, outcome: string, document: string, answered: string) =>
    source.transaction(async (manager) => {
      const session = await sessionOf(manager);
      const { act } = await appendAct(session, AUTHOR, {
        kind: change === 'EXECUTED' ? 'block.enforced' : 'lift.done',
        caseId: CASE_ID,
        ref: [answered],
        to: ['afc'],
        at: AT as Instant,
        fields: {},
        expiresOn: '2031-01-01' as Day,
      });
      if (change === 'EXECUTED') {
        await manager.query(
          `INSERT INTO block_enforcement (order_id, sequence, msisdn, since, state, measures, received_at, enforced_at, last_act_id)
           VALUES ($1, 3, $2, $3, 'ENFORCED', '{DATA,SMS_OUT}', $4, $4, $5)`,
          [idOf(msisdn), msisdn, SINCE, AT, act.id],
        );
        await manager.query(
          `INSERT INTO service_state (contract_key, measures, order_id, changed_at)
           SELECT key, '{DATA,SMS_OUT}', $2, $3 FROM line_contract WHERE msisdn = $1`,
          [msisdn, idOf(msisdn), AT],
        );
      } else {
        await manager.query(
          `UPDATE block_enforcement SET state = 'LIFTED', lifted_at = $2, last_act_id = $3 WHERE order_id = $1`,
          [idOf(msisdn), AT, act.id],
        );
        await manager.query(`UPDATE service_state SET measures = '{}' WHERE order_id = $1`, [idOf(msisdn)]);
      }
      await manager.query(
        `INSERT INTO enforcement_event (act_id, order_id, sequence, change, outcome, order_document, receipt, at)
         VALUES ($1, $2, 3, $3, $4, $5, 'a.b.c', $6)`,
        [act.id, idOf(msisdn), change, outcome, document, AT],
      );
    });
  await write('EXECUTED', 'ENFORCED', DOCUMENTS[msisdn], leafOf(msisdn));
  if (msisdn === LIFTED) await write('LIFTED', 'LIFTED', LIFT, leafOf('lift'));
}

const rows = (statement: string): Promise<readonly Record<string, unknown>[]> => dataSource.query(statement);

describe('a database of replayed orders', () => {
  it('knows of each document its hash, its sequence, and the act that it answered', async () => {
    const events = await rows(
      `SELECT msisdn, order_hash, sequence, answered, services, change, effective_at, attempt FROM enforcement_event ORDER BY msisdn, change`,
    );
    const services = ['DATA', 'SMS_OUT'];
    expect(events).toMatchObject([
      {
        msisdn: BLOCKED,
        order_hash: documentHash(DOCUMENTS[BLOCKED]),
        sequence: 3,
        answered: leafOf(BLOCKED),
        services,
      },
      {
        msisdn: LAPSING,
        order_hash: documentHash(DOCUMENTS[LAPSING]),
        sequence: 3,
        answered: leafOf(LAPSING),
        services,
      },
      { msisdn: LIFTED, order_hash: documentHash(DOCUMENTS[LIFTED]), sequence: 3, answered: leafOf(LIFTED), services },
      { msisdn: LIFTED, order_hash: documentHash(LIFT), sequence: 4, answered: leafOf('lift'), services: [] },
    ]);
    expect(events.every(({ effective_at: at }) => (at as Date).toISOString() === AT)).toBe(true);
    expect(await rows('SELECT msisdn, sequence FROM accepted_order ORDER BY msisdn')).toEqual([
      { msisdn: BLOCKED, sequence: 3 },
      { msisdn: LAPSING, sequence: 3 },
      { msisdn: LIFTED, sequence: 4 },
    ]);
  });

  it('lets a temporary block of the past end, and a later order take the place of one', async () => {
    const store = openEnforcementStore(dataSource, AUTHOR, receiptSealer(RECEIPT_KEY));
    expect(await store.expireDue()).toBe(1);
    const lift = documentOf(BLOCKED, { kind: 'LIFT', sequence: 4 });
    const repeated = await store.knownOrder(documentHash(DOCUMENTS[BLOCKED]));
    expect(repeated).toMatchObject({ answer: { outcome: 'ENFORCED', receipt: 'a.b.c' }, answered: leafOf(BLOCKED) });
    const answer = await store.execute({
      order: {
        id: idOf(BLOCKED),
        sequence: 4,
        kind: 'LIFT',
        operatorCode: 'kcell',
        msisdn: BLOCKED as never,
        measures: [],
        caseId: CASE_ID,
        issuedAt: AT as Instant,
        validUntil: null,
      },
      document: lift,
      orderHash: documentHash(lift),
      answered: leafOf('lift of it'),
    });
    expect(answer).toMatchObject({ ok: true, value: { outcome: 'LIFTED' } });
    expect(await rows('SELECT state FROM block_enforcement')).toEqual(Array(3).fill({ state: 'LIFTED' }));
    expect(await rows('SELECT measures FROM service_state')).toEqual(Array(3).fill({ measures: [] }));
  });
});
