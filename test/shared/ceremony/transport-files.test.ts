// The certificates of a demonstration, from the very document that docker-compose.yml hands to the ceremony, held by its program: whoever is
// in another's book is spoken with over TLS, whoever is not gets no word; what is there stays, what is gone or will end soon is made anew;
// and a container's look at its health gets an answer. From the build.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { makeAuthority } from '../../../shared/ceremony/certificate';
import { type CertifiedProgram, parseParties } from '../../../shared/ceremony/parties';
import { makeTransportFiles } from '../../../shared/ceremony/transport-files';
import { type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import { createLogger } from '../../../shared/service/logger';
import { openTransport, type Transport, type TransportSettings } from '../../../shared/service/transport';
import { UNTOLD } from '../../../shared/service/transport-refusals';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';
import { runWith } from '../../support/network';
import { PROJECT_ROOT } from '../../support/project-root';

const PROGRAM = join(PROJECT_ROOT, 'dist', 'shared', 'ceremony', 'main.js');
const HEALTH = join(PROJECT_ROOT, 'dist', 'shared', 'health', 'main.js');
const DAY_MS = 86_400_000;
const { configs } = parse(readFileSync(join(PROJECT_ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};
const logger = createLogger({ name: 'test', level: 'silent' });
const hosts = new Map<string, HttpHost>();
const transports = new Map<string, Transport>();
const refusals: string[] = [];
const strangers: string[] = [];
let folder = '';
let programs: readonly CertifiedProgram[] = [];

const filesOf = ({ name, holder }: CertifiedProgram): TransportSettings & Record<string, string> => ({
  TLS_CERT_FILE: join(folder, 'keys', holder, 'tls.crt'),
  TLS_KEY_FILE: join(folder, 'keys', holder, 'tls.pem'),
  TLS_PEERS_FILE: join(folder, 'transport', `${name}.json`),
});
const environment = (): Record<string, string> => ({
  PARTIES_FILE: join(folder, 'parties.json'),
  KEYS_DIR: join(folder, 'keys'),
  TRUST_DIR: join(folder, 'trust'),
  TRANSPORT_DIR: join(folder, 'transport'),
  OPERATORS_FILE: join(folder, 'operators.json'),
});
const certificateOf = (program: CertifiedProgram): X509Certificate =>
  new X509Certificate(readFileSync(filesOf(program).TLS_CERT_FILE ?? ''));

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'senim-transport-files-'));
  writeFileSync(join(folder, 'parties.json'), configs.parties?.content ?? '');
  writeFileSync(join(folder, 'operators.json'), configs.operators?.content ?? '');
  const parties = parseParties(configs.parties?.content ?? '');
  if (!parties.ok) throw new Error(parties.error);
  programs = (parties.value.certificates ?? []).flatMap((party) => party.programs);
  expect(await runWith(PROGRAM, ['make'], environment())).toMatchObject({ exitCode: 0, stderr: '' });
  for (const program of programs) {
    const transport = openTransport(filesOf(program), {
      refused: (reason) => refusals.push(`${program.name} ${reason}`),
      stranger: (server) => strangers.push(`${program.name} ${server}`),
      shows: () => {},
    });
    transports.set(program.name, transport);
    hosts.set(
      program.name,
      await startHttpHost({
        host: '127.0.0.1',
        port: 0,
        tls: transport.server,
        handlers: (request, response) => {
          response.end(transport.peerOf(request));
          return true;
        },
        readiness: async () => true,
        logger,
      }),
    );
  }
}, 60_000);

