// Load from one process: closed loop (so many at once) and open loop (so many a second, whatever the answers do). Every answer is
// checked by the caller's eye for what a right answer must hold; a wrong one is counted, never dropped.

import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

export interface LoadFigures {
  readonly requests: number;
  readonly wrong: number;
  readonly seconds: number;
  /** Milliseconds, by rank. */
  readonly p50: number;
  readonly p99: number;
}

/** Something that can be asked: request number in, whether the answer was right out. */
export type Ask = (request: number) => Promise<boolean>;

/** An `Ask` that posts GraphQL to `url` and looks for `mark(request)` and the absence of errors in the answer. */
export function graphqlAsk(
  url: string,
  bodyOf: (request: number) => string,
  markOf: (request: number) => string,
  headers: Readonly<Record<string, string>> = {},
): { ask: Ask; close(): Promise<void> } {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 128 });
  return {
    ask: async (request) => {
      const answer = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: bodyOf(request),
      });
      const text = await answer.body.text();
      return answer.statusCode === 200 && text.includes(markOf(request)) && !text.includes('"errors"');
    },
    close: () => pool.close(),
  };
}

/** Keeps `concurrency` requests in flight for `seconds`. */
export async function closedLoop(ask: Ask, concurrency: number, seconds: number, first: number): Promise<LoadFigures> {
  const start = performance.now();
  const end = start + seconds * 1000;
  const times: number[] = [];
  let next = first;
  let wrong = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        const sent = performance.now();
        if (!(await ask(next++))) wrong++;
        times.push(performance.now() - sent);
      }
    }),
  );
  return figures(times, wrong, (performance.now() - start) / 1000);
}

/** Sends `rate` requests a second for `seconds`; a request's time counts from the instant at which it was due, and is also put into `times`. */
export async function openLoop(
  ask: Ask,
  rate: number,
  seconds: number,
  first: number,
  times: number[] = [],
): Promise<LoadFigures> {
  const start = performance.now();
  const total = Math.round(rate * seconds);
  const running: Promise<void>[] = [];
  let wrong = 0;
  for (let request = 0; request < total; ) {
    const due = start + (request * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0.5) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, wait)));
      continue;
    }
    running.push(
      ask(first + request).then(
        (right) => {
          if (!right) wrong++;
          times.push(performance.now() - due);
        },
        () => {
          wrong++;
          times.push(performance.now() - due);
        },
      ),
    );
    request++;
  }
  await Promise.all(running);
  return figures(times, wrong, (performance.now() - start) / 1000);
}

/** The middle of a list of figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function figures(taken: readonly number[], wrong: number, seconds: number): LoadFigures {
  const times = [...taken].sort((a, b) => a - b);
  const rank = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { requests: times.length, wrong, seconds, p50: rank(0.5), p99: rank(0.99) };
}
