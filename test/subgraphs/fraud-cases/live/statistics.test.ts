// Statistics over a real database: the counts of the night are the table's own, and dashboards are answered from the snapshot alone.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { addDays, type Day, dayOf, dayStartMs, weekdayOf } from '../../../../shared/vocabulary/day';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { countWeeks } from '../../../../subgraphs/fraud-cases/store/statistics-counts';
import { takeSnapshot } from '../../../../subgraphs/fraud-cases/store/statistics-store';
import { shiftClock } from '../../../support/database';
import { askGraphQL } from '../../../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { caseFact, createCaseDatabase, orderFact, serveFraudCases } from '../fraud-cases-fixture';
import { eventually } from '../log-fixture';

/** The last week that is over, from its Monday. */
const today = dayOf(Date.now());
const monday = addDays(today, -6 - weekdayOf(today));
const count = 90;

const TYPES = ['PHONE_IMPERSONATION', 'FAKE_SHOP', 'OTHER', null] as const;

/** Cases of that week. Most of one type; the first ten have one suspect in common, after another. */
const facts = Array.from({ length: count }, (_, at) => {
  const opened = new Date(dayStartMs(addDays(monday, at % 7)) + at * 60_000);
  const suspect = `+7701${String(2_000_000 + (at < 20 ? 0 : at))}`;
  const isConfirmed = at % 3 === 0;
  const order = orderFact(`order-${at}`, suspect, {
    state: 'LIFTED',
    sequence: at + 1,
    operatorCode: at % 2 === 0 ? 'kcell' : 'tele2',
    issuedAt: opened.toISOString(),
    deliveredAt: opened.toISOString(),
    acknowledgedAt: opened.toISOString(),
    enforcedAt: new Date(opened.getTime() + 600_000 + at * 1_000).toISOString(),
    liftedAt: new Date(opened.getTime() + 900_000).toISOString(),
    liftSequence: null,
  });
  return caseFact(at + 1, suspect, {
    state: 'CLOSED',
    outcome: isConfirmed ? 'CONFIRMED' : 'REFUTED',
    fraudType: at < 60 ? TYPES[0] : (TYPES[at % 4] ?? null),
    openedAt: opened.toISOString(),
    blockOrders: isConfirmed ? [order] : [],
    clocks: [],
  });
});

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let pool: Pool;
let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  database = await createCaseDatabase(facts);
  pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await issuer?.stop();
  await pool?.end();
  await database?.close();
});

