// The keeper of the joint log as one thing that is started and stopped: it takes the place of the one sequencer, checks that it may go on,
// and then runs three loops side by side: sequence what is queued, sign the head when it grew, carry the newest signature to the
// witnesses. When its connection breaks it gives up the place, and takes it again later; when it finds the log contradicted it halts.

import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import type { CallHttp } from '../service/http-call';
import { AppError } from '../vocabulary/app-error';
import { type CheckpointLock, openCheckpointLock } from './checkpoint-lock';
import { type SignStep, signHead } from './checkpoint-signer';
import { Cosigner } from './cosigner';
import type { KeyPair } from './key-file';
import { type LogAlarm, type OnAlarm, oncePerMinute } from './log-alarm';
import type { LogCheckpoint } from './log-checkpoint';
import type { NetworkPolicy } from './policy-file';
import { BATCH_SIZE, FencedOff, loadSequencerState, type SequenceStep, sequenceBatch } from './sequence-batch';
import { rowsOf } from './sql-session';
import { neededAnswers, requireSameAsLock, surveyWitnesses } from './start-check';

/** What the keeper needs. Times in milliseconds. */
export interface JointLogOptions {
  readonly databaseUrl: string;
  readonly policy: NetworkPolicy;
  readonly logKey: KeyPair;
  /** Folder of the last checkpoint, on another disk than the database if there is one. */
  readonly lockDirectory: string;
  readonly onAlarm: OnAlarm;
  /** Told at each step of sequencing and signing; for tests that end the process there. */
  readonly onStep?: (step: SequenceStep | SignStep) => void;
  /** Pause when the queue is empty; 25 unless told. */
  readonly idleMs?: number;
  /** Between two signatures; 1,000 unless told. */
  readonly signMs?: number;
  readonly witnessTimeoutMs?: number;
  /** Milliseconds for which a witness may be silent before that is an alarm; 60,000 unless told. */
  readonly silenceToleratedMs?: number;
  readonly graceMs?: number;
  /** How witnesses are called; in the clear on this machine unless told. */
  readonly call?: CallHttp;
}

/** STANDBY: another process holds the place, or the database is away. CHECKING: not yet enough witnesses have answered to sign. HALTED: a person must look. */
export type JointLogState = 'STANDBY' | 'CHECKING' | 'RUNNING' | 'HALTED' | 'STOPPED';

/** A keeper that runs. */
export interface JointLog {
  state(): JointLogState;
  /** Told whenever a checkpoint became final in this process. */
  onFinal(listener: (checkpoint: LogCheckpoint) => void): void;
  /** Ends the loops after what they are at, and gives the place back. */
  stop(): Promise<void>;
}

/** First number of the session lock of the one sequencer. */
const LEADER_LOCK = 1_397_049_682;
const DEFAULT_IDLE_MS = 25;
const DEFAULT_SIGN_MS = 1_000;
const RETRY_MS = 500;
const CONNECT_MS = 5_000;
/** Without a final checkpoint for so long while one is signed, people are told. */
const QUORUM_LOST_MS = 60_000;
/** How often the newest signature is looked for. */
const CARRY_MS = 10;

/** Starts a keeper; resolves at once, also when another process holds the place. */
export function startJointLog(options: JointLogOptions): JointLog {
  return new Keeper({ ...options, onAlarm: oncePerMinute(options.onAlarm) });
}

class Keeper implements JointLog {
  private current: JointLogState = 'STANDBY';
  private stopping = new AbortController();
  private readonly done: Promise<void>;
  private finalMs = Date.now();
  private readonly listeners: ((checkpoint: LogCheckpoint) => void)[] = [];

  constructor(private readonly options: JointLogOptions) {
    this.done = this.keep();
  }

  state(): JointLogState {
    return this.current;
  }

  onFinal(listener: (checkpoint: LogCheckpoint) => void): void {
    this.listeners.push(listener);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
    this.current = 'STOPPED';
  }

