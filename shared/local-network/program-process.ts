// One program of the network as a process: started with nothing of ours but its own environment, its output in a log file, an IPC
// channel that tells it when we are gone, and a session of its own, so that Ctrl-C reaches us alone and we end things in order.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { explain } from '../service/postgres-place';
import { CommandFailure } from './command-line';
import { entryFile, type ProgramPlan, type ServicePlan } from './network-layout';
import { LOOPBACK } from './ports';

/** Where programs come from and where their output goes. */
export interface ProgramHouse {
  /** Folder of the compiled houses. */
  readonly compiledRoot: string;
  readonly logFolder: string;
  /** Variables that every program inherits, e.g. PATH. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Aborted when the network is to stop: nothing is started any more, and what is waited for ends. */
  readonly signal: AbortSignal;
}

/** A program that was started. */
export interface ProgramProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process is gone, with the exit code, or null when a signal ended it. Never rejects. */
  readonly ended: Promise<number | null>;
  isRunning(): boolean;
  /** Standard input and output; null unless asked for. What is not asked for goes into the log file. */
  readonly input: Writable | null;
  readonly output: Readable | null;
  /** Asks it to end, and after `limitMs` makes it. Resolves when it is gone. */
  stop(limitMs?: number): Promise<void>;
}

/** What the programs of a network can be told to do. */
export type Subcommand = 'serve' | 'migrate' | 'seed' | 'replay' | 'make';

const STOP_LIMIT_MS = 13_000;
const READY_LIMIT_MS = 90_000;

/** Starts `main.js subcommand`. The log of an earlier run is kept when `appends`. */
export function startProcess(
  plan: ProgramPlan,
  subcommand: Subcommand,
  house: ProgramHouse,
  options: { readonly takesInput?: boolean; readonly givesOutput?: boolean; readonly appends?: boolean } = {},
): ProgramProcess {
  house.signal.throwIfAborted();
  const logFile = join(house.logFolder, `${plan.name}.log`);
  const log = openSync(logFile, options.appends === true ? 'a' : 'w', 0o600);
  const child: ChildProcess = spawn(process.execPath, [entryFile(plan.house, house.compiledRoot), subcommand], {
    env: { ...house.inherited, ...plan.environment },
    stdio: [options.takesInput === true ? 'pipe' : 'ignore', options.givesOutput === true ? 'pipe' : log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  let running = true;
  const ended = new Promise<number | null>((resolve) => {
    const settle = (code: number | null): void => {
      running = false;
      resolve(code);
    };
    child.once('exit', settle);
    child.once('error', () => settle(null));
  });
  return {
    pid: child.pid ?? 0,
    logFile,
    ended,
    isRunning: () => running,
    input: child.stdin,
    output: child.stdout,
    async stop(limitMs = STOP_LIMIT_MS) {
      if (!running) return;
      child.kill('SIGTERM');
      // A process that was paused gets the signal only when it goes on.
      child.kill('SIGCONT');
      const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await ended;
      clearTimeout(limit);
    },
  };
}

/**
 * Runs a subcommand to its end; `feed` writes its standard input. Throws one sentence when it failed, and throws when the network is to
 * stop, after the program is gone.
 */
export async function runToEnd(
  plan: ProgramPlan,
  subcommand: Subcommand,
  house: ProgramHouse,
  feed?: (input: Writable) => Promise<void>,
): Promise<void> {
  await finish(startProcess(plan, subcommand, house, { takesInput: feed !== undefined, appends: true }), {
    plan,
    subcommand,
    house,
    feed,
  });
}

/** The same, and resolves with what the program wrote on its standard output. Meant for a few megabytes. */
export async function runForOutput(
  plan: ProgramPlan,
  subcommand: Subcommand,
  house: ProgramHouse,
  feed?: (input: Writable) => Promise<void>,
): Promise<string> {
  const options = { takesInput: feed !== undefined, givesOutput: true, appends: true };
  const program = startProcess(plan, subcommand, house, options);
  const output = program.output === null ? Promise.resolve('') : textOf(program.output);
  await finish(program, { plan, subcommand, house, feed });
  return output;
}

/** Resolves when the service says it is ready; throws one sentence when it ended instead or took longer than 90 seconds. */
export async function waitUntilReady(plan: ServicePlan, program: ProgramProcess, signal: AbortSignal): Promise<void> {
  const end = performance.now() + READY_LIMIT_MS;
  while (performance.now() < end) {
    signal.throwIfAborted();
    if (!program.isRunning()) {
      throw new CommandFailure(`${plan.name} ended before it was ready${lastWords(program.logFile)}`);
    }
    if (await isReady(plan.port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new CommandFailure(
    `${plan.name} was not ready after ${READY_LIMIT_MS / 1000} seconds; its log is ${program.logFile}.`,
  );
}

/** The sentence with which a program ended, from its log, without its full stop; null when there is none. */
export function lastLine(logFile: string): string | null {
  let text = '';
  try {
    text = readFileSync(logFile, 'utf8').slice(-20_000);
  } catch {
    return null;
  }
  const words = explain(text) ?? messageOf(text.trimEnd().split('\n').at(-1) ?? '').trim();
  return words === '' || words.length > 300 ? null : words.replace(/\.$/, '');
}

async function finish(
  program: ProgramProcess,
  run: {
    readonly plan: ProgramPlan;
    readonly subcommand: Subcommand;
    readonly house: ProgramHouse;
    readonly feed: ((input: Writable) => Promise<void>) | undefined;
  },
): Promise<void> {
  const { plan, subcommand, house, feed } = run;
  const onAbort = (): void => void program.stop(2_000);
  house.signal.addEventListener('abort', onAbort, { once: true });
  let feedFault: unknown;
  try {
    if (feed !== undefined && program.input !== null) {
      // A program that ended closes its end of the pipe; its exit code then says more than our broken pipe.
      await feed(program.input).catch((cause: unknown) => {
        feedFault = cause;
        if (!isBrokenPipe(cause)) void program.stop(2_000);
      });
    }
    const code = await program.ended;
    house.signal.throwIfAborted();
    if (feedFault !== undefined && !isBrokenPipe(feedFault)) throw feedFault;
    if (code !== 0) throw new CommandFailure(`${plan.name} could not ${subcommand}${lastWords(program.logFile)}`);
  } finally {
    house.signal.removeEventListener('abort', onAbort);
  }
}

/** All of a stream, never a rejection: what a program could not say shows in its exit code. */
async function textOf(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of stream) parts.push(part as Buffer);
  } catch {
    return '';
  }
  return Buffer.concat(parts).toString('utf8');
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${LOOPBACK}:${port}/readyz`, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function isBrokenPipe(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** The end of a sentence: what the program's log says last, or where the log is. */
function lastWords(logFile: string): string {
  const words = lastLine(logFile);
  return words === null ? `; its log is ${logFile}.` : `: ${words}. Its log is ${logFile}.`;
}

function messageOf(line: string): string {
  try {
    const entry = JSON.parse(line) as { readonly msg?: unknown; readonly err?: { readonly message?: unknown } };
    const message = typeof entry.err?.message === 'string' ? entry.err.message : entry.msg;
    return typeof message === 'string' ? message : '';
  } catch {
    return line;
  }
}
