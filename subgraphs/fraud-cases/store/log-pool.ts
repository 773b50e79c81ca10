// Connections of the log's reads, apart from those of the cases: a busy list of cases does not keep a witness waiting.

import { Pool } from 'pg';

/** A small pool; the caller ends it. */
export function openLogPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 4, application_name: 'fraud-cases-log', keepAlive: true });
  // A connection that breaks while idle is replaced by the pool itself.
  pool.on('error', () => {});
  return pool;
}
