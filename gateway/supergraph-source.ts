// The supergraph that is served now, and the change to the next one: a new file is loaded and warmed with the operations that are in
// use before a request meets it. A file that cannot be served changes nothing and is told. Requests in flight keep their engine.

import { readFile } from 'node:fs/promises';
import { AppError } from '../shared/vocabulary/app-error';
import { createEngine, type Engine, type EngineNetwork } from './engine';
import type { OperationText } from './plan/plan';
import { watchFile } from './route/file-watch';
import { parsePartitionedNames } from './supergraph/partition-rules';

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

/** Operations with which a new engine is warmed. */
const REMEMBERED = 200;

/** Opens a supergraph file; rejects with a plain sentence when it cannot be served. */
export async function openSupergraph(options: {
  readonly supergraphFile: string;
  readonly partitionsFile: string;
  readonly network: EngineNetwork;
  readonly events: SupergraphEvents;
}): Promise<SupergraphSource> {
  const { supergraphFile, partitionsFile, network, events } = options;
  const callbacks = new Set<(engine: Engine) => void>();
  const inUse = new Map<string, OperationText>();
  let seen = await readFile(supergraphFile, 'utf8').catch(() => null);
  if (seen === null) throw new AppError('INTERNAL', 'The supergraph file cannot be read.');
  let engine = await load(seen);

  async function load(sdl: string): Promise<Engine> {
    const names = parsePartitionedNames(await readFile(partitionsFile, 'utf8').catch(() => ''));
    if (names === null) throw new AppError('INTERNAL', 'The partitions file does not name the partitioned subgraphs.');
    return createEngine({ sdl, partitionedNames: names, network });
  }

  const watching = watchFile(supergraphFile, async () => {
    const sdl = await readFile(supergraphFile, 'utf8').catch(() => null);
    if (sdl === seen || sdl === null) return;
    seen = sdl;
    try {
      const next = await load(sdl);
      for (const text of [...inUse.values()]) await next.prepare(text);
      engine = next;
      for (const callback of callbacks) callback(next);
      events.changed();
    } catch (fault) {
      events.refused(fault instanceof AppError ? fault.message : 'The supergraph cannot be loaded.');
    }
  });

  return {
    current: () => engine,
    onChange: (callback) => callbacks.add(callback),
    remember(text) {
      const key = `${text.operationName ?? ''}\u0000${text.query}`;
      if (inUse.delete(key) || inUse.size < REMEMBERED) {
        inUse.set(key, text);
        return;
      }
      const [oldest] = inUse.keys();
      if (oldest !== undefined) inUse.delete(oldest);
      inUse.set(key, text);
    },
    close: () => watching.close(),
  };
}
