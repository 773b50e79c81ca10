// The feed of block orders: what an operator reads at its own pace and misses nothing of. Each event carries the signed order and the bank's
// act that commits to it, opened as far as the order itself says it; who at the bank acted stays closed. Delivery itself is the
// dispatcher's; the feed is how an operator finds out that something was due to come.

import { decodeAct } from '../../../shared/audit/act';
import { parseCompactJws } from '../../../shared/audit/compact-jws';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { FIRST_PLACE, type OrderEventKind } from '../domain/order-event';
import type { LiveReads, PlacedOrderEvent, StoredOpening } from '../store/live-reads';
import type { FeedCursorSeal } from './feed-cursor';

/** An act with what opens it, in the form in which acts travel: base64url, values as JSON text. */
export interface FeedAct {
  readonly act: string;
  readonly salt: string;
  readonly disclosures: readonly { readonly field: string; readonly salt: string; readonly value: string }[];
}

/** One event as an operator reads it. `state` is the order's now. */
export interface FeedEvent {
  readonly id: string;
  readonly kind: OrderEventKind;
  readonly at: Instant;
  readonly orderId: string;
  readonly sequence: number | null;
  readonly issuedAt: Instant | null;
  readonly state: BlockOrderState;
  readonly document: string | null;
  /** The operator's own receipt, as the bank holds it by now. */
  readonly receipt: string | null;
  /** Null for what is no order, and once what opens the act was erased. */
  readonly act: FeedAct | null;
}

/** A page. `next` is where to go on, also when the page is empty; `more` says that the next page has something already. */
export interface FeedPage {
  readonly events: readonly FeedEvent[];
  readonly next: string;
  readonly more: boolean;
}

/** Reads pages for an operator whose identity was verified. Refused: a cursor that was not given to this very operator. */
export type OrderFeed = (
  operatorCode: string,
  after: string | null,
  limit: number,
) => Promise<Result<FeedPage, 'BAD_CURSOR'>>;

/** The feed over the events of a database. Two statements a page. */
export function orderFeed(reads: LiveReads, cursors: FeedCursorSeal): OrderFeed {
  return async (operatorCode, after, limit) => {
    const from = after === null ? FIRST_PLACE : cursors.open(after, operatorCode);
    if (from === null) return refused('BAD_CURSOR');
    const found = await reads.ordersOf(operatorCode, from, limit + 1);
    const page = found.slice(0, limit);
    const signed = page.flatMap(({ event }) => (event.document === null ? [] : [event.id]));
    const openings = signed.length === 0 ? new Map() : await reads.openingsOf(signed, OPENED_FIELDS);
    return accepted({
      events: page.map((placed) => toFeedEvent(placed, openings.get(placed.event.id), operatorCode)),
      next: cursors.seal(page.at(-1) ?? from, operatorCode),
      more: found.length > limit,
    });
  };
}

/** Fields of an order's act that repeat what the order says. Everything else, the actor first, is not opened to an operator. */
const OPENED_FIELDS = [
  'orderId',
  'order',
  'orderHash',
  'sequence',
  'lift_sequence',
  'msisdn',
  'operatorCode',
  'kind',
  'measures',
  'reason',
  'validUntil',
];

function toFeedEvent({ event }: PlacedOrderEvent, opening: StoredOpening | undefined, operatorCode: string): FeedEvent {
  const { operatorCode: _, ...told } = event;
  return { ...told, act: opening === undefined ? null : toFeedAct(opening, operatorCode) };
}

/** The act, if it is addressed to the operator. */
function toFeedAct({ jws, salt, disclosures }: StoredOpening, operatorCode: string): FeedAct | null {
  if (!decodeAct(parseCompactJws(jws).payload).to.includes(operatorCode)) return null;
  return {
    act: jws,
    salt: encodeBase64Url(salt),
    disclosures: disclosures.map((each) => ({ ...each, salt: encodeBase64Url(each.salt) })),
  };
}
