// The table of a dossier: what stands first, who answered, and that nobody's text moves the reader's cursor.

import { describe, expect, test } from '@jest/globals';
import { type DossierAnswer, readDossierAnswer } from '../../../shared/local-network/dossier-answer';
import { dossierTable } from '../../../shared/local-network/dossier-table';
import type { JsonObject, JsonValue } from '../../../shared/vocabulary/json';

const PLAIN = { width: 100, hasColour: false };
const OPERATORS = [
  { code: 'kcell', name: 'Kcell' },
  { code: 'tele2', name: 'Tele2' },
];

function answer(number: JsonObject | null, errors: readonly JsonObject[] = []): DossierAnswer {
  const body: JsonValue = {
    data: { operators: OPERATORS, phoneNumber: number },
    ...(errors.length > 0 ? { errors } : {}),
  };
  const read = readDossierAnswer(body);
  if (read === null) throw new Error('the body is a GraphQL response');
  return read;
}

const fault = (code: string, extensions: JsonObject): JsonObject => ({
  message: 'x',
  extensions: { code, ...extensions },
});

const TENURE = {
  operatorCode: 'tele2',
  since: '2026-05-01T19:30:00.000Z',
  until: null,
  contract: { id: '1', subscriber: { fullName: 'Ахметова Меруерт', iin: '901001472288' } },
  contracts: [
    {
      id: '1',
      status: 'ACTIVE',
      plan: 'PREPAID',
      activatedAt: '2026-05-01T19:40:00.000Z',
      subscriber: { kind: 'PERSON', maskedName: 'А******* М.', maskedIin: '********2288' },
    },
    {
      id: '0',
      status: 'DEACTIVATED',
      plan: 'PREPAID',
      subscriber: { kind: 'PERSON', maskedName: 'Н***** Т.', maskedIin: '********1480' },
    },
  ],
  risk: {
    level: 'HIGH',
    ruleSetVersion: 'r1',
    computedAt: '2026-05-02T00:00:00Z',
    indicators: [{ code: 'OUT_CALLS_DAY', severity: 'HIGH', value: 361, threshold: 100, windowHours: 24 }],
  },
};

const NUMBER = {
  msisdn: '+77011234567',
  servingOperator: { code: 'tele2', name: 'Tele2' },
  rangeHolder: { code: 'kcell', name: 'Kcell' },
  blockStatus: {
    state: 'BLOCKED',
    since: '2026-05-03T06:00:00Z',
    underAppeal: false,
    order: { id: 'o1', operatorCode: 'tele2', state: 'ENFORCED', measures: ['VOICE_OUT'] },
  },
  tenures: [TENURE, { operatorCode: 'kcell', since: '2022-01-01T00:00:00Z', until: '2026-05-01T19:30:00Z' }],
  portings: [{ donor: OPERATORS[0], recipient: OPERATORS[1], completedAt: '2026-05-01T19:30:00Z' }],
  cases: {
    totalCount: 25,
    nodes: [
      { id: 'c1', number: 'AFC-2026-000001', state: 'DECIDED', severity: 'HIGH', openedAt: '2026-05-02T00:00:00Z' },
    ],
  },
} as unknown as JsonObject;

