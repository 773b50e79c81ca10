// Who may ask the gateway what, and what each party learns of who asks: over real HTTP, with servers that keep every header they get.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import type { GatewayContext } from '../../../shared/access/gateway-context';
import { loadKeyFile } from '../../../shared/audit-log/key-file';
import { type ContextCheck, createContextCheck } from '../../../shared/identity/gateway-context';
import { createLogger } from '../../../shared/service/logger';
import { ACTOR_ROLES } from '../../../shared/vocabulary/role';
import { startWorld, startWorldServer, WORLD_OPERATORS, type World, worldNumber } from '../../support/contract-world';
import { writeGatewayFolder } from '../../support/gateway-folder';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

let world: World;
let issuer: TokenIssuer;
let folder: string;
let gateway: RunningGateway;
let identity: ReturnType<typeof gatewayIdentity>;
let contexts: ContextCheck;
const lines: string[] = [];

beforeAll(async () => {
  [world, issuer] = await Promise.all([startWorld(WORLD_OPERATORS), startTokenIssuer()]);
  folder = mkdtempSync(join(tmpdir(), 'senim-reader-'));
  writeGatewayFolder(folder, world.supergraph, (code) => ({ endpoint: world.servers[code]?.url }));
  identity = gatewayIdentity(folder, issuer);
  gateway = await openGateway(world.servers['fraud-cases']?.url);
  contexts = createContextCheck([loadKeyFile(identity.GATEWAY_KEY_FILE).publicKey]);
});

