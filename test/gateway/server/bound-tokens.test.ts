// Tokens of machines that are bound to a certificate (RFC 8705), over real TLS at the gateway's own door (row B115 of the catalogue of bad input):
// a token counts on a connection that shows its certificate, and is worth nothing on any other.

import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
import { type Identity, makeProgramAuthority, type ProgramAuthority } from '../../support/client-certificates';
import { startWorld, WORLD_OPERATORS, type World, worldNumber } from '../../support/contract-world';
import { writeGatewayFolder } from '../../support/gateway-folder';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

const GATEWAY = 'spiffe://afc.nationalbank.kz/gateway';
const READ = `{phoneNumber(msisdn:"${worldNumber('kcell', 7)}"){currentTenure{simSwap{swapped}}}}`;

let world: World;
let issuer: TokenIssuer;
let folder: string;
let gateway: RunningGateway;
let bank: ProgramAuthority;
let machines: ProgramAuthority;
let first: Identity;
let second: Identity;
const lines: string[] = [];

beforeAll(async () => {
  [world, issuer, bank, machines] = await Promise.all([
    startWorld(WORLD_OPERATORS),
    startTokenIssuer(),
    makeProgramAuthority('bank'),
    makeProgramAuthority('machines'),
  ]);
  [first, second] = await Promise.all([
    machines.identityOf('spiffe://bank-1.example/api'),
    machines.identityOf('spiffe://bank-2.example/api'),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'senim-bound-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  writeGatewayFolder(folder, world.supergraph, (code) => ({ endpoint: world.servers[code]?.url }));
  const shown = await bank.identityOf(GATEWAY);
  const config = readConfig({
    ...gatewayIdentity(folder, issuer),
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: world.servers['fraud-cases']?.url,
    REQUEST_DEADLINE_MS: '20000',
    OPERATOR_DEADLINE_MS: '10000',
    EDGE_TLS_CERT_FILE: file('edge.crt', shown.cert),
    EDGE_TLS_KEY_FILE: file('edge.key', shown.key),
    EDGE_TLS_CLIENT_CA_FILE: file('machines.pem', machines.certificate),
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const destination = { write: (line: string) => void lines.push(line) };
  gateway = await startGateway(config.value, createLogger({ name: 'gateway', level: 'info', destination }), () => ({}));
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([world.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const { calls } of Object.values(world.servers)) calls.length = 0;
});

const thumbprintOf = ({ cert }: Identity): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
const boundTo = (identity: Identity): string =>
  issuer.tokenOf('bank-1', { cnf: { 'x5t#S256': thumbprintOf(identity) } });
const calls = (): number => Object.values(world.servers).reduce((sum, server) => sum + server.calls.length, 0);

/** The status; the code of the fault when there is no answer. `session` is of an earlier connection. */
function ask(
  token: string | null,
  client: Partial<Identity>,
  more: { readonly session?: Buffer; readonly maxVersion?: 'TLSv1.2' } = {},
): Promise<{ readonly status: number | string; readonly wasResumed: boolean }> {
  return new Promise((resolve) => {
    let wasResumed = false;
    const headers = {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const options = { method: 'POST', headers, ca: bank.certificate, agent: false, ...client, ...more } as const;
    const asked = request(`${gateway.url}/graphql`, options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, wasResumed });
    });
    asked.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        wasResumed = (socket as TLSSocket).isSessionReused();
      });
    });
    asked.on('error', (fault: NodeJS.ErrnoException) => resolve({ status: fault.code ?? fault.name, wasResumed }));
    asked.end(JSON.stringify({ query: READ }));
  });
}

/** The session of a connection that asked for nothing but the gateway's health. */
function sessionOf(client: Partial<Identity>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(gateway.url);
    const socket = connect({ host, port: Number(port), ca: bank.certificate, ...client });
    socket.on('error', reject);
    socket.once('session', (session) => {
      socket.destroy();
      resolve(session);
    });
    socket.write('GET /livez HTTP/1.1\r\nhost: gateway\r\n\r\n');
    socket.resume();
  });
}

