// A whole network whose parts a test may kill: every program a process of its own with the environment that `npm start` would give it, on a
// PostgreSQL of its own with fsync on, in a temporary folder, at ports that stay the same. What is killed is started again as the supervisor
// of a machine would do it: until it runs. The programs are a copy, so that a build beside it changes nothing here.

import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { DEMO_BUDGETS } from '../../shared/local-network/demo-budgets';
import { type DemoNetwork, generateDemo } from '../../shared/local-network/demo-data/demo';
import { DEMO_OPERATORS } from '../../shared/local-network/demo-data/demo-operator';
import { demoUser } from '../../shared/local-network/demo-users';
import { tokenEndpoint } from '../../shared/local-network/identity-layout';
import { holdCeremony } from '../../shared/local-network/key-ceremony';
import { type LocalFolder, localFolder, makeLocalFolder, writeDocument } from '../../shared/local-network/local-folder';
import {
  databaseOwners,
  layOut,
  operatorsDocument,
  preferredPort,
  type ServicePlan,
  serviceNames,
} from '../../shared/local-network/network-layout';
import { type HeldPorts, holdPorts } from '../../shared/local-network/ports';
import {
  type ProgramHouse,
  type ProgramProcess,
  runToEnd,
  startProcess,
  waitUntilReady,
} from '../../shared/local-network/program-process';
import { replayHistory } from '../../shared/local-network/replay';
import { seedAll } from '../../shared/local-network/seeding';
import { requestToken } from '../../shared/local-network/token-request';
import { type EmbeddedPostgres, startPostgres } from '../../shared/service/embedded-postgres';
import { removeCluster } from '../../shared/service/postgres-place';
import { PROJECT_ROOT } from './project-root';

/** The name under which the database server is killed and started. */
export const POSTGRES = 'postgres';

/** How a network is made. */
export interface MortalNetworkOptions {
  /** Lines per operator. */
  readonly scale: number;
  /** By how much the clocks of all databases run ahead of the machine's; 0 unless told. */
  readonly aheadMs?: number;
  /** The document of BUDGETS_FILE; that of the demonstration unless told. */
  readonly budgets?: object;
}

/** A network that runs. Codes and names are those of `npm start`. */
export interface MortalNetwork {
  readonly folder: LocalFolder;
  readonly compiledRoot: string;
  readonly operators: readonly string[];
  plan(name: string): ServicePlan;
  /** Ends a program or the database server by SIGKILL; resolves when it is gone. Harmless for one that does not run. */
  kill(name: string): Promise<void>;
  /** Starts it again; resolves when it is ready. One that is killed while it starts is started anew. */
  start(name: string): Promise<void>;
  /** Resolves when everything is ready. */
  allUp(): Promise<void>;
  /** Programs that were ready and ended without having been killed, with the last words of their logs; each is started again. */
  readonly endedAlone: readonly string[];
  /** Rows of a statement in a service's database. */
  rows<Row extends object>(name: string, sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Sets how far the clocks of all databases run ahead of the machine's. */
  setAhead(aheadMs: number): Promise<void>;
  tokenOf(user: string): Promise<string>;
  /** Ends everything and removes the folder, unless it `keeps` it. */
  stop(options?: { readonly keeps?: boolean }): Promise<void>;
}

/** Makes and starts a network; some ten seconds for a small one. */
export async function startMortalNetwork({
  scale,
  aheadMs = 0,
  budgets = DEMO_BUDGETS,
}: MortalNetworkOptions): Promise<MortalNetwork> {
  const folder = localFolder(mkdtempSync(join(tmpdir(), 'senim-mortal-')));
  chmodSync(folder.path, 0o711);
  makeLocalFolder(folder);
  writeDocument(folder.budgets, budgets);
  const stopping = new AbortController();
  const house: ProgramHouse = {
    compiledRoot: copyPrograms(folder.path),
    logFolder: folder.logs,
    inherited: { PATH: process.env.PATH, HOME: process.env.HOME },
    signal: stopping.signal,
  };
  const network = new Network(folder, house, stopping);
  try {
    await network.make(scale, aheadMs);
    return network;
  } catch (cause) {
    await network.stop();
    throw cause;
  }
}

class Network implements MortalNetwork {
  readonly operators = DEMO_OPERATORS.map(({ code }) => code);
  readonly endedAlone: string[] = [];
  private plans: readonly ServicePlan[] = [];
  private server: EmbeddedPostgres | null = null;
  private postmaster = 0;
  private serverPort = 0;
  private readonly running = new Map<string, ProgramProcess>();
  private readonly starting = new Map<string, Promise<void>>();
  private readonly killed = new WeakSet<ProgramProcess>();
  private readonly pools = new Map<string, Pool>();

