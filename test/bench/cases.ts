// `npm run bench:cases`: work on cases over whole networks as `npm start` runs them, with fsync, real tokens, acts, clocks, outbox, dispatcher,
// events and timers: commands a second, time from a decision until it is in force, orders a second after an outage. Two networks run side
// by side, one with old cases in its tables and one without; rounds alternate between them. The last line is one JSON object.

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startTestNetwork, type TestNetwork } from '../support/network';
import { machineText } from './audit-machine';
import { calmLatencies, type DrainFigures, drainAfterOutage, service, settledLatencies } from './cases-orders';
import { measureLists, measureTimers, type ReadFigures } from './cases-reads';
import { FreeNumbers, People, WALK, walkCases } from './cases-walk';
import { median } from './load';
import { loadOldCases, MOST_OLD_CASES, type OldCases, superuserUrl } from './old-cases';
import { parentOf, readCpuTimes } from './process-time';

const HELP = `usage: npm run bench:cases -- [--scale 2000] [--old-cases 1000000] [--rounds 2] [--seconds 10] [--clients 8] [--orders 150] [--calm 10]

Starts two whole networks, loads old cases into the bank of one of them, and asks both for the same work in turns.

  --scale N      lines per operator; each case needs a number of its own
  --old-cases N  cases of earlier years in the tables of the second network, at most ${MOST_OLD_CASES}
  --rounds N     rounds at each network, alternating
  --seconds N    length of a walk by all clients
  --clients N    clients that walk cases side by side
  --orders N     orders that wait for an operator that is stopped
  --calm N       decisions one after the other, each until the dossier says BLOCKED`;

const OUT = 'kcell';
/** What old cases may cost at most. */
const TARGET = 1.3;
const READS = 9;

void main();

interface Settings {
  readonly scale: number;
  readonly 'old-cases': number;
  readonly rounds: number;
  readonly seconds: number;
  readonly clients: number;
  readonly orders: number;
  readonly calm: number;
}

interface Bank {
  readonly name: string;
  readonly network: TestNetwork;
  readonly client: Client;
  readonly people: People;
  readonly numbers: FreeNumbers;
}

interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

interface Round {
  readonly commandsPerSecond: number;
  readonly commands: Readonly<Record<string, Spread>>;
  /** CPU of the bank's service and its database; says what a command costs also when others keep the machine busy. */
  readonly bankCpuMsPerCommand: number;
  readonly settledMs: Spread;
  readonly seenMs: Spread;
  readonly drain: DrainFigures;
  readonly repeated: number;
  readonly wrong: Readonly<Record<string, number>>;
  readonly load: number;
}

async function main(): Promise<void> {
  const settings = readWords();
  if (settings === null) return;
  const machine = machineText();
  console.log(`${machine}\nTwo networks with ${settings.scale} lines per operator; PostgreSQL with fsync on.`);
  const banks: Bank[] = [];
  try {
    for (const name of ['empty', 'full']) banks.push(await openBank(name, settings.scale));
    const [empty, full] = banks as [Bank, Bank];
    const old = await fill(full, settings['old-cases']);
    for (const bank of banks) await warmUp(bank, settings);
    const rounds: { readonly empty: Round; readonly full: Round }[] = [];
    for (let round = 0; round < settings.rounds; round += 1) {
      const [first, second] = round % 2 === 0 ? [empty, full] : [full, empty];
      const of = new Map([[first, await play(first, settings)]]);
      of.set(second, await play(second, settings));
      rounds.push({ empty: of.get(empty) as Round, full: of.get(full) as Round });
    }
    const reads = { empty: await readsOf(empty), full: await readsOf(full) };
    report({ machine, settings, old, rounds, reads });
  } finally {
    for (const bank of banks) {
      await bank.people.close();
      await bank.client.end();
      await bank.network.stop();
    }
  }
}

