// Gateways as processes of their own, compiled as they are delivered: the bare one and the one over Apollo Server. What a test learns of
// them is what they answer, print, hold in memory, and whether they still live.

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_ROOT } from './project-root';

/** Memory after its garbage was collected, in megabytes. */
export interface ProcessMemory {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly externalMb: number;
}

export interface GatewayProcess {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly pid: number;
  /** Everything that it has printed, the last 200,000 characters. */
  output(): string;
  /** How it ended; null while it lives. */
  ended(): string | null;
  /** Memory after garbage collection. */
  memory(): Promise<ProcessMemory>;
  /** CPU time so far, user and system, in milliseconds. */
  cpuMs(): number;
  /** Stops it in order; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `npm run gateway:bare` on a free port. `args` are its words without the port. */
export function startBareProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  return start(join('dist', 'gateway', 'bare.js'), ['--port', '0', ...args], environment);
}

/** Starts the gateway program on a free port. */
export function startHostedProcess(environment: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  return start(join('dist', 'gateway', 'main.js'), [], { ...environment, PORT: '0' });
}

/** Starts the same on a free port, but asked for no leave of the bank and believing operators that do not sign. */
export function startOpenProcess(environment: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  return start(join('test', 'support', 'open-gateway.cjs'), [], { ...environment, PORT: '0' });
}

/** CPU time of any process, user and system, in milliseconds; 0 when it is gone. Linux alone tells it. */
export function cpuMsOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; utime and stime are the 14th and 15th field, in ticks of a hundredth of a second.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

async function start(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const child = fork(join(PROJECT_ROOT, file), args, {
    execArgv: ['--expose-gc', '--require', join(PROJECT_ROOT, 'test', 'support', 'memory-probe.cjs')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
  });
  const output = collect(child);
  let ended: string | null = null;
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = signal ?? `exit code ${code}`;
      resolve(code);
    });
  });
  const origin = await untilListening(output, () => ended).catch((cause) => {
    child.kill('SIGKILL');
    throw cause;
  });
  return {
    origin,
    pid: child.pid ?? 0,
    output,
    ended: () => ended,
    memory: () =>
      new Promise((resolve, reject) => {
        if (ended !== null) return reject(new Error(`The gateway ended (${ended}).`));
        child.once('message', (memory: ProcessMemory) => resolve(memory));
        child.send('memory');
      }),
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function untilListening(output: () => string, ended: () => string | null): Promise<string> {
  for (const limitMs = performance.now() + 30_000; performance.now() < limitMs; ) {
    const url = /"url":"(http[^"]+)"/.exec(output())?.[1];
    if (url !== undefined) return new URL(url).origin;
    if (ended() !== null) throw new Error(`The gateway did not start (${ended()}):\n${output()}`);
    await sleep(20);
  }
  throw new Error(`The gateway did not say where it listens:\n${output()}`);
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + String(chunk)).slice(-200_000);
    });
  }
  return () => text;
}
