// Seeding: what is stored, what is refused, and that a refusal leaves nothing behind.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import { seed } from '../../../../subgraphs/operator/store/seed';
import {
  asInput,
  contract,
  createOperatorDatabase,
  dayAgo,
  daysAgo,
  iccidOf,
  iinOf,
  imeiOf,
  imsiOf,
  type OperatorDatabase,
  person,
  tenure,
  usageTuple,
} from '../operator-fixture';

const MSISDN = '+77011234567';
const SINCE = daysAgo(200);
const LINE: readonly OperatorFact[] = [
  person('s-1', iinOf(1), 'Ахметов\tКанат \\ "Ұлы"'),
  tenure(MSISDN, SINCE),
  contract({
    id: 'c-1',
    msisdn: MSISDN,
    since: SINCE,
    subscriberId: 's-1',
    usage: { firstDay: dayAgo(60), days: Array.from({ length: 60 }, () => usageTuple({ callsOut: 3, dataMb: 12.34 })) },
  }),
];
const ENFORCEMENT: OperatorFact = {
  kind: 'enforcement',
  orderId: '0a0a0a0a-0000-4000-8000-000000000001',
  sequence: 1,
  msisdn: MSISDN,
  since: SINCE,
  state: 'ENFORCED',
  measures: ['VOICE_OUT', 'PORT_FREEZE'],
  receivedAt: daysAgo(3),
  enforcedAt: daysAgo(3),
  liftedAt: null,
};

let database: OperatorDatabase;
beforeAll(async () => {
  database = await createOperatorDatabase();
});
afterAll(() => database.close());

const store = (facts: Iterable<object>) => seed(database.dataSource, asInput(facts), () => {});
const count = async (table: string): Promise<number> =>
  Number((await database.dataSource.query(`SELECT count(*) AS n FROM ${table}`))[0].n);

describe('a fact that cannot be stored', () => {
  const line = LINE[2] as Extract<OperatorFact, { kind: 'contract' }>;
  const card = { iccid: iccidOf(1), imsi: imsiOf(1), issuedAt: SINCE, replacedAt: null, reason: 'FIRST_ISSUE' };
  const device = { imei: imeiOf(1), imsi: imsiOf(1), firstSeenAt: SINCE, lastSeenAt: SINCE };

  it.each<[string, object]>([
    ['of an unknown kind', { kind: 'call' }],
    ['of a kind that every object has', { kind: 'constructor' }],
    ['a wrong check digit of an IIN', { ...person('s-2', '850505300019') }],
    ['a BIN where an IIN belongs', { ...person('s-2', '120340001230') }],
    ['a person with neither', { ...person('s-2', iinOf(2)), iin: null }],
    ['a number that is not canonical enough to be one', tenure('7011234567', SINCE)],
    ['an instant without an offset', tenure(MSISDN, '2026-01-01T00:00:00')],
    ['an absent member', { kind: 'tenure', msisdn: MSISDN, since: SINCE }],
    ['a status that is no word', { ...line, status: 'HAPPY' }],
    ['a wrong ICCID', { ...line, simCards: [{ ...card, iccid: `${iccidOf(1).slice(0, -1)}x` }] }],
    ['a wrong IMEI', { ...line, devices: [{ ...device, imei: '356938035643800' }] }],
    ['a usage day that is too short', { ...line, usage: { firstDay: dayAgo(2), days: [[1, 2, 3]] } }],
    ['a share above one', { ...line, usage: { firstDay: dayAgo(2), days: [usageTuple({ nightShare: 1.01 })] } }],
    ['half a call', { ...line, usage: { firstDay: dayAgo(2), days: [usageTuple({ callsOut: 0.5 })] } }],
    ['fewer calls than none', { ...line, usage: { firstDay: dayAgo(2), days: [usageTuple({ callsOut: -1 })] } }],
    [
      'more megabytes than there are',
      { ...line, usage: { firstDay: dayAgo(2), days: [usageTuple({ dataMb: 1e300 })] } },
    ],
    ['a zero byte in a name', person('s-2', iinOf(2), 'А\0')],
    ['an order without a sequence', { ...ENFORCEMENT, sequence: 0 }],
    ['a measure that is no word', { ...ENFORCEMENT, measures: ['EVERYTHING'] }],
  ])('%s: refused with its line, and nothing is stored', async (_name, fact) => {
    await expect(store([...LINE.slice(0, 2), fact])).rejects.toThrow('Line 3 is not a fact that this program stores.');
    expect(await count('subscriber')).toBe(0);
  });

  it.each<[string, OperatorFact, string]>([
    ['a tenure that runs beside another', tenure(MSISDN, daysAgo(100)), 'tenure'],
    ['a second contract in force', { ...line, id: 'c-2' }, 'line_contract'],
    ['a contract of an unknown tenure', { ...line, id: 'c-2', since: daysAgo(1) }, 'line_contract'],
    ['an order on an unknown tenure', { ...ENFORCEMENT, since: daysAgo(1) }, 'history_fact'],
    ['an order older than every contract', { ...ENFORCEMENT, receivedAt: daysAgo(300) }, 'history_fact'],
  ])('%s: refused with the table, and nothing is stored', async (_name, fact, table) => {
    await expect(store([...LINE, fact])).rejects.toThrow(`The facts contradict table ${table}`);
    expect(await count('subscriber')).toBe(0);
    expect(await count('usage_day')).toBe(0);
  });
});

describe('seeding', () => {
  it('stores every fact, letter by letter, makes the months it needs, and blocks nothing before it is signed', async () => {
    expect(await store([...LINE, ENFORCEMENT])).toEqual({ facts: 4, usageDays: 60 });
    const [holder] = await database.dataSource.query('SELECT full_name FROM subscriber');
    expect(holder.full_name).toBe('Ахметов\tКанат \\ "Ұлы"');
    expect(await count('usage_day')).toBe(60);
    expect(await count('history_fact')).toBe(1);
    expect(await count('block_enforcement')).toBe(0);
  });

  it('leaves the next contract a key of its own', async () => {
    const [next] = await database.dataSource.query(
      `SELECT nextval(pg_get_serial_sequence('line_contract', 'key')) > max(key) AS free FROM line_contract`,
    );
    expect(next.free).toBe(true);
  });

  it('is refused when anything is there', async () => {
    await expect(store(LINE)).rejects.toThrow('The database is not empty; seeding is refused.');
  });
});
