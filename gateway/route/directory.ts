// Which address serves which key of a partitioned subgraph. The bank's list of operators is read from a file and watched: an operator
// that joins, moves or leaves takes effect with the next call. A file that cannot be read changes nothing and is told.

import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/vocabulary/app-error';
import { parseOperatorDirectory } from '../../shared/vocabulary/operator-directory';
import { watchFile } from './file-watch';

/** Addresses of partitioned subgraphs. */
export interface Directory {
  /** Address of the server of `target`; null when nobody connected has that name. */
  addressOf(serviceName: string, target: string): string | null;
  /** Stops watching. */
  close(): Promise<void>;
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
    close: () => Promise.resolve(),
  };
}

/** A directory over operators.json that serves `serviceName`. Rejects when the file is no directory at start; later faults keep what is known. */
export async function watchedDirectory(options: {
  readonly file: string;
  readonly serviceName: string;
  readonly events: DirectoryEvents;
}): Promise<Directory> {
  const { file, serviceName, events } = options;
  let text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new AppError('INTERNAL', 'The file named by OPERATORS_FILE cannot be read.');
  const atStart = addressesIn(text);
  if (atStart === null) throw new AppError('INTERNAL', 'The file named by OPERATORS_FILE is not a list of operators.');
  let addresses: ReadonlyMap<string, string> = atStart;

  const watching = watchFile(file, async () => {
    const next = await readFile(file, 'utf8').catch(() => null);
    if (next === text) return;
    text = next;
    // A half-written file looks like a broken one; the event of its other half brings us here again.
    const found = next === null ? null : addressesIn(next);
    if (found === null) {
      events.refused('The operators file is not a list of operators; the one before stays in force.');
      return;
    }
    addresses = found;
    events.changed(found.size);
  });
  return {
    addressOf: (service, target) => (service === serviceName ? (addresses.get(target) ?? null) : null),
    close: () => watching.close(),
  };
}

function addressesIn(text: string): ReadonlyMap<string, string> | null {
  const directory = parseOperatorDirectory(text);
  if (!directory.ok) return null;
  const connected = directory.value.operators.filter(({ state }) => state === 'CONNECTED');
  return new Map(connected.map(({ code, endpoint }) => [code, endpoint]));
}
