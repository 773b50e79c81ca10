// What the machine is, and how much of it was used: CPU time of the database server with all its processes, of other processes, and of this one.
// CPU time says what an act costs also when other programs keep the machine busy; wall time does not. Read from /proc: null elsewhere.

import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import type { Client, Pool } from 'pg';

const MS_PER_TICK = 10;

/** CPU milliseconds since each process began. */
export interface CpuUse {
  readonly houseMs: number;
  readonly serverMs: number | null;
  readonly witnessesMs: number | null;
}

/** The machine and its load at this moment. */
export function machineText(): string {
  const load = loadavg().map((average) => average.toFixed(1));
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, ${memoryGb} GB, Node ${process.version}, load ${load.join(' ')}`;
}

/** CPU time used so far. */
export function cpuUse(postmaster: number | null, witnesses: readonly number[]): CpuUse {
  const { user, system } = process.cpuUsage();
  return {
    houseMs: (user + system) / 1000,
    serverMs: postmaster === null ? null : familyMs(postmaster),
    witnessesMs: sum(witnesses.map((pid) => ticksOf(pid)?.own ?? null)),
  };
}

/** Process number of the server: the parent of the process that answers a connection; null where there is no /proc. */
export async function postmasterOf(connection: Client | Pool): Promise<number | null> {
  const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return ticksOf(rows[0]?.pid ?? 0)?.parent ?? null;
}

/** A parent, its children that live, and those that ended. */
function familyMs(postmaster: number): number | null {
  const parent = ticksOf(postmaster);
  if (parent === null) return null;
  const children = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => ticksOf(Number(name)))
    .filter((process) => process?.parent === postmaster);
  return parent.own + parent.ended + children.reduce((total, child) => total + (child?.own ?? 0), 0);
}

interface Ticks {
  readonly parent: number;
  readonly own: number;
  readonly ended: number;
}

function ticksOf(pid: number): Ticks | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return {
      parent: fields[1] ?? 0,
      own: (user + system) * MS_PER_TICK,
      ended: (endedUser + endedSystem) * MS_PER_TICK,
    };
  } catch {
    return null;
  }
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
}
