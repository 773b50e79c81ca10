// `npm run bench:audit`: what the joint log costs a house that writes into it, how soon an act is final, and what verifying takes. Starts its own
// PostgreSQL with fsync on; keeper and writers share this process as they do at the bank, the four witnesses are processes of their own.
// The last line is one JSON object with every figure.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type EmbeddedPostgres, startPostgres } from '../../shared/service/embedded-postgres';
import { fillLog } from './audit-fill';
import { type Change, casesOf, createHouse, onConnection, withLog, withoutLog } from './audit-house';
import { type FinalityFigures, finalityOf, type RunFigures, runWriters } from './audit-load';
import { machineText } from './audit-machine';
import { type AuditNetwork, startNetwork } from './audit-network';
import { collectReceipts, measureRoot, measureVerifier, type ReceiptSizes, receiptSizes } from './audit-receipts';
import { median } from './load';

const HELP = `usage: npm run bench:audit -- [--seconds 5] [--rounds 3] [--writers 1,8,32] [--entries 1000000] [--folder DIR]

Measures acts per second with and without the log, the cost of an act in a log of 1,000 and of --entries entries, time to SIGNED and
FINAL, bytes of a receipt, and the verifier. The database lies in a new folder under DIR (the system's temporary folder unless told).`;

const SMALL = 1_000;
const COMPARED_WRITERS = 8;
/** Between two acts of the writer whose acts are timed one by one. */
const CALM_PAUSE_MS = 50;
const RECEIPTS = 1_000;

interface Settings {
  readonly seconds: number;
  readonly rounds: number;
  readonly writers: readonly number[];
  readonly entries: number;
}

interface House {
  readonly network: AuditNetwork;
  readonly cases: readonly string[];
}

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      writers: { type: 'string', default: '1,8,32' },
      entries: { type: 'string', default: '1000000' },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const settings = {
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    writers: values.writers.split(',').map((text) => positive('writers', text)),
    entries: positive('entries', values.entries),
  };
  const folder = mkdtempSync(join(values.folder, 'senim-bench-audit-'));
  const server = await startPostgres({ dataDirectory: join(folder, 'data') });
  const houses: House[] = [];
  try {
    await measure(server, folder, settings, houses);
  } finally {
    for (const { network } of houses) await network.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(server: EmbeddedPostgres, folder: string, settings: Settings, houses: House[]): Promise<void> {
  const machine = machineText();
  console.log(`${machine}\nPostgreSQL with fsync on; keeper and writers in one process, four witnesses in four.`);
  const large = await openHouse(server, folder, 'large', settings.entries, houses);
  const small = await openHouse(server, folder, 'small', SMALL, houses);

  console.log(`\nAn act in a log of ${SMALL} and of ${settings.entries} entries, ${COMPARED_WRITERS} writers`);
  const growth = await compareSizes(small, large, settings);
  console.log('\nWith the log and without');
  const throughput: Record<string, RoundFigures> = {};
  for (const writers of settings.writers) throughput[writers] = await compareLog(small, writers, settings);

  const finality: Record<string, FinalityFigures> = {};
  const calm = { writers: 1, seconds: settings.seconds, cases: small.cases, pauseMs: CALM_PAUSE_MS };
  const change = withLog(small.network.author);
  finality.calm = await finalityOf(small.network, await runWriters(small.network, { change, ...calm }));
  const busy = { writers: COMPARED_WRITERS, seconds: settings.seconds, cases: small.cases };
  finality.busy = await finalityOf(small.network, await runWriters(small.network, { change, ...busy }));
  for (const [name, figures] of Object.entries(finality)) {
    console.log(
      `${name.padEnd(6)} SIGNED p50 ${figures.signedP50Ms.toFixed(0)} p99 ${figures.signedP99Ms.toFixed(0)} ms, FINAL p50 ${figures.finalP50Ms.toFixed(0)} p99 ${figures.finalP99Ms.toFixed(0)} ms after COMMIT (${figures.acts} acts)`,
    );
  }

  const sizes: ReceiptSizes[] = [];
  for (const { network } of [small, large]) {
    await network.settle();
    sizes.push(await receiptSizes(network.pool, await collectReceipts(network, 100)));
  }
  for (const { logSize, proofBytes, openingBytes } of sizes) {
    console.log(
      `a receipt in a log of ${logSize}: ${proofBytes} bytes of proof, ${openingBytes} bytes of act and salt`,
    );
  }
  const verifier = measureVerifier(large.network, await collectReceipts(large.network, RECEIPTS), settings.seconds / 2);
  console.log(`verified per second and core: ${JSON.stringify(rounded(verifier))}`);
  const root = await measureRoot(large.network.pool);
  console.log(`root of ${root.entries} entries: ${root.cpuSeconds.toFixed(2)} s of one core`);

  const alarms = houses.flatMap(({ network }) => network.alarms);
  console.log(
    JSON.stringify({
      bench: 'audit',
      machine,
      loadAtEnd: loadavg(),
      settings,
      throughput,
      growth,
      finality: Object.fromEntries(Object.entries(finality).map(([name, figures]) => [name, rounded(figures)])),
      receipts: sizes,
      verifier: rounded(verifier),
      root,
      alarms,
    }),
  );
}

async function openHouse(
  server: EmbeddedPostgres,
  folder: string,
  name: string,
  entries: number,
  houses: House[],
): Promise<House> {
  const start = Date.now();
  const url = await createHouse(server, name);
  await fillLog(url, entries, (done) => {
    if (done % 200_000 === 0) console.log(`  ${name}: ${done} entries, ${seconds(start)} s`);
  });
  const place = join(folder, name);
  mkdirSync(place, { mode: 0o700 });
  const network = await startNetwork(url, place);
  const house = { network, cases: await casesOf(url) };
  houses.push(house);
  await openCases(house);
  await network.settle();
  console.log(`${name}: log of ${entries} entries, final and mirrored by all witnesses, after ${seconds(start)} s`);
  return house;
}

/** A case's first act costs a statement more; what is measured are cases that go on. */
async function openCases({ network, cases }: House): Promise<void> {
  const change = withLog(network.author);
  await onConnection(network.url, async (client) => {
    for (const caseId of cases) await change(client, caseId);
  });
}

/** Medians over rounds: what is measured (with the log; the large log) and what it is compared with (without; the small one). */
interface RoundFigures {
  readonly measured: Readonly<Record<string, number>>;
  readonly compared: Readonly<Record<string, number>>;
  /** Time of an act against the other side's, median of rounds. */
  readonly timeRatio: number;
  /** CPU time of house and server together, the same way. */
  readonly cpuRatio: number;
}

/** Rounds are interleaved, and the order turns each time, because the machine is not ours alone. */
async function interleave(
  rounds: number,
  left: () => Promise<RunFigures>,
  right: () => Promise<RunFigures>,
): Promise<RoundFigures> {
  const pairs: { readonly left: RunFigures; readonly right: RunFigures }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) pairs.push({ left: await left(), right: await right() });
    else {
      const second = await right();
      pairs.push({ left: await left(), right: second });
    }
  }
  const cpuOf = (run: RunFigures): number => run.houseCpuMs + run.serverCpuMs;
  return {
    measured: medians(pairs.map((pair) => pair.left)),
    compared: medians(pairs.map((pair) => pair.right)),
    timeRatio: Number(median(pairs.map((pair) => pair.right.perSecond / pair.left.perSecond)).toFixed(3)),
    cpuRatio: Number(median(pairs.map((pair) => cpuOf(pair.left) / cpuOf(pair.right))).toFixed(3)),
  };
}

