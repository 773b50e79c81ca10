// `npm run bench:slow-operator`: what one hung operator costs the others. Rounds with it hanging and with it well stand by turns, under
// the same load; what is compared is the latency of requests that do not concern it. The last line is one JSON object.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { executeHonestly, operatorSchema, startWorldServer, worldNumber } from '../support/contract-world';
import { startBareProcess } from '../support/gateway-process';
import { type Ask, graphqlAsk, type LoadFigures, median, openLoop } from './load';

const HELP = `usage: npm run bench:slow-operator -- [--rounds 10] [--seconds 4] [--rate 100] [--slow-rate 50]

Measures p50 and p99 of requests for numbers of two well operators while a third one hangs, and while it does not.

  --rounds N     rounds of each kind, by turns
  --seconds N    length of a round
  --rate N       requests a second for the well operators
  --slow-rate N  requests a second for the third one, in both kinds of rounds`;

const QUERY =
  'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { msisdn currentTenure { contract { status } risk { level } } blockStatus { state } } }';

interface Settings {
  readonly rounds: number;
  readonly seconds: number;
  readonly rate: number;
  readonly slowRate: number;
}

interface Round {
  readonly hung: LoadFigures;
  readonly well: LoadFigures;
}

void main();

async function main(): Promise<void> {
  const settings = readWords();
  if (settings === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'senim-bench-slow-'));
  const stops: (() => Promise<unknown> | undefined)[] = [];
  try {
    const world = await startWorldProcess();
    stops.unshift(async () => world.process.kill('SIGKILL'));
    const schema = operatorSchema('tele2');
    let hangs = false;
    const third = await startWorldServer(async (call, _request, response) => {
      third.calls.length = 0;
      if (hangs) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(await executeHonestly(schema, call)));
    });
    stops.unshift(third.close);
    const gateway = await startGateway(folder, world, third.url);
    stops.unshift(gateway.stop);
    const others = asking(gateway.origin, (request) => worldNumber(request % 2 === 0 ? 'kcell' : 'beeline', request));
    const own = asking(gateway.origin, (request) => worldNumber('tele2', request % 90_000));
    stops.unshift(others.close, own.close);

    await Promise.all([openLoop(others.ask, settings.rate, 2, 0), openLoop(own.ask, settings.slowRate, 2, 0)]);
    const rounds: Round[] = [];
    for (let round = 0; round < settings.rounds; round += 1) {
      const measure = async (hanging: boolean): Promise<LoadFigures> => {
        // A breaker that is still open from the round before would spare the gateway the work of a well operator.
        hangs = false;
        await untilRight(own.ask);
        hangs = hanging;
        const first = 10_000 + round * 2_000;
        const slow = openLoop(own.ask, settings.slowRate, settings.seconds, first);
        const figures = await openLoop(others.ask, settings.rate, settings.seconds, first);
        await slow;
        return figures;
      };
      const hungFirst = round % 2 === 0;
      const before = await measure(hungFirst);
      const after = await measure(!hungFirst);
      const both = hungFirst ? { hung: before, well: after } : { hung: after, well: before };
      rounds.push(both);
      console.log(
        `round ${round + 1}: others' p99 ${both.hung.p99.toFixed(1)} ms with a hung operator, ${both.well.p99.toFixed(1)} ms without; p50 ${both.hung.p50.toFixed(1)} and ${both.well.p50.toFixed(1)} ms; wrong ${both.hung.wrong} and ${both.well.wrong}`,
      );
    }
    report(rounds, settings);
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true });
  }
}

function readWords(): Settings | null {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '4' },
      rate: { type: 'string', default: '100' },
      'slow-rate': { type: 'string', default: '50' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const [rounds = 0, seconds = 0, rate = 0, slowRate = 0] = [
    values.rounds,
    values.seconds,
    values.rate,
    values['slow-rate'],
  ].map((text) => (/^[0-9]{1,4}$/.test(text) ? Number(text) : 0));
  if ([rounds, seconds, rate, slowRate].every((value) => value > 0)) return { rounds, seconds, rate, slowRate };
  console.error('bench:slow-operator takes whole numbers above 0; see --help.');
  process.exit(5);
}

interface WorldProcess {
  readonly process: ChildProcess;
  readonly supergraph: string;
  readonly urls: Readonly<Record<string, string>>;
}

function startWorldProcess(): Promise<WorldProcess> {
  const child = spawn(process.execPath, [join(__dirname, 'world-process.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (text.endsWith('\n')) resolve({ process: child, ...JSON.parse(text) });
    });
    child.once('exit', () => reject(new Error('The invented world did not start.')));
  });
}

function startGateway(folder: string, { supergraph, urls }: WorldProcess, third: string) {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const servers = { kcell: urls.kcell, beeline: urls.beeline, tele2: third };
  return startBareProcess([
    ...['--supergraph', file('supergraph.graphql', supergraph)],
    ...['--partitions', file('servers.json', JSON.stringify({ operator: servers }))],
  ]);
}

function asking(origin: string, numberOf: (request: number) => string): { ask: Ask; close(): Promise<void> } {
  return graphqlAsk(
    `${origin}/graphql`,
    (request) => JSON.stringify({ query: QUERY, variables: { m: numberOf(request) } }),
    numberOf,
  );
}

async function untilRight(ask: Ask): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await ask(attempt).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The third operator did not come back within 20 seconds.');
}

function report(rounds: readonly Round[], settings: Settings): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.version}`;
  const middle = (pick: (round: Round) => number): number => Math.round(median(rounds.map(pick)) * 100) / 100;
  const figures = {
    p50HungMs: middle(({ hung }) => hung.p50),
    p50WellMs: middle(({ well }) => well.p50),
    p99HungMs: middle(({ hung }) => hung.p99),
    p99WellMs: middle(({ well }) => well.p99),
    p99Ratio: middle(({ hung, well }) => hung.p99 / well.p99),
    wrong: rounds.reduce((sum, { hung, well }) => sum + hung.wrong + well.wrong, 0),
  };
  console.log(
    `\nOthers' p99, median of ${rounds.length} rounds: ${figures.p99HungMs} ms with a hung operator, ${figures.p99WellMs} ms without (${machine})`,
  );
  console.log(JSON.stringify({ bench: 'slow-operator', machine, settings, figures, rounds }));
}