function openGateway(fraudCasesUrl: string | undefined): Promise<RunningGateway> {
  const config = readConfig({
    ...identity,
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: fraudCasesUrl,
    REQUEST_DEADLINE_MS: '20000',
    OPERATOR_DEADLINE_MS: '10000',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const destination = { write: (line: string) => void lines.push(line) };
  return startGateway(config.value, createLogger({ name: 'gateway', level: 'debug', destination }), () => ({}));
}

afterAll(async () => {
  await gateway.stop();
  await Promise.all([world.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const { calls } of Object.values(world.servers)) calls.length = 0;
});

const as = (user: string, changes = {}) => ({ authorization: `Bearer ${issuer.tokenOf(user, changes)}` });

async function post(query: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

const callsInAll = () => Object.values(world.servers).reduce((sum, { calls }) => sum + calls.length, 0);
const headersAt = (name: string) => (world.servers[name]?.calls ?? []).map(({ headers }) => headers);

const READ = `{phoneNumber(msisdn:"${worldNumber('kcell', 7)}"){currentTenure{risk{level}} blockStatus{state}}}`;
const DELIVERY = 'mutation{executeBlockOrder(operatorCode:"kcell",order:"o1"){orderId}}';
const CASE_ID = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';

describe('a token', () => {
  test('that is not believed refuses the request in fixed words, before anybody is asked', async () => {
    for (const authorization of ['Bearer a.b.c', 'Basic eA==', `Bearer ${issuer.tokenOf('admin-1', { aud: 'x' })}`]) {
      const { status, headers, body } = await post(READ, { authorization });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      const requestId = headers.get('x-request-id');
      const extensions = { code: 'UNAUTHENTICATED', requestId, retryable: false };
      expect(body).toEqual({ errors: [{ message: 'Sign in first.', extensions }] });
    }
    expect(callsInAll()).toBe(0);
  });
});

describe('without a token', () => {
  test.each([
    ['a read', READ],
    ['a question of no field', '{__typename}'],
    ['a question for the schema', '{__schema{queryType{name}}}'],
    ['what is no GraphQL', '{'],
    ['a mutation', 'mutation{closeCase(caseId:"1"){case{id}}}'],
    ['a delivery', DELIVERY],
    ['a mutation of nothing', 'mutation{__typename}'],
    ['a subscription', 'subscription{caseUpdated(caseId:"1"){id}}'],
  ])('%s is refused, as one answer and as a stream', async (_what, query) => {
    for (const accept of ['application/json', 'text/event-stream']) {
      expect(await post(query, { accept })).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      });
    }
    expect(callsInAll()).toBe(0);
  });
});

describe('the delivery of orders', () => {
  const fields = '{orderId}';
  const call = `executeBlockOrder(operatorCode:"kcell",order:"o1")${fields}`;
  const guises: readonly (readonly [string, string])[] = [
    ['plainly', DELIVERY],
    ['under another name', `mutation{closeCase:${call}}`],
    ['in a fragment', `mutation{...F} fragment F on Mutation{${call}}`],
    ['in a fragment of a fragment', `mutation{...F} fragment F on Mutation{...G} fragment G on Mutation{x:${call}}`],
    ['in an inline fragment', `mutation{...{...on Mutation{${call}}}}`],
    ['left out this time', `mutation{...@skip(if:true){${call}}}`],
    ['left out itself', `mutation{executeBlockOrder(operatorCode:"kcell",order:"o1")@include(if:false)${fields}}`],
  ];

  const users: Readonly<Record<string, string>> = {
    INVESTIGATOR: 'investigator-1',
    SUPERVISOR: 'supervisor-1',
    APPEALS: 'appeals-1',
    OPERATOR: 'operator-kcell',
    BANK: 'bank-1',
    ANALYST: 'analyst-1',
    AUDITOR: 'auditor-1',
    PORTAL: 'portal-1',
    ADMIN: 'admin-1',
  };

  test('belongs to the dispatcher', async () => {
    expect(await post(DELIVERY, as('afc-dispatcher'))).toMatchObject({
      status: 200,
      body: { data: { executeBlockOrder: { orderId: 'o1' } } },
    });
    expect(world.servers.kcell?.calls).toHaveLength(1);
  });

  test.each(ACTOR_ROLES.filter((role) => role !== 'DISPATCHER'))('is refused to %s', async (role) => {
    const { status, body } = await post(DELIVERY, as(users[role] ?? ''));
    expect([status, body.errors[0].extensions.code, body.data]).toEqual([403, 'FORBIDDEN', undefined]);
    expect(callsInAll()).toBe(0);
  });

  test.each(guises)('is refused to others when it is asked %s', async (_how, query) => {
    expect((await post(query, as('supervisor-1'))).status).toBe(403);
    expect((await post(query)).status).toBe(401);
    expect(callsInAll()).toBe(0);
  });

  test('is all that the dispatcher has', async () => {
    for (const query of [READ, '{__typename}', 'mutation{closeCase(caseId:"1"){case{id}}}']) {
      expect((await post(query, as('afc-dispatcher'))).status).toBe(403);
    }
    expect(callsInAll()).toBe(0);
  });
});

describe('what the parties learn of who asks', () => {
  const contextAt = (name: string): GatewayContext => {
    const told = headersAt(name)[0]?.['afc-context'];
    const checked = contexts.check(typeof told === 'string' ? [told] : []);
    if (!checked.ok || checked.value === null) throw new Error(`No context came to ${name}.`);
    return checked.value;
  };

  test('is one context that the gateway signed once, the same to all; the token goes to fraud-cases alone', async () => {
    const headers = as('investigator-1');
    const forged = { 'afc-context': 'forged', 'afc-grant': 'forged', 'x-user': 'admin-1', cookie: 'a=b' };
    const asked = { 'afc-case': CASE_ID.toUpperCase(), 'afc-purpose': 'INVESTIGATION', 'x-request-id': CASE_ID };
    for (let times = 0; times < 5; times += 1) {
      expect((await post(READ, { ...headers, ...forged, ...asked })).status).toBe(200);
    }
    const all = Object.keys(world.servers).flatMap(headersAt);
    expect(all.length).toBe(15);
    expect(new Set(all.map((one) => one['afc-context'])).size).toBe(5);
    for (const one of all) expect(Object.keys(one)).not.toEqual(expect.arrayContaining(['afc-grant']));
    expect(all.filter((one) => 'x-user' in one || 'cookie' in one || 'afc-case' in one)).toEqual([]);
    const withToken = Object.keys(world.servers).map((name) => [
      name,
      headersAt(name).filter((one) => one.authorization !== undefined).length,
    ]);
    expect(Object.fromEntries(withToken)).toEqual({ numbering: 0, 'fraud-cases': 5, kcell: 0, beeline: 0, tele2: 0 });
    expect(headersAt('fraud-cases')[0]?.authorization).toBe(headers.authorization);
    for (const name of ['numbering', 'fraud-cases', 'kcell']) {
      expect(contextAt(name)).toMatchObject({ requestId: CASE_ID, caseId: CASE_ID, purpose: 'INVESTIGATION' });
    }
  });

  test('is a pseudonym: the same for one person at every request, another for another, and no name', async () => {
    const actorOf = async (headers: Readonly<Record<string, string>>) => {
      for (const { calls } of Object.values(world.servers)) calls.length = 0;
      await post(READ, headers);
      return contextAt('kcell').actor;
    };
    const first = await actorOf(as('investigator-1'));
    expect(first).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await actorOf(as('investigator-1', { jti: 'another token' }))).toBe(first);
    expect(await actorOf(as('investigator-2'))).not.toBe(first);
    const heard = JSON.stringify(Object.values(world.servers).flatMap(({ calls }) => calls.map((one) => one.headers)));
    expect(heard).not.toMatch(/investigator|almaty|INVESTIGATOR/);
  });

  test('is not written down', async () => {
    lines.length = 0;
    const headers = as('investigator-1');
    await post(READ, { ...headers, 'afc-case': CASE_ID, 'afc-purpose': 'AUDIT' });
    await post(READ, { authorization: `${headers.authorization}x` });
    const text = lines.join('');
    expect(text).not.toMatch(/investigator-1|Bearer|eyJ/);
    expect(text).not.toContain(CASE_ID);
  });

  test.each([
    ['a case that is no id', { 'afc-case': 'AFC-2026-000001' }],
    ['an empty case', { 'afc-case': '' }],
    ['two cases in one', { 'afc-case': `${CASE_ID}, ${CASE_ID}` }],
    ['a purpose that nobody has', { 'afc-purpose': 'CURIOSITY' }],
    ['a purpose in small letters', { 'afc-purpose': 'audit' }],
    ['a purpose of the prototype', { 'afc-purpose': 'constructor' }],
  ])('is nothing when the client says %s: the request is refused', async (_what, headers) => {
    const { status, body } = await post(READ, { ...as('investigator-1'), ...headers });
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(callsInAll()).toBe(0);
  });
});

describe('a stream', () => {
  test('is opened with the token, and ends when the token does, however silent it is', async () => {
    const bank = await startWorldServer(async (_call, _request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    });
    const own = await openGateway(bank.url);
    try {
      const second = Math.floor(Date.now() / 1000);
      const headers = as('investigator-1', { iat: second - 590, exp: second + 2 });
      const response = await fetch(`${own.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
        body: JSON.stringify({ query: 'subscription{caseUpdated(caseId:"1"){id}}' }),
      });
      expect(response.status).toBe(200);
      // Resolves because the gateway ends it: nobody else does.
      expect(await response.text()).toContain('event: complete');
      expect(bank.calls.map((call) => call.headers.authorization)).toEqual([headers.authorization]);
      expect(contexts.check([String(bank.calls[0]?.headers['afc-context'])])).toMatchObject({ ok: true });
    } finally {
      await own.stop();
      await bank.close();
    }
  });
});

// The last ones: for two seconds afterwards no new key is asked for.
describe('an issuer that is down', () => {
  test('refuses a new key as its own fault; known ones go on, and the gateway stays ready', async () => {
    const known = as('investigator-1');
    expect((await post(READ, known)).status).toBe(200);
    issuer.rotate();
    const headers = as('investigator-1');
    await issuer.pause();
    try {
      expect(await post(READ, headers)).toMatchObject({
        status: 502,
        body: { errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } }] },
      });
      expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
      expect((await post(READ)).status).toBe(401);
      expect((await post(READ, known)).status).toBe(200);
    } finally {
      await issuer.resume();
    }
  });
});