  constructor(
    readonly folder: LocalFolder,
    private readonly house: ProgramHouse,
    private readonly stopping: AbortController,
  ) {}

  get compiledRoot(): string {
    return this.house.compiledRoot;
  }

  async make(scale: number, aheadMs: number): Promise<void> {
    const { folder, house } = this;
    const ports = await holdServicePorts();
    try {
      const keys = await holdCeremony(folder, DEMO_OPERATORS, ports.byName, house);
      this.serverPort = await freePort();
      await this.startServer();
      const databases = await this.makeDatabases();
      this.plans = layOut({ folder, operators: DEMO_OPERATORS, ports: ports.byName, databases, logLevel: 'info' });
      writeDocument(folder.operators, operatorsDocument(DEMO_OPERATORS, this.plans, keys));
      await Promise.all(this.owners().map((plan) => runToEnd(plan, 'migrate', house)));
      if (aheadMs !== 0) await this.setAhead(aheadMs);
      await seedAll(partiesOf(generateDemo({ scale, asOfMs: Date.now() + aheadMs })), this.plans, house, () => {});
      await replayHistory(this.plans, house, () => {});
    } finally {
      await ports.release();
    }
    await Promise.all(this.plans.map(({ name }) => this.start(name)));
  }

  plan(name: string): ServicePlan {
    const plan = this.plans.find((each) => each.name === name);
    if (plan === undefined) throw new Error(`The network has no ${name}.`);
    return plan;
  }

  async kill(name: string): Promise<void> {
    if (name === POSTGRES) {
      await this.starting.get(POSTGRES);
      return this.killServer();
    }
    const program = this.running.get(name);
    if (program === undefined) return;
    this.killed.add(program);
    if (program.isRunning()) process.kill(program.pid, 'SIGKILL');
    await program.ended;
    this.running.delete(name);
  }

  start(name: string): Promise<void> {
    const known = this.starting.get(name);
    if (known !== undefined) return known;
    const begun = (name === POSTGRES ? this.startServer() : this.startProgram(name)).finally(() =>
      this.starting.delete(name),
    );
    this.starting.set(name, begun);
    return begun;
  }

  async allUp(): Promise<void> {
    while (this.starting.size > 0) await Promise.all(this.starting.values());
    for (const { name } of this.plans) {
      if (this.running.get(name)?.isRunning() !== true) await this.start(name);
    }
  }

  async rows<Row extends object>(name: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { rows } = await this.poolOf(name).query<Row>(sql, [...values]);
    return rows;
  }

  async setAhead(aheadMs: number): Promise<void> {
    const clock = `date_trunc('milliseconds', clock_timestamp() + interval '1 millisecond' * ${Math.round(aheadMs)})`;
    for (const { name } of this.owners()) {
      await this.rows(
        name,
        `CREATE OR REPLACE FUNCTION senim_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS $$ SELECT ${clock} $$`,
      );
    }
  }

  async tokenOf(name: string): Promise<string> {
    const user = demoUser(name);
    if (user === null) throw new Error(`There is no user ${name}.`);
    const issuer = this.plan('identity').url;
    const keysFolder = this.folder.keys;
    const token = await requestToken({ issuer, tokenEndpoint: tokenEndpoint(issuer), user, keysFolder });
    if (!token.ok) throw new Error(`${name} got no token: ${token.error}.`);
    return token.value;
  }

  async stop({ keeps = false } = {}): Promise<void> {
    this.stopping.abort();
    const programs = [...this.running.values()];
    for (const program of programs) this.killed.add(program);
    await Promise.all(programs.map((program) => program.stop(10_000)));
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
    await this.server?.stop();
    if (keeps) return;
    removeCluster(this.folder.postgres);
    removeCluster(this.folder.path);
  }

