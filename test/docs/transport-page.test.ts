// The page on transport is true: its commands make what the programs take, its book of peers is read, a renewal goes as it says, and it names
// every variable and every alarm that there is.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ENVIRONMENT as GATEWAY } from '../../gateway/config';
import { type HttpHost, startHttpHost } from '../../shared/service/http-host';
import { createLogger } from '../../shared/service/logger';
import { readPeerBook } from '../../shared/service/peer-book';
import { openTransport, TRANSPORT_ENVIRONMENT, type Transport } from '../../shared/service/transport';
import { UNTOLD } from '../../shared/service/transport-refusals';
import { PROJECT_ROOT } from '../support/project-root';

const PAGE = readFileSync(join(PROJECT_ROOT, 'docs', 'operations', 'transport.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'senim-transport-page-'));
const hosts: HttpHost[] = [];
const hasOpenssl = /^OpenSSL 3\./.test(spawnSync('openssl', ['version']).stdout?.toString() ?? '');
const opensslTest = hasOpenssl ? test : test.skip;

afterAll(async () => {
  for (const host of hosts) await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const block = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`The page has no block of ${language}.`);
  return found;
};

/** Runs the page's commands for a party, with its name and URI in the place of kcell's; resolves with its folder. */
function issueAs(party: string, name: string, uri: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  const commands = block('sh').replaceAll('kcell.pem', `${party}.pem`).replaceAll('spiffe://kcell.kz/operator', uri);
  execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: place, stdio: 'pipe' });
  return place;
}

function transportOf(place: string, peers: object): Transport {
  writeFileSync(join(place, 'peers.json'), JSON.stringify(peers));
  return openTransport(
    {
      TLS_CERT_FILE: join(place, 'tls.crt'),
      TLS_KEY_FILE: join(place, 'tls.pem'),
      TLS_PEERS_FILE: join(place, 'peers.json'),
    },
    UNTOLD,
  );
}

async function serve(transport: Transport): Promise<HttpHost> {
  const host = await startHttpHost({
    host: '127.0.0.1',
    port: 0,
    tls: transport.server,
    handlers: (request, response) => {
      response.end(transport.peerOf(request));
      return true;
    },
    readiness: async () => true,
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
  hosts.push(host);
  return host;
}

const KCELL = 'spiffe://kcell.kz/operator';
const GATEWAY_URI = 'spiffe://afc.nationalbank.kz/gateway';

opensslTest(
  'its commands make certificates by which two programs speak, and an authority is renewed as it says',
  async () => {
    const kcell = issueAs('kcell', 'kcell', KCELL);
    const bank = issueAs('afc', 'gateway', GATEWAY_URI);
    const renewed = issueAs('kcell', 'renewed', KCELL);
    const bundle = (text: string): void => writeFileSync(join(bank, 'kcell.pem'), text);
    const old = readFileSync(join(kcell, 'kcell.pem'), 'utf8');
    const fresh = readFileSync(join(renewed, 'kcell.pem'), 'utf8');
    for (const place of [kcell, renewed]) writeFileSync(join(place, 'afc.pem'), readFileSync(join(bank, 'afc.pem')));
    const gateway = { gateway: { authorities: 'afc.pem', uri: GATEWAY_URI } };
    const before = await serve(transportOf(kcell, gateway));
    const after = await serve(transportOf(renewed, gateway));
    const answersOf = async (text: string): Promise<readonly (string | null)[]> => {
      bundle(text);
      const { call } = transportOf(bank, { kcell: { authorities: 'kcell.pem', uri: KCELL } });
      const asked = [before, after].map(({ url }) =>
        call({ url: `${url}/`, server: 'kcell', method: 'GET', timeoutMs: 5_000, maxBytes: 100 }),
      );
      return (await Promise.all(asked)).map((answer) => answer?.body.toString() ?? null);
    };
    expect(await answersOf(old)).toEqual(['gateway', null]);
    expect(await answersOf(`${old}\n${fresh}`)).toEqual(['gateway', 'gateway']);
    expect(await answersOf(fresh)).toEqual([null, 'gateway']);
  },
  30_000,
);

opensslTest('its book of peers is read', () => {
  const place = issueAs('afc', 'book', GATEWAY_URI);
  writeFileSync(join(place, 'beeline.pem'), readFileSync(join(place, 'afc.pem')));
  writeFileSync(join(place, 'book.json'), block('json'));
  const book = readPeerBook(join(place, 'book.json'));
  expect(book.peerOf('gateway')?.uri).toBe(GATEWAY_URI);
  expect(book.peerOf('beeline')?.uri).toBe('spiffe://beeline.kz/operator');
});

test('it names every variable and every word of an alarm', () => {
  const variables = [...TRANSPORT_ENVIRONMENT, ...GATEWAY]
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.includes('TLS_') || name === 'HOST');
  expect(variables).toContain('EDGE_TLS_CLIENT_CA_FILE');
  for (const variable of variables) expect(PAGE).toContain(`\`${variable}\``);
  const source = readFileSync(join(PROJECT_ROOT, 'shared', 'service', 'transport-refusals.ts'), 'utf8');
  const reasons = [...(/export type TransportRefusal =([\s\S]*?);/.exec(source)?.[1] ?? '').matchAll(/'([A-Z_]+)'/g)];
  expect(reasons.length).toBeGreaterThan(5);
  for (const [, reason] of reasons) expect(PAGE).toContain(`\`TLS_${reason}\``);
  expect(PAGE).toContain('`TLS_STRANGER`');
  expect(PAGE).toContain('`NOT_THIS_PEER`');
});
