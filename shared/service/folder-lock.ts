// One process at a time in a folder: a file that names its holder by process id and start time, so that a number which the system
// gave to another process later is not mistaken for the holder. A lock whose holder is gone is taken over.

import { spawnSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A lock that this process holds. */
export interface FolderLock {
  /** Gives the lock back; harmless when repeated. */
  release(): void;
}

/** Takes the lock `name` in an existing `folder`, or returns null when a living process holds it. */
export function lockFolder(folder: string, name: string): FolderLock | null {
  const file = join(folder, name);
  const own = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (claim(file, own)) return { release: () => giveBack(file, own) };
    const holder = read(file);
    if (holder !== null && isAlive(holder)) return null;
    if (holder !== null) takeAway(file, holder);
  }
  return null;
}

/** Whether a living process holds the lock `name` in `folder`. */
export function isLocked(folder: string, name: string): boolean {
  const holder = read(join(folder, name));
  return holder !== null && isAlive(holder);
}

/** When the process began, as the system words it; null when there is no such process. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold spaces; the start is the 22nd field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return answer.status === 0 && answer.stdout.trim() !== '' ? answer.stdout.trim() : null;
  }
}

/** The file appears whole or not at all: it is written beside its place and linked there. */
function claim(file: string, own: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isAlive(holder: string): boolean {
  const [pid, ...start] = holder.split(' ');
  return startOf(Number(pid)) === start.join(' ');
}

/** Moves a dead holder's file aside; if another process claimed the place in between, its file is put back. */
function takeAway(file: string, dead: string): void {
  const aside = `${file}.gone.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== dead) linkSync(aside, file);
  } catch {
    // Somebody else was faster; the next attempt sees what is there now.
  } finally {
    rmSync(aside, { force: true });
  }
}

function giveBack(file: string, own: string): void {
  if (read(file) === own) rmSync(file, { force: true });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
