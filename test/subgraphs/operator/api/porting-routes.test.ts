// The routes that numbering calls when a number moves, over HTTP: the answers of the protocol, and what a hostile body gets.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { grantedReader } from '../../../support/granted-reader';
import { callSigned } from '../../../support/program-call';
import { NUMBERING_KEY } from '../log/log-fixture';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  OPERATOR,
  type OperatorDatabase,
  person,
  serveOperator,
  tenure,
} from '../operator-fixture';

const MSISDN = '+77011234567';
const SINCE = daysAgo(50);
const AT = daysAgo(0.1);
const ASKED = { portId: 'port-1', msisdn: MSISDN, since: SINCE };

let database: OperatorDatabase;
let service: RunningService;
beforeAll(async () => {
  database = await createOperatorDatabase([
    person('s-1', iinOf(1)),
    tenure(MSISDN, SINCE),
    contract({ id: 'c-1', msisdn: MSISDN, since: SINCE, subscriberId: 's-1' }),
  ]);
  service = await serveOperator(database.url);
});
afterAll(async () => {
  await service.stop();
  await database.close();
});

const call = (route: string, body: unknown) =>
  callSigned(NUMBERING_KEY, { url: `${service.url}/internal/${route}`, body });
const raw = (body: string, headers: Record<string, string> = {}) =>
  callSigned(NUMBERING_KEY, { url: `${service.url}/internal/port-out`, body, headers });

describe('a porting', () => {
  it('is checked, done, and done again with the same answer', async () => {
    expect(await call('port-out/check', ASKED)).toEqual({ status: 200, body: { allowed: true } });
    for (const _again of [1, 2]) {
      expect(await call('port-out', { ...ASKED, at: AT })).toEqual({ status: 200, body: { state: 'PORTED_OUT' } });
    }
    const [gone] = await grantedReader(service.url, OPERATOR).entities(
      'OperatorTenure',
      'contract { status endedAt } services { voiceIn reason }',
      [{ msisdn: MSISDN, since: SINCE, operatorCode: OPERATOR }],
    );
    expect(gone).toMatchObject({ contract: { status: 'PORTED_OUT', endedAt: AT }, services: { voiceIn: 'SUSPENDED' } });
  });

  it('back again opens a tenure without a holder', async () => {
    const since = daysAgo(0.05);
    for (const _again of [1, 2]) {
      expect(await call('port-in', { portId: 'port-2', msisdn: MSISDN, since })).toEqual({
        status: 200,
        body: { state: 'PORTED_IN' },
      });
    }
    const [come] = await grantedReader(service.url, OPERATOR).entities(
      'OperatorTenure',
      'contract { status subscriber { maskedName } simCards { iccid } devices { imei } } risk { level } simSwap { swapped } kycMatch(iin: "900101350122")',
      [{ msisdn: MSISDN, since, operatorCode: OPERATOR }],
    );
    expect(come).toEqual({
      contract: { status: 'PENDING_IDENTIFICATION', subscriber: null, simCards: [], devices: [] },
      risk: { level: 'LOW' },
      simSwap: null,
      kycMatch: 'NOT_AVAILABLE',
    });
  });

  it.each([
    ['port-out/check', { ...ASKED, portId: 'other', msisdn: '+77019999999' }, 'NOT_SERVED_HERE'],
    ['port-out', { ...ASKED, at: daysAgo(0.2) }, 'PORT_ID_CONFLICT'],
    ['port-in', { portId: 'port-9', msisdn: MSISDN, since: daysAgo(0.01) }, 'ALREADY_SERVED_HERE'],
    ['port-in', { portId: 'port-8', msisdn: '+77019999999', since: daysAgo(-1) }, 'BAD_INSTANT'],
  ])('by %s is refused: %j', async (route, body, refusal) => {
    expect(await call(route, body)).toEqual({ status: 409, body: { refusal } });
  });
});

describe('a body that is not of the protocol', () => {
  const body = { ...ASKED, portId: 'port-5', at: AT };
  it.each<[string, unknown]>([
    ['another member', { ...body, extra: 1 }],
    ['an absent member', { portId: 'port-5', msisdn: MSISDN, since: SINCE }],
    ['a national spelling', { ...body, msisdn: '87011234567' }],
    ['a number as a number', { ...body, msisdn: 77011234567 }],
    ['an id with a space', { ...body, portId: 'port 5' }],
    ['an id of 65 letters', { ...body, portId: 'x'.repeat(65) }],
    ['no offset', { ...body, at: '2026-01-01T00:00:00' }],
    ['a list', [body]],
    ['null', null],
    ['a prototype', JSON.parse(`{"__proto__": {}, "portId": "p", "msisdn": "${MSISDN}", "since": "${SINCE}"}`)],
  ])('%s: 400', async (_name, sent) => {
    expect(await call('port-out', sent)).toEqual({ status: 400, body: { error: 'BAD_REQUEST' } });
  });

  it('is refused before it is read when it is not JSON by type, too long or not UTF-8', async () => {
    expect((await raw('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await raw('{}', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await raw('{')).status).toBe(400);
    expect((await raw(JSON.stringify({ ...body, portId: 'x'.repeat(5_000) }))).status).toBe(413);
    const read = await callSigned(NUMBERING_KEY, { url: `${service.url}/internal/port-out`, method: 'GET' });
    expect(read.status).toBe(405);
    expect((await fetch(`${service.url}/internal/port-sideways`)).status).toBe(404);
  });
});
