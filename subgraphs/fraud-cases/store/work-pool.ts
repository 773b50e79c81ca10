// Connections of what works by itself beside the service, apart from those of the api: a busy api does not keep the timers waiting.

import { Pool } from 'pg';

/** A small pool; the caller ends it. `name` is shown by the server beside each connection. */
export function openWorkPool(url: string, name: string): Pool {
  const pool = new Pool({ connectionString: url, max: 2, application_name: `fraud-cases-${name}`, keepAlive: true });
  // A connection that breaks while idle is replaced by the pool itself.
  pool.on('error', () => {});
  return pool;
}