afterAll(async () => {
  for (const host of hosts.values()) await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('let everybody speak with the peers of its book, both ways by name, and with nobody else', async () => {
  expect(programs).toHaveLength(7);
  for (const from of programs) {
    for (const to of programs) {
      const transport = transports.get(from.name);
      const url = `${hosts.get(to.name)?.url}/`;
      const call = { url, server: to.name, method: 'GET', timeoutMs: 5_000, maxBytes: 100 } as const;
      const answer = (await transport?.call(call))?.body.toString() ?? null;
      const isKnown = from.peers.includes(to.name) && to.peers.includes(from.name);
      expect({ from: from.name, to: to.name, answer }).toEqual({
        from: from.name,
        to: to.name,
        answer: isKnown ? from.name : null,
      });
      // Who calls is known to who is called, and the other way round: no half of an acquaintance.
      expect({ from: from.name, to: to.name, known: from.peers.includes(to.name) }).toEqual({
        from: from.name,
        to: to.name,
        known: to.peers.includes(from.name),
      });
    }
  }
  expect([refusals, strangers]).toEqual([[], []]);
}, 30_000);

test('are keys for their owner alone, and no authority’s key is anywhere', () => {
  for (const program of programs) {
    expect(statSync(filesOf(program).TLS_KEY_FILE ?? '').mode & 0o777).toBe(0o600);
    const certificate = certificateOf(program);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toContain(`URI:${program.uri}`);
    for (const host of program.hosts) expect(certificate.checkHost(host)).toBe(host);
  }
  const keys = filesBelow(folder).filter((file) => readFileSync(file, 'utf8').includes('PRIVATE KEY'));
  // Ed25519 keys are of the log and of signatures; those of the other kind belong to the programs' certificates.
  const ofTls = keys.filter((file) => createPrivateKey(readFileSync(file)).asymmetricKeyType === 'ec');
  expect(ofTls.toSorted()).toEqual(programs.map((program) => filesOf(program).TLS_KEY_FILE ?? '').toSorted());
});

test('give operators.json the keys by which their answers are believed', () => {
  const directory = parseOperatorDirectory(readFileSync(join(folder, 'transport', 'operators.json'), 'utf8'));
  if (!directory.ok) throw new Error(directory.error);
  for (const { keys, endpoint } of directory.value.operators) {
    expect(keys.response).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(endpoint).toMatch(/^https:/);
  }
});

describe('a later ceremony', () => {
  const again = (nowMs: number): void => {
    const parties = parseParties(configs.parties?.content ?? '');
    if (!parties.ok) throw new Error(parties.error);
    const { certificates = [] } = parties.value;
    makeTransportFiles({
      parties: certificates,
      keysFolder: join(folder, 'keys'),
      folder: join(folder, 'transport'),
      nowMs,
    });
  };
  const serials = (): Record<string, string> =>
    Object.fromEntries(programs.map((program) => [program.name, certificateOf(program).serialNumber]));

  test('keeps what is there', async () => {
    const before = serials();
    expect(await runWith(PROGRAM, ['make'], environment())).toMatchObject({ exitCode: 0 });
    expect(serials()).toEqual(before);
  });

  test('makes a party’s anew when one of its files is gone, and leaves the others’', () => {
    const before = serials();
    const kcell = programs.find(({ name }) => name === 'kcell');
    if (kcell === undefined) throw new Error('kcell is certified.');
    rmSync(filesOf(kcell).TLS_KEY_FILE ?? '');
    again(Date.now());
    const { kcell: mine, ...others } = serials();
    const { kcell: was, ...before_ } = before;
    expect(mine).not.toBe(was);
    expect(others).toEqual(before_);
  });

  test('makes all anew before they end', () => {
    const before = serials();
    again(Date.now() + 300 * DAY_MS);
    expect(serials()).toEqual(before);
    again(Date.now() + 340 * DAY_MS);
    const after = serials();
    for (const name of Object.keys(before)) expect(after[name]).not.toBe(before[name]);
  });
});

test('one authority vouches for no other, and its certificate for programs alone', () => {
  const authority = new X509Certificate(makeAuthority('one', Date.now(), 1).certificate);
  expect(authority.ca).toBe(true);
  expect(authority.checkIssued(authority)).toBe(true);
  const other = makeAuthority('one', Date.now(), 1).issue({ uri: 'spiffe://a/b', hosts: ['b'] });
  expect(new X509Certificate(other.certificate).verify(authority.publicKey)).toBe(false);
});

describe('a container’s look at its health', () => {
  const look = (settings: Record<string, string>) => runWith(HEALTH, [], settings);

  test('gets an answer by the program’s own certificate, and none where another program answers', async () => {
    // The files were made anew above: the programs that run know the ones before.
    const fresh = programs.find(({ name }) => name === 'numbering');
    if (fresh === undefined) throw new Error('numbering is certified.');
    const files = filesOf(fresh);
    const transport = openTransport(files, UNTOLD);
    let isReady = true;
    const host = await startHttpHost({
      host: '127.0.0.1',
      port: 0,
      tls: transport.server,
      handlers: () => false,
      readiness: async () => isReady,
      logger,
    });
    try {
      const settings = { PORT: String(host.port), ...files };
      expect(await look(settings)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      isReady = false;
      expect(await look(settings)).toEqual({ exitCode: 1, stdout: '', stderr: 'The program is not ready.\n' });
      isReady = true;
      const another = programs.find(({ name }) => name === 'kcell');
      if (another === undefined) throw new Error('kcell is certified.');
      expect(await look({ PORT: String(host.port), ...filesOf(another) })).toMatchObject({ exitCode: 1 });
      expect(await look({ PORT: String(host.port) })).toMatchObject({ exitCode: 1 });
    } finally {
      await host.stop();
    }
    expect(existsSync(files.TLS_CERT_FILE ?? '')).toBe(true);
  });

  test('is asked in the clear where the program speaks so', async () => {
    const host = await startHttpHost({
      host: '127.0.0.1',
      port: 0,
      handlers: () => false,
      readiness: async () => true,
      logger,
    });
    try {
      expect(await look({ PORT: String(host.port) })).toMatchObject({ exitCode: 0 });
    } finally {
      await host.stop();
    }
  });
});
