// An operator as the gateway sees it: `_entities` over HTTP on a real database with the demo's lines. What it holds, what it derives,
// how many statements that costs, and what a hostile caller gets.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCompactJws } from '../../../../shared/audit/compact-jws';
import type { KeyPair } from '../../../../shared/audit-log/key-file';
import { CONTEXT_TYPE, signContext } from '../../../../shared/identity/gateway-context';
import { generateDemo } from '../../../../shared/local-network/demo-data/demo';
import { addDays, dayOf } from '../../../../shared/vocabulary/day';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { keyPair } from '../../../shared/audit-log/log-network';
import { grantedReader } from '../../../support/granted-reader';
import { statementsOf } from '../../../support/statement-log';
import { BANK_ACT_KEY, GATEWAY_KEY } from '../log/log-fixture';
import { createOperatorDatabase, type OperatorDatabase, serveOperator } from '../operator-fixture';

const CODE = 'beeline';
const NOW_MS = Date.now();
const demo = generateDemo({ scale: 150, asOfMs: NOW_MS });
const TODAY = dayOf(NOW_MS);
const WINDOW = `from: "${addDays(TODAY, -30)}", to: "${TODAY}"`;
const CONTRACT = `id status plan activatedAt endedAt
  subscriber { kind iin bin fullName maskedIin maskedName } assignedUser { maskedName }
  verification { result method verifiedAt attempts } simCards { iccid maskedIccid issuedAt replacedAt reason }
  devices { imei maskedImei distinctImsi30d model firstSeenAt lastSeenAt registryStatus } dealer { id name region soldAt }`;
const SERVICES = 'voiceOut voiceIn smsOut smsIn data portFreeze simSwapFreeze reason readAt';
const EVERYTHING = `msisdn operatorCode since contract { ${CONTRACT} } contracts { ${CONTRACT} } services { ${SERVICES} }
  usage(${WINDOW}) { day callsOut callsIn distinctCallees minutesOut shortCallShare smsOut dataMb distinctCells complaints }
  risk { level ruleSetVersion computedAt indicators { code severity value threshold windowHours firedAt } }
  simSwap { swapped latestSimChange monitoredPeriodDays } deviceSwap(maxAgeHours: 72) { swapped latestDeviceChange }
  kycMatch(iin: "850505300011") enforcements { orderId sequence state receivedAt enforcedAt services { ${SERVICES} } }`;

const facts: readonly OperatorFact[] = [...demo.operatorFacts(CODE)];
const tenures = facts.flatMap((fact) => (fact.kind === 'tenure' ? [fact] : []));
const HUNDRED = tenures.slice(0, 100).map(({ msisdn, since }) => ({ msisdn, since, operatorCode: CODE }));
const keysOf = (msisdn: string) =>
  tenures.filter((one) => one.msisdn === msisdn).map(({ since }) => ({ msisdn, since, operatorCode: CODE }));

let database: OperatorDatabase;
let service: RunningService;
beforeAll(async () => {
  database = await createOperatorDatabase(facts);
  service = await serveOperator(database.url, CODE);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await database.close();
});

const ask = (type: string, selection: string, keys: readonly Readonly<Record<string, unknown>>[]) =>
  grantedReader(service.url, CODE).entities(type, selection, keys);
const askQuery = (query: string, variables = {}, headers = {}) =>
  grantedReader(service.url, CODE).ask(query, variables, { headers });

/** Reading under a grant: the record of the use. */
const ACCESS_STATEMENTS = 1;

