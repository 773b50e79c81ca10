// `npm run bench:dossier`: the whole network as `npm start` runs it, asked for dossiers by an open loop at several rates. Tells latency by
// rate, CPU of every process and database per dossier, and when each sub-request begins and ends. The last line is one JSON object.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { DOSSIER_QUERY, dossierVariables } from '../../shared/local-network/dossier-query';
import { gatewaySignInVariables } from '../../shared/local-network/identity-layout';
import { localFolder } from '../../shared/local-network/local-folder';
import { parseMsisdn } from '../../shared/vocabulary/msisdn';
import { startHostedProcess } from '../support/gateway-process';
import { startTestNetwork, type TestNetwork } from '../support/network';
import { PROJECT_ROOT } from '../support/project-root';
import { type Ask, graphqlAsk, median, openLoop } from './load';
import { type CpuTimes, cpuBetween, parentOf, readCpuTimes } from './process-time';
import { startTimingProxy, type TimedCall } from './timing-proxy';

const HELP = `usage: npm run bench:dossier -- [--scale 2000] [--rates 10,20,40,80,120,160] [--seconds 10] [--traced 100] [--without]

Starts the whole network with that many lines per operator and asks for dossiers of numbers chosen by chance, so many a second, whatever
the answers do. A request's time counts from the instant at which it was due. Stops raising the rate when p99 is above two seconds.

  --scale N     lines per operator
  --rates LIST  dossiers a second, one after the other
  --seconds N   length of each rate
  --traced N    dossiers asked one by one through proxies that time every sub-request; 0 leaves it out
  --without     the same processes without signatures, leave and grants, which are taken away in code before they start`;

/** What takes access away from the programs that load it. */
const OPEN_DOORS = join(PROJECT_ROOT, 'test', 'support', 'open-doors.cjs');
const NO_TRACE = { dossierMs: 0, insideCallsMs: 0, calls: [] };

void main();

interface RateFigures {
  readonly rate: number;
  readonly requests: number;
  readonly wrong: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerDossier: CpuTimes;
  /** Of all processors together, the load generator included. */
  readonly busyShare: number;
}

interface Settings {
  readonly scale: number;
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly traced: number;
  /** Without what access costs. */
  readonly without: boolean;
}

async function main(): Promise<void> {
  const settings = readWords();
  if (settings === null) return;
  console.log(`Starting the network with ${settings.scale} lines per operator …`);
  const network = await startTestNetwork({ scale: settings.scale, environment: environmentOf(settings.without) });
  try {
    const { numbers, postmaster } = await lookIntoNumbering(network);
    const rates = await measureRates(network, numbers, postmaster, settings);
    const trace = settings.traced === 0 ? NO_TRACE : await traceCalls(network, numbers, settings);
    report(rates, trace, settings);
  } finally {
    await network.stop();
  }
}

/** A list of operators as the programs read it. */
interface OperatorList {
  readonly operators: readonly { readonly code: string }[];
}

function environmentOf(without: boolean): Readonly<Record<string, string>> {
  return without ? { NODE_OPTIONS: `--require ${OPEN_DOORS}` } : {};
}

function readWords(): Settings | null {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string', default: '2000' },
      rates: { type: 'string', default: '10,20,40,80,120,160' },
      seconds: { type: 'string', default: '10' },
      traced: { type: 'string', default: '100' },
      without: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const [scale = 0, seconds = 0, traced = 0, ...rates] = [
    values.scale,
    values.seconds,
    values.traced,
    ...values.rates.split(','),
  ].map((text) => (/^[0-9]{1,6}$/.test(text) ? Number(text) : 0));
  if ([scale, seconds, ...rates].every((value) => value > 0)) {
    return { scale, seconds, traced, rates, without: values.without };
  }
  console.error('bench:dossier takes whole numbers above 0; see --help.');
  process.exit(5);
}

