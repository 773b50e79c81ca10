// numbering as its callers see it: GraphQL over HTTP on a real database.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NumberingFact } from '../../../shared/vocabulary/seed-fact';
import type { RunningService } from '../../../subgraphs/numbering/server';
import { statementsOf } from '../../support/statement-log';
import {
  askRegistry,
  createOperatorsDocument,
  createRegistryDatabase,
  type OperatorsDocument,
  registryEntities,
  serveNumbering,
} from './numbering-fixture';

const PORTED = '+77011234501';
const GONE = '+77011234502';
const ORPHAN = '+77770000003';
const NEVER = '+77059999999';
const IIN = '850505300011';
const BIN = '120340001230';
const IMEI = '356938035643809';
const FIRST = '2020-03-01T00:00:00.000Z';
const MOVED = '2025-06-10T08:30:00.123Z';
const MANY = Array.from({ length: 100 }, (_, index) => `+7702${String(1_000_000 + index)}`);

const FACTS: readonly NumberingFact[] = [
  { kind: 'range', prefix: '70', operatorCode: 'tele2' },
  { kind: 'range', prefix: '701', operatorCode: 'kcell' },
  { kind: 'tenure', msisdn: PORTED, operatorCode: 'kcell', since: FIRST, until: MOVED },
  { kind: 'tenure', msisdn: PORTED, operatorCode: 'tele2', since: MOVED, until: null },
  { kind: 'porting', id: 'p-1', msisdn: PORTED, donor: 'kcell', recipient: 'tele2', completedAt: MOVED },
  { kind: 'tenure', msisdn: GONE, operatorCode: 'kcell', since: FIRST, until: MOVED },
  { kind: 'tenure', msisdn: ORPHAN, operatorCode: 'vanished', since: FIRST, until: null },
  ...MANY.flatMap((msisdn, index): NumberingFact[] => [
    { kind: 'tenure', msisdn, operatorCode: 'kcell', since: FIRST, until: MOVED },
    { kind: 'tenure', msisdn, operatorCode: 'beeline', since: MOVED, until: null },
    { kind: 'porting', id: `m-${index}`, msisdn, donor: 'kcell', recipient: 'beeline', completedAt: MOVED },
  ]),
];

const EVERYTHING = `msisdn rangeHolder { code } servingOperator { code name brands }
  currentTenure { operatorCode since until number { msisdn } }
  tenures { msisdn operatorCode since until } portings { donor { code } recipient { code } completedAt }`;

let operators: OperatorsDocument;
let database: Awaited<ReturnType<typeof createRegistryDatabase>>;
let service: RunningService;

beforeAll(async () => {
  operators = createOperatorsDocument();
  operators.write([{ code: 'kcell' }, { code: 'beeline' }, { code: 'tele2' }, { code: 'altel', state: 'LEFT' }]);
  database = await createRegistryDatabase(FACTS);
  service = await serveNumbering(database.url, operators.path);
});
afterAll(async () => {
  await service?.stop();
  await database?.close();
  operators?.remove();
});

describe('a number', () => {
  it('tells who serves it and every tenure, newest first', async () => {
    const { data, errors } = await askRegistry(
      service.url,
      `query ($n: Msisdn!) { phoneNumber(msisdn: $n) { ${EVERYTHING} } }`,
      {
        n: '8 (701) 123-45-01',
      },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      phoneNumber: {
        msisdn: PORTED,
        rangeHolder: { code: 'kcell' },
        servingOperator: { code: 'tele2', name: 'tele2 company', brands: ['tele2'] },
        currentTenure: { operatorCode: 'tele2', since: MOVED, until: null, number: { msisdn: PORTED } },
        tenures: [
          { msisdn: PORTED, operatorCode: 'tele2', since: MOVED, until: null },
          { msisdn: PORTED, operatorCode: 'kcell', since: FIRST, until: MOVED },
        ],
        portings: [{ donor: { code: 'kcell' }, recipient: { code: 'tele2' }, completedAt: MOVED }],
      },
    });
  });

  it('is null without an error when no operator ever served it', async () => {
    const { data, errors } = await askRegistry(service.url, `{ phoneNumber(msisdn: "${NEVER}") { msisdn } }`);
    expect({ data, errors }).toEqual({ data: { phoneNumber: null }, errors: [] });
  });

  it('has no serving operator and no current tenure once the last one ended', async () => {
    const { data } = await askRegistry(
      service.url,
      `{ phoneNumber(msisdn: "${GONE}") { servingOperator { code } currentTenure { since } tenures { until } portings { completedAt } } }`,
    );
    expect(data).toEqual({
      phoneNumber: { servingOperator: null, currentTenure: null, tenures: [{ until: MOVED }], portings: [] },
    });
  });

  it('keeps the code of an operator that the list does not name, and has no range holder outside every range', async () => {
    const { data } = await askRegistry(
      service.url,
      `{ phoneNumber(msisdn: "${ORPHAN}") { rangeHolder { code } servingOperator { code name brands } tenures { operatorCode } } operators { code } }`,
    );
    expect(data).toEqual({
      phoneNumber: {
        rangeHolder: null,
        servingOperator: { code: 'vanished', name: 'vanished', brands: [] },
        tenures: [{ operatorCode: 'vanished' }],
      },
      operators: [{ code: 'kcell' }, { code: 'beeline' }, { code: 'tele2' }],
    });
  });
});

