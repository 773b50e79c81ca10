// What operators and dashboards are told while the service runs: events of orders, made by the table of orders itself in the transaction of
// the change; how far each webhook endpoint was told; and the nightly snapshot of statistics. Every event carries the transaction that
// made it, so that readers can wait until nothing earlier is still open.

import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import { ORDER_EVENT_KINDS } from '../domain/order-event';

/** Channel on which the database says that events were written; it carries no payload. */
export const LIVE_CHANNEL = 'fraud_cases_live';

const RING_LOCK = 7_263_653;

/** Creates order events, webhook outboxes and statistics snapshots. Needs the tables of cases and their events. Forward only. */
export class LiveEvents1795000000040 implements MigrationInterface {
  readonly name = 'LiveEvents1795000000040';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...RULES]) await runner.query(statement);
    await runner.query('INSERT INTO feed_key (key) VALUES ($1)', [randomBytes(32)]);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const kinds = ORDER_EVENT_KINDS.map((kind) => `'${kind}'`).join(', ');

const TABLES = [
  `CREATE INDEX case_event_by_transaction ON case_event (transaction, place)`,
  `CREATE TABLE order_event (
     place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
     order_id text NOT NULL REFERENCES block_order (id),
     case_id text NOT NULL,
     operator_code text NOT NULL,
     kind text NOT NULL CHECK (kind IN (${kinds})),
     at timestamptz(3) NOT NULL DEFAULT senim_now(),
     transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
   )`,
  `CREATE INDEX order_event_by_operator ON order_event (operator_code, transaction, place)`,
  `CREATE INDEX order_event_by_transaction ON order_event (transaction, place)`,
  // Seals the cursors of the feed: it lives as long as the events do, so that a cursor outlives every program.
  `CREATE TABLE feed_key (
     singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     key bytea NOT NULL CHECK (octet_length(key) = 32)
   )`,
  // Everything up to (transaction, place) has its delivery; of what came before the endpoint was known there is none.
  `CREATE TABLE webhook_endpoint (
     id text PRIMARY KEY,
     operator_code text NOT NULL,
     transaction xid8 NOT NULL,
     place bigint NOT NULL
   )`,
  `CREATE TABLE webhook_delivery (
     endpoint_id text NOT NULL REFERENCES webhook_endpoint (id),
     event_id uuid NOT NULL REFERENCES order_event (id),
     attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
     due_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     parked_at timestamptz(3),
     PRIMARY KEY (endpoint_id, event_id)
   )`,
  `CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at) WHERE parked_at IS NULL`,
  // Figures as they may be shown, and nothing else: no count that had to be hidden is kept.
  `CREATE TABLE statistics_snapshot (
     day date PRIMARY KEY,
     taken_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     figures jsonb NOT NULL
   )`,
];

const RULES = [
  `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON order_event EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION tell_order_event() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     v_before block_order;
   BEGIN
     IF TG_OP = 'UPDATE' THEN v_before := OLD; END IF;
     INSERT INTO order_event (order_id, case_id, operator_code, kind)
       SELECT NEW.id, NEW.case_id, NEW.operator_code, told.kind
       FROM (VALUES
         (1, 'BLOCK', NEW.document IS NOT NULL AND NEW.document IS DISTINCT FROM v_before.document),
         (2, NEW.state, NEW.state IN ('SUPERSEDED', 'EXPIRED', 'CANCELLED') AND NEW.document IS NOT NULL
            AND v_before.document IS NOT NULL AND NEW.state IS DISTINCT FROM v_before.state),
         (3, 'LIFT', NEW.lift_document IS NOT NULL AND NEW.lift_document IS DISTINCT FROM v_before.lift_document)
       ) AS told (rank, kind, holds)
       WHERE told.holds ORDER BY told.rank;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER tell_order_event AFTER INSERT OR UPDATE ON block_order FOR EACH ROW EXECUTE FUNCTION tell_order_event()`,
  // Orders that were signed before events were kept.
  `INSERT INTO order_event (order_id, case_id, operator_code, kind)
     SELECT id, case_id, operator_code, kind FROM (
       SELECT id, case_id, operator_code, 'BLOCK' AS kind, sequence AS number, issued_at FROM block_order WHERE document IS NOT NULL
       UNION ALL
       SELECT id, case_id, operator_code, 'LIFT', lift_sequence, issued_at FROM block_order WHERE lift_document IS NOT NULL
     ) AS signed ORDER BY issued_at, number`,
  // Every change of a case has its event, so one bell rings for all. A transaction that notifies holds a lock of the whole database from its
  // COMMIT's beginning to its end: if each did, commits would queue (measured with eight writers: 340 a second instead of 2,900). So
  // only one at a time rings; what commits unheard beside it is found by the next look, which comes a quarter of a second later.
  `CREATE FUNCTION ring_live() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF pg_try_advisory_xact_lock(${RING_LOCK}) THEN PERFORM pg_notify('${LIVE_CHANNEL}', ''); END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER ring_live AFTER INSERT ON case_event FOR EACH STATEMENT EXECUTE FUNCTION ring_live()`,
];
