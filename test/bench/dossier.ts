// `npm run bench:dossier`: the whole network as `npm start` runs it, asked for dossiers by an open loop at several rates. Tells latency by
// rate, CPU of every process and database per dossier, and when each sub-request begins and ends. The last line is one JSON object.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startTestNetwork, type TestNetwork } from '../support/network';
import { compareDossiers } from './dossier-compare';
import {
  dossierAsk,
  environmentOf,
  lookIntoNumbering,
  processesOf,
  round,
  type Trace,
  traceCalls,
} from './dossier-network';
import { openLoop } from './load';
import { type CpuTimes, cpuBetween, readCpuTimes } from './process-time';

const HELP = `usage: npm run bench:dossier -- [--scale 2000] [--rates 10,20,40,80,120,160] [--seconds 10] [--traced 100] [--without]
       npm run bench:dossier -- --compare [--scale 100] [--rounds 2]

Starts the whole network with that many lines per operator and asks for dossiers of numbers chosen by chance, so many a second, whatever
the answers do. A request's time counts from the instant at which it was due. Stops raising the rate when p99 is above two seconds.

  --scale N     lines per operator
  --rates LIST  dossiers a second, one after the other
  --seconds N   length of each rate
  --traced N    dossiers asked one by one through proxies that time every sub-request; 0 leaves it out
  --without     the same processes without signatures, leave and grants, which are taken away in code before they start
  --compare     both networks side by side, asked in turns, and what access costs as ratios; takes some two minutes
  --rounds N    turns of each`;

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
  /** Turns of a comparison; null for one network alone. */
  readonly rounds: number | null;
}

async function main(): Promise<void> {
  const settings = readWords();
  if (settings === null) return;
  if (settings.rounds !== null) {
    await compareDossiers({ scale: settings.scale, rounds: settings.rounds });
    return;
  }
  console.log(`Starting the network with ${settings.scale} lines per operator …`);
  const network = await startTestNetwork({ scale: settings.scale, environment: environmentOf(settings.without) });
  try {
    const { numbers, postmaster } = await lookIntoNumbering(network);
    const rates = await measureRates(network, numbers, postmaster, settings);
    const trace =
      settings.traced === 0 ? NO_TRACE : await traceCalls(network, numbers, settings.traced, settings.without);
    report(rates, trace, settings);
  } finally {
    await network.stop();
  }
}

function readWords(): Settings | null {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string' },
      rates: { type: 'string', default: '10,20,40,80,120,160' },
      seconds: { type: 'string', default: '10' },
      traced: { type: 'string', default: '100' },
      without: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const [scale = 0, seconds = 0, traced = 0, rounds = 0, ...rates] = [
    values.scale ?? (values.compare ? '100' : '2000'),
    values.seconds,
    values.traced,
    values.rounds,
    ...values.rates.split(','),
  ].map((text) => (/^[0-9]{1,6}$/.test(text) ? Number(text) : 0));
  if ([scale, seconds, rounds, ...rates].every((value) => value > 0)) {
    return { scale, seconds, traced, rates, without: values.without, rounds: values.compare ? rounds : null };
  }
  console.error('bench:dossier takes whole numbers above 0; see --help.');
  process.exit(5);
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