const signedIn = () => ({ authorization: `Bearer ${issuer.tokenOf('supervisor-1')}` });
const askSignedIn = (origin: string, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(origin, query, variables, signedIn());

describe('the counts of a night', () => {
  it('are those of the tables, by every grouping', async () => {
    const client = await pool.connect();
    const [before, week] = await countWeeks(client, addDays(monday, -7), 2).finally(() => client.release());
    expect(before?.cases.STATE.every(({ opened }) => opened.cases === 0)).toBe(true);
    const expected = (keys: readonly string[], keyOf: (fact: (typeof facts)[number], at: number) => string) =>
      keys.map((key) => {
        const own = facts.filter((fact, at) => keyOf(fact, at) === key);
        const measured = (some: typeof own) => ({
          cases: some.length,
          subjects: new Set(some.map(({ subjects }) => subjects[0]?.msisdn)).size,
        });
        return [
          key,
          measured(own),
          measured(own.filter(({ outcome }) => outcome === 'CONFIRMED')),
          measured(own.filter(({ outcome }) => outcome === 'REFUTED')),
        ];
      });
    const told = (grouping: 'FRAUD_TYPE' | 'STATE' | 'DAY') =>
      week?.cases[grouping].map(({ key, opened, confirmed, refuted }) => [key, opened, confirmed, refuted]);
    expect(told('FRAUD_TYPE')).toEqual(
      expected(week?.cases.FRAUD_TYPE.map(({ key }) => key) ?? [], ({ fraudType }) => fraudType ?? 'UNKNOWN'),
    );
    expect(told('STATE')).toEqual(expected(week?.cases.STATE.map(({ key }) => key) ?? [], ({ state }) => state));
    const days = Array.from({ length: 7 }, (_, at) => addDays(monday, at));
    expect(told('DAY')).toEqual(expected(days, (_, at) => days[at % 7] ?? ''));
    expect(week?.cases.OPERATOR.map(({ key, opened }) => [key, opened.cases])).toEqual([
      ['kcell', 15],
      ['tele2', 15],
    ]);
    // Every third case has a block: the middle of 600, 603, … seconds.
    const medians = facts.flatMap(({ blockOrders, openedAt }) =>
      blockOrders.map(({ enforcedAt }) => (Date.parse(enforcedAt ?? '') - Date.parse(openedAt)) / 1_000),
    );
    expect(week?.cases.STATE.find(({ key }) => key === 'CLOSED')?.medianSecondsToBlock).toBe(
      medians.toSorted((left, right) => left - right)[Math.ceil(medians.length / 2) - 1],
    );
  });
});

describe('a snapshot', () => {
  // The sessions are looked at from outside of the transaction that holds the table: within one, the server tells of other sessions as they were
  // when it was first asked, and a session that begins to wait afterwards is never seen.
  it('is lost with its connection, and nothing else is', async () => {
    const own = await createCaseDatabase([]);
    const others = new Pool({ connectionString: own.url, max: 2 });
    const snapshots = new Pool({ connectionString: own.url, max: 1, application_name: 'snapshots' });
    for (const each of [others, snapshots]) each.on('error', () => {});
    const holder = await others.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE statistics_snapshot');
      const lost = takeSnapshot(snapshots).catch((cause: unknown) => cause);
      await eventually(async () => {
        const { rowCount } = await others.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'snapshots' AND wait_event_type = 'Lock'`,
        );
        return rowCount === 1;
      });
      expect(await lost).toBeInstanceOf(Error);
      await holder.query('ROLLBACK');
      expect(await takeSnapshot(snapshots)).toBe(true);
      expect(await takeSnapshot(snapshots)).toBe(false);
    } finally {
      holder.release(true);
      await snapshots.end();
      await others.end();
      await own.close();
    }
  });
});

describe('a dashboard', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await serveFraudCases(database.url, null, issuer);
    await eventually(async () => (await pool.query('SELECT FROM statistics_snapshot')).rowCount === 1);
  });
  afterAll(() => service?.stop());

  const ask = (query: string, variables: Readonly<Record<string, unknown>>) =>
    askSignedIn(service.url, query, variables);
  const STATISTICS = `query ($from: Date!, $to: Date!, $by: CaseGrouping!) {
    caseStatistics(from: $from, to: $to, groupBy: $by) { key opened confirmed refuted medianSecondsToBlock } }`;
  const range = { from: monday, to: addDays(monday, 6) };

  it('is answered from the snapshot that the service took when it started', async () => {
    const { data } = await ask(STATISTICS, { ...range, by: 'FRAUD_TYPE' });
    const rows = (data as { caseStatistics: { key: string; opened: number | null }[] }).caseStatistics;
    expect(rows).toHaveLength(14);
    expect(rows.find(({ key }) => key === 'PHONE_IMPERSONATION')).toEqual({
      key: 'PHONE_IMPERSONATION',
      opened: expect.any(Number),
      confirmed: expect.any(Number),
      refuted: expect.any(Number),
      medianSecondsToBlock: expect.any(Number),
    });
    expect(rows.find(({ key }) => key === 'BULK_SMS')?.opened).toBeNull();
    const report = await ask(
      'query ($from: Date!, $to: Date!) { dutyReport(from: $from, to: $to) { party started } }',
      range,
    );
    expect(report.data).toEqual({ dutyReport: [] });
  });

  it.each([
    ['a week that is not over', { from: addDays(monday, 7), to: addDays(monday, 13), by: 'STATE' }],
    ['part of a week', { from: monday, to: monday, by: 'STATE' }],
    ['a day of this month', { from: today, to: today, by: 'DAY' }],
  ])('is refused %s, in fixed words', async (_, variables) => {
    const { errors } = await ask(STATISTICS, variables);
    expect(errors).toEqual([expect.objectContaining({ message: 'The request is not valid.' })]);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('takes one snapshot a day, whoever asks for it', async () => {
    expect(await Promise.all([takeSnapshot(pool), takeSnapshot(pool)])).toEqual([false, false]);
    await shiftClock(database.url, '1 day');
    const taken = await Promise.all([takeSnapshot(pool), takeSnapshot(pool)]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    const { rows } = await pool.query<{ day: string }>('SELECT day::text FROM statistics_snapshot ORDER BY day');
    expect(rows.map(({ day }) => day)).toEqual([today, addDays(today, 1)]);
  });

  it('keeps no figure that is hidden', async () => {
    const { rows } = await pool.query<{ figures: { weeks: Record<Day, object> } }>(
      'SELECT figures FROM statistics_snapshot',
    );
    const numbers = JSON.stringify(rows.map(({ figures }) => figures.weeks)).match(
      /"(?:opened|confirmed|refuted)":[0-9]+/g,
    );
    expect(numbers?.every((text) => Number(text.split(':')[1]) >= 10)).toBe(true);
  });
});
