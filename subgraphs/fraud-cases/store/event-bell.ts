// Hears when the database says that something happened. A connection of its own listens; one that breaks is replaced, and because notices may
// have been missed meanwhile, the bell rings when it stands again. A ring says only "look": what happened is read from the tables.

import { Client } from 'pg';
import { LIVE_CHANNEL } from './live-migration';

/** A bell that hears. */
export interface EventBell {
  /** Calls back at each ring until the returned function is called. */
  onRing(look: () => void): () => void;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Starts to listen; never rejects. `onLost` is told each time the connection broke. */
export function openEventBell(databaseUrl: string, onLost: () => void = () => {}): EventBell {
  const listeners = new Set<() => void>();
  let stopped = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  const ring = (): void => {
    for (const look of listeners) look();
  };
  let connecting = connect();

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: databaseUrl, application_name: 'fraud-cases-live', keepAlive: true });
    client = next;
    let isOver = false;
    const lost = (): void => {
      if (isOver || stopped) return;
      isOver = true;
      onLost();
      next.end().catch(() => {});
      timer = setTimeout(() => {
        connecting = connect();
      }, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    };
    next.on('error', lost);
    next.on('end', lost);
    next.on('notification', ring);
    try {
      await next.connect();
      await next.query(`LISTEN ${LIVE_CHANNEL}`);
      pauseMs = FIRST_PAUSE_MS;
      ring();
    } catch {
      lost();
    }
  }

  return {
    onRing(look) {
      listeners.add(look);
      return () => listeners.delete(look);
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => {});
    },
  };
}
