// Which address serves which key of a partitioned subgraph. The bank's signed list of operators is read from a file and watched: an
// operator that joins, moves or leaves takes effect with the next call. A file that cannot be read changes nothing and is told.

import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseOperatorDirectory } from '../../shared/vocabulary/operator-directory';

/** Addresses of partitioned subgraphs. */
export interface Directory {
  /** Address of the server of `target`; null when nobody connected has that name. */
  addressOf(serviceName: string, target: string): string | null;
  /** Stops watching. */
  close(): void;
}

/** What a directory tells of its life; never a line of the file. */
export interface DirectoryEvents {
  readonly changed: (operatorCount: number) => void;
  readonly refused: (reason: string) => void;
}

/** A directory that never changes: subgraph → key → address. */
export function fixedDirectory(table: Readonly<Record<string, Readonly<Record<string, string>>>>): Directory {
  const addresses = new Map(Object.entries(table).map(([name, keys]) => [name, new Map(Object.entries(keys))]));
  return {
    addressOf: (serviceName, target) => addresses.get(serviceName)?.get(target) ?? null,
    close: () => undefined,
  };
}

/** A directory over operators.json that serves `serviceName`. Rejects when the file cannot be read at start; later faults keep what is known. */
export async function watchedDirectory(options: {
  readonly file: string;
  readonly serviceName: string;
  readonly events: DirectoryEvents;
}): Promise<Directory> {
  const { file, serviceName, events } = options;
  let text = await readFile(file, 'utf8');
  let addresses = addressesIn(text);
  if (addresses === null) throw new Error('The operators file is not a directory of operators.');
  let reading = false;
  let again = false;

  async function reread(): Promise<void> {
    do {
      again = false;
      try {
        const next = await readFile(file, 'utf8');
        if (next === text) continue;
        text = next;
        const found = addressesIn(next);
        if (found === null) {
          // A half-written file looks the same; the event of the other half reads it again.
          events.refused('The operators file is not a directory of operators; the one before stays in force.');
          continue;
        }
        addresses = found;
        events.changed(found.size);
      } catch {
        events.refused('The operators file cannot be read; the directory before stays in force.');
      }
    } while (again);
    reading = false;
  }

  function wake(): void {
    again = true;
    if (reading) return;
    reading = true;
    void reread();
  }

  // The folder is watched, not the file: a file replaced by rename would be lost from sight. The slow look is for file systems that tell nothing.
  const name = basename(file);
  const watcher = watch(dirname(file), (_event, changed) => {
    if (changed === null || changed === name) wake();
  });
  watcher.on('error', () =>
    events.refused('The operators file is no longer watched; it is looked at every two seconds.'),
  );
  watcher.unref();
  const slowLook = setInterval(wake, 2_000);
  slowLook.unref();

  return {
    addressOf: (service, target) => (service === serviceName ? (addresses?.get(target) ?? null) : null),
    close() {
      watcher.close();
      clearInterval(slowLook);
    },
  };
}

function addressesIn(text: string): ReadonlyMap<string, string> | null {
  const directory = parseOperatorDirectory(text);
  if (!directory.ok) return null;
  const connected = directory.value.operators.filter(({ state }) => state === 'CONNECTED');
  return new Map(connected.map(({ code, endpoint }) => [code, endpoint]));
}
