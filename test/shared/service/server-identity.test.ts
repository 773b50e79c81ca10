// TLS in both directions (rows B87 to B89 of the catalogue of bad input): who has no certificate is cut off, who has another's is refused, and the
// gateway's own says nothing about what it may read. Without certificates a program speaks plainly.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import { createLogger } from '../../../shared/service/logger';
import { peerGuard } from '../../../shared/service/peer-guard';
import { openServerIdentity } from '../../../shared/service/server-identity';
import { type Identity, makeProgramAuthority, type ProgramAuthority } from '../../support/client-certificates';

const GATEWAY = 'spiffe://afc.nationalbank.kz/gateway';
const NUMBERING = 'spiffe://afc.nationalbank.kz/numbering';
const folder = mkdtempSync(join(tmpdir(), 'senim-tls-'));
const logger = createLogger({ name: 'tls-test', level: 'silent' });
const refusals: string[] = [];
let bank: ProgramAuthority;
let stranger: ProgramAuthority;
let host: HttpHost;

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

beforeAll(async () => {
  [bank, stranger] = await Promise.all([makeProgramAuthority('bank'), makeProgramAuthority('stranger')]);
  const own = await bank.identityOf('spiffe://kcell.kz/operator');
  const identity = openServerIdentity({
    TLS_CERT_FILE: fileOf('cert.pem', own.cert),
    TLS_KEY_FILE: fileOf('key.pem', own.key),
    TLS_CLIENT_CA_FILE: fileOf('clients.pem', bank.certificate),
  });
  const guard = peerGuard(identity, { gateway: ['/graphql'], peers: ['/internal/'] }, (reason) =>
    refusals.push(reason),
  );
  host = await startHttpHost({
    host: '127.0.0.1',
    port: 0,
    tls: identity.tls,
    handlers: async (request, response) => {
      if (await guard(request, response)) return true;
      response.end('answered');
      return true;
    },
    readiness: async () => true,
    logger,
  });
});
afterAll(async () => {
  await host?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Status of the answer; the code of the fault when there is none. */
function ask(path: string, client: Partial<Identity>, more: object = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: host.port, path, method: 'POST', ca: bank.certificate, agent: false };
    const asked = secureRequest({ ...options, ...client, ...more }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.name));
    asked.end();
  });
}

describe('a server with certificates', () => {
  test('B87 cuts off who shows none, or one of an authority of its own', async () => {
    expect(host.url).toMatch(/^https:/);
    expect(await ask('/graphql', {})).toMatch(/^E/);
    expect(await ask('/graphql', await stranger.identityOf(GATEWAY))).toMatch(/^E/);
    expect(await ask('/livez', {})).toMatch(/^E/);
  });

  test('B87 speaks nothing older than TLS 1.3', async () => {
    expect(await ask('/graphql', await bank.identityOf(GATEWAY), { maxVersion: 'TLSv1.2' })).toMatch(/^E/);
  });

  test.each([
    ['the gateway asks for data', '/graphql', [GATEWAY], 200, []],
    ['B88 another operator asks for data', '/graphql', ['spiffe://beeline.kz/operator'], 403, ['NOT_THE_GATEWAY']],
    ['one asks whose name only begins like the gateway’s', '/graphql', [`${GATEWAY}/other`], 403, ['NOT_THE_GATEWAY']],
    ['one asks whose certificate names nobody', '/graphql', [], 403, ['NOT_THE_GATEWAY']],
    ['numbering tells of a porting', '/internal/port-out', [NUMBERING], 200, []],
    ['the gateway tells of a porting', '/internal/port-out', [GATEWAY], 403, ['NOT_A_PEER']],
    ['anybody of the bundle asks what is open', '/witness/checkpoint', ['spiffe://beeline.kz/operator'], 200, []],
  ])('%s', async (_what, path, uris, status, told) => {
    refusals.length = 0;
    expect(await ask(path, await bank.identityOf(...uris))).toBe(status);
    expect(refusals).toEqual(told);
  });
});

describe('a server without certificates', () => {
  test('speaks plainly', () => {
    expect(openServerIdentity({}).tls).toBeNull();
  });

  test('takes no half of the files, and says which one cannot be read', () => {
    expect(() => openServerIdentity({ TLS_CERT_FILE: 'a' })).toThrow('are required together');
    const files = { TLS_CERT_FILE: join(folder, 'none'), TLS_KEY_FILE: 'b', TLS_CLIENT_CA_FILE: 'c' };
    expect(() => openServerIdentity(files)).toThrow('The file of TLS_CERT_FILE cannot be read.');
  });
});
