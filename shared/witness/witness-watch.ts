// What a witness does by itself: it asks the other witnesses and the log what they hold, before it cosigns anything and from then on, and it
// copies leaf hashes. A witness whose state was restored from an old backup would otherwise cosign a fork in good faith.

import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkPolicy } from '../audit-log/policy-file';
import { fetchCheckpoint } from '../audit-log/witness-client';
import type { CallHttp } from '../service/http-call';
import { fetchLogNote } from './log-client';
import type { Witness } from './witness';

/** Times in milliseconds. */
export interface WatchOptions {
  readonly witness: Witness;
  readonly policy: NetworkPolicy;
  /** Its own name in the policy. */
  readonly name: string;
  /** Between two looks at what the others hold; 60,000 unless told. */
  readonly gossipMs?: number;
  /** Between two copies of leaf hashes; 1,000 unless told. */
  readonly copyMs?: number;
  /** How the others are called; in the clear on this machine unless told. */
  readonly call?: CallHttp | undefined;
}

/** A watch that runs. */
export interface WitnessWatch {
  /** Resolves when the witness may cosign. */
  readonly admitted: Promise<void>;
  stop(): Promise<void>;
}

const DEFAULT_GOSSIP_MS = 60_000;
const DEFAULT_COPY_MS = 1_000;
const RETRY_MS = 500;

/** Starts to watch. The witness cosigns as soon as enough others have answered: with f = n - k that may lie, f + 1 of them, or all when there are fewer. */
export function startWatch(options: WatchOptions): WitnessWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  const admitted = admit(options, signal);
  const loops = [admitted.then(() => gossip(options, signal)), copy(options, signal)];
  return {
    admitted,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function admit({ witness, policy, name, call }: WatchOptions, signal: AbortSignal): Promise<void> {
  const others = policy.witnesses.length - 1;
  const needed = Math.min(policy.tolerated + 1, others);
  while (!signal.aborted) {
    const answered = await askAll(witness, policy, name, call);
    if (answered >= needed) return witness.admit();
    await pause(RETRY_MS, signal);
  }
}

async function gossip(
  { witness, policy, name, call, gossipMs = DEFAULT_GOSSIP_MS }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(gossipMs, signal);
    if (!signal.aborted) await askAll(witness, policy, name, call);
  }
}

async function copy({ witness, copyMs = DEFAULT_COPY_MS }: WatchOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await witness.copyLeaves();
    await pause(copyMs, signal);
  }
}

/** Shows the witness what everybody holds; resolves with how many other witnesses answered. */
async function askAll(
  witness: Witness,
  policy: NetworkPolicy,
  name: string,
  call: CallHttp | undefined,
): Promise<number> {
  const others = policy.witnesses.filter((other) => other.name !== name);
  const [logNote, ...answers] = await Promise.all([
    policy.logUrl === null ? null : fetchLogNote(policy.logUrl, call),
    ...others.map((other) => fetchCheckpoint(other, policy, undefined, call)),
  ]);
  if (logNote !== null) await witness.consider(logNote);
  for (const answer of answers) if (answer !== null && answer !== 'silent') await witness.consider(answer.note);
  return answers.filter((answer) => answer !== 'silent').length;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
