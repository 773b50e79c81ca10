// Reads of events in an order that never changes afterwards: by transaction, then place, and only of transactions before which none of this
// database is open any more. An event that commits late still stands behind everything that was read, so a reader that remembers the last
// place misses none and sees none twice. A transaction that is open for long holds readers back; it loses nothing. Places belong to one
// database cluster: a copy restored elsewhere by dump begins anew.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { EventPlace, OrderEvent, OrderEventKind } from '../domain/order-event';
import { EVENT_HORIZON } from './event-horizon';
import { toInstant, toInstantOrNull } from './instant-column';

/** A case in which something happened. */
export interface CaseChange extends EventPlace {
  readonly caseId: string;
}

/** An event of an order with its place. */
export interface PlacedOrderEvent extends EventPlace {
  readonly event: OrderEvent;
}

/** An act of the bank as it is stored, with some of what opens it. */
export interface StoredOpening {
  readonly jws: string;
  readonly salt: Buffer;
  readonly disclosures: readonly { readonly field: string; readonly salt: Buffer; readonly value: string }[];
}

/** Events of one kind as a reader follows them. */
export interface EventReads<Event extends EventPlace> {
  /** Events after a place, oldest first, at most `limit`. */
  after(place: EventPlace, limit: number): Promise<readonly Event[]>;
  /** Whether there is an event after the place that cannot be read yet. */
  awaits(place: EventPlace): Promise<boolean>;
}

/** What can be asked about events. */
export interface LiveReads {
  /** A place behind everything that can be read by now, and before everything that cannot. */
  horizon(): Promise<EventPlace>;
  readonly cases: EventReads<CaseChange>;
  readonly orders: EventReads<PlacedOrderEvent>;
  /** One operator's events after a place, oldest first. */
  ordersOf(operatorCode: string, place: EventPlace, limit: number): Promise<readonly PlacedOrderEvent[]>;
  /** The bank's acts that carry the signed orders of events, by event; only fields of the list are opened. One statement. */
  openingsOf(eventIds: readonly string[], fields: readonly string[]): Promise<ReadonlyMap<string, StoredOpening>>;
  /** The key that seals cursors of the feed, 32 bytes. */
  feedKey(): Promise<Buffer>;
}

/** The reads over a database at head. */
export function liveReads(source: SqlSource): LiveReads {
  return {
    async horizon() {
      const [row] = await rowsOf<{ readonly transaction: string }>(source, {
        name: 'live_horizon',
        text: `SELECT ${EVENT_HORIZON}::text AS transaction`,
      });
      invariant(row !== undefined, 'the database has a snapshot');
      return { transaction: row.transaction, place: '0' };
    },
    cases: {
      after: (place, limit) =>
        rowsOf<CaseChange>(source, {
          name: 'live_cases',
          text: `SELECT e.transaction::text, e.place::text, e.case_id AS "caseId" FROM case_event e
            WHERE (e.transaction, e.place) > ($1::xid8, $2::bigint) AND ${IS_SETTLED} ORDER BY e.transaction, e.place LIMIT $3`,
          values: [place.transaction, place.place, limit],
        }),
      awaits: (place) => exists(source, 'case_event', place),
    },
    orders: {
      after: async (place, limit) =>
        (
          await rowsOf<OrderEventRow>(source, {
            name: 'live_orders',
            text: `${ORDER_EVENTS} WHERE (e.transaction, e.place) > ($1::xid8, $2::bigint) AND ${IS_SETTLED}
              ORDER BY e.transaction, e.place LIMIT $3`,
            values: [place.transaction, place.place, limit],
          })
        ).map(toOrderEvent),
      awaits: (place) => exists(source, 'order_event', place),
    },
    async ordersOf(operatorCode, place, limit) {
      const rows = await rowsOf<OrderEventRow>(source, {
        name: 'live_orders_of',
        text: `${ORDER_EVENTS} WHERE e.operator_code = $1 AND (e.transaction, e.place) > ($2::xid8, $3::bigint)
          AND ${IS_SETTLED} ORDER BY e.transaction, e.place LIMIT $4`,
        values: [operatorCode, place.transaction, place.place, limit],
      });
      return rows.map(toOrderEvent);
    },
    async openingsOf(eventIds, fields) {
      const rows = await rowsOf<OpeningRow>(source, {
        name: 'live_openings',
        text: OPENINGS,
        values: [eventIds, fields],
      });
      return new Map(rows.map((row) => [row.event_id, toOpening(row)]));
    },
    async feedKey() {
      const [row] = await rowsOf<{ readonly key: Buffer }>(source, { text: 'SELECT key FROM feed_key' });
      invariant(row !== undefined, 'the migration made the key of the feed');
      return row.key;
    },
  };
}