async function compareLog({ network, cases }: House, writers: number, settings: Settings): Promise<RoundFigures> {
  const run = (what: string, change: Change) => async (): Promise<RunFigures> =>
    told(what, await runWriters(network, { change, cases, writers, seconds: settings.seconds }));
  return interleave(settings.rounds, run('with', withLog(network.author)), run('without', withoutLog));
}

async function compareSizes(small: House, large: House, settings: Settings): Promise<RoundFigures> {
  const run =
    (what: string, { network, cases }: House) =>
    async (): Promise<RunFigures> => {
      const change = withLog(network.author);
      return told(
        what,
        await runWriters(network, { change, cases, writers: COMPARED_WRITERS, seconds: settings.seconds }),
      );
    };
  return interleave(settings.rounds, run('large', large), run('small', small));
}

function told(what: string, run: RunFigures): RunFigures {
  const cost = `CPU ms: house ${run.houseCpuMs.toFixed(3)} server ${run.serverCpuMs.toFixed(3)} witnesses ${run.witnessesCpuMs.toFixed(3)}`;
  console.log(
    `${String(run.writers).padStart(3)} writers ${what.padEnd(8)} ${run.perSecond.toFixed(0).padStart(5)}/s  p50 ${run.p50Ms.toFixed(1)} p99 ${run.p99Ms.toFixed(1)} ms  ${cost}  journal ${run.walBytes.toFixed(0)} B  statements ${run.statements.toFixed(1)}  behind ${run.lagMs.toFixed(0)} ms, drained in ${run.drainMs.toFixed(0)} ms  load ${loadavg()[0]?.toFixed(1)}`,
  );
  return run;
}

function medians(runs: readonly RunFigures[]): Readonly<Record<string, number>> {
  const { committedMs: _, writers: __, ...first } = runs[0] ?? ({} as RunFigures);
  const names = Object.keys(first) as (keyof typeof first)[];
  return Object.fromEntries(names.map((name) => [name, Number(median(runs.map((run) => run[name])).toFixed(3))]));
}

function rounded(figures: object): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(Number(value))]));
}

function seconds(start: number): string {
  return ((Date.now() - start) / 1000).toFixed(0);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} takes a whole number above 0.`);
  process.exit(5);
}
