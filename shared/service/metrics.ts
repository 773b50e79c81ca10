// What a program counts and times for its operators, and the text in which a scraper reads it (Prometheus). Label values are words of closed
// lists: codes, operators, rules, states. Whatever does not look like one is counted as `other`, so that neither a number of a person
// nor an id ever becomes a label, and no foreign text makes series without end.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addProcessMetrics } from './process-metrics';

/** A number that only grows. */
export interface Count {
  add(): void;
}

/** How long something took. */
export interface Timing {
  observe(milliseconds: number): void;
}

/** One value of a gauge under its labels. */
export interface Reading {
  readonly labels: readonly string[];
  readonly value: number;
}

/** A family of values: its name as it stands in rules and dashboards, a sentence about it, and the names of its labels. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Everything that a program tells of itself. */
export interface Metrics {
  /** The count under given label values; the same values give the same count. */
  counts(family: Family): (...labels: readonly string[]) => Count;
  /** Durations in seconds under given label values. */
  timings(family: Family): (...labels: readonly string[]) => Timing;
  /** A gauge that is read at each scrape. */
  gauge(family: Family, read: () => readonly Reading[]): void;
  /**
   * Gauges that come out of one look, e.g. one round of queries: `read` gives the values of each family in its order. It is run for a
   * scrape when its last result is older than five seconds, never twice at a time, and waited for two seconds; a look that fails or
   * lasts leaves its gauges out of the scrape and counts in `senim_metrics_looks_failed_total`.
   */
  gaugesOf(source: string, families: readonly Family[], read: () => Promise<readonly (readonly Reading[])[]>): void;
  /** What a scraper reads. */
  text(): Promise<string>;
  /** Media type of `text`. */
  readonly contentType: string;
}

/** Series of one family at most; what comes after is counted as `other`. */
const MOST_SERIES = 1_000;
const OTHER = 'other';
const FRESH_MS = 5_000;
const PATIENCE_MS = 2_000;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 10];

const WORD = /^[A-Za-z_-][A-Za-z0-9_.:-]{0,63}$/;
const STATUS = /^[1-5][0-9]{2}$/;
const LOOKS_LIKE_AN_ID = /[0-9]{5,}|[0-9a-f]{8}-[0-9a-f]{4}-/i;

/** The metrics of one program; `party` is whose it is when several parties run the same one. */
export function createMetrics(owner: { readonly program: string; readonly party?: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ program: labelValue(owner.program), ...(owner.party ? { party: owner.party } : {}) });
  addProcessMetrics(registry);

  const metrics: Metrics = {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counts(family) {
      const cells = new Map<string, Cell>();
      new Counter({
        ...settings(family),
        registers: [registry],
        // The hot path adds to a number; the library learns of it when somebody looks.
        collect() {
          this.reset();
          for (const { labels, count } of cells.values()) this.inc(labelled(family, labels), count);
        },
      });
      return (...labels) => cellOf(cells, labels, (values) => new Cell(values));
    },
    timings(family) {
      const histogram = new Histogram({ ...settings(family), buckets: SECONDS, registers: [registry] });
      const cells = new Map<string, Timing>();
      return (...labels) =>
        cellOf(cells, labels, (values) => {
          const cell = histogram.labels(labelled(family, values));
          return { observe: (milliseconds) => cell.observe(milliseconds / 1_000) };
        });
    },
    gauge(family, read) {
      new Gauge({
        ...settings(family),
        registers: [registry],
        collect() {
          fill(this, family, read());
        },
      });
    },
    gaugesOf(source, families, read) {
      const look = lookNowAndThen(read, () => failedLooks(source).add());
      families.forEach((family, place) => {
        new Gauge({
          ...settings(family),
          registers: [registry],
          async collect() {
            fill(this, family, (await look())?.[place] ?? []);
          },
        });
      });
    },
  };
  const failedLooks = metrics.counts({
    name: 'senim_metrics_looks_failed_total',
    help: 'Looks at a source of gauges that failed or took too long',
    labels: ['source'],
  });
  return metrics;
}

class Cell implements Count {
  count = 0;

  constructor(readonly labels: readonly string[]) {}

  add(): void {
    this.count += 1;
  }
}

function settings({ name, help, labels = [] }: Family) {
  return { name, help, labelNames: [...labels] };
}

function labelled({ labels = [] }: Family, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, place) => [label, values[place] ?? OTHER]));
}

/** The value as it may stand in a scrape. */
function labelValue(value: string): string {
  return (WORD.test(value) && !LOOKS_LIKE_AN_ID.test(value)) || STATUS.test(value) ? value : OTHER;
}

function cellOf<Kept>(
  cells: Map<string, Kept>,
  labels: readonly string[],
  make: (labels: readonly string[]) => Kept,
): Kept {
  const key = labels.length === 1 ? (labels[0] ?? '') : labels.join(' ');
  const known = cells.get(key);
  if (known !== undefined) return known;
  const allowed = cells.size < MOST_SERIES ? labels.map(labelValue) : labels.map(() => OTHER);
  const allowedKey = allowed.join(' ');
  let cell = cells.get(allowedKey);
  if (cell === undefined) {
    cell = make(allowed);
    cells.set(allowedKey, cell);
  }
  return cell;
}

function fill(gauge: Gauge, family: Family, readings: readonly Reading[]): void {
  gauge.reset();
  // A gauge without labels would say 0 when nobody knows.
  if (readings.length === 0 && (family.labels ?? []).length === 0) gauge.remove();
  for (const { labels, value } of readings.slice(0, MOST_SERIES)) {
    gauge.set(labelled(family, labels.map(labelValue)), value);
  }
}

/** Runs `read` when what it gave is not fresh any more; null when it fails or lasts. */
function lookNowAndThen<Value>(read: () => Promise<Value>, failed: () => void): () => Promise<Value | null> {
  let looking: Promise<Value | null> | null = null;
  let seen: Value | null = null;
  let seenMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - seenMs < FRESH_MS) return seen;
    looking ??= patiently(read)
      .catch(() => {
        failed();
        return null;
      })
      .then((value) => {
        seen = value;
        seenMs = performance.now();
        looking = null;
        return value;
      });
    return looking;
  };
}

async function patiently<Value>(read: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It took too long.')), PATIENCE_MS);
  });
  try {
    return await Promise.race([read(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