  private async keep(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.lead();
      } catch (cause) {
        // Our own rule was broken: going on could sign what must not be signed. Anything else is the connection.
        if (cause instanceof AppError && !(cause instanceof FencedOff)) this.halt(cause.message);
      }
      if (this.current === 'HALTED') return;
      this.current = 'STANDBY';
      await this.pause(RETRY_MS);
    }
  }

  /** One term as the only sequencer; resolves when it is told to stop or was halted, rejects when the connection broke. */
  private async lead(): Promise<void> {
    const { databaseUrl, policy, lockDirectory } = this.options;
    const session = new Client({
      connectionString: databaseUrl,
      application_name: 'joint-log',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    });
    const lost = new AbortController();
    session.on('error', () => lost.abort());
    session.on('end', () => lost.abort());
    await session.connect();
    let lock: CheckpointLock | null = null;
    // The loops of signing and cosigning must not wait behind a batch of the sequencer.
    const pool = new Pool({ connectionString: databaseUrl, max: 4, application_name: 'joint-log-witnesses' });
    pool.on('error', () => {});
    try {
      const [row] = await rowsOf<{ readonly taken: boolean }>(session, {
        text: 'SELECT pg_try_advisory_lock($1, 0) AS taken',
        values: [LEADER_LOCK],
      });
      if (row?.taken !== true) return;
      lock = openCheckpointLock(lockDirectory, policy);
      if (lock === null) return;
      await requireSameAsLock(session, lock);
      this.current = 'CHECKING';
      const term = AbortSignal.any([this.stopping.signal, lost.signal]);
      await this.runLoops({ session, pool, lock, term, end: () => lost.abort() });
    } finally {
      lock?.close();
      await pool.end();
      await session.end().catch(() => {});
    }
  }

  private async runLoops(term: Term): Promise<void> {
    await untilFirstFails([this.sequence(term), this.signAndCosign(term)], term.end);
  }

  private async sequence({ session, term }: Term): Promise<void> {
    const { idleMs = DEFAULT_IDLE_MS, onStep } = this.options;
    let state = await loadSequencerState(session);
    while (this.goesOn(term)) {
      const done = await sequenceBatch(session, state, onStep);
      state = done.state;
      if (done.count < BATCH_SIZE) await pause(idleMs, term);
    }
  }

  private async signAndCosign(term: Term): Promise<void> {
    const {
      policy,
      onAlarm,
      logKey,
      onStep,
      signMs = DEFAULT_SIGN_MS,
      witnessTimeoutMs,
      graceMs,
      silenceToleratedMs,
      call,
    } = this.options;
    const { pool, lock } = term;
    if (!(await this.awaitWitnesses(term))) return;
    this.current = 'RUNNING';
    const cosigner = new Cosigner({
      source: pool,
      policy,
      onAlarm,
      witnessTimeoutMs,
      graceMs,
      silenceToleratedMs,
      call,
    });
    const newest: { checkpoint: LogCheckpoint | null } = { checkpoint: null };
    const sign = async (): Promise<void> => {
      while (this.goesOn(term.term)) {
        // Not over the sequencer's own connection, which may be inside a transaction.
        newest.checkpoint = await signHead({ source: pool, lock, origin: policy.origin, logKey, onStep });
        await pause(signMs, term.term);
      }
    };
    await untilFirstFails([sign(), this.carry(term, cosigner, newest)], term.end);
  }

  /** Offers each new signature at once, and the same one again to those who were away. */
  private async carry(
    { term }: Term,
    cosigner: Cosigner,
    newest: { readonly checkpoint: LogCheckpoint | null },
  ): Promise<void> {
    const { signMs = DEFAULT_SIGN_MS } = this.options;
    let offered: LogCheckpoint | null = null;
    let offeredMs = 0;
    while (this.goesOn(term)) {
      const { checkpoint } = newest;
      const isDue = checkpoint !== offered || Date.now() - offeredMs >= signMs;
      if (checkpoint !== null && isDue && cosigner.behind(checkpoint.size).length > 0) {
        offered = checkpoint;
        offeredMs = Date.now();
        await this.round(cosigner, checkpoint);
      }
      await pause(CARRY_MS, term);
    }
  }

  private async round(cosigner: Cosigner, checkpoint: LogCheckpoint): Promise<void> {
    const { final, halted } = await cosigner.round(checkpoint);
    if (final) {
      this.finalMs = Date.now();
      for (const listener of this.listeners) listener(checkpoint);
    } else if (Date.now() - this.finalMs >= QUORUM_LOST_MS) {
      this.options.onAlarm({ kind: 'NO_QUORUM', sinceMs: Date.now() - this.finalMs });
    }
    if (halted) this.halt('a witness holds a checkpoint that contradicts the database');
  }

  /** Nothing is signed before enough witnesses were asked; business and sequencing go on meanwhile. */
  private async awaitWitnesses({ pool, term }: Term): Promise<boolean> {
    const { policy, onAlarm, witnessTimeoutMs, call } = this.options;
    while (!term.aborted) {
      const { answered, contradicted } = await surveyWitnesses(pool, policy, onAlarm, witnessTimeoutMs, call);
      if (contradicted) {
        this.halt('a witness holds a checkpoint that contradicts the database');
        return false;
      }
      if (answered >= neededAnswers(policy)) return true;
      await pause(RETRY_MS, term);
    }
    return false;
  }

  private goesOn(term: AbortSignal): boolean {
    return !term.aborted && this.current !== 'HALTED';
  }

  private halt(reason: string): void {
    if (this.current === 'HALTED') return;
    this.current = 'HALTED';
    const alarm: LogAlarm = { kind: 'LOG_HALTED', reason };
    this.options.onAlarm(alarm);
  }

  private pause(ms: number): Promise<void> {
    return pause(ms, this.stopping.signal);
  }
}

/** Resolves when all loops have ended; when one fails or ends, the others are told to end, and the failure is thrown once they have. */
async function untilFirstFails(loops: readonly Promise<void>[], end: () => void): Promise<void> {
  try {
    await Promise.race(loops);
  } finally {
    end();
    await Promise.allSettled(loops);
  }
  await Promise.all(loops);
}

interface Term {
  readonly session: Client;
  readonly pool: Pool;
  readonly lock: CheckpointLock;
  /** Aborted when the term ends: told to stop, or the connection is lost. */
  readonly term: AbortSignal;
  end(): void;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
