// Writers against a house: so many connections, each one change of state after the other, while the sequencer is watched. What a run cost
// is told as time, as CPU time and as bytes of the server's journal.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import type { Change } from './audit-house';
import { cpuUse, postmasterOf } from './audit-machine';
import type { AuditNetwork } from './audit-network';

/** A run of writers. Times in milliseconds. */
export interface RunFigures {
  readonly writers: number;
  readonly acts: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly houseCpuMs: number;
  readonly serverCpuMs: number;
  readonly witnessesCpuMs: number;
  readonly walBytes: number;
  readonly statements: number;
  /** Age of the oldest act in the queue, at most. */
  readonly lagMs: number;
  /** From the last COMMIT until the queue was empty. */
  readonly drainMs: number;
  /** When the COMMIT of each act was answered, by this process's clock. */
  readonly committedMs: ReadonlyMap<string, number>;
}

/** How long the ways from COMMIT to SIGNED and FINAL took. */
export interface FinalityFigures {
  readonly acts: number;
  readonly signedP50Ms: number;
  readonly signedP99Ms: number;
  readonly finalP50Ms: number;
  readonly finalP99Ms: number;
}

const WARM_UP_MS = 500;

/** Keeps `writers` connections busy for `seconds`; with `pauseMs`, each waits so long after a change. */
export async function runWriters(
  network: AuditNetwork,
  options: {
    readonly change: Change;
    readonly cases: readonly string[];
    readonly writers: number;
    readonly seconds: number;
    readonly pauseMs?: number;
  },
): Promise<RunFigures> {
  const { change, cases, writers, seconds, pauseMs = 0 } = options;
  const clients = await Promise.all(Array.from({ length: writers }, () => connect(network.url)));
  const statements = countStatements(clients);
  const once = (client: Client): Promise<string> =>
    change(client, cases[Math.floor(Math.random() * cases.length)] ?? '');
  const write = async (untilMs: number, onChange: (id: string, tookMs: number) => void): Promise<void> => {
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < untilMs) {
          const start = performance.now();
          const id = await once(client);
          onChange(id, performance.now() - start);
          if (pauseMs > 0) await sleep(pauseMs);
        }
      }),
    );
  };
  try {
    await write(performance.now() + WARM_UP_MS, () => {});
    const postmaster = await postmasterOf(network.pool);
    const watch = watchQueue(network.pool);
    const committedMs = new Map<string, number>();
    const times: number[] = [];
    const before = {
      cpu: cpuUse(postmaster, network.witnessPids),
      wal: await walPosition(network.pool),
      ...statements,
    };
    const start = performance.now();
    await write(start + seconds * 1000, (id, tookMs) => {
      committedMs.set(id, Date.now());
      times.push(tookMs);
    });
    const end = performance.now();
    const sent = statements.count;
    await queueIsEmpty(network.pool);
    const drained = performance.now();
    const cpu = cpuUse(postmaster, network.witnessPids);
    const wal = await walPosition(network.pool);
    const acts = times.length;
    const rank = ranks(times);
    return {
      writers,
      acts,
      seconds: (end - start) / 1000,
      perSecond: acts / ((end - start) / 1000),
      p50Ms: rank(0.5),
      p99Ms: rank(0.99),
      houseCpuMs: (cpu.houseMs - before.cpu.houseMs) / acts,
      serverCpuMs: ((cpu.serverMs ?? Number.NaN) - (before.cpu.serverMs ?? Number.NaN)) / acts,
      witnessesCpuMs: ((cpu.witnessesMs ?? Number.NaN) - (before.cpu.witnessesMs ?? Number.NaN)) / acts,
      walBytes: (wal - before.wal) / acts,
      statements: (sent - before.count) / acts,
      lagMs: await watch.stop(),
      drainMs: drained - end,
      committedMs,
    };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Waits until the acts of a run are final and says how long that took. Clocks of server and process are the machine's. */
export async function finalityOf(network: AuditNetwork, run: RunFigures): Promise<FinalityFigures> {
  await network.settle();
  const { rows: entries } = await network.pool.query<{ act_id: string; index: string }>(
    'SELECT act_id, index FROM audit.log_entry WHERE act_id = ANY ($1::uuid[])',
    [[...run.committedMs.keys()]],
  );
  const signed = await checkpointTimes(
    network.pool,
    'SELECT size, signed_at AS at FROM audit.checkpoint ORDER BY size',
  );
  const final = await checkpointTimes(
    network.pool,
    'SELECT size, final_at AS at FROM audit.checkpoint_final ORDER BY size',
  );
  const after = (times: readonly CheckpointTime[]) =>
    ranks(entries.map(({ act_id, index }) => firstAbove(times, Number(index)) - (run.committedMs.get(act_id) ?? 0)));
  const toSigned = after(signed);
  const toFinal = after(final);
  return {
    acts: entries.length,
    signedP50Ms: toSigned(0.5),
    signedP99Ms: toSigned(0.99),
    finalP50Ms: toFinal(0.5),
    finalP99Ms: toFinal(0.99),
  };
}

/** By rank: the value that this share of the values is not above. */
export function ranks(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((left, right) => left - right);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Counts what is sent over the connections: each statement waits for its answer, so it is also the number of round trips. */
function countStatements(clients: readonly Client[]): { count: number } {
  const counter = { count: 0 };
  for (const client of clients) {
    const query = client.query.bind(client);
    Object.assign(client, {
      query: (...statement: Parameters<typeof query>) => {
        counter.count += 1;
        return query(...statement);
      },
    });
  }
  return counter;
}

function watchQueue(pool: Pool): { stop(): Promise<number> } {
  let isOver = false;
  let lagMs = 0;
  const done = (async () => {
    while (!isOver) {
      const { rows } = await pool.query<{ age: string }>({
        name: 'bench_lag',
        text: `SELECT extract(epoch FROM senim_now() - recorded_at) * 1000 AS age FROM audit.act
          WHERE id = (SELECT act_id FROM audit.pending ORDER BY position LIMIT 1)`,
      });
      lagMs = Math.max(lagMs, Number(rows[0]?.age ?? 0));
      await sleep(100);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return lagMs;
    },
  };
}

async function queueIsEmpty(pool: Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query('SELECT FROM audit.pending LIMIT 1');
    if (rowCount === 0) return;
    await sleep(10);
  }
}

async function walPosition(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes");
  return Number(rows[0]?.bytes);
}

interface CheckpointTime {
  readonly size: number;
  readonly ms: number;
}

async function checkpointTimes(pool: Pool, text: string): Promise<readonly CheckpointTime[]> {
  const { rows } = await pool.query<{ size: string; at: Date }>(text);
  return rows.map(({ size, at }) => ({ size: Number(size), ms: at.getTime() }));
}

function firstAbove(times: readonly CheckpointTime[], index: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle]?.size ?? 0) > index) high = middle;
    else low = middle + 1;
  }
  return times[low]?.ms ?? Number.NaN;
}
