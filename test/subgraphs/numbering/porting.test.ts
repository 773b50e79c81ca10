// Portings over HTTP, with operators that answer, refuse and fall silent, and a registry that dies between the steps.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { signedCalls } from '../../../shared/identity/program-calls';
import { callHttp } from '../../../shared/service/http-call';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';
import { accepted, refused } from '../../../shared/vocabulary/result';
import { createLineCourseCall } from '../../../subgraphs/fraud-cases/commands/line-course-call';
import { operatorAfterPortings } from '../../../subgraphs/fraud-cases/domain/porting-chain';
import type { RunningService } from '../../../subgraphs/numbering/server';
import { operatorCalls } from '../../../subgraphs/numbering/store/operator-call';
import { finishPortings, type PortingTools, playPorting } from '../../../subgraphs/numbering/store/porting-process';
import { openPortingStore, type PortingStore } from '../../../subgraphs/numbering/store/porting-store';
import { callSigned } from '../../support/program-call';
import {
  CASES_KEY,
  createOperatorsDocument,
  createRegistryDatabase,
  logger,
  NUMBERING_KEY,
  type OperatorsDocument,
  type PortingOperator,
  serveNumbering,
  startPortingOperator,
} from './numbering-fixture';

const { call: callOperator, isReady } = operatorCalls(callHttp);
/** The registry as the bank's case service asks it. */
const asCases = signedCalls(callHttp, CASES_KEY);

const FIRST = '2024-01-01T00:00:00.000Z';
const numberAt = (index: number): string => `+7701${String(2_000_000 + index)}`;
const NUMBERS = Array.from({ length: 40 }, (_, index) => numberAt(index));
const NEVER = new AbortController().signal;
const CHECK = '/internal/port-out/check';
const OUT = '/internal/port-out';
const IN = '/internal/port-in';

let operators: OperatorsDocument;
let database: Awaited<ReturnType<typeof createRegistryDatabase>>;
let dataSource: DataSource;
let service: RunningService;
let donor: PortingOperator;
let recipient: PortingOperator;
let used = 0;
let msisdn: string;

beforeAll(async () => {
  [donor, recipient] = await Promise.all([startPortingOperator(), startPortingOperator()]);
  operators = createOperatorsDocument();
  operators.write([
    { code: 'kcell', endpoint: donor.endpoint },
    { code: 'tele2', endpoint: recipient.endpoint },
    { code: 'altel', endpoint: recipient.endpoint, state: 'LEFT' },
  ]);
  database = await createRegistryDatabase(
    NUMBERS.map((number) => ({ kind: 'tenure', msisdn: number, operatorCode: 'kcell', since: FIRST, until: null })),
  );
  dataSource = database.dataSource;
  service = await serveNumbering(database.url, operators.path);
});
afterAll(async () => {
  await service?.stop();
  await database?.close();
  await Promise.all([donor?.close(), recipient?.close()]);
  operators?.remove();
});
beforeEach(() => {
  msisdn = numberAt(used);
  used += 1;
  for (const operator of [donor, recipient]) {
    operator.asked.length = 0;
    operator.answers.clear();
  }
});

const port = (body: unknown) => callSigned(NUMBERING_KEY, { url: `${service.url}/internal/portings`, body });
const read = (path: string) => callSigned(CASES_KEY, { url: `${service.url}/internal/${path}`, method: 'GET' });
const tenures = () =>
  dataSource.query('SELECT operator_code, since, until FROM tenure WHERE msisdn = $1 ORDER BY since', [msisdn]);
const portings = () => dataSource.query('SELECT port_id, state FROM porting WHERE msisdn = $1', [msisdn]);
const untouched = async () => {
  expect(await tenures()).toEqual([{ operator_code: 'kcell', since: new Date(FIRST), until: null }]);
  expect(await portings()).toEqual([]);
};

