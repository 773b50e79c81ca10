// Every reader's lists among cases of earlier years: they hold what the tables say is the reader's, no more and no less, and are read without
// looking at other people's and other organisations' cases. Rows that PostgreSQL touched are counted.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { CaseScope } from '../../../../subgraphs/fraud-cases/domain/case-scope';
import type { PageRequest } from '../../../../subgraphs/fraud-cases/domain/page';
import { caseFileReads } from '../../../../subgraphs/fraud-cases/store/case-file-reads';
import { caseReads } from '../../../../subgraphs/fraud-cases/store/case-reads';
import { dutyReads } from '../../../../subgraphs/fraud-cases/store/duty-reads';
import { MOST_COUNTED } from '../../../../subgraphs/fraud-cases/store/list-page';
import { orderReads } from '../../../../subgraphs/fraud-cases/store/order-reads';
import { loadOldCases } from '../../../bench/old-cases';
import { touchedRows } from '../../../support/touched-rows';
import { createCaseDatabase } from '../fraud-cases-fixture';

const OLD_CASES = 12_000;
const FIRST: PageRequest = { first: 20, after: null };
const NOTHING: CaseScope = {
  reader: 'auditor-1',
  all: false,
  assignee: null,
  waiting: false,
  appealed: false,
  organisation: null,
};

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let client: Client;
beforeAll(async () => {
  database = await createCaseDatabase([]);
  await loadOldCases(database.url, OLD_CASES, () => {});
  client = new Client({ connectionString: database.url });
  await client.connect();
  // A bank that lost money in the very oldest case, and an operator that was asked once: parts that no other organisation has.
  await client.query(`SET session_replication_role = 'replica'`);
  await client.query(`WITH oldest AS (SELECT * FROM fraud_case WHERE charge <> '' ORDER BY opened_at LIMIT 1),
    lost AS (INSERT INTO loss (id, case_id, bank, amount, occurred_at, transaction_ref)
      SELECT 'loss', id, 'bank-9', 1, opened_at, 'T' FROM oldest),
    asked AS (INSERT INTO information_request (id, case_id, operator_code, questions, issued_at, due_at, state, charge, is_appealed)
      SELECT 'asked', id, 'altel', '{Who?}', opened_at, opened_at, 'OVERDUE', charge, is_appealed FROM oldest)
    INSERT INTO case_part SELECT id, organisation, state, opened_at FROM oldest, (VALUES ('bank-9'), ('altel')) AS named (organisation)`);
  await client.query(`RESET session_replication_role; ANALYZE case_part`);
}, 60_000);
afterAll(async () => {
  await client?.end();
  await database?.close();
});

const READERS: readonly (readonly [string, Partial<CaseScope>])[] = [
  ['an auditor', { all: true }],
  ['an investigator of another unit', { reader: 'investigator-1', assignee: 'investigator-1' }],
  ['an investigator', { reader: 'investigator-1', assignee: 'investigator-1', waiting: true }],
  ['an investigator without a case', { reader: 'newcomer', assignee: 'newcomer', waiting: true }],
  ['somebody of appeals', { reader: 'appeals-1', appealed: true }],
  [
    'somebody of appeals who investigated',
    { reader: 'investigator-4', assignee: 'investigator-4', waiting: true, appealed: true },
  ],
  ['a large operator', { reader: 'operator-kcell', organisation: 'kcell' }],
  ['a large bank', { reader: 'bank-1', organisation: 'bank-1' }],
  ['an operator that was asked once', { reader: 'operator-altel', organisation: 'altel' }],
  ['a bank that lost money once', { reader: 'bank-9', organisation: 'bank-9' }],
  ['an operator that never was asked', { reader: 'operator-izi', organisation: 'izi' }],
  ['a bank whose person also hears appeals', { reader: 'appeals-2', organisation: 'bank-9', appealed: true }],
  ['nobody', {}],
];

/** What the tables say of whose a case is, said apart from the way in which lists are read. */
function isCaseOf({ all, assignee, waiting, appealed, reader, organisation }: CaseScope): string {
  const names = `('${organisation}', 'operator-${organisation}')`;
  return [
    String(all),
    ...(assignee === null ? [] : [`c.assignee = '${assignee}'`]),
    ...(waiting ? ['c.assignee IS NULL'] : []),
    ...(appealed
      ? [`c.assignee IS DISTINCT FROM '${reader}' AND EXISTS (SELECT FROM appeal a WHERE a.case_id = c.id)`]
      : []),
    ...(organisation === null
      ? []
      : [
          `c.checked_by = '${organisation}'`,
          `EXISTS (SELECT FROM suspicion_report p WHERE p.case_id = c.id AND p.reporter IN ${names})`,
          ...[
            ['block_order', 'operator_code'],
            ['information_request', 'operator_code'],
            ['loss', 'bank'],
            ['duty_clock', 'party'],
          ].map(
            ([table, name]) =>
              `EXISTS (SELECT FROM ${table} p WHERE p.case_id = c.id AND p.${name} = '${organisation}')`,
          ),
        ]),
  ]
    .map((way) => `(${way})`)
    .join(' OR ');
}

interface List {
  readonly table: string;
  readonly order: string;
  /** The column of whose own a row is. */
  readonly owner: string | null;
  /** A state that is asked for alone: what is under way, of which nothing is here; and one of which there are few. */
  readonly states: readonly (readonly string[] | null)[];
  read(
    source: DataSource,
    within: CaseScope,
    states: readonly string[] | null,
  ): {
    page(request: PageRequest): Promise<{ readonly rows: readonly { readonly id: string }[] }>;
    count(): Promise<number | null>;
  };
}