describe('the cost', () => {
  it('of everything about one tenure and about a hundred is at most six statements, beside the one of the grant', async () => {
    for (const keys of [HUNDRED.slice(0, 1), HUNDRED]) {
      let answer: readonly (Record<string, unknown> | null)[] = [];
      const statements = await statementsOf(async () => {
        answer = await ask('OperatorTenure', EVERYTHING, keys);
      });
      expect(answer.map((one) => one?.msisdn)).toEqual(keys.map((key) => key.msisdn));
      expect(statements.length).toBeLessThanOrEqual(6 + ACCESS_STATEMENTS);
    }
  });

  it('of keys alone is one statement, of contract and services two', async () => {
    const keysAlone = await statementsOf(() => ask('OperatorTenure', 'msisdn', HUNDRED));
    expect(keysAlone).toHaveLength(1 + ACCESS_STATEMENTS);
    expect(await statementsOf(() => ask('OperatorTenure', 'contract { id } services { data }', HUNDRED))).toHaveLength(
      2 + ACCESS_STATEMENTS,
    );
  });

  it('of two windows of usage is that of one', async () => {
    const two = `first: usage(from: "${addDays(TODAY, -3)}", to: "${TODAY}") { day } second: usage(${WINDOW}) { day }`;
    expect(await statementsOf(() => ask('OperatorTenure', two, HUNDRED))).toHaveLength(2 + ACCESS_STATEMENTS);
  });

  it('of a hundred holdings with everything about their tenures is at most six statements', async () => {
    const iins = facts.flatMap((fact) => (fact.kind === 'subscriber' && fact.iin !== null ? [fact.iin] : []));
    const keys = [...new Set(iins)].slice(0, 100).map((iin) => ({ iin, operatorCode: CODE }));
    const selection = `iin activeLineCount capJustifications { id devices } tenures { ${EVERYTHING} }`;
    expect((await statementsOf(() => ask('OperatorHolding', selection, keys))).length).toBeLessThanOrEqual(
      6 + ACCESS_STATEMENTS,
    );
    expect((await statementsOf(() => ask('OperatorHolding', selection, keys.slice(0, 1)))).length).toBeLessThanOrEqual(
      6 + ACCESS_STATEMENTS,
    );
  });

  it('of corporate holdings and sightings too', async () => {
    const bins = facts.flatMap((fact) => (fact.kind === 'subscriber' && fact.bin !== null ? [fact.bin] : []));
    const corporate = [...new Set(bins)].slice(0, 100).map((bin) => ({ bin, operatorCode: CODE }));
    const imeis = facts.flatMap((fact) => (fact.kind === 'device' ? [fact.imei] : []));
    const devices = imeis.slice(0, 100).map((imei) => ({ imei, operatorCode: CODE }));
    const tenureSelection = `tenures { ${EVERYTHING} }`;
    const holdings = () => ask('CorporateHolding', `bin activeLineCount ${tenureSelection}`, corporate);
    const sightings = () => ask('DeviceSighting', `imei distinctImsi30d registryStatus ${tenureSelection}`, devices);
    expect((await statementsOf(holdings)).length).toBeLessThanOrEqual(6 + ACCESS_STATEMENTS);
    expect((await statementsOf(sightings)).length).toBeLessThanOrEqual(6 + ACCESS_STATEMENTS);
  });
});

describe('a tenure', () => {
  it('is answered when it is held here, whatever the spelling of its instant; else null in its place', async () => {
    const [key] = HUNDRED;
    const offset = new Date(Date.parse(key?.since ?? '') + 5 * 3_600_000).toISOString().replace('Z', '+05:00');
    const answer = await ask('OperatorTenure', 'msisdn since', [
      { ...key, since: offset },
      { ...key, since: '2001-01-01T00:00:00Z' },
      { ...key },
      { ...key, msisdn: '+77059999999' },
    ]);
    const held = { msisdn: key?.msisdn, since: key?.since };
    expect(answer).toEqual([held, null, held, null]);
  });

  it('believes its key and nothing else of a representation', async () => {
    const [key] = HUNDRED;
    const forged = { ...key, readAt: '1990-01-01T00:00:00.000Z', until: null, contract: { id: 'forged' }, tenure: {} };
    const [answer] = await ask('OperatorTenure', 'contract { id } services { readAt }', [forged]);
    expect(answer).not.toMatchObject({ contract: { id: 'forged' } });
    expect(answer?.services).toEqual({ readAt: expect.stringMatching(/^20[2-9]/) });
  });

  it.each([
    ['an unknown entity', { __typename: 'Subscriber', iin: '850505300011' }],
    ['half a key', { __typename: 'OperatorTenure', msisdn: '+77014123456', operatorCode: CODE }],
    ['an instant without an offset', { __typename: 'OperatorTenure', ...HUNDRED[0], since: '2026-01-01T00:00:00' }],
    ['a number as a number', { __typename: 'OperatorTenure', ...HUNDRED[0], msisdn: 77014123456 }],
    ['SQL in a key', { __typename: 'OperatorTenure', ...HUNDRED[0], msisdn: "'; DROP TABLE tenure; --" }],
    ['a wrong IIN', { __typename: 'OperatorHolding', iin: '850505300019', operatorCode: CODE }],
    ['a list', []],
  ])('%s refuses the whole request and tells nothing', async (_name, representation) => {
    const answer = await askQuery(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { msisdn } } }',
      { keys: [representation, { __typename: 'OperatorTenure', ...HUNDRED[0] }] },
    );
    expect([answer.status, answer.data]).toEqual([400, null]);
    expect(answer.errors.map((error) => error.extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(answer.errors)).not.toContain('DROP');
  });

  it('is one of at most a hundred', async () => {
    const keys = Array.from({ length: 101 }, () => ({ __typename: 'OperatorTenure', ...HUNDRED[0] }));
    const query = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }';
    const answer = await askQuery(query, { keys });
    expect(answer.data?._entities ?? null).toBeNull();
  });
});