/** Numbers by chance, the same at every run over the same data, and the process of PostgreSQL. */
async function lookIntoNumbering(network: TestNetwork): Promise<{ numbers: readonly string[]; postmaster: number }> {
  const client = new Client({ connectionString: network.record().subgraphs.numbering.database });
  await client.connect();
  try {
    const { rows } = await client.query<{ msisdn: string }>(
      'SELECT msisdn FROM (SELECT DISTINCT msisdn FROM tenure) AS known ORDER BY md5(msisdn) LIMIT 2000',
    );
    const backend = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return { numbers: rows.map(({ msisdn }) => msisdn), postmaster: parentOf(backend.rows[0]?.pid ?? 0) ?? 0 };
  } finally {
    await client.end();
  }
}

function processesOf(network: TestNetwork): Readonly<Record<string, number | null>> {
  const { subgraphs, gatewayPid } = network.record();
  return {
    gateway: gatewayPid,
    numbering: subgraphs.numbering.pid,
    'fraud-cases': subgraphs['fraud-cases'].pid,
    ...Object.fromEntries(Object.entries(subgraphs.operators).map(([code, { pid }]) => [code, pid])),
    'load generator': process.pid,
  };
}

/** An `Ask` for the dossier of one number after the other. */
async function dossierAsk(
  network: TestNetwork,
  url: string,
  numbers: readonly string[],
): Promise<{ ask: Ask; close(): Promise<void> }> {
  const authorization = `Bearer ${await network.tokenOf('investigator-1')}`;
  const numberAt = (request: number): string => numbers[request % numbers.length] ?? '';
  const now = Date.now();
  return graphqlAsk(
    url,
    (request) => {
      const msisdn = parseMsisdn(numberAt(request));
      if (!msisdn.ok) throw new Error('A number of the network was expected.');
      return JSON.stringify({ query: DOSSIER_QUERY, variables: dossierVariables(msisdn.value, now) });
    },
    numberAt,
    { authorization },
  );
}

async function measureRates(
  network: TestNetwork,
  numbers: readonly string[],
  postmaster: number,
  { rates, seconds }: Settings,
): Promise<readonly RateFigures[]> {
  const { ask, close } = await dossierAsk(network, network.record().gateway.url, numbers);
  const processes = processesOf(network);
  await openLoop(ask, rates[0] ?? 5, Math.min(5, seconds), 0);
  console.log('warmed up');
  const figures: RateFigures[] = [];
  let first = 1_000;
  for (const rate of rates) {
    const before = readCpuTimes(processes, postmaster);
    const load = await openLoop(ask, rate, seconds, first);
    const used = cpuBetween(before, readCpuTimes(processes, postmaster));
    first += load.requests;
    const total = Object.values(used).reduce((sum, time) => sum + time, 0);
    const measured: RateFigures = {
      rate,
      requests: load.requests,
      wrong: load.wrong,
      p50Ms: round(load.p50),
      p99Ms: round(load.p99),
      cpuMsPerDossier: Object.fromEntries(
        Object.entries(used).map(([name, time]) => [name, round(time / load.requests)]),
      ),
      busyShare: round(total / (load.seconds * 1_000 * cpus().length)),
    };
    figures.push(measured);
    console.log(
      `${String(rate).padStart(4)} a second: p50 ${measured.p50Ms} ms  p99 ${measured.p99Ms} ms  wrong ${load.wrong}  processors busy ${Math.round(measured.busyShare * 100)} %`,
    );
    if (load.p99 > 2_000) break;
  }
  await close();
  return figures;
}

/** When a kind of sub-request begins after its dossier was asked, and how long it takes; medians. */
interface CallFigures {
  readonly service: string;
  readonly calls: number;
  readonly beginsMs: number;
  readonly takesMs: number;
  readonly answerBytes: number;
}

interface Trace {
  readonly dossierMs: number;
  /** Time in which at least one sub-request was under way. */
  readonly insideCallsMs: number;
  readonly calls: readonly CallFigures[];
}

