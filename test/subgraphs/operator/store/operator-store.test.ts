// Reads of the store on a real database: recycled and ported numbers, handsets shared by lines, holdings, windows of usage.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bin } from '../../../../shared/vocabulary/bin';
import type { Day } from '../../../../shared/vocabulary/day';
import type { Iin } from '../../../../shared/vocabulary/iin';
import type { Imei } from '../../../../shared/vocabulary/imei';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import { type TenureKey, tenureKeyText } from '../../../../subgraphs/operator/domain/operator-tenure';
import { usageQuestionText } from '../../../../subgraphs/operator/domain/usage-day';
import type { OperatorStore } from '../../../../subgraphs/operator/store/operator-store';
import { openOperatorStore } from '../../../../subgraphs/operator/store/postgres-operator-store';
import { statementsOf } from '../../../support/statement-log';
import {
  company,
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

const BIN = '120340001230';
const SHARED = imeiOf(7);
const keyOf = (msisdn: string, since: string): TenureKey => ({ msisdn: msisdn as Msisdn, since: since as Instant });
const RECYCLED = keyOf('+77010000001', daysAgo(400));
const LEFT = keyOf('+77010000002', daysAgo(300));
const BACK = keyOf('+77010000002', daysAgo(30));
const CORPORATE = keyOf('+77010000003', daysAgo(90));
const SHARING = [1, 2, 3].map((number) => keyOf(`+7701000001${number}`, daysAgo(20)));
const UNKNOWN = keyOf('+77019999999', daysAgo(20));

const use = (imei: string, imsi: number, first: number, last: number) => ({
  imei,
  imsi: imsiOf(imsi),
  firstSeenAt: daysAgo(first),
  lastSeenAt: daysAgo(last),
});
const card = (number: number, issued: number, replaced: number | null, reason: string) => ({
  iccid: iccidOf(number),
  imsi: imsiOf(number),
  issuedAt: daysAgo(issued),
  replacedAt: replaced === null ? null : daysAgo(replaced),
  reason,
});

const FACTS: readonly OperatorFact[] = [
  { kind: 'dealer', id: 'd-1', name: 'Байланыс', region: 'Алматы' },
  { kind: 'device', imei: SHARED, model: 'GSM gateway', registryStatus: 'GREY' },
  person('s-1', iinOf(1)),
  person('s-2', iinOf(2), 'Серікқызы Айгүл'),
  company('s-3', BIN),
  tenure(RECYCLED.msisdn, RECYCLED.since),
  tenure(LEFT.msisdn, LEFT.since, daysAgo(200)),
  tenure(BACK.msisdn, BACK.since),
  tenure(CORPORATE.msisdn, CORPORATE.since),
  ...SHARING.map((key) => tenure(key.msisdn, key.since)),
  contract({
    ...RECYCLED,
    id: 'old',
    subscriberId: 's-1',
    status: 'DEACTIVATED',
    endedAt: daysAgo(150),
    dealerId: 'd-1',
    soldAt: daysAgo(401),
    simCards: [card(1, 400, 300, 'FIRST_ISSUE'), card(2, 300, null, 'LOST')],
    devices: [use(imeiOf(1), 1, 400, 200), use(SHARED, 2, 199, 190)],
    usage: { firstDay: dayAgo(160), days: [usageTuple({ callsOut: 9 }), usageTuple({ callsOut: 8 })] },
  }),
  contract({
    ...RECYCLED,
    id: 'new',
    subscriberId: 's-2',
    activatedAt: daysAgo(40),
    simCards: [card(3, 40, null, 'FIRST_ISSUE')],
    devices: [use(imeiOf(3), 3, 40, 1)],
    usage: {
      firstDay: dayAgo(4),
      days: [
        usageTuple({ callsOut: 1, topCellShare: 0.07 }),
        usageTuple({}),
        usageTuple({ callsOut: 3, minutesOut: 4.56 }),
        usageTuple({}),
      ],
    },
  }),
  contract({ ...LEFT, id: 'left', subscriberId: 's-1', status: 'PORTED_OUT', endedAt: daysAgo(200) }),
  contract({ ...BACK, id: 'back', subscriberId: 's-1', status: 'SUSPENDED' }),
  contract({ ...CORPORATE, id: 'corp', subscriberId: 's-3', assignedUserId: 's-2', plan: 'BUSINESS' }),
  ...SHARING.map((key, index) =>
    contract({
      ...key,
      id: `share-${index}`,
      subscriberId: 's-1',
      devices: [use(SHARED, 100 + index, 20, index === 2 ? 1 : 2), use(SHARED, 200 + index, 19, 2)],
    }),
  ),
  {
    kind: 'capJustification',
    id: 'j-1',
    iin: iinOf(1),
    purpose: 'FAMILY',
    status: 'APPROVED',
    requestedLines: 12,
    devices: [imeiOf(1), imeiOf(3)],
    documents: ['a'.repeat(64)],
    decidedAt: daysAgo(10),
    expiresAt: null,
  },
  {
    kind: 'businessTrafficProfile',
    ...CORPORATE,
    purpose: 'CALL_CENTRE',
    grantedAt: daysAgo(80),
    expiresAt: daysAgo(-80),
  },
];

let database: OperatorDatabase;
let store: OperatorStore;
beforeAll(async () => {
  database = await createOperatorDatabase(FACTS);
  store = openOperatorStore(database.dataSource);
});
afterAll(() => database.close());

describe('tenures', () => {
  it('are found by instant, ended and running, and only when they are held', async () => {
    const found = await store.readTenures([BACK, UNKNOWN, LEFT, keyOf(LEFT.msisdn, CORPORATE.since)]);
    expect([...found.keys()].sort()).toEqual([tenureKeyText(BACK), tenureKeyText(LEFT)].sort());
    expect(found.get(tenureKeyText(BACK))).toMatchObject({ ...BACK, until: null });
    expect(found.get(tenureKeyText(LEFT))?.until).not.toBeNull();
  });
});

describe('contracts', () => {
  it('come newest first, with holder, cards and dealer', async () => {
    const found = (await store.readContracts([RECYCLED, UNKNOWN])).get(tenureKeyText(RECYCLED));
    expect(found?.map((one) => one.id)).toEqual(['new', 'old']);
    const [newest, oldest] = found ?? [];
    expect(newest?.subscriber).toEqual({ kind: 'PERSON', iin: iinOf(2), bin: null, fullName: 'Серікқызы Айгүл' });
    expect(newest?.sale).toBeNull();
    expect(oldest?.sale).toMatchObject({ id: 'd-1', name: 'Байланыс', region: 'Алматы' });
    expect(oldest?.simCards.map((one) => one.reason)).toEqual(['LOST', 'FIRST_ISSUE']);
    expect(oldest?.simCards.map((one) => one.replacedAt === null)).toEqual([true, false]);
  });

  it('of a legal entity name the employee', async () => {
    const [found] = (await store.readContracts([CORPORATE])).get(tenureKeyText(CORPORATE)) ?? [];
    expect(found).toMatchObject({ subscriber: { kind: 'LEGAL_ENTITY', bin: BIN }, assignedUser: { iin: iinOf(2) } });
  });
});

describe('handsets', () => {
  it('of each contract, once per handset, with everybody seen in them in thirty days', async () => {
    const found = await store.readDevices([RECYCLED, ...SHARING]);
    expect(found.get(tenureKeyText(RECYCLED))?.map((one) => [one.contractId, one.imei, one.distinctImsi30d])).toEqual([
      ['new', imeiOf(3), 1],
      ['old', SHARED, 6],
      ['old', imeiOf(1), 0],
    ]);
    for (const key of SHARING) {
      expect(found.get(tenureKeyText(key))).toMatchObject([
        { imei: SHARED, distinctImsi30d: 6, model: 'GSM gateway', registryStatus: 'GREY' },
      ]);
    }
  });
});

describe('usage', () => {
  const question = (tenureKey: TenureKey, first: number, last: number) => ({
    tenure: tenureKey,
    from: dayAgo(first) as Day,
    to: dayAgo(last) as Day,
  });

  it('answers several windows of one tenure at once, with exact numbers', async () => {
    const [all, part, none] = [question(RECYCLED, 10, 0), question(RECYCLED, 3, 2), question(CORPORATE, 10, 0)];
    const found = await store.readUsage([all, part, none]);
    expect(found.get(usageQuestionText(all))?.map((one) => [one.day, one.callsOut])).toEqual([
      [dayAgo(4), 1],
      [dayAgo(3), 0],
      [dayAgo(2), 3],
      [dayAgo(1), 0],
    ]);
    expect(found.get(usageQuestionText(all))?.[0]?.topCellShare).toBe(0.07);
    expect(found.get(usageQuestionText(part))?.map((one) => one.minutesOut)).toEqual([0, 4.56]);
    expect(found.get(usageQuestionText(none))).toEqual([]);
  });

  it('for the rules of risk is that of one contract, without silent days', async () => {
    const found = await store.readTrafficFacts(['new', 'old', 'corp', 'nobody'], 2);
    expect(found.get('new')?.days.map((one) => one.day)).toEqual([dayAgo(4), dayAgo(2)]);
    expect(found.get('old')?.days.map((one) => one.callsOut)).toEqual([9, 8]);
    expect(found.get('corp')).toMatchObject({ holderLines: null, profile: { purpose: 'CALL_CENTRE' } });
    expect(found.has('nobody')).toBe(false);
  });

  it('comes with the place of the line among those of its holder', async () => {
    const found = await store.readTrafficFacts(['back', 'share-0', 'left'], 1);
    expect(found.get('back')?.holderLines).toEqual({ active: 4, rank: 1 });
    expect(found.get('share-0')?.holderLines?.active).toBe(4);
    expect(found.get('back')?.justifications).toMatchObject([{ id: 'j-1', devices: [imeiOf(1), imeiOf(3)] }]);
  });
});

describe('holdings and sightings', () => {
  it('list the lines of a person, former ones included', async () => {
    const found = (await store.readPersonHoldings([iinOf(1) as Iin])).get(iinOf(1));
    expect(found?.activeLineCount).toBe(4);
    expect(found?.tenures.map((one) => one.msisdn)).toEqual([
      ...SHARING.map((key) => key.msisdn),
      BACK.msisdn,
      LEFT.msisdn,
      RECYCLED.msisdn,
    ]);
    expect(found?.capJustifications).toMatchObject([{ id: 'j-1', status: 'APPROVED', requestedLines: 12 }]);
  });

  it('are empty, not absent, for who holds nothing', async () => {
    const stranger = iinOf(99);
    expect((await store.readPersonHoldings([stranger as Iin])).get(stranger)).toEqual({
      iin: stranger,
      activeLineCount: 0,
      tenures: [],
      capJustifications: [],
    });
    expect((await store.readLegalHoldings([BIN as Bin])).get(BIN)).toMatchObject({ activeLineCount: 1 });
    expect((await store.readSightings([imeiOf(999) as Imei])).get(imeiOf(999))).toEqual({
      imei: imeiOf(999),
      firstSeenAt: null,
      lastSeenAt: null,
      distinctImsi30d: 0,
      registryStatus: 'UNKNOWN',
      tenures: [],
    });
  });

  it('tell who was seen in a handset, the last seen first', async () => {
    const found = (await store.readSightings([SHARED as Imei])).get(SHARED);
    expect(found).toMatchObject({ distinctImsi30d: 6, registryStatus: 'GREY' });
    expect(found?.tenures[0]).toMatchObject({ msisdn: SHARING[2]?.msisdn });
    expect(found?.tenures.at(-1)).toMatchObject({ msisdn: RECYCLED.msisdn });
    expect(found?.tenures).toHaveLength(4);
  });
});

describe('every read', () => {
  it('is one statement for no key, one and many', async () => {
    for (const keys of [[], [RECYCLED], [RECYCLED, LEFT, BACK, ...SHARING, UNKNOWN]]) {
      const iins = keys.map((_key, index) => iinOf(index) as Iin);
      const questions = keys.map((key) => ({ tenure: key, from: dayAgo(9) as Day, to: dayAgo(0) as Day }));
      const reads = [
        () => store.readTenures(keys),
        () => store.readContracts(keys),
        () => store.readDevices(keys),
        () => store.readUsage(questions),
        () => store.readTrafficFacts(['new', 'old'], 30),
        () => store.readEnforcements(keys),
        () => store.readPersonHoldings(iins),
        () => store.readLegalHoldings([BIN as Bin]),
        () => store.readSightings([SHARED as Imei]),
      ];
      for (const read of reads) expect(await statementsOf(read)).toHaveLength(1);
    }
  });
});
