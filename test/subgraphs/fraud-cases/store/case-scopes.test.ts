// Cases that were there before lists were found by whose they are: the migration finds out for all of them, and needs no act for it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../../../shared/service/database';
import { caseFact, createCaseDatabase, on, orderFact } from '../fraud-cases-fixture';
import { scopeDrift } from './scope-drift';

const TAKEN_BACK = [
  'DROP TABLE case_part',
  ...['take_charge', 'hand_charge_on', 'tell_appeal', 'move_stage', 'move_part', 'tell_checker'].map(
    (name) => `DROP FUNCTION ${name} CASCADE`,
  ),
  ...['suspicion_report', 'block_order', 'information_request', 'loss', 'duty_clock'].map(
    (table) => `DROP FUNCTION tell_part_of_${table} CASCADE`,
  ),
  'DROP FUNCTION add_part; DROP FUNCTION drop_part',
  ...['fraud_case', 'block_order', 'information_request', 'duty_clock', 'appeal'].map(
    (table) => `ALTER TABLE ${table} DROP COLUMN charge, DROP COLUMN is_appealed`,
  ),
  'CREATE INDEX fraud_case_by_assignee ON fraud_case (assignee, state, opened_at DESC, id DESC)',
  `DELETE FROM migrations WHERE name = 'CaseScopes1795000000120'`,
];

const appealed = {
  id: 'appeal-1',
  orderId: 'order-1',
  state: 'FILED',
  version: 1,
  grounds: 'WRONG_PERSON',
  statement: 'I drive a taxi.',
  filedAt: on(3, 6),
  dueAt: on(3, 9),
  decidedBy: null,
  approvedBy: null,
  decision: null,
} as const;

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
beforeAll(async () => {
  database = await createCaseDatabase([
    caseFact(1, '+77012000001', { blockOrders: [orderFact('order-1', '+77012000001')], appeals: [appealed] }),
    caseFact(2, '+77012000002', { state: 'CLOSED', outcome: 'REFUTED' }),
    caseFact(3, '+77012000003', { state: 'REPORTED', assignee: null, track: null }),
  ]);
});
afterAll(() => database?.close());

describe('the charges and parts of cases', () => {
  const drift = () => scopeDrift((text) => database.dataSource.query(text));

  it('come with cases that are seeded', async () => {
    expect(await drift()).toEqual([]);
    const parts = 'SELECT case_id, organisation, stage FROM case_part ORDER BY 1, 2';
    expect(await database.dataSource.query(parts)).toEqual([
      { case_id: 'case-1', organisation: 'bank-1', stage: 'OPEN' },
      { case_id: 'case-1', organisation: 'kcell', stage: 'OPEN' },
      { case_id: 'case-2', organisation: 'bank-1', stage: 'CLOSED' },
      { case_id: 'case-3', organisation: 'bank-1', stage: 'OPEN' },
    ]);
  });

  it('are found for cases that were there before', async () => {
    for (const statement of TAKEN_BACK) await database.dataSource.query(statement);
    await migrate(database.dataSource);
    expect(await drift()).toEqual([]);
    expect(await database.dataSource.query('SELECT id, charge, is_appealed FROM block_order')).toEqual([
      { id: 'order-1', charge: 'investigator-1', is_appealed: true },
    ]);
    expect(await database.dataSource.query(`SELECT count(*)::int AS parts FROM case_part`)).toEqual([{ parts: 4 }]);
  });
});