describe('fields with arguments', () => {
  const codes = async (selection: string): Promise<readonly string[]> => {
    const answer = await askQuery(
      `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { msisdn ${selection} } } }`,
      { keys: [{ __typename: 'OperatorTenure', ...HUNDRED[0] }] },
    );
    return answer.errors.map((error) => error.extensions.code);
  };

  it.each([
    'usage(from: "2026-02-29", to: "2026-03-01") { day }',
    `usage(from: "${TODAY}", to: "${addDays(TODAY, -1)}") { day }`,
    `usage(from: "${addDays(TODAY, -90)}", to: "${TODAY}") { day }`,
    `usage(from: "${TODAY}", to: "${addDays(TODAY, 1)}") { day }`,
    'simSwap(maxAgeHours: 0) { swapped }',
    'simSwap(maxAgeHours: -1) { swapped }',
    'deviceSwap(maxAgeHours: 2401) { swapped }',
    'kycMatch(iin: "850505300019")',
    'kycMatch(iin: 850505300011)',
  ])('%s is bad input', async (selection) => expect(await codes(selection)).toEqual(['BAD_USER_INPUT']));

  it.each([
    `usage(from: "${addDays(TODAY, -89)}", to: "${TODAY}") { day }`,
    'simSwap(maxAgeHours: 2400) { swapped }',
    'simSwap(maxAgeHours: null) { swapped }',
    'kycMatch(iin: "900101350122")',
  ])('%s is answered', async (selection) => expect(await codes(selection)).toEqual([]));

  it('fail alone: the rest of the tenure stands', async () => {
    const answer = await askQuery(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { msisdn simSwap(maxAgeHours: 0) { swapped } } } }',
      { keys: [{ __typename: 'OperatorTenure', ...HUNDRED[0] }] },
    );
    expect(answer.data?._entities).toEqual([{ msisdn: HUNDRED[0]?.msisdn, simSwap: null }]);
  });
});

describe('stories of the demo', () => {
  const storyOf = async (msisdn: string, selection: string): Promise<readonly (Record<string, unknown> | null)[]> =>
    ask('OperatorTenure', selection, keysOf(msisdn));

  it('simBox rates high by its handset, which carries twenty lines or more', async () => {
    const [line] = await storyOf(demo.stories.simBox.msisdn, 'risk { level indicators { code value threshold } }');
    expect(line?.risk).toMatchObject({ level: expect.stringMatching(/HIGH$/) });
    expect(line?.risk).toMatchObject({
      indicators: expect.arrayContaining([expect.objectContaining({ code: 'IMEI_MANY_IMSI' })]),
    });
    const [sighting] = await ask('DeviceSighting', 'distinctImsi30d tenures { msisdn operatorCode }', [
      { imei: demo.stories.simBox.imei, operatorCode: CODE },
    ]);
    expect(sighting?.distinctImsi30d).toBeGreaterThanOrEqual(20);
    const seen = (sighting?.tenures ?? []) as readonly unknown[];
    expect(seen.length).toBeGreaterThanOrEqual(20);
    expect(seen).toContainEqual({ msisdn: demo.stories.simBox.msisdn, operatorCode: CODE });
  });

  it('blocked has its services taken by the enforced order', async () => {
    const [line] = await storyOf(
      demo.stories.blocked.msisdn,
      'services { voiceOut portFreeze reason } enforcements { orderId state services { voiceOut } }',
    );
    expect(line?.services).toMatchObject({ voiceOut: 'SUSPENDED', reason: expect.stringContaining('Anti-Fraud') });
    expect(line?.enforcements).toContainEqual(
      expect.objectContaining({ orderId: demo.stories.blocked.orderId, state: 'ENFORCED' }),
    );
  });

  it('recycled has two contracts with different holders in one tenure', async () => {
    const [line] = await storyOf(
      demo.stories.recycled.msisdn,
      'contract { id } contracts { id status subscriber { maskedIin maskedName iin } }',
    );
    const contracts = line?.contracts as { id: string; status: string; subscriber: Record<string, unknown> }[];
    expect(new Set(contracts.map((one) => `${one.subscriber.maskedIin} ${one.subscriber.maskedName}`)).size).toBe(2);
    expect(contracts.map((one) => one.subscriber.iin)).toEqual(contracts.map(() => null));
    expect(line?.contract).toEqual({ id: contracts[0]?.id });
  });

  it('unverified was activated before biometrics were law', async () => {
    const [line] = await storyOf(demo.stories.unverified.msisdn, 'contract { verification { result } } risk { level }');
    expect(line).toEqual({ contract: { verification: { result: 'LEGACY_UNVERIFIED' } }, risk: { level: 'LOW' } });
  });
});

