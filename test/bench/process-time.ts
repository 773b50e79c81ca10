// CPU time of the processes of a running network, read from /proc: each service, and the databases by whose they are. What a process
// of PostgreSQL used before it ended is kept by its parent and counted as shared.

import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU, user and system, by party. */
export type CpuTimes = Readonly<Record<string, number>>;

/** Milliseconds of one tick of /proc; Linux has a hundred a second on every platform that Node runs on. */
const TICK_MS = 10;

/** CPU time so far of the processes named, and of PostgreSQL under `postmaster`, by database. */
export function readCpuTimes(processes: Readonly<Record<string, number | null>>, postmaster: number): CpuTimes {
  const times: Record<string, number> = {};
  for (const [name, pid] of Object.entries(processes)) times[name] = pid === null ? 0 : (statOf(pid)?.ownMs ?? 0);
  for (const entry of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const stat = statOf(Number(entry));
    if (stat === null) continue;
    if (Number(entry) === postmaster) add(times, 'postgres shared', stat.ownMs + stat.endedChildrenMs);
    else if (stat.parent === postmaster) add(times, `postgres ${databaseOf(Number(entry))}`, stat.ownMs);
  }
  return times;
}

/** What each party used between two readings; never below zero. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(
    Object.entries(after).map(([name, time]) => [name, Math.max(0, time - (before[name] ?? 0))]),
  );
}

/** The process that a process is a child of; null when it is gone. */
export function parentOf(pid: number): number | null {
  return statOf(pid)?.parent ?? null;
}

interface Stat {
  readonly parent: number;
  readonly ownMs: number;
  readonly endedChildrenMs: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets; the fields are counted from behind it.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = (from: number): number => (fields[from] ?? 0) + (fields[from + 1] ?? 0);
    return { parent, ownMs: ticks(11) * TICK_MS, endedChildrenMs: ticks(13) * TICK_MS };
  } catch {
    return null;
  }
}

/** A backend calls itself `postgres: role database client`; a process of the cluster itself has no client. */
function databaseOf(pid: number): string {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return /^postgres: \S+ (\S+) \S*\(\d+\)/.exec(title)?.[1] ?? 'shared';
  } catch {
    return 'shared';
  }
}

function add(times: Record<string, number>, name: string, milliseconds: number): void {
  times[name] = (times[name] ?? 0) + milliseconds;
}