function readWords(): Settings | null {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string', default: '2000' },
      'old-cases': { type: 'string', default: String(MOST_OLD_CASES) },
      rounds: { type: 'string', default: '2' },
      seconds: { type: 'string', default: '10' },
      clients: { type: 'string', default: '8' },
      orders: { type: 'string', default: '150' },
      calm: { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const { help: _, ...words } = values;
  const numbers = Object.entries(words).map(([name, text]) => [name, /^[0-9]{1,7}$/.test(text) ? Number(text) : 0]);
  const settings = Object.fromEntries(numbers) as unknown as Settings;
  if (numbers.every(([, value]) => Number(value) > 0) && settings['old-cases'] <= MOST_OLD_CASES) return settings;
  console.error('bench:cases takes whole numbers above 0; see --help.');
  process.exit(5);
}

async function openBank(name: string, scale: number): Promise<Bank> {
  const network = await startTestNetwork({ scale });
  const client = new Client({ connectionString: network.record().subgraphs['fraud-cases'].database });
  await client.connect();
  // The server ends before its guests when the network is stopped.
  client.on('error', () => {});
  return { name, network, client, people: new People(network), numbers: await FreeNumbers.of(network) };
}

/** The bank's service is stopped meanwhile, as it would be for any load past it; what it does at its start is part of what is looked at. */
async function fill({ network }: Bank, count: number): Promise<OldCases & { readonly startedInMs: number }> {
  await service(network, 'stop', 'fraud-cases');
  const old = await loadOldCases(superuserUrl(network), count, (text) => console.log(`  ${text}`));
  const beganMs = performance.now();
  await service(network, 'start', 'fraud-cases');
  const startedInMs = performance.now() - beganMs;
  console.log(
    `${count} old cases in ${old.seconds.toFixed(0)} s, ${old.databaseMiB} MiB; the service starts over them in ${startedInMs.toFixed(0)} ms`,
  );
  return { ...old, startedInMs };
}

async function warmUp({ people, numbers, client }: Bank, { clients }: Settings): Promise<void> {
  await settledLatencies(client, await walkCases(people, numbers, { clients, seconds: 3 }));
}

async function play({ name, network, client, people, numbers }: Bank, settings: Settings): Promise<Round> {
  const { clients, seconds, orders, calm } = settings;
  const load = loadavg()[0] ?? 0;
  const before = await bankCpuMs(network, client);
  const walked = await walkCases(people, numbers, { clients, seconds });
  const used = (await bankCpuMs(network, client)) - before;
  const settledMs = spread(await settledLatencies(client, walked));
  const commands = Object.fromEntries(WALK.map((command) => [command, spread(walked.times[command])]));
  const total = Object.values(commands).reduce((sum, { count }) => sum + count, 0);
  const calmly = await calmLatencies(people, numbers, calm);
  const drain = await drainAfterOutage(network, client, people, numbers, { operatorCode: OUT, orders, clients });
  const round: Round = {
    commandsPerSecond: total / walked.seconds,
    commands,
    bankCpuMsPerCommand: used / total,
    settledMs,
    seenMs: spread(calmly.seenMs),
    drain,
    repeated: walked.repeated,
    wrong: { ...walked.wrong, ...calmly.wrong, ...drain.wrong },
    load,
  };
  tell(name, round);
  return round;
}

async function bankCpuMs(network: TestNetwork, client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const { pid } = network.record().subgraphs['fraud-cases'];
  const times = readCpuTimes({ 'fraud-cases': pid }, parentOf(rows[0]?.pid ?? 0) ?? 0);
  return (times['fraud-cases'] ?? 0) + (times['postgres fraud_cases'] ?? 0);
}

function tell(name: string, round: Round): void {
  const { settledMs, seenMs, drain, commands } = round;
  const each = Object.entries(commands).map(([command, { p50, p95 }]) => `${command} ${whole(p50)}/${whole(p95)}`);
  console.log(
    `${name.padEnd(6)} ${round.commandsPerSecond.toFixed(0)} commands/s, ${round.bankCpuMsPerCommand.toFixed(1)} ms CPU of the bank each (p50/p95 ms: ${each.join(', ')})
       decision to enforced: under load p50 ${whole(settledMs.p50)} p95 ${whole(settledMs.p95)} max ${whole(settledMs.max)} ms (${settledMs.count} orders), calm p50 ${whole(seenMs.p50)} p95 ${whole(seenMs.p95)} max ${whole(seenMs.max)} ms
       outage: ${drain.orders} orders, first after ${whole(drain.firstAfterMs)} ms, then ${drain.ordersPerSecond.toFixed(0)} orders/s; load ${round.load.toFixed(1)}; asked again ${round.repeated}, wrong ${JSON.stringify(round.wrong)}`,
  );
}

interface Reads {
  readonly lists: ReadFigures;
  readonly timers: ReadFigures;
}

async function readsOf({ people, network }: Bank): Promise<Reads> {
  return { lists: await measureLists(people, READS), timers: await measureTimers(network, READS) };
}

function report(found: {
  readonly machine: string;
  readonly settings: Settings;
  readonly old: object;
  readonly rounds: readonly { readonly empty: Round; readonly full: Round }[];
  readonly reads: { readonly empty: Reads; readonly full: Reads };
}): void {
  const { rounds, reads } = found;
  const ratioOf = (of: (round: Round) => number): number =>
    Number(median(rounds.map(({ empty, full }) => of(full) / of(empty))).toFixed(3));
  const ratios = {
    timeOfACommand: 1 / ratioOf((round) => round.commandsPerSecond),
    cpuOfACommand: ratioOf((round) => round.bankCpuMsPerCommand),
    settledP50: ratioOf((round) => round.settledMs.p50),
    settledP95: ratioOf((round) => round.settledMs.p95),
    seenP50: ratioOf((round) => round.seenMs.p50),
    timeOfADrainedOrder: 1 / ratioOf((round) => round.drain.ordersPerSecond),
  };
  for (const kind of ['lists', 'timers'] as const) {
    console.log(`\n${kind}, median ms: empty, full`);
    for (const [name, ms] of Object.entries(reads.empty[kind])) {
      console.log(
        `  ${name.padEnd(36)} ${ms.toFixed(1).padStart(8)} ${(reads.full[kind][name] ?? 0).toFixed(1).padStart(8)}`,
      );
    }
  }
  console.log('\nWith old cases against without, medians of rounds; at most 1.3 is the target');
  for (const [name, ratio] of Object.entries(ratios)) {
    console.log(`  ${name.padEnd(20)} ${ratio.toFixed(2)}${ratio > TARGET ? '  above the target' : ''}`);
  }
  console.log(JSON.stringify({ bench: 'cases', ...found, ratios, loadAtEnd: loadavg() }, rounded));
}

/** Of times or rates: how many, the middle, what 19 of 20 stay below, the largest. */
function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1) ?? 0 };
}

function whole(value: number): string {
  return value.toFixed(0);
}

function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(3)) : value;
}
