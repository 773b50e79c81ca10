// The one scheduler that works: by the database's clock, under a lease, a bounded number of due things of each kind at a time, each in a
// transaction of its own. A second scheduler waits for the lease; if the holder dies, its lease runs out and another goes on. Should two
// work at once all the same, each thing is done once: whoever comes second finds it done, because the rules are asked again under the lock
// of the case. What is due, and what is then done, is decided by the jobs.

import { randomUUID } from 'node:crypto';
import type { SqlSource } from '../../../shared/audit-log/sql-session';
import type { Logger } from '../../../shared/service/logger';
import type { DueRequest } from '../store/due-reads';
import { holdLease, releaseLease } from '../store/scheduler-lease';

/** One kind of work that time brings. */
export interface TimedJob {
  readonly name: string;
  /** Names of things that are due, the most overdue first. */
  due(request: DueRequest): Promise<readonly string[]>;
  /**
   * Does one thing in its own transaction. False: it was not due any more, or is not possible now; it is left alone for a while. If the
   * program dies within, nothing of it happened, and it is due again.
   */
  carryOut(name: string): Promise<boolean>;
}

/** What a scheduler needs. */
export interface SchedulerOptions {
  /** Where the lease is held. */
  readonly source: SqlSource;
  readonly jobs: readonly TimedJob[];
  readonly logger: Logger;
  /** Whether anything may be done yet; always unless told. */
  readonly mayWork?: () => Promise<boolean>;
  /** Between two rounds in which nothing was left over; 1,000 ms unless told. */
  readonly pauseMs?: number;
  /** 15,000 ms unless told. */
  readonly leaseMs?: number;
  /** Things of one kind in a round; 50 unless told. */
  readonly batch?: number;
}

/** A scheduler. */
export interface Scheduler {
  /** Begins to work in rounds until it is stopped. */
  start(): void;
  /** One round: null without the lease, else how many things were carried out. Never rejects. */
  round(): Promise<number | null>;
  /** Ends after the thing in hand, and gives the lease back. */
  stop(): Promise<void>;
}

/** How long a thing that could not be done is left alone. */
const LEFT_ALONE_MS = 60_000;
const MOST_LEFT_ALONE = 10_000;
const LEASE = 'scheduler';

/** A scheduler over jobs; does nothing until it is started. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { source, jobs, logger, mayWork = always, pauseMs = 1_000, leaseMs = 15_000, batch = 50 } = options;
  const lease = { name: LEASE, holder: randomUUID(), leaseMs };
  const alone = new LeftAlone();
  let isStopping = false;
  let working: Promise<void> | null = null;
  let wake: () => void = () => {};

  const work = async (): Promise<number | null> => {
    let heldAtMs = performance.now();
    if (!(await mayWork()) || !(await holdLease(source, lease))) return null;
    let done = 0;
    for (const job of jobs) {
      const names = await job.due({ limit: batch, except: alone.of(job.name) });
      for (const name of names) {
        if (isStopping) return done;
        if (performance.now() - heldAtMs > leaseMs / 3) {
          heldAtMs = performance.now();
          if (!(await holdLease(source, lease))) return done;
        }
        if (await carryOut(job, name)) done += 1;
        else alone.add(job.name, name);
      }
    }
    return done;
  };

  const carryOut = async (job: TimedJob, name: string): Promise<boolean> => {
    try {
      return await job.carryOut(name);
    } catch (cause) {
      // The fault's own text may hold what stands in a row.
      logger.error({ job: job.name, fault: cause instanceof Error ? cause.name : 'unknown' }, 'a timed job failed');
      return false;
    }
  };

  const round = async (): Promise<number | null> => {
    try {
      return await work();
    } catch (cause) {
      logger.warn({ fault: cause instanceof Error ? cause.name : 'unknown' }, 'the scheduler could not work');
      return null;
    }
  };

  return {
    round,
    start() {
      if (working !== null || isStopping) return;
      working = (async () => {
        while (!isStopping) {
          const done = await round();
          if (isStopping || (done !== null && done > 0)) continue;
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, pauseMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
      })();
    },
    async stop() {
      isStopping = true;
      wake();
      await working;
      // A database that is gone lets the lease run out by itself.
      await releaseLease(source, lease).catch(() => {});
    },
  };
}

async function always(): Promise<boolean> {
  return true;
}

/** Things that could not be done, each for a minute, so that they do not stand before others. */
class LeftAlone {
  private readonly until = new Map<string, number>();

  add(job: string, name: string): void {
    if (this.until.size >= MOST_LEFT_ALONE) this.until.clear();
    this.until.set(`${job} ${name}`, performance.now() + LEFT_ALONE_MS);
  }

  of(job: string): readonly string[] {
    const nowMs = performance.now();
    const prefix = `${job} `;
    for (const [key, untilMs] of this.until) if (untilMs <= nowMs) this.until.delete(key);
    return [...this.until.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }
}