const LISTS: Readonly<Record<string, List>> = {
  cases: {
    table: 'fraud_case',
    order: 'opened_at DESC, id DESC',
    owner: null,
    states: [null, ['UNDER_INVESTIGATION', 'REPORTED'], ['DECIDED'], ['DISMISSED']],
    read(source, within, states) {
      const filter = {
        within,
        states: states as never,
        fraudTypes: null,
        assignee: null,
        msisdn: null,
        openedFrom: null,
        openedTo: null,
      };
      return {
        page: (request) => caseReads(source).casesPage(filter, request),
        count: () => caseReads(source).caseCount(filter),
      };
    },
  },
  orders: {
    table: 'block_order',
    order: 'listed_at DESC, id DESC',
    owner: 'operator_code',
    states: [null, ['ISSUED', 'DELIVERED'], ['EXPIRED']],
    read(source, within, states) {
      const filter = { within, states: states as never, operatorCode: null, msisdn: null };
      return {
        page: (request) => orderReads(source).ordersPage(filter, request),
        count: () => orderReads(source).orderCount(filter),
      };
    },
  },
  appeals: {
    table: 'appeal',
    order: 'filed_at DESC, id DESC',
    owner: null,
    states: [null, ['FILED'], ['UPHELD']],
    read(source, within, states) {
      const filter = { within, states: states as never };
      return {
        page: (request) => orderReads(source).appealsPage(filter, request),
        count: () => orderReads(source).appealCount(filter),
      };
    },
  },
  requests: {
    table: 'information_request',
    order: 'issued_at DESC, id DESC',
    owner: 'operator_code',
    states: [null, ['SENT'], ['ANSWERED']],
    read(source, within, states) {
      const filter = { within, states: states as never, operatorCode: null, caseId: null };
      const reads = caseFileReads(source);
      return {
        page: (request) => reads.informationRequestsPage(filter, request),
        count: () => reads.informationRequestCount(filter),
      };
    },
  },
  clocks: {
    table: 'duty_clock',
    order: 'deadline_at, id',
    owner: 'party',
    states: [null, ['RUNNING'], ['BREACHED']],
    read(source, within, states) {
      const filter = { within, states: states as never, party: null, ruleId: null };
      return {
        page: (request) => dutyReads(source).clocksPage(filter, request),
        count: () => dutyReads(source).clockCount(filter),
      };
    },
  },
};

const QUESTIONS = READERS.flatMap(([who, scope]) =>
  Object.entries(LISTS).flatMap(([list, { states }]) =>
    states.map((some) => [who, list, some, { ...NOTHING, ...scope }] as const),
  ),
);

describe('of a reader', () => {
  it.each(QUESTIONS)('%s, the list of %s %j', async (_who, name, states, within) => {
    const list = LISTS[name];
    if (list === undefined) throw new Error(name);
    const isOwn =
      within.organisation !== null && list.owner !== null
        ? `r.${list.owner} = '${within.organisation}'`
        : `EXISTS (SELECT FROM fraud_case c WHERE c.id = r.${name === 'cases' ? 'id' : 'case_id'} AND (${isCaseOf(name === 'appeals' ? { ...within, organisation: null } : within)}))`;
    const { rows: expected } = await client.query<{ id: string }>(
      `SELECT id FROM ${list.table} r WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND (${isOwn}) ORDER BY ${list.order}`,
      [states],
    );
    const { value, touched } = await touchedRows(client, database.dataSource, (source) =>
      list.read(source, within, states).page(FIRST),
    );
    expect(value.rows.map(({ id }) => id)).toEqual(expected.slice(0, 20).map(({ id }) => id));
    expect(touched).toBeLessThan(700);
    const count = await list.read(database.dataSource, within, states).count();
    expect(count).toBe(expected.length > MOST_COUNTED ? null : expected.length);
  });
});

describe('of a number', () => {
  // Twice suspected, in a case of investigator-5 and in one that was merged.
  const msisdn = '+77900000004' as never;

  it.each(READERS)('%s finds its cases and reports among those of the number', async (_who, some) => {
    const within = { ...NOTHING, ...some };
    const reads = (source: DataSource) => caseReads(source);
    const { rows: expected } = await client.query<{ id: string }>(
      `SELECT id FROM fraud_case c WHERE id IN (SELECT case_id FROM case_number WHERE msisdn = $1) AND (${isCaseOf(within)})
       ORDER BY opened_at DESC, id DESC`,
      [msisdn],
    );
    const { value, touched } = await touchedRows(client, database.dataSource, async (source) => ({
      cases: await reads(source).casePagesOf([{ ...FIRST, msisdn }], within),
      count: await reads(source).caseCountsOf([msisdn], within),
      reports: await reads(source).reportPagesOf([{ ...FIRST, msisdn }], within),
      reportCount: await reads(source).reportCountsOf([msisdn], within),
      list: await reads(source).casesPage(
        { within, states: null, fraudTypes: null, assignee: null, msisdn, openedFrom: null, openedTo: null },
        FIRST,
      ),
    }));
    expect(value.cases[0]?.rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(value.list.rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(value.count.get(msisdn) ?? 0).toBe(expected.length);
    expect(value.reportCount.get(msisdn) ?? 0).toBe(value.reports[0]?.rows.length);
    expect(touched).toBeLessThan(100);
  });
});