describe('a porting', () => {
  it('moves the number at one instant and tells donor and recipient that instant', async () => {
    const { status, body } = await port({ portId: 'move-1', msisdn, to: 'tele2' });
    expect(status).toBe(200);
    const { since } = body as { since: string };
    expect(body).toEqual({ portId: 'move-1', state: 'DONE', donor: 'kcell', recipient: 'tele2', since });
    expect(await tenures()).toEqual([
      { operator_code: 'kcell', since: new Date(FIRST), until: new Date(since) },
      { operator_code: 'tele2', since: new Date(since), until: null },
    ]);
    const asked = { portId: 'move-1', msisdn };
    expect(donor.asked).toEqual([
      { path: CHECK, body: { ...asked, since: FIRST } },
      { path: OUT, body: { ...asked, since: FIRST, at: since } },
    ]);
    expect(recipient.asked).toEqual([{ path: IN, body: { ...asked, since } }]);
    const served = await read(`serving-tenure/${encodeURIComponent(msisdn)}`);
    expect(served.body).toEqual({ operatorCode: 'tele2', since });
    const course = await createLineCourseCall(`${service.url}/graphql`, asCases)(msisdn);
    expect(course).toEqual({
      tenures: [
        { operatorCode: 'tele2', since, until: null },
        { operatorCode: 'kcell', since: FIRST, until: since },
      ],
      portings: [{ donor: 'kcell', recipient: 'tele2', completedAt: since }],
    });
    expect(course && operatorAfterPortings(course, { operatorCode: 'kcell', issuedAt: FIRST as Instant })).toBe(
      'tele2',
    );
  });

  it('is told to the bank by number, and nothing is told of a text that is none', async () => {
    for (const [path, status] of [
      ['nothing', 400],
      ['%E0%A4%A', 400],
    ] as const) {
      expect((await read(`line-course/${path}`)).status).toBe(status);
    }
    const never = await read(`line-course/${encodeURIComponent('+77019999999')}`);
    expect(never.body).toEqual({ tenures: [], portings: [] });
    expect(await createLineCourseCall('http://127.0.0.1:9')(msisdn)).toBeNull();
  });

  it('is played once however often it is asked for', async () => {
    const first = await port({ portId: 'move-2', msisdn, to: 'tele2' });
    const again = await port({ portId: 'move-2', msisdn, to: 'tele2' });
    expect(again).toEqual(first);
    expect(donor.asked).toHaveLength(2);
    expect((await tenures()).length).toBe(2);
    expect(await port({ portId: 'move-2', msisdn: numberAt(39), to: 'tele2' })).toEqual({
      status: 409,
      body: { refusal: 'PORT_ID_CONFLICT' },
    });
  });

  it('is played once by two askers at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => port({ portId: 'move-3', msisdn, to: 'tele2' })));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await tenures()).length).toBe(2);
  });
});

describe('a refusal leaves no trace', () => {
  it.each([
    ['PORT_FREEZE', 'PORT_FREEZE'],
    ['NOT_SERVED_HERE', 'DONOR_DISAGREES'],
    ['PORT_ID_CONFLICT', 'PORT_ID_CONFLICT'],
  ])('of a donor that is asked and says %s', async (word, refusal) => {
    donor.answers.set(CHECK, { status: 409, body: { refusal: word } });
    expect(await port({ portId: 'no-1', msisdn, to: 'tele2' })).toEqual({ status: 409, body: { refusal } });
    await untouched();
    expect(recipient.asked).toEqual([]);
  });

  it('of a donor that freezes the number only when it is told', async () => {
    donor.answers.set(OUT, { status: 409, body: { refusal: 'PORT_FREEZE' } });
    expect(await port({ portId: 'no-2', msisdn, to: 'tele2' })).toEqual({
      status: 409,
      body: { refusal: 'PORT_FREEZE' },
    });
    await untouched();
    expect(recipient.asked).toEqual([]);
    donor.answers.clear();
    expect((await port({ portId: 'no-2', msisdn, to: 'tele2' })).status).toBe(200);
  });

  it.each([
    ['the same operator', { to: 'kcell' }, 'SAME_OPERATOR'],
    ['an unknown operator', { to: 'nobody' }, 'UNKNOWN_OPERATOR'],
    ['an operator that left', { to: 'altel' }, 'UNKNOWN_OPERATOR'],
    ['an unassigned number', { msisdn: '+77059999999' }, 'NUMBER_UNASSIGNED'],
  ])('to %s', async (_name, change, refusal) => {
    expect(await port({ portId: 'no-3', msisdn, to: 'tele2', ...change })).toEqual({ status: 409, body: { refusal } });
    await untouched();
    expect(donor.asked).toEqual([]);
  });

  it('when the donor or the recipient does not answer', async () => {
    recipient.answers.set('/readyz', null);
    expect(await port({ portId: 'no-4', msisdn, to: 'tele2' })).toEqual({
      status: 503,
      body: { refusal: 'RECIPIENT_UNAVAILABLE' },
    });
    recipient.answers.clear();
    donor.answers.set(CHECK, { status: 200, body: 'x'.repeat(10_000) });
    expect((await port({ portId: 'no-4', msisdn, to: 'tele2' })).body).toEqual({ refusal: 'DONOR_UNAVAILABLE' });
    donor.answers.set(CHECK, { status: 500, body: { error: 'INTERNAL' } });
    expect((await port({ portId: 'no-4', msisdn, to: 'tele2' })).body).toEqual({ refusal: 'DONOR_UNAVAILABLE' });
    await untouched();
  });

  it.each([
    ['no JSON', '{'],
    ['a list', []],
    ['an unknown member', { portId: 'x', msisdn: numberAt(0), to: 'tele2', force: true }],
    ['a port id with a space', { portId: 'a b', msisdn: numberAt(0), to: 'tele2' }],
    ['no number', { portId: 'x', msisdn: 'abc', to: 'tele2' }],
  ])('and neither does %s', async (_name, body) => {
    const { status, body: answer } = await port(body);
    expect({ status, answer }).toEqual({ status: 400, answer: { error: 'BAD_REQUEST' } });
  });
});

