// What the process itself tells: memory, processor time, start, and how late its event loop is. Names are those that dashboards for Node
// know. The delay of the event loop is told since the scrape before.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

/** One for the process, made at first use. */
let delay: IntervalHistogram | null = null;

/** Adds the metrics of this process to a registry. */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  delay ??= watchDelay();
  const lateness = delay;
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Used heap', () => process.memoryUsage().heapUsed);
  gauge('process_start_time_seconds', 'Start, in seconds since 1970', () => STARTED_SECONDS);
  gauge('nodejs_eventloop_lag_p50_seconds', 'Half of all turns of the event loop came later than this', () =>
    late(lateness.percentile(50)),
  );
  gauge('nodejs_eventloop_lag_p99_seconds', 'One of a hundred turns of the event loop came later than this', () =>
    late(lateness.percentile(99)),
  );
  // The last to be asked: what was seen begins anew.
  gauge('nodejs_eventloop_lag_max_seconds', 'The latest turn of the event loop since the scrape before', () => {
    const latest = late(lateness.max);
    lateness.reset();
    return latest;
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, of user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

const STARTED_SECONDS = Math.round(Date.now() / 1_000 - process.uptime());

function watchDelay(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}

/** How much later than planned a turn came; what was measured holds the plan itself. */
function late(nanoseconds: number): number {
  const lateness = nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000;
  return Number.isFinite(lateness) ? Math.max(0, lateness) : 0;
}
