// The supergraph that is served now, and the change to the next one: new files are loaded and warmed with the operations that are in
// use before a request meets it. A file that cannot be served changes nothing and is told. Requests in flight keep their engine.

import { readFile } from 'node:fs/promises';
import { parse } from 'graphql';
import { AppError } from '../shared/vocabulary/app-error';
import { createEngine, type Engine, type EngineNetwork } from './engine';
import type { OperationText } from './plan/plan';
import { watchFile } from './route/file-watch';
import { parsePartitionedNames, readRoutes } from './supergraph/partition-rules';

export interface SupergraphSource {
  /** The engine for a request that begins now. */
  current(): Engine;
  /** Calls back with each engine that takes over. */
  onChange(callback: (engine: Engine) => void): void;
  /** Remembers an operation as in use, so that a new engine knows it from the start. */
  remember(text: OperationText): void;
  close(): Promise<void>;
}

/** What a source tells of its life. */
export interface SupergraphEvents {
  readonly changed: () => void;
  readonly refused: (reason: string) => void;
}

/** The two files as they were read at one time; null for one that could not be read. */
interface SourceFiles {
  readonly sdl: string | null;
  readonly partitions: string | null;
}

/** Operations with which a new engine is warmed. */
const REMEMBERED = 200;

/** Opens a supergraph file; rejects with a plain sentence when it cannot be served. */
export async function openSupergraph(options: {
  readonly supergraphFile: string;
  readonly partitionsFile: string;
  readonly network: EngineNetwork;
  /** False refuses operations that ask for the schema itself. */
  readonly introspection: boolean;
  readonly events: SupergraphEvents;
}): Promise<SupergraphSource> {
  const { supergraphFile, partitionsFile, network, introspection, events } = options;
  const callbacks = new Set<(engine: Engine) => void>();
  const inUse = new Map<string, OperationText>();
  let seen = await readFiles();
  let engine = load(seen);
  let looking = Promise.resolve();

  async function readFiles(): Promise<SourceFiles> {
    const [sdl, partitions] = await Promise.all([supergraphFile, partitionsFile].map(textOf));
    return { sdl: sdl ?? null, partitions: partitions ?? null };
  }

  function load({ sdl, partitions }: SourceFiles): Engine {
    if (sdl === null) throw new AppError('INTERNAL', 'The supergraph file cannot be read.');
    const partitionedNames = parsePartitionedNames(partitions ?? '');
    if (partitionedNames === null) {
      throw new AppError('INTERNAL', 'The partitions file does not name the partitioned subgraphs.');
    }
    const next = createEngine({ sdl, partitionedNames, network, introspection });
    // A subgraph of operators that is taken for one of the bank's would be believed: files that do not fit each other are refused.
    const { partitioned } = readRoutes(parse(sdl, { noLocation: true }), partitionedNames);
    if (partitionedNames.some((name) => !partitioned.has(name))) {
      throw new AppError('INTERNAL', 'The partitions file names a subgraph that the supergraph does not have.');
    }
    return next;
  }

  async function look(): Promise<void> {
    const found = await readFiles();
    if (found.sdl === seen.sdl && found.partitions === seen.partitions) return;
    // A file that is away for a moment is being replaced.
    if (found.sdl === null || found.partitions === null) return;
    seen = found;
    try {
      const next = load(found);
      for (const text of [...inUse.values()]) await next.prepare(text);
      engine = next;
      for (const callback of callbacks) callback(next);
      events.changed();
    } catch (fault) {
      events.refused(fault instanceof AppError ? fault.message : 'The supergraph cannot be loaded.');
    }
  }

  const lookInTurn = (): Promise<void> => {
    looking = looking.then(look);
    return looking;
  };
  const watches = [watchFile(supergraphFile, lookInTurn), watchFile(partitionsFile, lookInTurn)];

  return {
    current: () => engine,
    onChange: (callback) => callbacks.add(callback),
    remember(text) {
      const key = [text.view?.key ?? '', text.operationName ?? '', text.query].join('\u0000');
      if (inUse.delete(key) || inUse.size < REMEMBERED) {
        inUse.set(key, text);
        return;
      }
      const [oldest] = inUse.keys();
      if (oldest !== undefined) inUse.delete(oldest);
      inUse.set(key, text);
    },
    close: async () => {
      await Promise.all(watches.map((watching) => watching.close()));
    },
  };
}

function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
