// The outbox of webhooks: for each endpoint, which events it still has to be told of. Events become deliveries in one transaction with the
// place up to which they did, so none is missed and none comes twice into the outbox. If we stop after a delivery was claimed, its lease
// ends and it is claimed again: an endpoint may be told twice, never not at all.

import type { Pool } from 'pg';
import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { OrderEvent, OrderEventKind } from '../domain/order-event';
import { EVENT_HORIZON } from './event-horizon';
import { toInstant, toInstantOrNull } from './instant-column';

/** An endpoint by its id, which is made of the operator's code and the address: another address is another endpoint. */
export interface OutboxEndpoint {
  readonly id: string;
  readonly operatorCode: string;
}

/** What a webhook tells of an event. */
export type ToldEvent = Pick<OrderEvent, 'id' | 'kind' | 'at' | 'orderId' | 'sequence' | 'issuedAt'>;

/** A delivery that this process tries now. */
export interface ClaimedDelivery {
  readonly event: ToldEvent;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/** The outbox over a database at head. Instants are the database's. */
export interface WebhookOutbox {
  /** Makes endpoints known: a new one is told of what happens from now on; one that is not named any more is told of nothing more. */
  register(endpoints: readonly OutboxEndpoint[]): Promise<void>;
  /** Makes deliveries of the events after the endpoint's place, at most `most`; resolves with how many. Skips an endpoint that another process fills. */
  fill(endpointId: string, most: number): Promise<number>;
  /** Takes deliveries that are due, at most `most`, for `leaseMs`; no other process takes them meanwhile. */
  claim(endpointId: string, most: number, leaseMs: number): Promise<readonly ClaimedDelivery[]>;
  /** The endpoint took it. */
  done(endpointId: string, eventId: string): Promise<void>;
  /** It is tried again after a pause. */
  retry(endpointId: string, eventId: string, pauseMs: number): Promise<void>;
  /** It is not tried again. */
  park(endpointId: string, eventId: string): Promise<void>;
  /** Milliseconds until the next delivery is due; null when none waits. */
  nextDueMs(endpointId: string): Promise<number | null>;
}

/** The outbox in a database. */
export function webhookOutbox(pool: Pool): WebhookOutbox {
  const run = (text: string, values: readonly unknown[]) => rowsOf(pool, { text, values });
  return {
    async register(endpoints) {
      await run(
        `WITH named AS (SELECT * FROM unnest($1::text[], $2::text[]) AS named (id, operator_code)),
           gone AS (DELETE FROM webhook_delivery WHERE endpoint_id NOT IN (SELECT id FROM named))
         INSERT INTO webhook_endpoint (id, operator_code, transaction, place)
           SELECT id, operator_code, ${EVENT_HORIZON}, 0 FROM named ON CONFLICT (id) DO NOTHING`,
        [endpoints.map(({ id }) => id), endpoints.map(({ operatorCode }) => operatorCode)],
      );
      await run('DELETE FROM webhook_endpoint WHERE id <> ALL ($1)', [endpoints.map(({ id }) => id)]);
    },
    async fill(endpointId, most) {
      const [row] = await rowsOf<{ readonly filled: number }>(pool, {
        name: 'webhook_fill',
        text: FILL,
        values: [endpointId, most],
      });
      return row?.filled ?? 0;
    },
    async claim(endpointId, most, leaseMs) {
      const rows = await rowsOf<ClaimRow>(pool, {
        name: 'webhook_claim',
        text: CLAIM,
        values: [endpointId, most, leaseMs],
      });
      return rows.map(toClaimed);
    },
    async done(endpointId, eventId) {
      await run('DELETE FROM webhook_delivery WHERE endpoint_id = $1 AND event_id = $2', [endpointId, eventId]);
    },
    async retry(endpointId, eventId, pauseMs) {
      await run(
        `UPDATE webhook_delivery SET due_at = senim_now() + $3 * interval '1 millisecond'
         WHERE endpoint_id = $1 AND event_id = $2`,
        [endpointId, eventId, pauseMs],
      );
    },
    async park(endpointId, eventId) {
      await run('UPDATE webhook_delivery SET parked_at = senim_now() WHERE endpoint_id = $1 AND event_id = $2', [
        endpointId,
        eventId,
      ]);
    },
    async nextDueMs(endpointId) {
      const [row] = await rowsOf<{ readonly due: number | null }>(pool, {
        name: 'webhook_next_due',
        text: `SELECT (extract(epoch FROM min(due_at) - senim_now()) * 1000)::float8 AS due
          FROM webhook_delivery WHERE endpoint_id = $1 AND parked_at IS NULL`,
        values: [endpointId],
      });
      return row?.due === null || row === undefined ? null : Math.max(0, Math.ceil(row.due));
    },
  };
}

/** Sets parked deliveries going again with all their attempts: of all endpoints, or of those of one operator. Resolves with their number. */
export async function retryParkedWebhooks(source: SqlSource, operatorCode: string | null): Promise<number> {
  const rows = await rowsOf(source, {
    text: `UPDATE webhook_delivery SET parked_at = NULL, attempts = 0, due_at = senim_now()
      FROM webhook_endpoint WHERE webhook_endpoint.id = endpoint_id AND parked_at IS NOT NULL
        AND ($1::text IS NULL OR operator_code = $1) RETURNING 1`,
    values: [operatorCode],
  });
  return rows.length;
}

interface ClaimRow {
  readonly id: string;
  readonly kind: OrderEventKind;
  readonly at: Date;
  readonly order_id: string;
  readonly sequence: number | null;
  readonly issued_at: Date | null;
  readonly attempts: number;
}

/** One statement: it locks the endpoint, reads up to the horizon as every reader does, and moves the place. */
const FILL = `
  WITH endpoint AS (SELECT * FROM webhook_endpoint WHERE id = $1 FOR UPDATE SKIP LOCKED),
  news AS (
    SELECT e.id, e.transaction, e.place FROM order_event e, endpoint
    WHERE e.operator_code = endpoint.operator_code AND (e.transaction, e.place) > (endpoint.transaction, endpoint.place)
      AND e.transaction < ${EVENT_HORIZON}
    ORDER BY e.transaction, e.place LIMIT $2),
  queued AS (INSERT INTO webhook_delivery (endpoint_id, event_id) SELECT $1, id FROM news ON CONFLICT DO NOTHING),
  newest AS (SELECT transaction, place FROM news ORDER BY transaction DESC, place DESC LIMIT 1),
  moved AS (
    UPDATE webhook_endpoint SET transaction = newest.transaction, place = newest.place FROM newest WHERE id = $1)
  SELECT count(*)::int AS filled FROM news`;

const CLAIM = `
  WITH due AS (
    SELECT event_id FROM webhook_delivery WHERE endpoint_id = $1 AND parked_at IS NULL AND due_at <= senim_now()
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE webhook_delivery d SET attempts = d.attempts + 1, due_at = senim_now() + $3 * interval '1 millisecond'
    FROM due WHERE d.endpoint_id = $1 AND d.event_id = due.event_id RETURNING d.event_id, d.attempts)
  SELECT e.id, e.kind, e.at, e.order_id, o.issued_at, claimed.attempts,
    CASE e.kind WHEN 'LIFT' THEN o.lift_sequence ELSE o.sequence END AS sequence
  FROM claimed JOIN order_event e ON e.id = claimed.event_id JOIN block_order o ON o.id = e.order_id
  ORDER BY e.transaction, e.place`;

function toClaimed(row: ClaimRow): ClaimedDelivery {
  const { id, kind, sequence } = row;
  return {
    event: {
      id,
      kind,
      at: toInstant(row.at),
      orderId: row.order_id,
      sequence,
      issuedAt: toInstantOrNull(row.issued_at),
    },
    attempt: row.attempts,
  };
}
