// Subgraphs over TLS: the gateway shows its certificate, and speaks with nobody who is not vouched for by the bundle of the server that it
// means, under the one name that it expects.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSender, type Sender } from '../../../gateway/route/send';
import { openTransport } from '../../../shared/service/transport';
import { UNTOLD } from '../../../shared/service/transport-refusals';
import { type Identity, makeProgramAuthority, type ProgramAuthority } from '../../support/client-certificates';

const GATEWAY = 'spiffe://afc.nationalbank.kz/gateway';
const KCELL = 'spiffe://kcell.kz/operator';
const BEELINE = 'spiffe://beeline.kz/operator';

let folder: string;
let bank: ProgramAuthority;
let kcell: ProgramAuthority;
let beeline: ProgramAuthority;
let sender: Sender;
const servers: Server[] = [];
/** Names in the certificates of clients that were let in. */
const clients: string[] = [];
/** Peers in whose places somebody else answered. */
const strangers: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'senim-mutual-tls-'));
  [bank, kcell, beeline] = await Promise.all([
    makeProgramAuthority('bank'),
    makeProgramAuthority('kcell'),
    makeProgramAuthority('beeline'),
  ]);
  const own = await bank.identityOf(GATEWAY);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  file('kcell.pem', kcell.certificate);
  file('beeline.pem', beeline.certificate);
  const transport = openTransport(
    {
      TLS_CERT_FILE: file('gateway.crt', own.cert),
      TLS_KEY_FILE: file('gateway.key', own.key),
      TLS_PEERS_FILE: file(
        'peers.json',
        JSON.stringify({
          kcell: { authorities: 'kcell.pem', uri: KCELL },
          beeline: { authorities: 'beeline.pem', uri: BEELINE },
        }),
      ),
    },
    { ...UNTOLD, stranger: (server) => void strangers.push(server) },
  );
  sender = createSender({ connectionsPerOrigin: 2, connectTimeoutMs: 2_000, transport });
});

afterAll(async () => {
  await sender.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** A server that demands a client of the bank. */
async function serverWith(identity: Identity): Promise<string> {
  const options = { ...identity, ca: bank.certificate, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, ({ socket }, response) => {
    if (socket instanceof TLSSocket) clients.push(socket.getPeerCertificate().subjectaltname ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

async function outcomeOf(url: string, server: string): Promise<string> {
  const outcome = await sender.post({
    url,
    server,
    body: '{"query":"{a}"}',
    headers: {},
    deadlineMs: performance.now() + 5_000,
    context: { signal: new AbortController().signal },
    readRefusals: false,
  });
  return outcome.answered ? String(outcome.status) : outcome.fault;
}

describe('an operator over TLS', () => {
  test('is spoken with when its own authority vouches for it under its own name, and sees who the gateway is', async () => {
    expect(await outcomeOf(await serverWith(await kcell.identityOf(KCELL)), 'kcell')).toBe('200');
    expect(clients.at(-1)).toContain(`URI:${GATEWAY}`);
  });

  test('is not spoken with under another name, or vouched for by the authority of another operator', async () => {
    const seen = clients.length;
    expect(await outcomeOf(await serverWith(await kcell.identityOf(BEELINE)), 'kcell')).toBe('UNREACHABLE');
    expect(await outcomeOf(await serverWith(await kcell.identityOf()), 'kcell')).toBe('UNREACHABLE');
    expect(await outcomeOf(await serverWith(await kcell.identityOf(`${KCELL}/x`)), 'kcell')).toBe('UNREACHABLE');
    expect(await outcomeOf(await serverWith(await beeline.identityOf(KCELL)), 'kcell')).toBe('UNREACHABLE');
    expect(await outcomeOf(await serverWith(await kcell.identityOf(BEELINE)), 'beeline')).toBe('UNREACHABLE');
    expect(clients).toHaveLength(seen);
    // An idempotent call is made twice before it is given up; each attempt is told.
    expect(strangers.filter((server) => server === 'kcell').length).toBeGreaterThanOrEqual(4);
    expect(strangers).toContain('beeline');
  });

  test('is not spoken with when nothing is known of it, or its address is in the clear', async () => {
    const url = await serverWith(await kcell.identityOf(KCELL));
    expect(await outcomeOf(url, 'tele2')).toBe('UNREACHABLE');
    expect(await outcomeOf(url.replace('https:', 'http:'), 'kcell')).toBe('UNREACHABLE');
  });

  test('of one server is no connection for another at the same address', async () => {
    const url = await serverWith(await kcell.identityOf(KCELL));
    expect(await outcomeOf(url, 'kcell')).toBe('200');
    expect(await outcomeOf(url, 'beeline')).toBe('UNREACHABLE');
  });
});
