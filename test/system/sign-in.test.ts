// Who is believed and what is looked up on the running network, every process real: tokens bound to a key, sign-ins that are too old, persons
// at the root, and a bank that cannot write down who looked. Operators stand behind proxies that count.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEMO_USERS } from '../../shared/local-network/demo-users';
import { gatewaySignInVariables } from '../../shared/local-network/identity-layout';
import { localFolder } from '../../shared/local-network/local-folder';
import { newProofKey, type ProofKey } from '../../shared/local-network/proof-key';
import { requestToken } from '../../shared/local-network/token-request';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy';
import { type GatewayProcess, startHostedProcess } from '../support/gateway-process';
import { documentIn, startTestNetwork, type TestNetwork } from '../support/network';

let network: TestNetwork;
let gateway: GatewayProcess;
let folder: string;
const operators: CountingProxy[] = [];
let bank: CountingProxy;
let msisdn: string;
let caseId: string;

beforeAll(async () => {
  network = await startTestNetwork();
  const { stories, subgraphs, identity } = network.record();
  ({ msisdn, caseId } = stories.openCase as { readonly msisdn: string; readonly caseId: string });
  folder = mkdtempSync(join(tmpdir(), 'senim-sign-in-'));
  bank = await startCountingProxy(subgraphs['fraud-cases'].url);
  const listed = documentIn(network, 'operators.json') as { readonly operators: readonly { readonly code: string }[] };
  const behind: object[] = [];
  for (const operator of listed.operators) {
    const proxy = await startCountingProxy(subgraphs.operators[operator.code]?.url ?? '');
    operators.push(proxy);
    behind.push({ ...operator, endpoint: proxy.url });
  }
  writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators: behind }));
  gateway = await startHostedProcess({
    OPERATORS_FILE: join(folder, 'operators.json'),
    NUMBERING_URL: subgraphs.numbering.url,
    FRAUD_CASES_URL: bank.url,
    ...gatewaySignInVariables(localFolder(network.folder), identity.issuer),
  });
}, 240_000);

afterAll(async () => {
  await gateway?.stop();
  await Promise.all([...operators, bank].map((proxy) => proxy?.stop()));
  await network?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
}, 60_000);

beforeEach(() => {
  for (const proxy of [...operators, bank]) proxy.reset();
});

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly codes: readonly string[];
  readonly text: string;
}

async function post(
  query: string,
  headers: Readonly<Record<string, string>>,
  url = `${gateway.origin}/graphql`,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as {
    readonly data?: unknown;
    readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: { readonly code: string } }[];
  };
  const codes = errors.map(({ path, extensions }) => `${path?.join('.') ?? '-'} ${extensions.code}`);
  return { status: response.status, data, codes, text };
}

const operatorCalls = (): number => operators.reduce((sum, proxy) => sum + proxy.count(), 0);
const as = async (user: string, ...words: readonly string[]) => ({
  authorization: `Bearer ${await network.tokenOf(user, ...words)}`,
});
const forCase = () => ({ 'afc-case': caseId, 'afc-purpose': 'INVESTIGATION' });
const MASKED = () => `{phoneNumber(msisdn:"${msisdn}"){msisdn currentTenure{contract{subscriber{maskedName}}}}}`;
const CLEAR = () => `{phoneNumber(msisdn:"${msisdn}"){currentTenure{contract{subscriber{maskedName fullName iin}}}}}`;

/** A token of investigator-1 that is bound to the key. */
async function boundToken(key: ProofKey): Promise<string> {
  const { issuer, tokenEndpoint } = network.record().identity;
  const [user] = DEMO_USERS;
  if (user === undefined) throw new Error('The demonstration has users.');
  const keysFolder = localFolder(network.folder).keys;
  const token = await requestToken({ issuer, tokenEndpoint, user, keysFolder, boundTo: key });
  if (!token.ok) throw new Error(token.error);
  return token.value;
}

