// Brings a whole network up on this machine, keeps it until it is told to stop, and takes it down in the reverse order: what was
// opened last is closed first, whatever failed in between.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { lockFolder } from '../service/folder-lock';
import { removeCluster } from '../service/postgres-place';
import { CommandFailure } from './command-line';
import { openControlChannel } from './control-channel';
import { openDatabases } from './databases';
import { DEMO_BUDGETS } from './demo-budgets';
import { type DemoNetwork, generateDemo } from './demo-data/demo';
import { DEMO_OPERATORS } from './demo-data/demo-operator';
import { checkReplayed, checkScale, type DemoMark, readDemoMark, writeDemoMark } from './demo-mark';
import { holdCeremony } from './key-ceremony';
import { endLeftovers, noteProcesses } from './leftovers';
import { LAUNCHER_LOCK, type LocalFolder, localFolder, makeLocalFolder, writeDocument } from './local-folder';
import {
  databaseOwners,
  entryFile,
  HOUSES,
  layOut,
  networkRecord,
  operatorsDocument,
  preferredPort,
  type ServicePlan,
  serviceNames,
} from './network-layout';
import { type HeldPorts, holdPorts } from './ports';
import { type ProgramHouse, runToEnd } from './program-process';
import { readyBlock } from './ready-block';
import { replayHistory } from './replay';
import { type PartyFacts, seedAll } from './seeding';
import { DEFAULT_SCALE, type StartOptions } from './start-options';
import { superviseServices } from './supervisor';