describe('a silent operator after the switch', () => {
  it('leaves SWITCHED, and the same request finishes it', async () => {
    recipient.answers.set(IN, null);
    const first = await port({ portId: 'late-1', msisdn, to: 'tele2' });
    expect(first).toMatchObject({ status: 202, body: { state: 'SWITCHED' } });
    expect(await portings()).toEqual([{ port_id: 'late-1', state: 'SWITCHED' }]);
    expect(await port({ portId: 'other', msisdn, to: 'tele2' })).toMatchObject({ status: 409 });
    recipient.answers.clear();
    const again = await port({ portId: 'late-1', msisdn, to: 'tele2' });
    expect(again).toEqual({ status: 200, body: { ...(first.body as object), state: 'DONE' } });
    const told = recipient.asked.filter(({ path }) => path === IN);
    expect(told[0]?.body).toEqual(told[1]?.body);
  });
});

describe('a registry that dies', () => {
  const request = (portId: string) => ({ portId, msisdn: msisdn as Msisdn, recipient: 'tele2' as OperatorCode });
  const tools = (store: PortingStore, call = callOperator): PortingTools => {
    const directory = parseOperatorDirectory(
      JSON.stringify({
        operators: [
          { code: 'kcell', name: 'k', brands: [], endpoint: donor.endpoint, state: 'CONNECTED' },
          { code: 'tele2', name: 't', brands: [], endpoint: recipient.endpoint, state: 'CONNECTED' },
        ],
      }),
    );
    if (!directory.ok) throw new Error('the directory of this test is not one');
    return { store, call, isReady, logger, directory: () => directory.value };
  };
  const dies = (): Promise<never> => Promise.reject(new Error('the process died here'));

  it.each([
    ['after the PENDING row', (store: PortingStore) => ({ ...store, switchOver: dies }), 'PENDING'],
    ['before it wrote DONE', (store: PortingStore) => ({ ...store, finish: dies }), 'SWITCHED'],
  ])('%s finishes at its next start', async (_when, broken, state) => {
    const store = openPortingStore(dataSource);
    await expect(playPorting(request(`dead-${used}`), tools(broken(store)))).rejects.toThrow('died');
    expect(await portings()).toEqual([{ port_id: `dead-${used}`, state }]);
    expect(await finishPortings(tools(store), NEVER)).toBe(0);
    expect(await portings()).toEqual([{ port_id: `dead-${used}`, state: 'DONE' }]);
    expect((await tenures()).length).toBe(2);
  });

  it.each([OUT, IN])('before it could call %s finishes at its next start', async (path) => {
    const store = openPortingStore(dataSource);
    const call: typeof callOperator = (operator, asked) =>
      asked.path === path ? dies() : callOperator(operator, asked);
    await expect(playPorting(request(`dead-${used}`), tools(store, call))).rejects.toThrow('died');
    expect(await finishPortings(tools(store), NEVER)).toBe(0);
    expect(await portings()).toEqual([{ port_id: `dead-${used}`, state: 'DONE' }]);
    expect(donor.asked.at(-1)?.path).toBe(OUT);
    expect(recipient.asked.filter((asked) => asked.path === IN)).toHaveLength(1);
  });

  it('keeps what is pending while an operator is silent', async () => {
    const store = openPortingStore(dataSource);
    await expect(playPorting(request('wait-1'), tools({ ...store, switchOver: dies }))).rejects.toThrow('died');
    expect(await finishPortings(tools(store), AbortSignal.abort())).toBe(1);
    expect(donor.asked.filter(({ path }) => path === OUT)).toEqual([]);
    donor.answers.set(CHECK, null);
    expect(await finishPortings(tools(store), NEVER)).toBe(1);
    expect(await portings()).toEqual([{ port_id: 'wait-1', state: 'PENDING' }]);
    donor.answers.clear();
    expect(await finishPortings(tools(store), NEVER)).toBe(0);
  });

  it('never plays one number twice at a time', async () => {
    const store = openPortingStore(dataSource);
    const inner = await store.exclusively(msisdn as Msisdn, () => store.exclusively(msisdn as Msisdn, async () => 1));
    expect(inner).toEqual(accepted(refused('PORTING_IN_PROGRESS')));
  });
});
