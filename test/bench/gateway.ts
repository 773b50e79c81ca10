// `npm run bench:gateway`: our gateway beside others over the same subgraph processes, in one run, rounds interleaved. CPU time
// (user + system) is that of the gateway process alone. The last line is one JSON object with every figure.

import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  BENCH_OPERATOR,
  BENCH_SHAPES,
  BENCH_SUBGRAPHS,
  type BenchShape,
  type BenchSubgraph,
  benchSupergraph,
} from './bench-graph';
import { closedLoop, graphqlAsk, type LoadFigures, median, openLoop } from './load';

const HELP = `usage: npm run bench:gateway -- [--rounds 5] [--seconds 3] [--rate 150] [--concurrency 16]

Measures CPU milliseconds per request of each gateway process at a fixed offered rate and at saturation, requests per second, p50 and p99
at that rate, and memory,
for our bare gateway, @apollo/gateway under Apollo Server 5, Hive Gateway and the floor (forwards the same sub-requests, parses nothing).
The peers are installed into test/bench/peers at the first run.`;

const WARM_UP_REQUESTS = 3_000;

const PEERS = join('test', 'bench', 'peers');

interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}

interface Engine {
  readonly name: string;
  readonly url: string;
  readonly process: ChildProcess;
}

interface Sample {
  /** At the fixed offered rate: what the ratios are made of. */
  readonly cpuMsPerRequest: number;
  /** With the loop closed, where calls share wake-ups of the process. */
  readonly saturatedCpuMsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMb: number;
  readonly wrong: number;
}

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      rate: { type: 'string', default: '150' },
      concurrency: { type: 'string', default: '16' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const settings = {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    rate: positive('rate', values.rate),
    concurrency: positive('concurrency', values.concurrency),
  };
  if (!existsSync(join(PEERS, 'node_modules', '@apollo', 'gateway'))) {
    console.log('Installing the peers into test/bench/peers …');
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: 'inherit' });
  }
  const folder = mkdtempSync(join(tmpdir(), 'senim-bench-'));
  const children: ChildProcess[] = [];
  try {
    const engines = await startEngines(folder, children);
    const figures = await measure(engines, settings);
    report(figures, settings);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function startEngines(folder: string, children: ChildProcess[]): Promise<Engine[]> {
  const run = (script: string, ...args: string[]): ChildProcess => {
    const child = fork(script, args, {
      execArgv: ['--require', `./${join('test', 'bench', 'probe.cjs')}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    children.push(child);
    return child;
  };
  const urls = {} as Record<BenchSubgraph, string>;
  for (const name of BENCH_SUBGRAPHS) {
    const port = await freePort();
    urls[name] = `http://127.0.0.1:${port}/graphql`;
    run(join('dist', 'test', 'bench', 'subgraph.js'), name, String(port));
  }
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, benchSupergraph(urls));
  const partitions = join(folder, 'partitions.json');
  writeFileSync(partitions, JSON.stringify({ operator: { [BENCH_OPERATOR]: urls.operator } }));

  const starts: readonly [string, (port: string) => ChildProcess][] = [
    [
      'senim',
      (port) =>
        run(join('dist', 'gateway', 'bare.js'), '--supergraph', supergraph, '--port', port, '--partitions', partitions),
    ],
    ['apollo', (port) => run(join(PEERS, 'apollo-gateway.mjs'), supergraph, port)],
    ['hive', (port) => run(join(PEERS, 'hive-gateway.mjs'), supergraph, port)],
    [
      'floor',
      (port) =>
        run(join('dist', 'test', 'bench', 'floor.js'), port, urls.numbering, urls.operator, urls['fraud-cases']),
    ],
  ];
  const engines: Engine[] = [];
  for (const [name, start] of starts) {
    const port = await freePort();
    const engine = { name, url: `http://127.0.0.1:${port}/graphql`, process: start(String(port)) };
    await untilRight(engine);
    engines.push(engine);
    console.log(`started ${name}`);
  }
  return engines;
}

async function measure(
  engines: readonly Engine[],
  settings: { rounds: number; seconds: number; rate: number; concurrency: number },
): Promise<Map<string, Sample[]>> {
  const figures = new Map<string, Sample[]>();
  let request = 1_000_000;
  const take = (count: number) => {
    const first = request;
    request += count;
    return first;
  };
  for (const shape of BENCH_SHAPES) {
    for (const engine of engines) {
      const load = askFor(engine, shape);
      // By requests, not by time: on a busy machine seconds are too few for the compiler, and cold code is not what is measured.
      for (let asked = 0; asked < WARM_UP_REQUESTS; ) {
        asked += (await closedLoop(load.ask, settings.concurrency, 1, take(20_000))).requests;
      }
      await load.close();
    }
    console.log(`warmed up: ${shape.name}`);
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const shape of BENCH_SHAPES) {
      for (let turn = 0; turn < engines.length; turn++) {
        const engine = engines[(turn + round) % engines.length];
        if (!engine) continue;
        const load = askFor(engine, shape);
        const before = await usageOf(engine);
        const closed = await closedLoop(load.ask, settings.concurrency, settings.seconds, take(100_000));
        const between = await usageOf(engine);
        const open = await openLoop(load.ask, settings.rate, settings.seconds, take(100_000));
        const after = await usageOf(engine);
        await load.close();
        const sample = sampleOf([before, between, after], closed, open);
        const key = `${shape.name} ${engine.name}`;
        figures.set(key, [...(figures.get(key) ?? []), sample]);
        console.log(
          `round ${round + 1} ${key.padEnd(15)} ${sample.cpuMsPerRequest.toFixed(3)} CPU ms/request (${sample.saturatedCpuMsPerRequest.toFixed(3)} saturated)  ${sample.requestsPerSecond.toFixed(0)} requests/s  p50 ${sample.p50Ms.toFixed(1)} ms  p99 ${sample.p99Ms.toFixed(1)} ms  ${sample.rssMb.toFixed(0)} MB  wrong ${sample.wrong}`,
        );
      }
    }
  }
  return figures;
}

function sampleOf(usage: readonly [Usage, Usage, Usage], closed: LoadFigures, open: LoadFigures): Sample {
  const [before, between, after] = usage;
  return {
    cpuMsPerRequest: (after.cpuMs - between.cpuMs) / open.requests,
    saturatedCpuMsPerRequest: (between.cpuMs - before.cpuMs) / closed.requests,
    requestsPerSecond: closed.requests / closed.seconds,
    p50Ms: open.p50,
    p99Ms: open.p99,
    rssMb: after.rssMb,
    wrong: closed.wrong + open.wrong,
  };
}

function report(figures: ReadonlyMap<string, readonly Sample[]>, settings: object): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.version}`;
  const medians: Record<string, Sample> = {};
  for (const [key, samples] of figures) {
    const middle = (pick: (sample: Sample) => number) => Number(median(samples.map(pick)).toFixed(3));
    medians[key] = {
      cpuMsPerRequest: middle((sample) => sample.cpuMsPerRequest),
      saturatedCpuMsPerRequest: middle((sample) => sample.saturatedCpuMsPerRequest),
      requestsPerSecond: middle((sample) => sample.requestsPerSecond),
      p50Ms: middle((sample) => sample.p50Ms),
      p99Ms: middle((sample) => sample.p99Ms),
      rssMb: middle((sample) => sample.rssMb),
      wrong: samples.reduce((sum, sample) => sum + sample.wrong, 0),
    };
  }
  const ratios: Record<string, number> = {};
  for (const shape of BENCH_SHAPES) {
    for (const other of ['apollo', 'hive', 'floor']) {
      const samples = figures.get(`${shape.name} ${other}`) ?? [];
      const own = figures.get(`${shape.name} senim`) ?? [];
      ratios[`${shape.name}: senim/${other}`] = Number(
        median(
          own.map((sample, round) => sample.cpuMsPerRequest / (samples[round]?.cpuMsPerRequest ?? Number.NaN)),
        ).toFixed(3),
      );
    }
  }
  console.log(`\nCPU of senim relative to, median of rounds (${machine}):`);
  for (const [name, ratio] of Object.entries(ratios)) console.log(`  ${name.padEnd(24)} ${ratio.toFixed(3)}`);
  console.log(JSON.stringify({ bench: 'gateway', machine, settings, medians, ratios }));
}

function askFor(engine: Engine, shape: BenchShape): ReturnType<typeof graphqlAsk> {
  return graphqlAsk(
    engine.url,
    (request) => JSON.stringify({ query: shape.query, variables: shape.variables(request) }),
    (request) => String(shape.variables(request).msisdn ?? (shape.variables(request).msisdns as string[])[19]),
  );
}

async function untilRight(engine: Engine): Promise<void> {
  const shape = BENCH_SHAPES[0];
  if (!shape) return;
  const load = askFor(engine, shape);
  for (let attempt = 0; attempt < 100; attempt++) {
    const right = await load.ask(attempt).catch(() => false);
    if (right) return load.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${engine.name} gave no right answer within 20 seconds.`);
}

function usageOf(engine: Engine): Promise<Usage> {
  return new Promise((resolve) => {
    engine.process.once('message', (usage: Usage) => resolve(usage));
    engine.process.send('usage');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} takes a whole number above 0.`);
  process.exit(5);
}