/** Asks dossiers one by one at a gateway of its own, whose way to every service leads through a proxy with a clock. */
async function traceCalls(
  network: TestNetwork,
  numbers: readonly string[],
  { traced: count, without }: Settings,
): Promise<Trace> {
  const { subgraphs } = network.record();
  const calls: TimedCall[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'senim-bench-dossier-'));
  const before = async (service: string, target: string): Promise<string> => {
    const proxy = await startTimingProxy(service, target, (call) => calls.push(call));
    stops.unshift(proxy.stop);
    return proxy.url;
  };
  try {
    const listed = JSON.parse(readFileSync(localFolder(network.folder).operators, 'utf8')) as OperatorList;
    const operators: object[] = [];
    for (const operator of listed.operators) {
      const { url = '' } = subgraphs.operators[operator.code] ?? {};
      operators.push({ ...operator, endpoint: await before(operator.code, url) });
    }
    writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators }));
    const gateway = await startHostedProcess({
      OPERATORS_FILE: join(folder, 'operators.json'),
      NUMBERING_URL: await before('numbering', subgraphs.numbering.url),
      FRAUD_CASES_URL: await before('fraud-cases', subgraphs['fraud-cases'].url),
      // The network's own key, whose context its services believe.
      ...gatewaySignInVariables(localFolder(network.folder), network.record().identity.issuer),
      ...environmentOf(without),
    });
    stops.unshift(gateway.stop);
    const { ask, close } = await dossierAsk(network, `${gateway.origin}/graphql`, numbers);
    stops.unshift(close);
    for (let request = 0; request < 20; request += 1) await ask(request);
    return await traceOneByOne(ask, calls, count);
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true });
  }
}

async function traceOneByOne(ask: Ask, calls: TimedCall[], count: number): Promise<Trace> {
  const dossiers: number[] = [];
  const inside: number[] = [];
  const byService = new Map<string, { begins: number[]; takes: number[]; bytes: number[] }>();
  for (let request = 0; request < count; request += 1) {
    calls.length = 0;
    const begun = performance.now();
    await ask(20 + request);
    dossiers.push(performance.now() - begun);
    inside.push(covered(calls));
    const seen = new Map<string, number>();
    for (const { service, fromMs, toMs, answerBytes } of [...calls].sort((a, b) => a.fromMs - b.fromMs)) {
      const place = (seen.get(service) ?? 0) + 1;
      seen.set(service, place);
      const name = place === 1 ? service : `${service}, call ${place}`;
      const figures = byService.get(name) ?? { begins: [], takes: [], bytes: [] };
      figures.begins.push(fromMs - begun);
      figures.takes.push(toMs - fromMs);
      figures.bytes.push(answerBytes);
      byService.set(name, figures);
    }
  }
  return {
    dossierMs: round(median(dossiers)),
    insideCallsMs: round(median(inside)),
    calls: [...byService].map(([service, { begins, takes, bytes }]) => ({
      service,
      calls: takes.length,
      beginsMs: round(median(begins)),
      takesMs: round(median(takes)),
      answerBytes: Math.round(median(bytes)),
    })),
  };
}

/** Milliseconds covered by at least one call. */
function covered(calls: readonly TimedCall[]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of [...calls].sort((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, reached));
    reached = Math.max(reached, toMs);
  }
  return total;
}

function report(rates: readonly RateFigures[], trace: Trace, settings: Settings): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.version}`;
  console.log(`\nCPU per dossier, milliseconds, at each rate (${machine}):`);
  const names = new Set(rates.flatMap(({ cpuMsPerDossier }) => Object.keys(cpuMsPerDossier)));
  for (const name of names) {
    const row = rates.map(({ cpuMsPerDossier }) => String(cpuMsPerDossier[name] ?? 0).padStart(8)).join('');
    console.log(`  ${name.padEnd(28)}${row}`);
  }
  console.log(
    `\nOne dossier at a time through proxies: ${trace.dossierMs} ms, of which ${trace.insideCallsMs} ms inside sub-requests`,
  );
  for (const { service, calls, beginsMs, takesMs, answerBytes } of trace.calls) {
    console.log(
      `  ${service.padEnd(24)} ${String(calls).padStart(5)} calls  begins at ${beginsMs} ms  takes ${takesMs} ms  ${answerBytes} bytes`,
    );
  }
  console.log(JSON.stringify({ bench: 'dossier', machine, settings, rates, trace }));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
