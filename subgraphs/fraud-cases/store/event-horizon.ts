// Up to where events can be read: the oldest transaction that is still open in this database, as the reading statement's own snapshot has it.
// Other databases of the cluster hold nobody back, because a transaction writes in one database. One of the snapshot's open transactions
// is left out only when the server says, after the snapshot was taken, that it is another database's; in any doubt it is waited for.

/**
 * SQL of the first transaction (xid8) of which events cannot be read yet: in this snapshot every earlier one of this database has ended. Only for
 * a statement that runs alone: within a transaction the server could tell of sessions as they were before the statement's snapshot.
 */
export const EVENT_HORIZON = `(SELECT CASE WHEN pg_snapshot_xmin(snapshot) = pg_snapshot_xmax(snapshot) THEN pg_snapshot_xmax(snapshot) ELSE (
    SELECT coalesce(min(open), pg_snapshot_xmax(snapshot)) FROM pg_snapshot_xip(snapshot) AS open
    WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_xid = open::xid AND datname <> current_database())
      AND NOT EXISTS (SELECT FROM pg_prepared_xacts WHERE transaction = open::xid AND database <> current_database())
  ) END FROM (SELECT pg_current_snapshot() AS snapshot) AS own)`;