async function metricsText(): Promise<string> {
  return new Promise((resolve, reject) => {
    request(`${gateway.url}/metrics`, { ca: bank.certificate, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    })
      .on('error', reject)
      .end();
  });
}

describe('B115 a token that is bound to a certificate', () => {
  test('counts over that certificate', async () => {
    expect(await ask(boundTo(first), first)).toMatchObject({ status: 200 });
    expect(await ask(boundTo(second), second)).toMatchObject({ status: 200 });
    expect(calls()).toBeGreaterThan(0);
  });

  test.each<[string, () => Promise<Partial<Identity>>]>([
    ['another certificate of the same authority', async () => second],
    ['no certificate', async () => ({})],
    [
      'a certificate of the same name by an authority that nobody knows',
      async () => (await makeProgramAuthority('machines')).identityOf('spiffe://bank-1.example/api'),
    ],
    ['another certificate of the same machine', () => machines.identityOf('spiffe://bank-1.example/api')],
  ])('is worth nothing over %s, and nobody is asked', async (_what, identity) => {
    const token = boundTo(first);
    expect(await ask(token, await identity())).toMatchObject({ status: 401 });
    expect(await ask(token, first)).toMatchObject({ status: 200 });
    for (const { calls: made } of Object.values(world.servers)) made.length = 0;
    expect(await ask(token, await identity())).toMatchObject({ status: 401 });
    expect(calls()).toBe(0);
  });

  test('is worth nothing over the certificate that it names when that one has expired, or nobody vouches for it', async () => {
    const expired = await machines.identityWithin(-3, -1, 'spiffe://bank-1.example/api');
    const foreign = await (await makeProgramAuthority('machines')).identityOf('spiffe://bank-1.example/api');
    expect(await ask(boundTo(expired), expired)).toMatchObject({ status: 401 });
    expect(await ask(boundTo(foreign), foreign)).toMatchObject({ status: 401 });
    expect(calls()).toBe(0);
    expect(await metricsText()).toMatch(/senim_tls_refusals_total\{reason="EXPIRED"[^}]*\} 1/);
    expect(lines.join('')).toContain('"alarm":"TLS_EXPIRED"');
    expect(lines.join('')).toContain('"alarm":"TLS_NOT_VOUCHED_FOR"');
  });

  test('is the only one that counts for a machine of another party', async () => {
    expect(await ask(issuer.tokenOf('bank-1'), first)).toMatchObject({ status: 401 });
    expect(await ask(issuer.tokenOf('operator-kcell'), first)).toMatchObject({ status: 401 });
    expect(await ask(null, first)).toMatchObject({ status: 401 });
    expect(calls()).toBe(0);
  });
});

describe('a connection that is resumed', () => {
  test('has the certificate that it had, and no other', async () => {
    const session = await sessionOf(first);
    expect(await ask(boundTo(first), first, { session })).toEqual({ status: 200, wasResumed: true });
    for (const { calls: made } of Object.values(world.servers)) made.length = 0;
    // Another's token does not come to count because a session is lent.
    expect(await ask(boundTo(second), second, { session: await sessionOf(first) })).toEqual({
      status: 401,
      wasResumed: true,
    });
    expect(await ask(boundTo(first), first, { session: await sessionOf({}) })).toEqual({
      status: 401,
      wasResumed: true,
    });
    expect(calls()).toBe(0);
  });

  test('without a certificate is one without a certificate', async () => {
    const token = issuer.tokenOf('investigator-1');
    expect(await ask(token, {})).toMatchObject({ status: 200 });
    expect(await ask(token, {}, { session: await sessionOf({}) })).toEqual({ status: 200, wasResumed: true });
    expect(await ask(boundTo(first), {}, { session: await sessionOf({}) })).toEqual({ status: 401, wasResumed: true });
  });
});

test('nothing older than TLS 1.3 is spoken, which is counted', async () => {
  expect((await ask(boundTo(first), first, { maxVersion: 'TLSv1.2' })).status).toMatch(/^E/);
  expect(await metricsText()).toMatch(/senim_tls_refusals_total\{reason="PROTOCOL"[^}]*\} 1/);
});
