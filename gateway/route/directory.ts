// Which address serves which key of a partitioned subgraph, and by which schema. The bank's list of operators is read from a file and
// watched: an operator that joins, moves, leaves or changes its schema takes effect with the next call. Files that cannot be read, or
// whose hash is not the one that the list states, change nothing and are told.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/vocabulary/app-error';
import { parseOperatorDirectory } from '../../shared/vocabulary/operator-directory';
import { watchFile } from './file-watch';
import { parseServedSchema, type ServedSchema } from './served-schema';

/** Addresses of partitioned subgraphs. */
export interface Directory {
  /** Address of the server of `target`; null when nobody connected has that name. */
  addressOf(serviceName: string, target: string): string | null;
  /** The schema that it serves; null when that is the contract. */
  schemaOf(serviceName: string, target: string): ServedSchema | null;
  /** The public key by which it signs answers, as the list spells it; null when the list names none. */
  responseKeyOf(serviceName: string, target: string): string | null;
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
    schemaOf: () => null,
    responseKeyOf: () => null,
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
  const atStart = await operatorsIn(text, dirname(file), new Map());
  if (typeof atStart === 'string') throw new AppError('INTERNAL', AT_START[atStart]);
  let operators = atStart;
  let schemaAwaited = false;

  const watching = watchFile(file, async () => {
    const next = await readFile(file, 'utf8').catch(() => null);
    // A schema that is delivered after the list that names it is looked for again, without a word.
    if (next === text && !schemaAwaited) return;
    const told = next === text;
    text = next;
    // A half-written file looks like a broken one; the event of its other half brings us here again.
    const found = next === null ? 'NO_LIST' : await operatorsIn(next, dirname(file), operators);
    schemaAwaited = found === 'NO_SCHEMA';
    if (typeof found === 'string') {
      if (!told) events.refused(LATER[found]);
      return;
    }
    operators = found;
    events.changed(found.size);
  });
  return {
    addressOf: (service, target) => (service === serviceName ? (operators.get(target)?.endpoint ?? null) : null),
    schemaOf: (service, target) => (service === serviceName ? (operators.get(target)?.served ?? null) : null),
    responseKeyOf: (service, target) => (service === serviceName ? (operators.get(target)?.responseKey ?? null) : null),
    close: () => watching.close(),
  };
}

/** One connected operator. */
interface Connected {
  readonly endpoint: string;
  readonly schemaHash: string | null;
  readonly served: ServedSchema | null;
  readonly responseKey: string | null;
}

type Operators = ReadonlyMap<string, Connected>;

const AT_START = {
  NO_LIST: 'The file named by OPERATORS_FILE is not a list of operators.',
  NO_SCHEMA: 'A schema file that OPERATORS_FILE names is missing, is no schema or has another hash.',
} as const;

const LATER = {
  NO_LIST: 'The operators file is not a list of operators; the one before stays in force.',
  NO_SCHEMA:
    'A schema file of the operators file is missing, is no schema or has another hash; the list before stays in force.',
} as const;

/** Far above any schema; a larger file is none. */
const SCHEMA_LIMIT_BYTES = 1_048_576;

/** The operators of a list whose schema files lie in `folder`; a schema that `known` holds is not read again. */
async function operatorsIn(text: string, folder: string, known: Operators): Promise<Operators | keyof typeof LATER> {
  const directory = parseOperatorDirectory(text);
  if (!directory.ok) return 'NO_LIST';
  const byHash = new Map<string, ServedSchema>();
  for (const { schemaHash, served } of known.values()) {
    if (schemaHash !== null && served !== null) byHash.set(schemaHash, served);
  }
  const operators = new Map<string, Connected>();
  for (const { code, endpoint, state, schemaHash, schemaFile, keys } of directory.value.operators) {
    if (state !== 'CONNECTED') continue;
    let served: ServedSchema | null = null;
    if (schemaFile !== null && schemaHash !== null) {
      served = byHash.get(schemaHash) ?? (await readSchema(join(folder, schemaFile), schemaHash));
      if (served === null) return 'NO_SCHEMA';
      byHash.set(schemaHash, served);
    }
    operators.set(code, { endpoint, schemaHash, served, responseKey: keys.response ?? null });
  }
  return operators;
}

async function readSchema(file: string, hash: string): Promise<ServedSchema | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null || bytes.length > SCHEMA_LIMIT_BYTES) return null;
  if (createHash('sha256').update(bytes).digest('hex') !== hash) return null;
  return parseServedSchema(bytes.toString('utf8'));
}