describe('a list of numbers', () => {
  it('is answered in the order asked, with repeats and unknown ones', async () => {
    const { data } = await askRegistry(service.url, 'query ($n: [Msisdn!]!) { phoneNumbers(msisdns: $n) { msisdn } }', {
      n: [GONE, NEVER, PORTED, GONE],
    });
    expect(data).toEqual({ phoneNumbers: [{ msisdn: GONE }, null, { msisdn: PORTED }, { msisdn: GONE }] });
  });

  it('is refused beyond 100', async () => {
    const { errors } = await askRegistry(
      service.url,
      'query ($n: [Msisdn!]!) { phoneNumbers(msisdns: $n) { msisdn } }',
      {
        n: [...MANY, PORTED],
      },
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  it.each([1, 100])('costs at most 4 statements with everything for %i', async (count) => {
    let data: Record<string, unknown> | null = null;
    const statements = await statementsOf(async () => {
      ({ data } = await askRegistry(
        service.url,
        `query ($n: [Msisdn!]!) { phoneNumbers(msisdns: $n) { ${EVERYTHING} } }`,
        {
          n: MANY.slice(0, count),
        },
      ));
    });
    expect(data).toMatchObject({ phoneNumbers: MANY.slice(0, count).map((msisdn) => ({ msisdn, tenures: [{}, {}] })) });
    expect(statements).toHaveLength(3);
  });
});

describe('entities', () => {
  it('costs one statement for 100 tenures, in the order asked, and is null for one that the registry does not know', async () => {
    const keys = MANY.map((msisdn) => ({ msisdn, operatorCode: 'kcell', since: '2020-03-01T05:00:00+05:00' }));
    let entities: readonly unknown[] = [];
    const statements = await statementsOf(async () => {
      entities = await registryEntities(service.url, 'OperatorTenure', 'msisdn until', [
        ...keys.slice(0, 98),
        { msisdn: PORTED, operatorCode: 'beeline', since: FIRST },
        { msisdn: PORTED, operatorCode: 'Not a code', since: FIRST },
      ]);
    });
    expect(entities).toEqual([...MANY.slice(0, 98).map((msisdn) => ({ msisdn, until: MOVED })), null, null]);
    expect(statements).toHaveLength(1);
  });

  it('answers numbers that were ever served, and operators that are listed', async () => {
    const numbers = await registryEntities(service.url, 'PhoneNumber', 'msisdn servingOperator { code }', [
      { msisdn: PORTED },
      { msisdn: NEVER },
    ]);
    expect(numbers).toEqual([{ msisdn: PORTED, servingOperator: { code: 'tele2' } }, null]);
    const listed = await registryEntities(service.url, 'Operator', 'code name', [
      { code: 'altel' },
      { code: 'vanished' },
    ]);
    expect(listed).toEqual([{ code: 'altel', name: 'altel company' }, null]);
  });

  it('answers every valid key of what only operators know', async () => {
    const holding = { iin: IIN, operatorCode: 'kcell' };
    expect(await registryEntities(service.url, 'OperatorHolding', 'iin operatorCode', [holding])).toEqual([holding]);
    expect(await registryEntities(service.url, 'Person', 'holdings { operatorCode }', [{ iin: IIN }])).toEqual([
      { holdings: [{ operatorCode: 'kcell' }, { operatorCode: 'beeline' }, { operatorCode: 'tele2' }] },
    ]);
  });
});

describe('what is asked of every operator', () => {
  it('names one key per connected operator, without a statement', async () => {
    let answer: unknown = null;
    const statements = await statementsOf(async () => {
      answer = (
        await askRegistry(
          service.url,
          `{ person(iin: "${IIN}") { iin holdings { iin operatorCode } }
             legalEntity(bin: "${BIN}") { bin holdings { operatorCode } }
             device(imei: "${IMEI}") { imei sightings { operatorCode } } }`,
        )
      ).data;
    });
    const codes = ['kcell', 'beeline', 'tele2'];
    expect(answer).toEqual({
      person: { iin: IIN, holdings: codes.map((operatorCode) => ({ iin: IIN, operatorCode })) },
      legalEntity: { bin: BIN, holdings: codes.map((operatorCode) => ({ operatorCode })) },
      device: { imei: IMEI, sightings: codes.map((operatorCode) => ({ operatorCode })) },
    });
    expect(statements).toEqual([]);
  });

  it('follows the list of operators without a restart, and keeps the last good list', async () => {
    const codes = async () => {
      const { data } = await askRegistry(service.url, '{ operators { code } }');
      return (data as { operators: { code: string }[] }).operators.map(({ code }) => code);
    };
    operators.write([{ code: 'kcell' }, { code: 'beeline' }, { code: 'tele2', state: 'LEFT' }]);
    await until(async () => (await codes()).length === 2);
    expect(await codes()).toEqual(['kcell', 'beeline']);
    operators.write([{ code: 'NOT A CODE' }]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await codes()).toEqual(['kcell', 'beeline']);
    operators.write([{ code: 'kcell' }, { code: 'beeline' }, { code: 'tele2' }]);
    await until(async () => (await codes()).length === 3);
  });
});

describe('the table itself', () => {
  const insert = (since: string, until: string | null) =>
    database.dataSource.query('INSERT INTO tenure (msisdn, operator_code, since, until) VALUES ($1, $2, $3, $4)', [
      PORTED,
      'beeline',
      since,
      until,
    ]);

  it('refuses tenures of one number that overlap, a second open one, and one that ends before it began', async () => {
    await expect(insert('2021-01-01T00:00:00Z', '2021-02-01T00:00:00Z')).rejects.toThrow(/tenure_never_overlaps/);
    await expect(insert('2026-01-01T00:00:00Z', null)).rejects.toThrow(/tenure_one_open|tenure_never_overlaps/);
    await expect(insert('2019-02-01T00:00:00Z', '2019-01-01T00:00:00Z')).rejects.toThrow(/lower bound|tenure_ends/);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The condition did not come true in ten seconds.');
}