/** What a network is started with. */
export interface NetworkStart {
  readonly options: StartOptions;
  /** Variables of the launcher; services inherit them, except for database addresses. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of the compiled houses. */
  readonly compiledRoot: string;
  /** Aborted when the network is to stop. */
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** Starts everything and resolves when everything is stopped again. Throws one sentence when it could not start; then nothing is left. */
export async function runNetwork(start: NetworkStart): Promise<void> {
  const closers: (() => Promise<void> | void)[] = [];
  try {
    await bringUp(start, (closer) => closers.unshift(closer));
    await aborted(start.signal);
    start.tell('Stopping …\n');
  } catch (cause) {
    if (!start.signal.aborted) throw cause;
  } finally {
    for (const close of closers) await close();
  }
}

async function bringUp(start: NetworkStart, onClose: (closer: () => Promise<void> | void) => void): Promise<void> {
  const { options, environment, signal, tell } = start;
  const begun = performance.now();
  const folder = localFolder(options.dataFolder);
  checkCompiled(start.compiledRoot);
  makeLocalFolder(folder);
  const lock = lockFolder(folder.path, LAUNCHER_LOCK);
  if (lock === null) throw new CommandFailure(`A network already runs in ${shown(folder.path)}; stop it first.`);
  onClose(() => lock.release());
  endLeftovers(folder);
  for (const file of [folder.network, folder.control]) rmSync(file, { force: true });
  const owners = databaseOwners(DEMO_OPERATORS);
  if (options.reset) throwAway(folder);
  const mark = readDemoMark(folder);
  checkReplayed(mark);
  checkScale(mark, options.scale);
  if (mark === null) forgetLog(folder);
  const ports = await holdServicePorts(options.port);
  onClose(() => ports.release());
  const house: ProgramHouse = {
    compiledRoot: start.compiledRoot,
    logFolder: folder.logs,
    inherited: withoutOurs(environment),
    signal,
  };
  const keys = await holdCeremony(folder, DEMO_OPERATORS, ports.byName, house);

  tell('Starting the databases …\n');
  const databases = await openDatabases({
    owners,
    addresses: environment,
    dataDirectory: folder.postgres,
    anew: mark === null,
  });
  onClose(() => databases.stop());
  signal.throwIfAborted();

  const plans = layOut({
    folder,
    operators: DEMO_OPERATORS,
    ports: ports.byName,
    databases: databases.urls,
    logLevel: environment.LOG_LEVEL ?? 'info',
  });
  writeDocument(folder.operators, operatorsDocument(DEMO_OPERATORS, plans, keys));
  writeDocument(folder.budgets, DEMO_BUDGETS);
  tell('Bringing the schemas to head …\n');
  await Promise.all(plans.filter((plan) => plan.database !== null).map((plan) => runToEnd(plan, 'migrate', house)));
  const demo = mark ?? (await seed(folder, options.scale ?? DEFAULT_SCALE, plans, house, tell));

  tell('Starting the services …\n');
  const supervisor = superviseServices(plans, house, {
    changed: () => record(),
    ended: (name, exitCode, logFile) =>
      tell(
        `${name} ended by itself (${exitCode === null ? 'by a signal' : `exit code ${exitCode}`}); its log is ${logFile}. ` +
          `Start it again with: npm run -s service -- start ${name}\n`,
      ),
  });
  let isReady = false;
  const trust = { policy: shown(folder.policy), root: shown(folder.root) };
  const networkNow = () => networkRecord(plans, supervisor.pidOf, trust, demo);
  const record = (): void => {
    const pids = supervisor.names.map(supervisor.pidOf).filter((pid) => pid !== null);
    noteProcesses(folder, pids);
    if (isReady && !signal.aborted) writeDocument(folder.network, networkNow(), true);
  };
  onClose(() => rmSync(folder.processes, { force: true }));
  onClose(() => supervisor.stopAll());
  await ports.release();
  await supervisor.startAll();
  const channel = await openControlChannel(folder, supervisor);
  onClose(async () => {
    for (const file of [folder.network, folder.control]) rmSync(file, { force: true });
    await channel.close();
  });
  signal.throwIfAborted();
  isReady = true;
  record();
  tell(
    readyBlock({
      network: networkNow(),
      scale: demo.scale,
      folder: shown(folder.path),
      seconds: (performance.now() - begun) / 1000,
    }),
  );
}

function checkCompiled(compiledRoot: string): void {
  for (const house of HOUSES) {
    const file = entryFile(house, compiledRoot);
    if (!existsSync(file)) {
      throw new CommandFailure(`${relative(process.cwd(), file)} is missing; run \`npm run build\` first.`);
    }
  }
}

/**
 * Embedded data, its mark and old logs go, and with them the joint log that it was: its keys, its trust, what witnesses saw of it.
 * Databases given by address are not ours to empty.
 */
function throwAway(folder: LocalFolder): void {
  rmSync(folder.demo, { force: true });
  removeCluster(folder.postgres);
  forgetLog(folder);
  for (const path of [folder.logs, folder.keys, folder.trust]) rmSync(path, { recursive: true, force: true });
  mkdirSync(folder.logs, { mode: 0o700 });
}

/** With the databases goes what was kept outside of them about the log that they held. */
function forgetLog(folder: LocalFolder): void {
  for (const path of [folder.log, folder.witnesses]) rmSync(path, { recursive: true, force: true });
}

/** The gateway's port is the one that was asked for; the others take what is free. */
async function holdServicePorts(gatewayPort: number): Promise<HeldPorts> {
  const names = ['gateway', ...serviceNames(DEMO_OPERATORS).filter((name) => name !== 'gateway')];
  const wishes = new Map(names.map((name) => [name, preferredPort(name, gatewayPort, DEMO_OPERATORS)]));
  const ports = await holdPorts(wishes, 'gateway');
  if (ports !== null) return ports;
  throw new CommandFailure(`Port ${gatewayPort} is in use by another program; choose another one with --port.`);
}

async function seed(
  folder: LocalFolder,
  scale: number,
  plans: readonly ServicePlan[],
  house: ProgramHouse,
  tell: (text: string) => void,
): Promise<DemoMark> {
  tell(`Making demo data, ${scale.toLocaleString('en')} lines per operator …\n`);
  const asOfMs = Date.now();
  const demo = generateDemo({ scale, asOfMs });
  await seedAll(partiesOf(demo), plans, house, (line) => tell(`${line}\n`));
  tell('Replaying the history of the cases into the joint log …\n');
  await replayHistory(plans, house, (line) => tell(`${line}\n`));
  const { stories, spares } = demo;
  const mark: DemoMark = { scale, asOfMs, stories: { ...stories }, spares, isReplayed: true };
  writeDemoMark(folder, mark);
  return mark;
}

function partiesOf(demo: DemoNetwork): readonly PartyFacts[] {
  return [
    ...DEMO_OPERATORS.map(({ code }) => ({ name: code, facts: () => demo.operatorFacts(code) })),
    { name: 'numbering', facts: () => demo.numberingFacts() },
    { name: 'fraud-cases', facts: () => demo.caseFacts() },
  ];
}

/** What services inherit: not the addresses of each other's databases, and nothing that the layout sets for some of them only. */
function withoutOurs(environment: NetworkStart['environment']): NetworkStart['environment'] {
  const OURS =
    /^(DATABASE_URL.*|OPERATOR_CODE|OPERATORS_FILE|(NUMBERING|FRAUD_CASES|LOG|ISSUER|GATEWAY)_URL|[A-Z]+_KEY_FILE|LOG_LOCK_FILE|(WITNESS|TRUST|TOKEN|IDENTITY|TLS|EDGE_TLS)_.*|npm_.*)$/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OURS.test(name)));
}

function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    // The timer keeps the process alive when every service has ended by itself.
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}
