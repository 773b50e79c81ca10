// TLS in both directions (rows B87 to B89 of the catalogue of bad input): who has no certificate, or one that no authority of that party vouches
// for under that party's name, is cut off before it says a word, and it is told; a peer may ask what is its own and nothing else. Calls reach
// the peer that is meant or nobody. Without certificates a program speaks in the clear with its own machine alone.

import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type AgentOptions, createServer, type ServerOptions, request as secureRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig as readGatewayConfig } from '../../../gateway/config';
import { createTokenCheck } from '../../../shared/identity/token-check';
import { callHttp } from '../../../shared/service/http-call';
import { type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import { createLogger } from '../../../shared/service/logger';
import { createMetrics } from '../../../shared/service/metrics';
import { peerGuard } from '../../../shared/service/peer-guard';
import { openTransport, type Transport } from '../../../shared/service/transport';
import { transportRefusals, UNTOLD } from '../../../shared/service/transport-refusals';
import { readWitnessConfig } from '../../../shared/witness/config';
import { readServiceConfig as readCasesConfig } from '../../../subgraphs/fraud-cases/config';
import { readServiceConfig as readNumberingConfig } from '../../../subgraphs/numbering/config';
import { readServiceConfig as readOperatorConfig } from '../../../subgraphs/operator/config';
import { type Identity, makeProgramAuthority, type ProgramAuthority } from '../../support/client-certificates';
import { startTokenIssuer } from '../../support/token-issuer';

const GATEWAY = 'spiffe://afc.nationalbank.kz/gateway';
const NUMBERING = 'spiffe://afc.nationalbank.kz/numbering';
const KCELL = 'spiffe://kcell.kz/operator';
const BEELINE = 'spiffe://beeline.kz/operator';

const folder = mkdtempSync(join(tmpdir(), 'senim-transport-'));
const lines: string[] = [];
const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } });
const metrics = createMetrics({ program: 'test' });
const tell = transportRefusals(logger, metrics, () => lines.length * 20_000);
const refusals: string[] = [];
const strangers: string[] = [];
let bank: ProgramAuthority;
let kcell: ProgramAuthority;
let beeline: ProgramAuthority;
let stranger: ProgramAuthority;
let own: Identity;
let host: HttpHost;
let transport: Transport;
let answered = 0;

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const settingsOf = (name: string, { cert, key }: Identity, peers: object) => ({
  TLS_CERT_FILE: fileOf(`${name}.crt`, cert),
  TLS_KEY_FILE: fileOf(`${name}.key`, key),
  TLS_PEERS_FILE: fileOf(`${name}.json`, JSON.stringify(peers)),
});

beforeAll(async () => {
  [bank, kcell, beeline, stranger] = await Promise.all(
    ['bank', 'kcell', 'beeline', 'stranger'].map(makeProgramAuthority) as [
      Promise<ProgramAuthority>,
      Promise<ProgramAuthority>,
      Promise<ProgramAuthority>,
      Promise<ProgramAuthority>,
    ],
  );
  fileOf('bank.pem', bank.certificate);
  fileOf('kcell.pem', kcell.certificate);
  fileOf('beeline.pem', beeline.certificate);
  own = await kcell.identityOf(KCELL);
  const peers = {
    gateway: { authorities: 'bank.pem', uri: GATEWAY },
    numbering: { authorities: 'bank.pem', uri: NUMBERING },
    beeline: { authorities: 'beeline.pem', uri: BEELINE },
  };
  transport = openTransport(settingsOf('kcell', own, peers), {
    refused(reason) {
      refusals.push(reason);
      tell.refused(reason);
    },
    stranger(server) {
      strangers.push(server);
      tell.stranger(server);
    },
    shows: tell.shows,
  });
  const guarded = [
    { addresses: ['/graphql'], peers: ['gateway'] },
    { addresses: ['/internal/'], peers: ['numbering'] },
  ];
  const guard = peerGuard(transport, guarded, (reason) => refusals.push(reason));
  host = await startHttpHost({
    host: '127.0.0.1',
    port: 0,
    tls: transport.server,
    handlers: async (request, response) => {
      if (await guard(request, response)) return true;
      answered += 1;
      response.end('answered');
      return true;
    },
    readiness: async () => true,
    logger,
    metrics,
  });
});
afterAll(async () => {
  await host?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  refusals.length = 0;
  strangers.length = 0;
  answered = 0;
});

/** Status of the answer; the code of the fault when there is none. */
function ask(path: string, client: Partial<Identity>, more: AgentOptions = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: host.port, path, method: 'POST', ca: kcell.certificate, agent: false };
    const asked = secureRequest({ ...options, ...client, ...more }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.name));
    asked.end('{"query":"{a}"}');
  });
}

const metricsText = (): Promise<string> => metrics.text();

