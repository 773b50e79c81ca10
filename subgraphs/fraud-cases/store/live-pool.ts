// Connections of what is told while the service runs, apart from those of cases and log: a thousand listeners cost no command its turn.

import { Pool } from 'pg';

/** A small pool; the caller ends it. */
export function openLivePool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 4, application_name: 'fraud-cases-live', keepAlive: true });
  // A connection that breaks while idle is replaced by the pool itself.
  pool.on('error', () => {});
  return pool;
}
