// Among cases of earlier years: what is asked by every list, every order and every second reads what it shows, and not what is over. Rows
// that PostgreSQL touched are counted.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { SqlSource } from '../../../../shared/audit-log/sql-session';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import type { CaseScope } from '../../../../subgraphs/fraud-cases/domain/case-scope';
import { DUTY_RULES } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import type { PageRequest } from '../../../../subgraphs/fraud-cases/domain/page';
import { peopleBehindOrder } from '../../../../subgraphs/fraud-cases/store/appeal-store';
import { caseFileReads } from '../../../../subgraphs/fraud-cases/store/case-file-reads';
import { caseReads } from '../../../../subgraphs/fraud-cases/store/case-reads';
import {
  dueClocks,
  lapsedBlocks,
  lapsingAppeals,
  overdueChecks,
  overdueRequests,
} from '../../../../subgraphs/fraud-cases/store/due-reads';
import { dutyReads } from '../../../../subgraphs/fraud-cases/store/duty-reads';
import { hasOldKeys } from '../../../../subgraphs/fraud-cases/store/idempotency-record';
import { MOST_COUNTED } from '../../../../subgraphs/fraud-cases/store/list-page';
import { orderReads } from '../../../../subgraphs/fraud-cases/store/order-reads';
import { loadOldCases } from '../../../bench/old-cases';
import { touchedRows } from '../../../support/touched-rows';
import { createCaseDatabase } from '../fraud-cases-fixture';

const OLD_CASES = 12_000;
const FIRST: PageRequest = { first: 20, after: null };
const AUDITED: CaseScope = {
  reader: 'auditor-1',
  all: true,
  assignee: null,
  waiting: false,
  appealed: false,
  organisation: null,
};
const ALL_CASES = {
  within: AUDITED,
  states: null,
  fraudTypes: null,
  assignee: null,
  msisdn: null,
  openedFrom: null,
  openedTo: null,
};
const ALL_ORDERS = { within: AUDITED, states: null, operatorCode: null, msisdn: null };
const ALL_REQUESTS = { within: AUDITED, states: null, operatorCode: null, caseId: null };
const ALL_CLOCKS = { within: AUDITED, states: null, party: null, ruleId: null };

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let client: Client;
let oldest: Instant;
beforeAll(async () => {
  database = await createCaseDatabase([]);
  await loadOldCases(database.url, OLD_CASES, () => {});
  client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ at: Date }>('SELECT min(opened_at) AS at FROM fraud_case');
  oldest = msToInstant(rows[0]?.at.getTime() ?? 0);
}, 60_000);
afterAll(async () => {
  await client?.end();
  await database?.close();
});

/** Rows of tables that were looked at, by whatever way. */
function touchedBy<Value>(work: (source: SqlSource & DataSource) => Promise<Value>) {
  return touchedRows(client, database.dataSource, work);
}