describe('a server with certificates', () => {
  test.each<[string, () => Promise<Partial<Identity>>, string]>([
    ['B87 shows none', async () => ({}), 'NO_CERTIFICATE'],
    ['B87 shows one of an authority of its own', () => stranger.identityOf(GATEWAY), 'NOT_VOUCHED_FOR'],
    ['B88 shows that of another peer’s authority', () => beeline.identityOf(GATEWAY), 'FOREIGN_AUTHORITY'],
    ['shows one of the right authority under no name', () => bank.identityOf(), 'UNKNOWN_NAME'],
    ['shows one of the right authority under another name', () => bank.identityOf(`${GATEWAY}/x`), 'UNKNOWN_NAME'],
    ['shows one of the bank under an operator’s name', () => bank.identityOf(BEELINE), 'FOREIGN_AUTHORITY'],
    ['shows one that has expired', () => bank.identityWithin(-3, -1, GATEWAY), 'EXPIRED'],
    ['shows one whose time is to come', () => bank.identityWithin(1, 3, GATEWAY), 'NOT_YET_VALID'],
    ['names two peers at once, one of another authority', () => bank.identityOf(GATEWAY, BEELINE), 'OK'],
  ])('cuts off who %s', async (_what, identity, reason) => {
    const client = await identity();
    if (reason === 'OK') {
      // It is the gateway's, whatever else it claims; the other name counts for nothing.
      expect(await ask('/graphql', client)).toBe(200);
      return;
    }
    for (const path of ['/graphql', '/livez', '/metrics']) expect(await ask(path, client)).toMatch(/^E/);
    expect(refusals).toEqual([reason, reason, reason]);
    expect(answered).toBe(0);
    expect(lines.at(-1)).toContain(`"alarm":"TLS_${reason}"`);
    expect(await metricsText()).toContain(`senim_tls_refusals_total{reason="${reason}"`);
  });

  test('tells when its own certificate ends, so that somebody renews it', async () => {
    const told = /^senim_tls_certificate_end_seconds\{[^}]*\} (\d+)$/m.exec(await metricsText())?.[1];
    const ends = Date.parse(new X509Certificate(own.cert).validTo) / 1_000;
    expect(Number(told)).toBe(ends);
  });

  test('says nothing of a certificate in its log', () => {
    expect(lines.join('')).not.toMatch(/spiffe|BEGIN|CN=|program of/);
  });

  test('B87 speaks nothing older than TLS 1.3, and not in the clear', async () => {
    expect(await ask('/graphql', await bank.identityOf(GATEWAY), { maxVersion: 'TLSv1.2' })).toMatch(/^E/);
    const plain = await fetch(`http://127.0.0.1:${host.port}/livez`).then(
      ({ status }) => status,
      () => 'nothing',
    );
    expect(plain).toBe('nothing');
    expect(refusals).toEqual(['PROTOCOL', 'PROTOCOL']);
  });

  test('raises no alarm for who looks whether the port is open', async () => {
    await new Promise<void>((resolve) => {
      const probe = connect(host.port, '127.0.0.1', () => probe.destroy());
      probe.once('close', () => resolve());
    });
    expect(await ask('/graphql', await bank.identityOf(GATEWAY))).toBe(200);
    expect(refusals).toEqual([]);
  });

  test('sees the certificate of every connection: none is resumed', async () => {
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    const client = await bank.identityOf(GATEWAY);
    expect(await ask('/graphql', client, { agent } as AgentOptions)).toBe(200);
    let resumed: boolean | null = null;
    await new Promise<void>((resolve) => {
      const options = { host: '127.0.0.1', port: host.port, path: '/graphql', ca: kcell.certificate, agent, ...client };
      const asked = secureRequest(options, (response) => response.resume().on('end', resolve));
      asked.on('socket', (socket) => {
        socket.once('secureConnect', () => {
          resumed = (socket as unknown as { isSessionReused(): boolean }).isSessionReused();
        });
      });
      asked.end();
    });
    expect(resumed).toBe(false);
    agent.destroy();
  });

  test.each([
    ['the gateway asks for data', '/graphql', () => bank.identityOf(GATEWAY), 200, []],
    ['B88 another operator asks for data', '/graphql', () => beeline.identityOf(BEELINE), 403, ['NOT_THIS_PEER']],
    ['numbering asks for data', '/graphql', () => bank.identityOf(NUMBERING), 403, ['NOT_THIS_PEER']],
    ['numbering tells of a porting', '/internal/port-out', () => bank.identityOf(NUMBERING), 200, []],
    ['the gateway tells of a porting', '/internal/port-out', () => bank.identityOf(GATEWAY), 403, ['NOT_THIS_PEER']],
    ['a peer asks what is open', '/witness/checkpoint', () => beeline.identityOf(BEELINE), 200, []],
    ['its keeper asks for its health', '/livez', async () => own, 200, []],
    ['its keeper asks for data', '/graphql', async () => own, 403, ['NOT_THIS_PEER']],
  ])('%s', async (_what, path, identity, status, told) => {
    expect(await ask(path, await identity())).toBe(status);
    expect(refusals).toEqual(told);
    if (status === 403) expect(answered).toBe(0);
  });
});

