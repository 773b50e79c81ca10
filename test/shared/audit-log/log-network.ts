// A joint log with its witnesses on one machine: real database, real HTTP, four witnesses of which three are the quorum.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseWitnessPolicy } from '../../../shared/audit/witness-policy';
import { type JointLog, type JointLogOptions, startJointLog } from '../../../shared/audit-log/joint-log';
import type { LogAlarm } from '../../../shared/audit-log/log-alarm';
import { type LogReads, logReads } from '../../../shared/audit-log/log-reads';
import { logRoutes } from '../../../shared/audit-log/log-routes';
import { type NetworkPolicy, usePolicy } from '../../../shared/audit-log/policy-file';
import { tilesOf } from '../../../shared/witness/log-client';
import { openWitness, type Witness } from '../../../shared/witness/witness';
import type { WitnessAlarm } from '../../../shared/witness/witness-alarm';
import { witnessRoutes } from '../../../shared/witness/witness-routes';
import { startWatch, type WitnessWatch } from '../../../shared/witness/witness-watch';
import { actWithEvent, bankAuthor, draftOf, inTransaction, type LogDatabase, openLogDatabase } from './log-database';
import { keyPair, LOG_KEY, policyText, WITNESS_NAMES, type WitnessName } from './log-keys';

export { keyPair, LOG_KEY, ORIGIN, policyText, WITNESS_NAMES, type WitnessName } from './log-keys';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A server whose handler can be taken away and put back: then it drops every connection, like a host that is down. */
export class SwitchedServer {
  handler: Handler | null = null;
  private constructor(private readonly server: Server) {}

  static async open(): Promise<SwitchedServer> {
    const server = createServer();
    const switched = new SwitchedServer(server);
    server.on('request', (request, response) => {
      const { handler } = switched;
      if (handler === null) {
        request.socket.destroy();
        return;
      }
      handler(request, response).then(
        (done) => {
          if (!done) response.writeHead(404).end();
        },
        () => response.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return switched;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

export interface RunningWitness {
  readonly witness: Witness;
  readonly watch: WitnessWatch;
}

/** Log and witnesses; parts can be stopped and started again on what they left behind. */
export class LogNetwork {
  readonly alarms: LogAlarm[] = [];
  readonly witnessAlarms: (WitnessAlarm & { readonly witness: string })[] = [];
  readonly running = new Map<string, RunningWitness>();
  log: JointLog | null = null;

  private constructor(
    readonly database: LogDatabase,
    readonly folder: string,
    readonly servers: ReadonlyMap<string, SwitchedServer>,
    readonly policy: NetworkPolicy,
    readonly reads: LogReads,
  ) {}

  static async open(options: { readonly start?: boolean } = {}): Promise<LogNetwork> {
    const database = await openLogDatabase();
    const servers = new Map<string, SwitchedServer>();
    for (const name of ['log', ...WITNESS_NAMES]) servers.set(name, await SwitchedServer.open());
    const text = policyText((name) => servers.get(name)?.url ?? '');
    const policy = usePolicy(parseWitnessPolicy(Buffer.from(text)));
    const folder = mkdtempSync(join(tmpdir(), 'senim-log-'));
    writeFileSync(join(folder, 'policy.txt'), text);
    const reads = logReads(database.pool, policy);
    const network = new LogNetwork(database, folder, servers, policy, reads);
    network.server('log').handler = logRoutes(reads, '');
    if (options.start !== false) {
      for (const name of WITNESS_NAMES) network.startWitness(name);
      network.startLog();
    }
    return network;
  }

  server(name: string): SwitchedServer {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`no server ${name}`);
    return server;
  }

  directoryOf(name: string): string {
    return join(this.folder, name);
  }

  openWitness(name: WitnessName, nowMs: () => number = Date.now): Witness {
    return openWitness({
      policy: this.policy,
      name,
      key: keyPair(`${name} witness`),
      directory: this.directoryOf(name),
      fetchTile: tilesOf(this.server('log').url),
      onAlarm: (alarm) => this.witnessAlarms.push({ ...alarm, witness: name }),
      nowMs,
    });
  }

  startWitness(name: WitnessName): RunningWitness {
    const witness = this.openWitness(name);
    this.server(name).handler = witnessRoutes(witness, this.policy, '');
    const watch = startWatch({ witness, policy: this.policy, name, gossipMs: 200, copyMs: 50 });
    const running = { witness, watch };
    this.running.set(name, running);
    return running;
  }

  async stopWitness(name: WitnessName): Promise<void> {
    this.server(name).handler = null;
    const running = this.running.get(name);
    this.running.delete(name);
    await running?.watch.stop();
    await running?.witness.close();
  }

  startLog(options: Partial<JointLogOptions> = {}): JointLog {
    this.log = startJointLog({
      databaseUrl: this.database.url,
      policy: this.policy,
      logKey: LOG_KEY,
      lockDirectory: join(this.folder, 'lock'),
      onAlarm: (alarm) => this.alarms.push(alarm),
      idleMs: 5,
      signMs: 40,
      graceMs: 100,
      witnessTimeoutMs: 1_000,
      ...options,
    });
    return this.log;
  }

  async stopLog(): Promise<void> {
    await this.log?.stop();
    this.log = null;
  }

  /** One committed act of the bank; its id. */
  async act(caseId: string = randomUUID(), fields: Readonly<Record<string, unknown>> = { note: 'n' }): Promise<string> {
    const signed = await inTransaction(this.database.pool, (session) =>
      actWithEvent(session, bankAuthor(), draftOf('evidence.added', caseId, fields)),
    );
    return signed.act.id;
  }

  async stateOf(actId: string): Promise<string> {
    const [place] = await this.reads.placesOf([actId]);
    return place?.state ?? 'UNKNOWN';
  }

  async close(): Promise<void> {
    await this.stopLog();
    for (const name of WITNESS_NAMES) if (this.running.has(name)) await this.stopWitness(name);
    for (const server of this.servers.values()) await server.close();
    await this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until the condition holds; fails with the description after ten seconds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It did not happen in time: ${what}.`);
    await sleep(20);
  }
}
