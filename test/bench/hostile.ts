// `npm run hostile -- --count N --seed S`: a long campaign of lies against the bare gateway in its own process. Each request draws a lie, a
// number of rows and whether honest operators are asked along; every answer is held against the whole truth. The last line is one JSON
// object; the exit code is 1 when anything wrong, foreign, leaked or untold was found.

import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startWorld } from '../support/contract-world';
import { HOSTILE_QUERY, hostileNumbers, judgeAnswer } from '../support/hostile-answer';
import { LIES, startHostileOperator } from '../support/hostile-operator';

const DEADLINE_MS = 800;
/** Lies that hold a request for the whole deadline are drawn rarely, so that a campaign ends and the breaker is met, not only it. */
const SLOW_SHARE = 0.02;

const WARM_UP = 500;

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log('usage: npm run hostile -- [--count 10000] [--seed 1]');
    return;
  }
  const [count, seed] = [Number(values.count), Number(values.seed)];
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    console.error('--count and --seed take whole numbers.');
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'senim-hostile-'));
  const world = await startWorld(['beeline', 'tele2']);
  const liar = await startHostileOperator('kcell');
  const servers = { kcell: liar.url, beeline: world.servers.beeline?.url, tele2: world.servers.tele2?.url };
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), JSON.stringify({ operator: servers }));
  const port = await freePort();
  const gateway = fork(
    join('dist', 'gateway', 'bare.js'),
    [
      '--supergraph',
      join(folder, 'supergraph.graphql'),
      '--partitions',
      join(folder, 'partitions.json'),
      '--port',
      String(port),
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  try {
    await untilReady(pool);
    const failed = await campaign({ count, seed, pool, pid: gateway.pid ?? 0, liar });
    process.exitCode = failed ? 1 : 0;
  } finally {
    await pool.close();
    gateway.kill('SIGKILL');
    await Promise.all([world.close(), liar.close()]);
    rmSync(folder, { recursive: true });
  }
}

interface Campaign {
  readonly count: number;
  readonly seed: number;
  readonly pool: Pool;
  readonly pid: number;
  readonly liar: { lie: string | null };
}

async function campaign({ count, seed, pool, pid, liar }: Campaign): Promise<boolean> {
  const draw = generator(seed);
  const names = Object.keys(LIES);
  const slow = names.filter((name) => LIES[name]?.expect.includes('OPERATOR_TIMEOUT'));
  const quick = names.filter((name) => !slow.includes(name));
  const figures = { answers: 0, wrong: 0, foreign: 0, leaks: 0, untold: 0, slowestMs: 0, restedAnswers: 0 };
  // Memory is compared with that of a gateway that has worked: honest answers fill its heap as far as they need.
  for (let request = 0; request < WARM_UP; request += 1) await ask(pool, hostileNumbers(50, true, request));
  const rssAtStart = rssMb(pid);
  let rssHighest = rssAtStart;
  for (let round = 0; round < count; round += 1) {
    const from = draw() < SLOW_SHARE ? slow : quick;
    const name = from[Math.floor(draw() * from.length)] ?? '';
    const lie = LIES[name];
    if (lie === undefined) continue;
    const rows = [1, 2, 50][Math.floor(draw() * 3)] ?? 1;
    const msisdns = hostileNumbers(rows, draw() < 0.5, Math.floor(draw() * 10_000));
    liar.lie = name;
    const begun = performance.now();
    const body = await ask(pool, msisdns);
    figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - begun));
    // While the breaker gives the operator rest, every lie ends the same way.
    const rested = body.includes('OPERATOR_UNAVAILABLE') && !lie.expect.includes('OPERATOR_UNAVAILABLE');
    const expected = rested ? ['OPERATOR_UNAVAILABLE'] : lie.expect;
    const verdict = judgeAnswer(body, msisdns, 'kcell', expected, rested ? undefined : lie.lost);
    figures.answers += 1;
    figures.restedAnswers += rested ? 1 : 0;
    for (const kind of ['wrong', 'foreign', 'leaks', 'untold'] as const) {
      figures[kind] += verdict[kind].length;
      if (verdict[kind].length > 0) console.log(`round ${round} "${name}" ${rows} rows: ${kind} ${verdict[kind][0]}`);
    }
    if (round % 500 === 0) {
      rssHighest = Math.max(rssHighest, rssMb(pid));
      console.log(`${round} of ${count}, ${rssMb(pid)} MB`);
    }
  }
  const growthMb = Math.max(rssHighest, rssMb(pid)) - rssAtStart;
  console.log(
    JSON.stringify({ ...figures, seed, deadlineMs: DEADLINE_MS, rssAtStartMb: rssAtStart, rssGrowthMb: growthMb }),
  );
  return figures.wrong + figures.foreign + figures.leaks + figures.untold > 0;
}

async function ask(pool: Pool, msisdns: readonly string[]): Promise<string> {
  const answer = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: HOSTILE_QUERY, variables: { msisdns } }),
  });
  return answer.body.text();
}

async function untilReady(pool: Pool): Promise<void> {
  for (let wait = 0; wait < 200; wait += 1) {
    const ready = await pool.request({ method: 'GET', path: '/readyz' }).catch(() => null);
    await ready?.body.dump();
    if (ready?.statusCode === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The gateway did not become ready.');
}

function rssMb(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

/** Mulberry32: the same draws for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