describe('a call to a peer', () => {
  const at = (url: string, server: string) =>
    transport.call({ url, server, method: 'GET', timeoutMs: 2_000, maxBytes: 1_000 });

  async function withServer(
    identity: Identity,
    run: (url: string, names: string[]) => Promise<void>,
    more: ServerOptions = {},
  ): Promise<void> {
    const names: string[] = [];
    const asks = { ...identity, ca: kcell.certificate, requestCert: true, rejectUnauthorized: true, ...more };
    const server = createServer(asks, ({ socket }, response) => {
      names.push(
        (socket as unknown as { getPeerCertificate(): { subjectaltname: string } }).getPeerCertificate().subjectaltname,
      );
      response.end('yes');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await run(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, names);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test('shows its own certificate, and is answered by the peer', async () => {
    await withServer(await beeline.identityOf(BEELINE), async (url, names) => {
      expect(await at(url, 'beeline')).toEqual({ status: 200, body: Buffer.from('yes') });
      expect(names[0]).toContain(`URI:${KCELL}`);
    });
    expect(strangers).toEqual([]);
  });

  test.each<[string, () => Promise<Identity>]>([
    ['of another authority under its name', () => bank.identityOf(BEELINE)],
    ['of its authority under another name', () => beeline.identityOf(GATEWAY)],
    ['of its authority under no name', () => beeline.identityOf()],
    ['that has expired', () => beeline.identityWithin(-3, -1, BEELINE)],
  ])('says nothing to a server with a certificate %s, and it is told', async (_what, identity) => {
    await withServer(await identity(), async (url, names) => {
      expect(await at(url, 'beeline')).toBeNull();
      expect(names).toEqual([]);
    });
    expect(strangers).toEqual(['beeline']);
    expect(lines.join('')).toContain('"alarm":"TLS_STRANGER","addressee":"beeline"');
    expect(await metricsText()).toContain('senim_tls_strangers_total{server="beeline"');
  });

  test('says nothing to another program of the same party', async () => {
    await withServer(await bank.identityOf(GATEWAY), async (url, names) => {
      expect(await at(url, 'numbering')).toBeNull();
      expect(names).toEqual([]);
      expect(await at(url, 'gateway')).toMatchObject({ status: 200 });
    });
    expect(strangers).toEqual(['numbering']);
  });

  test('speaks nothing older than TLS 1.3', async () => {
    await withServer(
      await beeline.identityOf(BEELINE),
      async (url, names) => {
        expect(await at(url, 'beeline')).toBeNull();
        expect(names).toEqual([]);
      },
      { maxVersion: 'TLSv1.2' },
    );
  });

  test('is not made to one who is not in the book, nor in the clear', async () => {
    await withServer(await kcell.identityOf('spiffe://tele2.kz/operator'), async (url, names) => {
      expect(await at(url, 'tele2')).toBeNull();
      expect(names).toEqual([]);
    });
    expect(await at('http://127.0.0.1:9/', 'beeline')).toBeNull();
    expect(await at('http://127.0.0.1:9/', 'issuer')).toBeNull();
    const faults: string[] = [];
    const far = { url: 'http://192.0.2.1/', server: 'issuer', method: 'GET', timeoutMs: 50, maxBytes: 1 } as const;
    expect(await callHttp({ ...far, onFault: (fault) => faults.push(fault) })).toBeNull();
    expect(faults).toEqual(['UNREACHABLE']);
  });
});

describe('the issuer of tokens', () => {
  test('that stands in the book is believed under its certificate alone', async () => {
    const tokens = await startTokenIssuer();
    let served = await stranger.identityOf('spiffe://issuer.kz/oidc');
    let issuer = '';
    const asks = { ca: kcell.certificate, requestCert: true, rejectUnauthorized: true };
    const server = createServer({ ...asks, ...served }, (request, response) => {
      void fetch(`${tokens.issuer}${request.url}`).then(async (answer) => {
        response.end((await answer.text()).replaceAll(tokens.issuer, issuer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { call } = openTransport(
      settingsOf('pinned', own, { issuer: { authorities: 'beeline.pem', uri: 'spiffe://issuer.kz/oidc' } }),
      tell,
    );
    const outcomeOf = async (): Promise<string> => {
      const check = createTokenCheck({ issuer, audience: tokens.audience, call });
      const token = tokens.tokenOf('investigator-1', { iss: issuer });
      const outcome = await check.check(`Bearer ${token}`, undefined);
      check.stop();
      return outcome.ok ? String(outcome.value?.person) : outcome.error;
    };
    try {
      expect(await outcomeOf()).toBe('SUBGRAPH_UNAVAILABLE');
      served = await beeline.identityOf('spiffe://issuer.kz/oidc');
      server.setSecureContext({ ...served, ca: kcell.certificate });
      expect(await outcomeOf()).toBe('investigator-1');
      served = await beeline.identityOf('spiffe://issuer.kz/other');
      server.setSecureContext({ ...served, ca: kcell.certificate });
      server.closeAllConnections();
      expect(await outcomeOf()).toBe('SUBGRAPH_UNAVAILABLE');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await tokens.stop();
    }
  });
});

describe('the files', () => {
  test('are given together or not at all; without them a program speaks in the clear', () => {
    const open = (settings: object) => () => openTransport(settings, UNTOLD);
    expect(open({})().server).toBeNull();
    expect(open({ TLS_CERT_FILE: 'a' })).toThrow(
      'TLS_CERT_FILE, TLS_KEY_FILE and TLS_PEERS_FILE are required together.',
    );
    expect(open({ HOST: '0.0.0.0' })).toThrow('nothing is answered beyond it');
  });

  test('are told in one plain sentence when they cannot be used', async () => {
    const files = settingsOf('files', own, {});
    const open = (changes: object) => () => openTransport({ ...files, ...changes }, UNTOLD);
    expect(open({})().server).not.toBeNull();
    expect(open({ TLS_CERT_FILE: join(folder, 'none') })).toThrow('The file of TLS_CERT_FILE cannot be read.');
    const other = (await kcell.identityOf(KCELL)).key;
    expect(open({ TLS_KEY_FILE: fileOf('other.key', other) })).toThrow(
      'The files of TLS_CERT_FILE and TLS_KEY_FILE are no certificate and its key.',
    );
    chmodSync(files.TLS_KEY_FILE, 0o640);
    expect(open({})).toThrow('The file of TLS_KEY_FILE must be one that only its owner may read (mode 0600).');
    chmodSync(files.TLS_KEY_FILE, 0o600);
    const book = (peers: unknown) => ({ TLS_PEERS_FILE: fileOf('book.json', JSON.stringify(peers)) });
    const entry = { authorities: 'bank.pem', uri: GATEWAY };
    expect(open(book([]))).toThrow('is no list of peers');
    expect(open(book({ gateway: { ...entry, any: true } }))).toThrow('is no list of peers');
    expect(open(book({ gateway: { ...entry, authorities: '../bank.pem' } }))).toThrow('is no list of peers');
    expect(open(book({ gateway: entry, numbering: entry }))).toThrow('is no list of peers');
    expect(open(book({ gateway: { ...entry, authorities: 'none.pem' } }))).toThrow('cannot be read');
    fileOf('leaf.pem', own.cert);
    expect(open(book({ gateway: { ...entry, authorities: 'leaf.pem' } }))).toThrow('holds no authorities');
  });
});

describe('a program that listens beyond its machine', () => {
  const programs = [
    ['gateway', readGatewayConfig],
    ['numbering', readNumberingConfig],
    ['fraud-cases', readCasesConfig],
    ['operator', readOperatorConfig],
    ['witness', readWitnessConfig],
  ] as const;
  const faultsOf = (read: (typeof programs)[number][1], environment: Record<string, string>): readonly string[] => {
    const config = read(environment);
    return config.ok ? [] : config.error.filter((sentence) => /HOST|TLS_/.test(sentence));
  };

  test.each(programs)('is refused without certificates: %s', (_name, read) => {
    const beyond = 'HOST is not this machine’s own address';
    for (const HOST of ['0.0.0.0', '::', '10.0.0.1', 'kcell']) {
      expect(faultsOf(read, { HOST })).toEqual([expect.stringContaining(beyond)]);
    }
    for (const HOST of ['', '127.0.0.1', '::1', 'localhost']) expect(faultsOf(read, { HOST })).toEqual([]);
    const files = { TLS_CERT_FILE: 'a', TLS_KEY_FILE: 'b', TLS_PEERS_FILE: 'c' };
    expect(faultsOf(read, { HOST: '0.0.0.0', ...files })).toEqual([]);
    expect(faultsOf(read, { TLS_CERT_FILE: 'a' })).toEqual([expect.stringContaining('are required together')]);
  });

  test('does not even listen when a program forgets to ask', async () => {
    const options = { host: '0.0.0.0', port: 0, handlers: () => false, readiness: async () => true, logger };
    await expect(startHttpHost(options)).rejects.toThrow('nothing is answered beyond it');
  });
});
