// A network whose programs speak with each other over TLS alone: the services of a local network are stopped and started again at the same
// ports as processes of their own, each with a certificate of its party's authority and a book of the peers that it has to do with. Whoever gives
// tokens stays as it is. A forwarder leads from an address in the clear to each service, for those who tell the stories.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_OPERATORS } from '../../shared/local-network/demo-data/demo-operator';
import { localFolder } from '../../shared/local-network/local-folder';
import { entryFile, layOut, type ServicePlan } from '../../shared/local-network/network-layout';
import type { NetworkRecord } from '../../shared/local-network/network-record';
import { type Identity, makeProgramAuthority, type ProgramAuthority } from './client-certificates';
import type { TestNetwork } from './network';
import { PROJECT_ROOT } from './project-root';

const CODES: readonly string[] = DEMO_OPERATORS.map(({ code }) => code);
const WITNESSES = [...CODES, 'regulator'];

/** Whom each program has to do with; `porting` is who plays portings. */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['numbering', 'fraud-cases', ...CODES],
  numbering: ['gateway', 'fraud-cases', 'porting', ...CODES],
  'fraud-cases': ['gateway', 'numbering', ...WITNESSES],
  ...Object.fromEntries(
    WITNESSES.map((name) => [
      name,
      ['gateway', 'numbering', 'fraud-cases', ...WITNESSES.filter((other) => other !== name)],
    ]),
  ),
};

/** The name in a program's certificate. */
export const uriOf = (name: string): string => `spiffe://${partyOf(name)}.example/${name}`;

/** A network that runs over TLS. */
export interface SecuredNetwork {
  /** Names of its services. */
  readonly names: readonly string[];
  port(name: string): number;
  /** Who vouches for a party's programs, by the party: `afc`, a code, `regulator`. */
  authority(party: string): ProgramAuthority;
  /** The certificate of a program. */
  identity(name: string): Identity;
  /** What a program has printed. */
  output(name: string): string;
  /** The record of the network with the forwarders' addresses. */
  record(): NetworkRecord;
  /** Starts a program again, after its files were changed. */
  restart(name: string): Promise<void>;
  /** Writes a certificate in the place of a program's own. */
  replace(name: string, identity: Identity): void;
  stop(): Promise<void>;
}

/** Starts the services of a local network anew over TLS. */
export async function secureNetwork(network: TestNetwork): Promise<SecuredNetwork> {
  const record = network.record();
  const plans = plansOf(network);
  const folder = join(network.folder, 'tls');
  mkdirSync(folder, { mode: 0o700 });
  const authorities = new Map<string, ProgramAuthority>();
  for (const party of ['afc', ...WITNESSES]) {
    const authority = await makeProgramAuthority(party);
    authorities.set(party, authority);
    writeFileSync(join(folder, `${party}.pem`), authority.certificate);
  }
  const authority = (party: string): ProgramAuthority => known(authorities, party);
  const identities = new Map<string, Identity>();
  const replace = (name: string, identity: Identity): void => {
    identities.set(name, identity);
    writeFileSync(join(folder, `${name}.crt`), identity.cert);
    writeFileSync(join(folder, `${name}.key`), identity.key, { mode: 0o600 });
  };
  for (const name of [...plans.keys(), 'porting']) {
    replace(name, await authority(partyOf(name)).identityOf(uriOf(name)));
    const peers = (PEERS[name] ?? []).map((peer) => [peer, { authorities: `${partyOf(peer)}.pem`, uri: uriOf(peer) }]);
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(Object.fromEntries(peers)));
  }
  const places = localFolder(network.folder);
  const secured = (text: string): string => text.replaceAll(/http:(\/\/127\.0\.0\.1:)(?=\d)/g, 'https:$1');
  for (const file of [places.policy, places.operators]) writeFileSync(file, secured(readFileSync(file, 'utf8')));
  await Promise.all([...plans.keys()].map((name) => network.command('service', 'stop', name)));

  const running = new Map<string, { readonly child: ChildProcess; readonly output: () => string }>();
  const start = async (plan: ServicePlan): Promise<void> => {
    const { ISSUER_URL, TOKEN_ENDPOINT, ...others } = plan.environment;
    const environment: Record<string, string | undefined> = {
      ...process.env,
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, secured(value)])),
      ISSUER_URL,
      TOKEN_ENDPOINT,
      TLS_CERT_FILE: join(folder, `${plan.name}.crt`),
      TLS_KEY_FILE: join(folder, `${plan.name}.key`),
      TLS_PEERS_FILE: join(folder, `${plan.name}.json`),
    };
    const child = spawn(process.execPath, [entryFile(plan.house, join(PROJECT_ROOT, 'dist')), 'serve'], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collect(child);
    running.set(plan.name, { child, output });
    await untilReady(plan, known(identities, plan.name), child, output);
  };
  const end = async (name: string): Promise<void> => {
    const { child } = known(running, name);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  await Promise.all([...plans.values()].map(start)).catch(async (cause: unknown) => {
    await Promise.all([...running.keys()].map(end));
    throw cause;
  });
  const forwarders = new Map<string, Forwarder>();
  for (const [name, plan] of plans) {
    const client = name === 'gateway' ? null : known(identities, name === 'numbering' ? 'porting' : name);
    forwarders.set(name, await forwardTo(plan.port, client));
  }
  const through = (name: string, url: string): string =>
    `http://127.0.0.1:${known(forwarders, name).port}${new URL(url).pathname}`;

  return {
    names: [...plans.keys()],
    port: (name) => known(plans, name).port,
    authority,
    identity: (name) => known(identities, name),
    output: (name) => known(running, name).output(),
    record: () => ({
      ...record,
      gateway: { ...record.gateway, url: through('gateway', record.gateway.url) },
      subgraphs: {
        numbering: {
          ...record.subgraphs.numbering,
          url: through('numbering', record.subgraphs.numbering.url),
        },
        'fraud-cases': {
          ...record.subgraphs['fraud-cases'],
          url: through('fraud-cases', record.subgraphs['fraud-cases'].url),
        },
        operators: Object.fromEntries(
          Object.entries(record.subgraphs.operators).map(([code, each]) => [
            code,
            { ...each, url: through(code, each.url) },
          ]),
        ),
      },
    }),
    async restart(name) {
      await end(name);
      await start(known(plans, name));
    },
    replace,
    async stop() {
      for (const { server } of forwarders.values()) {
        server.closeAllConnections();
        server.close();
      }
      await Promise.all([...running.keys()].map(end));
    },
  };
}