  private async startProgram(name: string): Promise<void> {
    for (const end = performance.now() + START_LIMIT_MS; ; await sleep(RESTART_PAUSE_MS)) {
      try {
        return await this.startOnce(this.plan(name));
      } catch (cause) {
        if (this.stopping.signal.aborted || performance.now() > end) throw cause;
      }
    }
  }

  private async startOnce(plan: ServicePlan): Promise<void> {
    await this.kill(plan.name);
    const program = startProcess(plan, 'serve', this.house, { appends: true });
    this.running.set(plan.name, program);
    await waitUntilReady(plan, program, this.house.signal);
    void program.ended.then((code) => {
      if (this.killed.has(program) || this.stopping.signal.aborted) return;
      this.endedAlone.push(`${plan.name} (${code ?? 'by a signal'})${lastWords(program)}`);
      this.start(plan.name).catch(() => {});
    });
  }

  private owners(): readonly ServicePlan[] {
    return this.plans.filter(({ database }) => database !== null);
  }

  private poolOf(name: string): Pool {
    const known = this.pools.get(name);
    if (known !== undefined) return known;
    const made = new Pool({ connectionString: this.plan(name).database ?? '', max: 2 });
    // A connection that breaks while nobody uses it: the next question opens another.
    made.on('error', () => {});
    this.pools.set(name, made);
    return made;
  }

  private async makeDatabases(): Promise<ReadonlyMap<string, string>> {
    const { server } = this;
    if (server === null) throw new Error('The database server is to run.');
    const urls = new Map<string, string>();
    for (const owner of databaseOwners(DEMO_OPERATORS)) {
      const name = owner.replaceAll('-', '_');
      const account = { role: name, password: randomBytes(18).toString('base64url') };
      await server.createDatabase(name, { owner: account });
      urls.set(owner, server.url(name, account));
    }
    return urls;
  }

  /** Also over what a killed server left: its processes go when they notice, and until then nobody may take their place. */
  private async startServer(): Promise<void> {
    for (const end = performance.now() + START_LIMIT_MS; ; await sleep(RESTART_PAUSE_MS)) {
      try {
        this.server = await startPostgres({ dataDirectory: this.folder.postgres, port: this.serverPort });
        this.postmaster = await postmasterOf(this.server);
        return;
      } catch (cause) {
        await this.server?.stop();
        if (this.stopping.signal.aborted || performance.now() > end) throw cause;
      }
    }
  }

  private async killServer(): Promise<void> {
    process.kill(this.postmaster, 'SIGKILL');
    await this.server?.stop();
  }
}

const START_LIMIT_MS = 60_000;
const RESTART_PAUSE_MS = 200;

/** The programs without those of tests, and where they find their libraries. */
function copyPrograms(folder: string): string {
  const compiled = join(PROJECT_ROOT, 'dist');
  const copy = join(folder, 'programs');
  cpSync(compiled, copy, { recursive: true, filter: (path) => path !== join(compiled, 'test') });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  return copy;
}

function partiesOf(demo: DemoNetwork) {
  return [
    ...DEMO_OPERATORS.map(({ code }) => ({ name: code, facts: () => demo.operatorFacts(code) })),
    { name: 'numbering', facts: () => demo.numberingFacts() },
    { name: 'fraud-cases', facts: () => demo.caseFacts() },
  ];
}

/** The server's first process: the parent of the one that answers. */
async function postmasterOf(server: EmbeddedPostgres): Promise<number> {
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rows } = await client.query<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid');
    const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } finally {
    await client.end();
  }
}

function lastWords({ logFile }: ProgramProcess): string {
  if (!existsSync(logFile)) return '';
  return `: ${readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1)?.slice(0, 300) ?? ''}`;
}

async function holdServicePorts(): Promise<HeldPorts> {
  for (;;) {
    const gatewayPort = await freePort();
    const names = ['gateway', ...serviceNames(DEMO_OPERATORS).filter((name) => name !== 'gateway')];
    const wishes = new Map(names.map((name) => [name, preferredPort(name, gatewayPort, DEMO_OPERATORS)]));
    const ports = await holdPorts(wishes, 'gateway');
    if (ports === null) continue;
    // A port of the system's own range could be given to any connection while the service that had it is down.
    if ([...wishes].every(([name, wish]) => ports.byName.get(name) === wish)) return ports;
    await ports.release();
  }
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
