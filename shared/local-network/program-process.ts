// One program of the network as a process: started with nothing of ours but its own environment, its output in a log file, an IPC
// channel that tells it when we are gone, and a session of its own, so that Ctrl-C reaches us alone and we end things in order.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { explain } from '../service/postgres-place';
import { CommandFailure } from './command-line';
import { entryFile, type ServicePlan } from './network-layout';
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
  /** Standard input; null unless asked for. */
  readonly input: Writable | null;
  /** Asks it to end, and after `limitMs` makes it. Resolves when it is gone. */
  stop(limitMs?: number): Promise<void>;
}

const STOP_LIMIT_MS = 13_000;
const READY_LIMIT_MS = 90_000;

/** Starts `main.js subcommand`. The log of an earlier run is kept when `appends`. */
export function startProcess(
  plan: ServicePlan,
  subcommand: 'serve' | 'migrate' | 'seed',
  house: ProgramHouse,
  options: { readonly takesInput?: boolean; readonly appends?: boolean } = {},
): ProgramProcess {
  house.signal.throwIfAborted();
  const logFile = join(house.logFolder, `${plan.name}.log`);
  const log = openSync(logFile, options.appends === true ? 'a' : 'w', 0o600);
  const child: ChildProcess = spawn(process.execPath, [entryFile(plan, house.compiledRoot), subcommand], {
    env: { ...house.inherited, ...plan.environment },
    stdio: [options.takesInput === true ? 'pipe' : 'ignore', log, log, 'ipc'],
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
  plan: ServicePlan,
  subcommand: 'migrate' | 'seed',
  house: ProgramHouse,
  feed?: (input: Writable) => Promise<void>,
): Promise<void> {
  const program = startProcess(plan, subcommand, house, { takesInput: feed !== undefined, appends: true });
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
  let text = '';
  try {
    text = readFileSync(logFile, 'utf8').slice(-20_000);
  } catch {
    return '.';
  }
  if (explain(text) !== null) return `: ${explain(text)}`;
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  const words = messageOf(line).trim().replace(/\.$/, '');
  return words === '' || words.length > 200 ? `; its log is ${logFile}.` : `: ${words}. Its log is ${logFile}.`;
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
