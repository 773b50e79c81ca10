// The two routes over HTTP at a real service: only the gateway's signature opens them, only the token says who asks, and what is answered are
// grants or words of the catalogue.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signRequest } from '../../../../shared/access/request-signature';
import { type KeyPair, loadKeyFile } from '../../../../shared/audit-log/key-file';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { keyPair } from '../../../shared/audit-log/log-keys';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { createCaseDatabase, serveFraudCases } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';
import { caseAbout, MASKED, numberOf, tenureOf, uuid } from './look-bank';

const WAVE = {
  case: null,
  purpose: null,
  reads: [{ operatorCode: 'kcell', subjects: [tenureOf(numberOf(1))], fields: [...MASKED] }],
};

let issuer: TokenIssuer;
let ceremony: Ceremony;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let service: RunningService;
let gatewayKey: KeyPair;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  ceremony = await makeCeremony();
  database = await createCaseDatabase([caseAbout(1, [numberOf(1)])]);
  await database.dataSource.query('UPDATE seeded_case SET is_told = true');
  service = await serveFraudCases(database.url, ceremony, issuer);
  gatewayKey = loadKeyFile(ceremony.keyFile('afc', 'gateway'));
});
afterAll(async () => {
  await service.stop();
  await Promise.all([issuer.stop(), database.close()]);
  ceremony.remove();
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly user?: string | null;
  readonly key?: KeyPair | null;
  /** Sent in place of what was signed. */
  readonly swapped?: string;
}

async function send(
  body: unknown,
  { path = '/internal/disclosures', method = 'POST', user = 'investigator-1', key = gatewayKey, swapped }: Sent = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (user !== null) headers.authorization = `Bearer ${issuer.tokenOf(user)}`;
  const signature = key === null ? {} : signRequest({ method: 'POST', path, body: text, headers }, key, Date.now());
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { ...headers, ...signature },
    ...(method === 'POST' ? { body: swapped ?? text } : {}),
  });
  const answered = await response.text();
  return [response.status, answered === '' ? null : JSON.parse(answered)];
}

describe('the route of disclosures', () => {
  test('answers the gateway with a grant for each operator', async () => {
    const [status, answer] = await send(WAVE);
    expect(status).toBe(200);
    const nothing = { refused: [], subjectsRefused: [], rootsRefused: [], masked: [] };
    expect(answer).toEqual({ grants: { kcell: expect.any(String) }, ...nothing });
  });

  test('is closed to everybody else, whatever token they have', async () => {
    const closed = [401, { error: 'UNAUTHENTICATED' }];
    expect(await send(WAVE, { key: null })).toEqual(closed);
    expect(await send(WAVE, { key: keyPair('somebody') })).toEqual(closed);
    expect(await send(WAVE, { swapped: JSON.stringify({ ...WAVE, purpose: 'INVESTIGATION' }) })).toEqual(closed);
    expect(await send(WAVE, { user: null })).toEqual(closed);
    expect(await send(WAVE, { method: 'GET' })).toEqual([405, { error: 'METHOD_NOT_ALLOWED' }]);
  });

  test('refuses a whole wave in a word of the catalogue', async () => {
    expect(await send(WAVE, { user: 'analyst-1' })).toEqual([403, { error: 'FORBIDDEN' }]);
    expect(await send(WAVE, { user: 'operator-kcell' })).toEqual([403, { error: 'FORBIDDEN' }]);
    const many = Array.from({ length: 11 }, (_, place) => tenureOf(numberOf(place + 10)));
    const wave = { ...WAVE, reads: [{ operatorCode: 'kcell', subjects: many, fields: [...MASKED] }] };
    expect(await send(wave)).toEqual([429, { error: 'QUOTA_EXCEEDED' }]);
  });

  test.each([
    ['no JSON', '{'],
    ['a member too many', { ...WAVE, all: true }],
    ['a case by its number', { ...WAVE, case: 'AFC-2026-000001' }],
    ['a purpose of its own', { ...WAVE, purpose: 'CURIOSITY' }],
    ['an operator twice', { ...WAVE, reads: [...WAVE.reads, ...WAVE.reads] }],
    ['no subject', { ...WAVE, reads: [{ operatorCode: 'kcell', subjects: [], fields: [...MASKED] }] }],
    [
      'a subject of another form',
      { ...WAVE, reads: [{ operatorCode: 'kcell', subjects: ['+77012001000'], fields: [...MASKED] }] },
    ],
    [
      'a field that is none',
      { ...WAVE, reads: [{ operatorCode: 'kcell', subjects: [tenureOf(numberOf(1))], fields: ['*'] }] },
    ],
    ['a number at the root', { ...WAVE, reads: [], roots: [tenureOf(numberOf(1))] }],
    ['nobody at the root', { ...WAVE, reads: [], roots: [] }],
    ['a root beside a read', { ...WAVE, roots: ['DeviceSighting:490154203237518'] }],
    ['misses below zero', { ...WAVE, misses: -1 }],
  ])('refuses %s and repeats nothing of it', async (_, body) => {
    expect(await send(body)).toEqual([400, { error: 'BAD_USER_INPUT' }]);
  });

  test('refuses a body that is too large', async () => {
    expect(await send('x'.repeat(262_145))).toEqual([413, { error: 'TOO_LARGE' }]);
  });
});

describe('the route of occurrences', () => {
  const path = '/internal/occurrences';

  test('takes what a grant in clear of these minutes showed, from the gateway alone', async () => {
    const report = { grant: uuid(5), identifiers: ['DeviceSighting:490154203237518'] };
    expect(await send(report, { path, key: null })).toEqual([401, { error: 'UNAUTHENTICATED' }]);
    expect(await send(report, { path, user: null })).toEqual([409, { error: 'FORBIDDEN' }]);
    expect(await send({ ...report, identifiers: [tenureOf(numberOf(1))] }, { path })).toEqual([
      400,
      { error: 'BAD_USER_INPUT' },
    ]);
    await database.dataSource.query(`SET session_replication_role = 'replica'`);
    await database.dataSource.query(
      `INSERT INTO lookup_grant (id, act_id, operator_code, class, case_id, issued_at) VALUES ($1, $1, 'kcell', 'CLEAR', $2, senim_now())`,
      [uuid(5), uuid(1)],
    );
    expect(await send(report, { path, user: null })).toEqual([204, null]);
    const [{ kept }] = await database.dataSource.query('SELECT count(*)::int AS kept FROM case_occurrence');
    expect(kept).toBe(1);
  });
});