describe('a token of a person that is bound to a key', () => {
  it('is answered with a proof of that key for that request, and is nothing without one', async () => {
    const url = `${gateway.origin}/graphql`;
    const [key, thief] = [await newProofKey(), await newProofKey()];
    const token = await boundToken(key);
    const authorization = `DPoP ${token}`;
    const proof = await key.proofFor({ url, token });
    expect(await post(MASKED(), { authorization, dpop: proof })).toMatchObject({ status: 200, codes: [] });
    expect(operatorCalls()).toBe(1);
    const other = await boundToken(key);
    const attempts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'without a proof': { authorization },
      'as a bearer token': { authorization: `Bearer ${token}` },
      'as a bearer token with a proof': { authorization: `Bearer ${token}`, dpop: await key.proofFor({ url, token }) },
      'with the proof again': { authorization, dpop: proof },
      'with the proof of another key': { authorization, dpop: await thief.proofFor({ url, token }) },
      'with the proof of another token': { authorization, dpop: await key.proofFor({ url, token: other }) },
      'with a proof of no token': { authorization, dpop: await key.proofFor({ url }) },
      'with a proof for another address': { authorization, dpop: await key.proofFor({ url: `${url}/`, token }) },
      'with two proofs': {
        authorization,
        dpop: `${await key.proofFor({ url, token })}, ${await key.proofFor({ url, token })}`,
      },
      'with a proof that is none': { authorization, dpop: token },
    };
    for (const [how, headers] of Object.entries(attempts)) {
      const { status, data, codes, text } = await post(MASKED(), headers);
      expect([how, status, data, codes]).toEqual([how, 401, undefined, ['- UNAUTHENTICATED']]);
      expect(text).toContain('Sign in first.');
    }
    expect(operatorCalls()).toBe(1);
    expect(await post(MASKED(), { authorization, dpop: await key.proofFor({ url, token }) })).toMatchObject({
      status: 200,
    });
  }, 60_000);

  it('comes from the command line as the two headers of one request', async () => {
    const told = await network.tokenOf('investigator-1', '--dpop');
    const headers = Object.fromEntries(
      told.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    expect(Object.keys(headers)).toEqual(['authorization', 'dpop']);
    const { url } = network.record().gateway;
    expect(await post('{__typename}', headers, url)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expect((await post('{__typename}', headers, url)).status).toBe(401);
  }, 60_000);
});

describe('a sign-in of more than fifteen minutes ago', () => {
  it('opens nothing in clear, and no operator is asked; a fresh one does', async () => {
    const stale = await post(CLEAR(), { ...(await as('investigator-1', '--signed-in-ago', '16')), ...forCase() });
    expect(stale.codes).toEqual(['phoneNumber.currentTenure.contract STEP_UP_REQUIRED']);
    expect(stale.data).toEqual({ phoneNumber: { currentTenure: { contract: null } } });
    expect(operatorCalls()).toBe(0);
    const masked = await post(MASKED(), { ...(await as('investigator-1', '--signed-in-ago', '16')), ...forCase() });
    expect(masked.codes).toEqual([]);
    const fresh = await post(CLEAR(), { ...(await as('investigator-1', '--signed-in-ago', '13')), ...forCase() });
    expect(fresh.codes).toEqual([]);
    expect(JSON.stringify(fresh.data)).toMatch(/"fullName":"[^"*]+"/);
  }, 60_000);

  it('approves nothing; a fresh one is let through to what the approval itself needs', async () => {
    const approval = `mutation{approveDecision(caseId:"${randomUUID()}",comment:"yes",expectedVersion:1){userErrors{code}}}`;
    const stale = await post(approval, await as('supervisor-1', '--signed-in-ago', '16'));
    expect(stale.codes).toEqual(['approveDecision STEP_UP_REQUIRED']);
    const fresh = await post(approval, await as('supervisor-1'));
    expect(fresh.text).not.toContain('STEP_UP_REQUIRED');
    expect(JSON.stringify(fresh.data)).toContain('NOT_FOUND');
  }, 60_000);
});

describe('a person at the root', () => {
  it('is null before any operator is asked, unless the person came up in the case', async () => {
    const who = async () => ({ ...(await as('investigator-1')), ...forCase() });
    const personOf = (iin: string) => `{person(iin:"${iin}"){iin holdings{operatorCode activeLineCount}}}`;
    const strange = await post(personOf('900101300007'), await who());
    expect([strange.data, strange.codes]).toEqual([{ person: null }, ['person FORBIDDEN']]);
    expect(operatorCalls()).toBe(0);
    const shown = await post(CLEAR(), await who());
    const iin = /"iin":"(\d{12})"/.exec(shown.text)?.[1] ?? '';
    expect(iin).not.toBe('');
    const known = await post(personOf(iin), await who());
    expect(known.codes).toEqual([]);
    expect(known.data).toMatchObject({ person: { iin } });
    const calls = operatorCalls();
    // Another's case looks like one in which the person never came up.
    const foreign = await post(personOf(iin), { ...(await as('investigator-2')), ...forCase() });
    expect([foreign.data, foreign.codes]).toEqual([{ person: null }, ['person FORBIDDEN']]);
    const without = await post(personOf(iin), await as('investigator-1'));
    expect([without.data, without.codes]).toEqual([{ person: null }, ['person PURPOSE_REQUIRED']]);
    expect(operatorCalls()).toBe(calls);
  }, 60_000);
});

describe('numbers that nobody has', () => {
  it('are counted by the bank, and looking for many of them raises an alarm', async () => {
    const headers = await as('investigator-2');
    const unknown = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21].map((tail) => `"+770099990${tail}"`);
    const answer = await post(
      `{phoneNumbers(msisdns:[${unknown.join()}]){msisdn currentTenure{risk{level}}}}`,
      headers,
    );
    expect([answer.data, answer.codes]).toEqual([{ phoneNumbers: unknown.map(() => null) }, []]);
    expect([bank.count(), operatorCalls()]).toEqual([1, 0]);
    const client = new Client({ connectionString: network.record().subgraphs['fraud-cases'].database });
    await client.connect();
    try {
      const { rows } = await client.query("SELECT kind FROM access_alarm WHERE person = 'investigator-2'");
      expect(rows).toEqual([{ kind: 'MISSES' }]);
    } finally {
      await client.end();
    }
  }, 60_000);
});