describe('a page of a list', () => {
  it.each<[string, (source: DataSource) => Promise<{ readonly rows: readonly object[] }>, number]>([
    ['of all cases', (source) => caseReads(source).casesPage(ALL_CASES, FIRST), 20],
    [
      'of cases in a rare state',
      (source) => caseReads(source).casesPage({ ...ALL_CASES, states: ['TRIAGED'] }, FIRST),
      0,
    ],
    ['of closed cases', (source) => caseReads(source).casesPage({ ...ALL_CASES, states: ['CLOSED'] }, FIRST), 20],
    [
      'of the oldest closed cases',
      (source) =>
        caseReads(source).casesPage(
          { ...ALL_CASES, states: ['CLOSED'] },
          { first: 20, after: { at: oldest, id: '~' } },
        ),
      1,
    ],
    [
      'of the open cases of a person',
      (source) =>
        caseReads(source).casesPage({ ...ALL_CASES, assignee: 'investigator-1', states: ['PENDING_APPROVAL'] }, FIRST),
      0,
    ],
    ['of nobody', (source) => caseReads(source).casesPage({ ...ALL_CASES, assignee: 'nobody' }, FIRST), 0],
    ['of a rare kind', (source) => caseReads(source).casesPage({ ...ALL_CASES, fraudTypes: ['FAKE_SHOP'] }, FIRST), 0],
    [
      'of a number',
      (source) => caseReads(source).casesPage({ ...ALL_CASES, msisdn: '+77900000004' as never }, FIRST),
      2,
    ],
    ['of all orders', (source) => orderReads(source).ordersPage(ALL_ORDERS, FIRST), 20],
    [
      'of orders on their way',
      (source) => orderReads(source).ordersPage({ ...ALL_ORDERS, states: ['ISSUED'] }, FIRST),
      0,
    ],
    [
      'of those of an operator',
      (source) => orderReads(source).ordersPage({ ...ALL_ORDERS, operatorCode: 'kcell', states: ['DELIVERED'] }, FIRST),
      0,
    ],
    ['of open appeals', (source) => orderReads(source).appealsPage({ within: AUDITED, states: ['FILED'] }, FIRST), 0],
    ['of all requests', (source) => caseFileReads(source).informationRequestsPage(ALL_REQUESTS, FIRST), 20],
    [
      'of requests at an operator',
      (source) => caseFileReads(source).informationRequestsPage({ ...ALL_REQUESTS, operatorCode: 'nobody' }, FIRST),
      0,
    ],
    ['of running clocks', (source) => dutyReads(source).clocksPage({ ...ALL_CLOCKS, states: ['RUNNING'] }, FIRST), 0],
    ['of missed clocks', (source) => dutyReads(source).clocksPage({ ...ALL_CLOCKS, states: ['BREACHED'] }, FIRST), 20],
    [
      'of running clocks of a party',
      (source) => dutyReads(source).clocksPage({ ...ALL_CLOCKS, states: ['RUNNING'], party: 'afc' }, FIRST),
      0,
    ],
    [
      'of clocks of a rare duty',
      (source) => dutyReads(source).clocksPage({ ...ALL_CLOCKS, ruleId: 'AFC-05' }, FIRST),
      0,
    ],
  ])('%s looks at no more than it shows, of each state', async (_, ask, shown) => {
    const { value, touched } = await touchedBy(ask);
    expect(value.rows).toHaveLength(shown);
    expect(touched).toBeLessThan(600);
  });

  it('knows every duty by its rule', async () => {
    const { rows } = await client.query<{ id: string }>('SELECT DISTINCT id FROM duty_rule ORDER BY 1');
    expect(rows.map(({ id }) => id)).toEqual([...new Set(DUTY_RULES.map(({ id }) => id))].sort());
  });
});

describe('a total', () => {
  it('is told up to a bound, and not beyond it', async () => {
    const { dataSource } = database;
    expect(await caseReads(dataSource).caseCount(ALL_CASES)).toBeNull();
    expect(await dutyReads(dataSource).clockCount(ALL_CLOCKS)).toBeNull();
    expect(await caseReads(dataSource).caseCount({ ...ALL_CASES, states: ['CLOSED', 'DECIDED'] })).toBe(
      OLD_CASES * 0.8,
    );
    expect(OLD_CASES * 0.8).toBeLessThan(MOST_COUNTED);
  });

  it('of a few looks at these few', async () => {
    const { value, touched } = await touchedBy((source) =>
      caseReads(source).caseCount({ ...ALL_CASES, states: ['REPORTED'] }),
    );
    expect(value).toBe(0);
    expect(touched).toBeLessThan(50);
  });
});

describe('what is asked for one case', () => {
  it.each<[string, (source: SqlSource, caseId: string) => Promise<unknown>]>([
    [
      'whether two decided it',
      (source, caseId) => source.query({ text: `SELECT is_decided_by_two($1, 'CONFIRMED', false)`, values: [caseId] }),
    ],
    ['who stands behind its order', (source, caseId) => peopleBehindOrder(source as never, { id: 'order', caseId })],
  ])('(%s) looks at this case', async (_, ask) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM fraud_case WHERE outcome = 'CONFIRMED' ORDER BY opened_at LIMIT 1`,
    );
    expect((await touchedBy((source) => ask(source, rows[0]?.id ?? ''))).touched).toBeLessThan(50);
  });
});

describe('what is asked every second', () => {
  const page = { limit: 50, except: [] };
  it.each<[string, (source: SqlSource) => Promise<unknown>]>([
    ['due clocks', (source) => dueClocks(source, page)],
    ['overdue checks', (source) => overdueChecks(source, page)],
    ['overdue requests', (source) => overdueRequests(source, page)],
    ['lapsing appeals', (source) => lapsingAppeals(source, page)],
    ['lapsed blocks', (source) => lapsedBlocks(source, page)],
    ['old keys', (source) => hasOldKeys(source)],
  ])('(%s) does not look through what is over', async (_, ask) => {
    expect((await touchedBy(ask)).touched).toBeLessThan(20);
  });
});