interface OrderEventRow extends EventPlace {
  readonly id: string;
  readonly kind: OrderEventKind;
  readonly at: Date;
  readonly order_id: string;
  readonly operator_code: string;
  readonly sequence: number | null;
  readonly issued_at: Date | null;
  readonly state: BlockOrderState;
  readonly document: string | null;
  readonly receipt: string | null;
}

interface OpeningRow {
  readonly event_id: string;
  readonly jws: Buffer;
  readonly salt: Buffer;
  readonly fields: readonly string[];
  readonly salts: readonly Buffer[];
  readonly disclosed: readonly string[];
}

/** Every transaction of this database up to this one has ended, in the very snapshot that reads. */
const IS_SETTLED = `e.transaction < ${EVENT_HORIZON}`;

/** The event beside its order as that stands now; an order's text, once signed, is the same for ever. */
const ORDER_EVENTS = `SELECT e.transaction::text, e.place::text, e.id, e.kind, e.at, e.order_id, e.operator_code, o.issued_at, o.state,
    CASE e.kind WHEN 'LIFT' THEN o.lift_sequence ELSE o.sequence END AS sequence,
    CASE e.kind WHEN 'BLOCK' THEN o.document WHEN 'LIFT' THEN o.lift_document END AS document,
    CASE e.kind WHEN 'BLOCK' THEN o.receipt WHEN 'LIFT' THEN o.lift_receipt END AS receipt
  FROM order_event e JOIN block_order o ON o.id = e.order_id`;

/** An order and the act that commits to its hash were written by one transaction; one transaction may write several of a case. */
const OPENINGS = `
  SELECT e.id AS event_id, opening.jws, opening.salt, opened.fields, opened.salts, opened.disclosed
  FROM order_event e
  JOIN block_order o ON o.id = e.order_id
  CROSS JOIN LATERAL (SELECT CASE e.kind WHEN 'BLOCK' THEN o.document WHEN 'LIFT' THEN o.lift_document END AS document) AS signed
  JOIN case_event c ON c.case_id = e.case_id AND c.transaction = e.transaction
    AND c.kind = ANY (CASE e.kind WHEN 'LIFT' THEN ARRAY['lift.ordered', 'block.cancelled'] ELSE ARRAY['block.ordered', 'block.reissued'] END)
  JOIN audit.disclosure AS hash ON hash.act_id = c.act_id AND hash.field = 'orderHash' AND hash.value = convert_to(
    '"' || translate(encode(sha256(convert_to(signed.document, 'UTF8')), 'base64'), '+/=', '-_') || '"', 'UTF8')
  JOIN audit.opening ON opening.act_id = c.act_id
  CROSS JOIN LATERAL (
    SELECT array_agg(d.field ORDER BY d.field) AS fields, array_agg(d.salt ORDER BY d.field) AS salts,
      array_agg(convert_from(d.value, 'UTF8') ORDER BY d.field) AS disclosed
    FROM audit.disclosure d WHERE d.act_id = c.act_id AND d.field = ANY ($2)
  ) AS opened
  WHERE e.id = ANY ($1::uuid[]) AND signed.document IS NOT NULL`;

async function exists(source: SqlSource, table: 'case_event' | 'order_event', place: EventPlace): Promise<boolean> {
  const [row] = await rowsOf<{ readonly waits: boolean }>(source, {
    name: `live_awaits_${table}`,
    text: `SELECT EXISTS (SELECT FROM ${table} WHERE (transaction, place) > ($1::xid8, $2::bigint)) AS waits`,
    values: [place.transaction, place.place],
  });
  return row?.waits ?? false;
}

function toOrderEvent(row: OrderEventRow): PlacedOrderEvent {
  const { transaction, place, id, kind, state, document, receipt, sequence } = row;
  return {
    transaction,
    place,
    event: {
      id,
      kind,
      at: toInstant(row.at),
      orderId: row.order_id,
      operatorCode: row.operator_code,
      sequence,
      issuedAt: toInstantOrNull(row.issued_at),
      state,
      document,
      receipt,
    },
  };
}

function toOpening({ jws, salt, fields, salts, disclosed }: OpeningRow): StoredOpening {
  return {
    jws: jws.toString('latin1'),
    salt,
    disclosures: fields.map((field, at) => ({
      field,
      salt: salts[at] ?? Buffer.alloc(0),
      value: disclosed[at] ?? 'null',
    })),
  };
}
