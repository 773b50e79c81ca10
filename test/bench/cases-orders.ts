// Orders on their way: how long from a decision until it is in force, seen by whoever asks for the dossier and told by the bank's own rows, and
// how fast the outbox empties once an operator is back after an outage.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { TestNetwork } from '../support/network';
import { type FreeNumbers, type People, type WalkFigures, walkCases } from './cases-walk';

/** An outage and its end. */
export interface DrainFigures {
  readonly orders: number;
  /** From the operator's return until the first order was settled: the dispatcher's pause. */
  readonly firstAfterMs: number;
  /** From the first settled order until the outbox was empty. */
  readonly drainedInMs: number;
  readonly ordersPerSecond: number;
  readonly wrong: WalkFigures['wrong'];
}

const POLL_MS = 5;
const LIMIT_MS = 120_000;

/** One decision after the other, each until the dossier says BLOCKED: milliseconds from sending the approval. */
export async function calmLatencies(
  people: People,
  numbers: FreeNumbers,
  count: number,
): Promise<{ readonly seenMs: readonly number[]; readonly wrong: WalkFigures['wrong'] }> {
  const seenMs: number[] = [];
  const wrong: Record<string, number> = {};
  for (let place = 0; place < count; place += 1) {
    const walked = await walkCases(people, numbers, { clients: 1, seconds: 60, most: 1 });
    for (const [what, times] of Object.entries(walked.wrong)) wrong[what] = (wrong[what] ?? 0) + times;
    const [decided] = walked.decided;
    const [approvalMs = 0] = walked.times.approveDecision;
    if (decided === undefined) continue;
    const answeredMs = performance.now();
    await until(async () => {
      const number = await people.ask(
        'investigator-1',
        `query ($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { blockStatus { state } currentTenure { enforcements { state } } } }`,
        { msisdn: decided.msisdn },
      );
      return isBlocked(number);
    }, POLL_MS);
    seenMs.push(approvalMs + performance.now() - answeredMs);
  }
  return { seenMs, wrong };
}

/** Milliseconds from the deciding transaction to the one that settled the receipt, by the bank's rows; waits until all are settled. */
export async function settledLatencies(bank: Client, figures: WalkFigures): Promise<readonly number[]> {
  const ids = figures.decided.map(({ caseId }) => caseId);
  const unsettled = `SELECT count(*)::int AS count FROM block_order WHERE case_id = ANY ($1) AND state <> 'ENFORCED'`;
  await until(async () => (await bank.query<{ count: number }>(unsettled, [ids])).rows[0]?.count === 0, 50);
  const { rows } = await bank.query<{ ms: number }>(
    `SELECT (extract(epoch FROM acknowledged_at - issued_at) * 1000)::float8 AS ms FROM block_order WHERE case_id = ANY ($1)`,
    [ids],
  );
  return rows.map(({ ms }) => ms);
}

/** Stops the operator, decides so many cases of its numbers, starts it again and watches the outbox. */
export async function drainAfterOutage(
  network: TestNetwork,
  bank: Client,
  people: People,
  numbers: FreeNumbers,
  outage: { readonly operatorCode: string; readonly orders: number; readonly clients: number },
): Promise<DrainFigures> {
  const { operatorCode, orders, clients } = outage;
  const waiting = async (): Promise<number> =>
    (
      await bank.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM order_outbox WHERE addressee = $1 AND parked_at IS NULL',
        [operatorCode],
      )
    ).rows[0]?.count ?? 0;
  await until(async () => (await waiting()) === 0, 50);
  await service(network, 'stop', operatorCode);
  let walked: WalkFigures;
  let queued: number;
  try {
    walked = await walkCases(people, numbers, { clients, seconds: LIMIT_MS / 1_000, most: orders, operatorCode });
    queued = await waiting();
    if (queued < walked.decided.length) throw new Error('Orders went out to an operator that was stopped.');
  } finally {
    await service(network, 'start', operatorCode);
  }
  const backMs = performance.now();
  await until(async () => (await waiting()) < queued, 20);
  const firstMs = performance.now();
  await until(async () => (await waiting()) === 0, 20);
  const emptyMs = performance.now();
  return {
    orders: queued,
    firstAfterMs: firstMs - backMs,
    drainedInMs: emptyMs - firstMs,
    ordersPerSecond: (queued * 1_000) / (emptyMs - firstMs),
    wrong: walked.wrong,
  };
}

/** Starts or stops one of the network's processes, by the launcher that owns it. */
export async function service(network: TestNetwork, action: 'start' | 'stop', name: string): Promise<void> {
  const { exitCode, stderr } = await network.command('service', action, name);
  if (exitCode !== 0) throw new Error(stderr);
}

function isBlocked(number: Record<string, unknown>): boolean {
  const { blockStatus, currentTenure } = number as {
    readonly blockStatus?: { readonly state: string };
    readonly currentTenure?: { readonly enforcements: readonly { readonly state: string }[] } | null;
  };
  return (
    blockStatus?.state === 'BLOCKED' && (currentTenure?.enforcements ?? []).some(({ state }) => state === 'ENFORCED')
  );
}

async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  for (const endMs = performance.now() + LIMIT_MS; !(await holds()); await sleep(everyMs)) {
    if (performance.now() > endMs) throw new Error(`This did not come within ${LIMIT_MS / 1_000} seconds.`);
  }
}