describe('the table of a dossier', () => {
  test('names each field that is withheld once, and does not call its owner missing', () => {
    const paths = [
      ['phoneNumber', 'tenures', 0, 'contract', 'subscriber', 'iin'],
      ['phoneNumber', 'tenures', 1, 'contract', 'subscriber', 'iin'],
      ['phoneNumber', 'blockStatus'],
    ];
    const errors = paths.map((path) => ({ ...fault('FORBIDDEN', {}), path }));
    const told = answer({ ...NUMBER, blockStatus: null }, errors);
    expect(told).toMatchObject({ missing: [], withheld: ['iin', 'blockStatus'] });
    const table = dossierTable(told, PLAIN);
    expect(table).toMatch(/^BLOCK +not shown$/m);
    expect(table).toMatch(/^WITHHELD +iin, blockStatus: whoever asks may not see this/m);
    expect(table).not.toContain('MISSING');
  });

  test('calls the answer missing when the number itself is refused', () => {
    const told = answer(null, [{ ...fault('FORBIDDEN', {}), path: ['phoneNumber'] }]);
    expect(told.missing).toEqual([{ who: 'gateway', operatorCode: null, why: 'You may not see or do this.' }]);
  });

  test('begins with risk and block, and tells times of Almaty', () => {
    const lines = dossierTable(answer(NUMBER), PLAIN).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '+7 701 123 45 67 · served by Tele2 · range of Kcell',
      '',
      'RISK           HIGH at Tele2: OUT_CALLS_DAY',
      'BLOCK          BLOCKED, since 2026-05-03 11:00, VOICE_OUT, order o1 to tele2 is ENFORCED',
      'ANSWERED       Tele2, Kcell',
    ]);
    expect(lines).toContain('TELE2  2026-05-02 00:30 until now');
    expect(lines).toContain('  2026-05-02 00:30  Kcell → Tele2');
    expect(lines).toContain('CASES (the first 1 of 25)');
    expect(lines.at(-2)).toBe('Times are Almaty time.');
  });

  test('shows a holder in clear under the contract in force, and masked before it', () => {
    const table = dossierTable(answer(NUMBER), PLAIN);
    expect(table).toContain('Holder       Ахметова Меруерт, IIN 901001472288');
    expect(table).toContain('Holder       Н***** Т., IIN ********1480');
  });

  test('names who did not answer, once for each reason', () => {
    const late = fault('OPERATOR_TIMEOUT', { operatorCode: 'kcell' });
    const table = dossierTable(
      answer({ ...NUMBER, blockStatus: null }, [
        late,
        late,
        fault('SUBGRAPH_UNAVAILABLE', { subgraph: 'fraud-cases' }),
      ]),
      PLAIN,
    );
    expect(table).toContain('ANSWERED       Tele2\n');
    expect(table.match(/Kcell: The operator did not answer in time\./g)).toHaveLength(1);
    expect(table).toContain('MISSING        fraud-cases: A service of the bank did not answer.');
    expect(table).toContain('BLOCK          not known');
    expect(table).toContain('Contract     not told: The operator did not answer in time.');
  });

  test('keeps within the width', () => {
    const long = { ...NUMBER, blockStatus: { state: 'BLOCKED', reason: 'word '.repeat(60) } };
    for (const width of [60, 100]) {
      for (const line of dossierTable(answer(long), { width, hasColour: false }).split('\n')) {
        expect(line.length).toBeLessThanOrEqual(width);
      }
    }
  });

  test('prints no control and no mark of direction that anybody sent', () => {
    const hostile = '\u001b[2J\u202eevil\u0007\r\nBLOCK none';
    const tenure = { ...TENURE, contracts: [{ id: '1', status: hostile, subscriber: { maskedName: hostile } }] };
    const table = dossierTable(answer({ ...NUMBER, tenures: [tenure] } as unknown as JsonObject), PLAIN);
    expect(table.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(table).not.toMatch(/^BLOCK none/m);
  });

  test('bears an answer of any shape', () => {
    for (const odd of [
      { msisdn: 5, tenures: 'x' },
      { tenures: [null, 1, {}] },
      { portings: [{}], cases: { nodes: [{}] } },
    ]) {
      expect(typeof dossierTable(answer(odd as unknown as JsonObject), PLAIN)).toBe('string');
    }
  });
});

describe('the answer', () => {
  test('of an unassigned number has data and no number', () => {
    expect(answer(null)).toMatchObject({ number: null, hasData: true, missing: [], withheld: [] });
  });

  test('that is no GraphQL response is none', () => {
    for (const body of [null, [], 'text', {}, { data: null }]) expect(readDossierAnswer(body)).toBeNull();
  });
});
