// Who the bank's own subgraph takes somebody for: by the token of the request, whatever the gateway, a header or an argument says; and what
// a suspension does to a token that is true.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '../../../shared/vocabulary/app-error';
import { requireActing } from '../../../subgraphs/fraud-cases/api/asker';
import { type AskerDesk, openAskerDesk, type RequestHeaders } from '../../../subgraphs/fraud-cases/asker-desk';
import type { LogConfig } from '../../../subgraphs/fraud-cases/config';
import type { RunningService } from '../../../subgraphs/fraud-cases/server';
import { openLogPool } from '../../../subgraphs/fraud-cases/store/log-pool';
import { reinstate, suspend } from '../../../subgraphs/fraud-cases/store/suspension';
import { type GatewayTrust, gatewayTrust } from '../../support/gateway-trust';
import { askGraphQL } from '../../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import { createCaseDatabase, serveFraudCases } from './fraud-cases-fixture';

let issuer: TokenIssuer;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let folder: string;
let gateway: GatewayTrust;
let desk: AskerDesk;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  database = await createCaseDatabase([]);
  folder = mkdtempSync(join(tmpdir(), 'senim-asker-'));
  gateway = gatewayTrust(folder);
  const log = { TRUST_ROOT_FILE: gateway.rootFile } as LogConfig;
  desk = openAskerDesk({ ISSUER_URL: issuer.issuer, TOKEN_AUDIENCE: issuer.audience, log }, database.dataSource);
});

afterAll(async () => {
  desk.stop();
  await Promise.all([issuer.stop(), database.close()]);
  rmSync(folder, { recursive: true });
});

const bearer = (user: string, changes = {}) => [`Bearer ${issuer.tokenOf(user, changes)}`];
async function refusalOf(headers: RequestHeaders): Promise<string> {
  const fault: unknown = await desk.askerOf(headers).then(
    () => null,
    (cause: unknown) => cause,
  );
  return fault instanceof AppError ? fault.code : 'NONE';
}
async function actingRefusalOf(headers: RequestHeaders): Promise<string> {
  const asker = await desk.askerOf(headers);
  const { person = '', organisation = '', roles = [], unit = null } = asker.principal ?? {};
  const reader = { person, organisation, roles, ofTheUnit: unit === 'almaty-1' };
  const fault: unknown = await requireActing({ ...asker, reader }, 'reportSuspicion').then(
    () => null,
    (cause: unknown) => cause,
  );
  return fault instanceof AppError ? fault.code : 'NONE';
}

describe('who asks', () => {
  test('is the one whom the token names', async () => {
    const { principal, actor, request } = await desk.askerOf({ authorization: bearer('supervisor-2') });
    expect(principal).toMatchObject({ person: 'supervisor-2', organisation: 'afc', unit: 'almaty-1' });
    expect(actor).toEqual({ person: 'supervisor-2', organisation: 'afc', roles: ['SUPERVISOR'] });
    expect(request).toBeNull();
  });

  test('is nobody without a token, whatever else is said', async () => {
    const forged = {
      'x-user': ['supervisor-2'],
      'afc-actor': ['supervisor-2'],
      'afc-context': [gateway.contextOf({ actor: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'AUDIT' })],
    };
    const asker = await desk.askerOf(forged);
    expect([asker.principal, asker.actor]).toEqual([null, null]);
    expect(asker.request).toMatchObject({ actor: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'AUDIT' });
    expect(await actingRefusalOf(forged)).toBe('UNAUTHENTICATED');
  });

  test.each<[string, () => RequestHeaders]>([
    ['two tokens', () => ({ authorization: [...bearer('bank-1'), ...bearer('bank-2')] })],
    ['a token for others', () => ({ authorization: bearer('bank-1', { aud: 'other' }) })],
    ['no token but a name', () => ({ authorization: ['Basic c3VwZXJ2aXNvci0xOng='] })],
    ['a context that is not the gateway’s', () => ({ 'afc-context': ['forged'] })],
    ['two contexts', () => ({ 'afc-context': [gateway.contextOf(), gateway.contextOf()] })],
    [
      'a true token beside a context that is old',
      () => ({ authorization: bearer('bank-1'), 'afc-context': [gateway.contextOf({}, Date.now() - 90_000)] }),
    ],
  ])('is refused with %s', async (_what, headers) => {
    expect(await refusalOf(headers())).toBe('UNAUTHENTICATED');
  });
});

describe('a suspended person', () => {
  test('does nothing from that moment on, with a token that was good a second ago', async () => {
    const pool = openLogPool(database.url);
    try {
      const headers = { authorization: bearer('investigator-2') };
      expect(await actingRefusalOf(headers)).toBe('NONE');
      expect(await suspend(pool, 'investigator-2')).toBe(true);
      expect(await actingRefusalOf(headers)).toBe('FORBIDDEN');
      expect(await actingRefusalOf({ authorization: bearer('investigator-1') })).toBe('NONE');
      expect(await suspend(pool, 'investigator-2')).toBe(false);
      expect(await reinstate(pool, 'investigator-2')).toBe(true);
      expect(await reinstate(pool, 'investigator-2')).toBe(false);
      expect(await actingRefusalOf(headers)).toBe('NONE');
      expect(await suspend(pool, 'investigator-2')).toBe(true);
      expect(await actingRefusalOf(headers)).toBe('FORBIDDEN');
    } finally {
      await pool.end();
    }
  });

  test.each([
    ['is not forgotten', 'DELETE FROM suspended_principal'],
    ['is not backdated', `UPDATE suspended_principal SET suspended_at = suspended_at - interval '1 day'`],
    ['is not another one', `UPDATE suspended_principal SET person = 'somebody'`],
  ])('%s', async (_what, statement) => {
    await expect(database.dataSource.query(statement)).rejects.toThrow('a suspension is ended, never rewritten');
  });
});

describe('over HTTP', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await serveFraudCases(database.url, null, issuer);
  });
  afterAll(() => service.stop());
  const ask = (headers: Readonly<Record<string, string>>) => askGraphQL(service.url, '{ __typename }', {}, headers);

  test('a read is answered without a token and with a true one, and refused with a false one', async () => {
    expect(await ask({})).toMatchObject({ status: 200, errors: [] });
    expect(await ask({ authorization: `Bearer ${issuer.tokenOf('bank-1')}` })).toMatchObject({
      status: 200,
      errors: [],
    });
    expect(await ask({ authorization: 'Bearer a.b.c' })).toMatchObject({
      status: 401,
      data: null,
      errors: [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED', retryable: false } }],
    });
  });

  test('an issuer that is down refuses an unknown key as its own fault', async () => {
    issuer.rotate();
    const authorization = `Bearer ${issuer.tokenOf('bank-1')}`;
    await issuer.pause();
    try {
      expect(await ask({ authorization })).toMatchObject({
        status: 502,
        errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } }],
      });
      expect(await fetch(`${service.url}/readyz`).then(({ status }) => status)).toBe(200);
    } finally {
      await issuer.resume();
    }
  });
});
