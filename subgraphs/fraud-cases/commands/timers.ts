// The timers of a running service: the scheduler with every job that time brings, over connections of its own.

import type { SqlSource } from '../../../shared/audit-log/sql-session';
import type { Logger } from '../../../shared/service/logger';
import { hasUntoldHistory } from '../store/case-event';
import { openWorkPool } from '../store/work-pool';
import { clockWatch } from './clock-watch';
import type { CommandDesk } from './command-desk';
import { createScheduler, type TimedJob } from './scheduler';
import { timedJobs } from './timed-jobs';

/** Timers that run. */
export interface Timers {
  /** Ends after the thing in hand, gives the lease back and closes the connections. */
  stop(): Promise<void>;
}

/** Starts the timers of one service; of several services over one database, one works at a time. */
export function startTimers(options: {
  readonly desk: CommandDesk;
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Jobs beside those of cases; none unless told. */
  readonly more?: (source: SqlSource) => readonly TimedJob[];
}): Timers {
  const { desk, databaseUrl, logger, more = () => [] } = options;
  const source = openWorkPool(databaseUrl, 'timers');
  const { transactions } = desk;
  const jobs = [clockWatch({ source, transactions, logger }), ...timedJobs(desk, source), ...more(source)];
  // What happened before comes into the log before what time brings now.
  const mayWork = async (): Promise<boolean> => !(await hasUntoldHistory(source));
  const scheduler = createScheduler({ source, jobs, logger, mayWork });
  scheduler.start();
  return {
    async stop() {
      await scheduler.stop();
      await source.end();
    },
  };
}