describe('a block order', () => {
  const MUTATION =
    'mutation { executeBlockOrder(operatorCode: "beeline", order: "eyJhbGciOiJub25lIn0..") { orderId outcome receipt } }';
  const codesOf = async (headers: Readonly<Record<string, string>>) => {
    const answer = await askQuery(MUTATION, {}, headers);
    expect(answer.data?.executeBlockOrder ?? null).toBeNull();
    return [answer.status, ...answer.errors.map((error) => error.extensions.code)];
  };

  it('of the gateway is refused when no key of the bank has signed it', async () => {
    expect(await codesOf({ 'afc-context': contextBy(GATEWAY_KEY) })).toEqual([200, 'FORBIDDEN']);
  });

  it('of anybody but the gateway is refused before it is read', async () => {
    expect(await codesOf({})).toEqual([200, 'UNAUTHENTICATED']);
    expect(await codesOf({ authorization: 'Bearer a.b.c', 'afc-case': CASE_ID })).toEqual([200, 'UNAUTHENTICATED']);
  });
});

describe("the gateway's context", () => {
  const ANY = 'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }';
  const KEYS = [{ __typename: 'OperatorTenure', ...HUNDRED[0] }];
  const statusOf = async (headers: Readonly<Record<string, string>>) => {
    const { status, errors } = await askQuery(ANY, { keys: KEYS }, headers);
    return [status, ...errors.map((error) => error.extensions.code)];
  };

  it('is believed when the key of the root of trust signed it a moment ago; without one a read is answered', async () => {
    expect(await statusOf({})).toEqual([200]);
    expect(await statusOf({ 'afc-context': contextBy(GATEWAY_KEY) })).toEqual([200]);
  });

  it.each<[string, () => string]>([
    ['by another key of the bank', () => contextBy(BANK_ACT_KEY)],
    [
      'by a stranger under the name of the gateway',
      () => contextBy({ ...keyPair('mallory'), publicKey: GATEWAY_KEY.publicKey }),
    ],
    ['of two minutes ago', () => contextBy(GATEWAY_KEY, Date.now() - 120_000)],
    ['of the next minute', () => contextBy(GATEWAY_KEY, Date.now() + 30_000)],
    ['of another type', () => contextBy(GATEWAY_KEY, Date.now(), 'senim-act+jws')],
    ['changed by one letter', () => contextBy(GATEWAY_KEY).replace(/.$/, (letter) => (letter === 'A' ? 'E' : 'A'))],
    ['that is nonsense', () => 'forged'],
    ['that is empty', () => ''],
    ['that is huge', () => 'a'.repeat(4_000)],
  ])('%s refuses the whole request', async (_what, context) => {
    expect(await statusOf({ 'afc-context': context() })).toEqual([401, 'UNAUTHENTICATED']);
  });
});

const CASE_ID = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';

function contextBy(key: KeyPair, nowMs = Date.now(), typ = CONTEXT_TYPE): string {
  const context = {
    requestId: '6f1c2f2e-6d5f-4c7e-9d5a-0a3f0c9b1e11',
    deadline: msToInstant(nowMs + 2_000),
    caseId: CASE_ID,
    purpose: 'INVESTIGATION',
    actor: null,
  } as const;
  const signed = signContext(context, key, nowMs);
  if (typ === CONTEXT_TYPE) return signed;
  const payload = Buffer.from(signed.split('.')[1] ?? '', 'base64url');
  return signCompactJws({ kid: key.publicKey.keyId, typ, payload }, key.privateKey);
}