describe('a bank that cannot write down who looks', () => {
  const held = { phoneNumber: { currentTenure: { contract: null } } };
  const heldCodes = ['phoneNumber.currentTenure.contract AUDIT_UNAVAILABLE'];

  it('leaves every operator unasked while its log stands still, masked fields too', async () => {
    const headers = await as('supervisor-2');
    expect((await post(MASKED(), headers)).codes).toEqual([]);
    expect(operatorCalls()).toBe(1);
    const holder = new Client({ connectionString: network.record().subgraphs['fraud-cases'].database });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE audit.act IN SHARE MODE');
      const answer = await post(MASKED(), headers);
      expect(answer.data).toMatchObject({ ...held, phoneNumber: { ...held.phoneNumber, msisdn } });
      expect(answer.codes).toEqual(heldCodes);
      expect(operatorCalls()).toBe(1);
    } finally {
      await holder.query('ROLLBACK');
      await holder.end();
    }
    expect((await post(MASKED(), headers)).codes).toEqual([]);
    expect(operatorCalls()).toBe(2);
  }, 60_000);

  it('leaves every operator unasked while it is stopped, and they are asked again when it is back', async () => {
    const [headers, clear] = [await as('supervisor-2'), { ...(await as('investigator-1')), ...forCase() }];
    expect((await network.command('service', 'stop', 'fraud-cases')).exitCode).toBe(0);
    try {
      for (const answer of [await post(MASKED(), headers), await post(CLEAR(), clear)]) {
        expect(answer.data).toMatchObject(held);
        expect(answer.codes).toEqual(heldCodes);
      }
      expect(operatorCalls()).toBe(0);
    } finally {
      expect((await network.command('service', 'start', 'fraud-cases')).exitCode).toBe(0);
    }
    let answer = await post(MASKED(), headers);
    for (let times = 0; times < 50 && answer.codes.length > 0; times += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      answer = await post(MASKED(), headers);
    }
    expect(answer.codes).toEqual([]);
    expect(operatorCalls()).toBeGreaterThan(0);
  }, 90_000);
});
