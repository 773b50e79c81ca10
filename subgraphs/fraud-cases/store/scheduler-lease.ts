// The lease of the scheduler that works: a row with its holder and an end, by the database's clock. It keeps a second scheduler from doing the
// same work twice over; it is no lock. What each piece of work changes is guarded by the rows that it changes.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';

/**
 * Takes the lease, or keeps it; false while another holds it. A lease that ends later than any could have been given by now is a leftover
 * of a clock that went back, and counts for nothing.
 */
export async function holdLease(
  source: SqlSource,
  lease: { readonly name: string; readonly holder: string; readonly leaseMs: number },
): Promise<boolean> {
  const rows = await rowsOf(source, {
    name: 'hold_lease',
    text: `INSERT INTO scheduler_lease AS held (name, holder, held_until)
      VALUES ($1, $2, senim_now() + $3 * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
      WHERE held.holder = excluded.holder OR held.held_until < (SELECT senim_now()) OR held.held_until > excluded.held_until + interval '1 minute'
      RETURNING name`,
    values: [lease.name, lease.holder, lease.leaseMs],
  });
  return rows.length === 1;
}

/** Gives the lease back, if it is still held by this holder. */
export async function releaseLease(
  source: SqlSource,
  lease: { readonly name: string; readonly holder: string },
): Promise<void> {
  await rowsOf(source, {
    name: 'release_lease',
    text: 'DELETE FROM scheduler_lease WHERE name = $1 AND holder = $2',
    values: [lease.name, lease.holder],
  });
}