interface Forwarder {
  readonly server: Server;
  readonly port: number;
}

/** Which party's program it is. */
function partyOf(name: string): string {
  return WITNESSES.includes(name) ? name : 'afc';
}

/** The plans of the network's services by their names, without who gives tokens. */
function plansOf(network: TestNetwork): ReadonlyMap<string, ServicePlan> {
  const { gateway, subgraphs, identity, witnesses } = network.record();
  const portOf = (url: string): number => Number(new URL(url).port);
  const services = [
    ['numbering', subgraphs.numbering],
    ['fraud-cases', subgraphs['fraud-cases']],
    ...Object.entries(subgraphs.operators),
  ] as const;
  const plans = layOut({
    folder: localFolder(network.folder),
    operators: DEMO_OPERATORS,
    ports: new Map([
      ['gateway', portOf(gateway.url)],
      ['identity', portOf(identity.issuer)],
      ...services.map(([name, { url }]) => [name, portOf(url)] as const),
      ...Object.entries(witnesses).map(([name, { url }]) => [name, portOf(url)] as const),
    ]),
    databases: new Map(services.map(([name, { database }]) => [name, database])),
    logLevel: 'info',
  });
  return new Map(plans.filter(({ house }) => house !== 'identity').map((plan) => [plan.name, plan]));
}

async function untilReady(
  plan: ServicePlan,
  { cert, key }: Identity,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`${plan.name} ended:\n${output()}`);
    const status = await new Promise<number>((resolve) => {
      // Its own certificate is enough to ask for its health.
      const options = { port: plan.port, host: '127.0.0.1', path: '/readyz', cert, key, agent: false };
      const asked = request({ ...options, rejectUnauthorized: false, timeout: 2_000 }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', () => resolve(0));
      asked.end();
    });
    if (status === 200) return;
  }
  throw new Error(`${plan.name} was not ready:\n${output()}`);
}

function forwardTo(port: number, client: Identity | null): Promise<Forwarder> {
  const server = createServer((from: IncomingMessage, to: ServerResponse) => {
    const { host: _host, connection: _connection, ...headers } = from.headers;
    const options = { ...client, host: '127.0.0.1', port, path: from.url, method: from.method, headers, agent: false };
    const onward = request({ ...options, rejectUnauthorized: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });
}

function known<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`There is no ${name} here.`);
  return value;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + String(chunk)).slice(-200_000);
    });
  }
  return () => text;
}
