// What an operator is told about its orders, in the feed and by webhook. Which change of an order makes which event is decided by the table
// of orders.

import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';

/** BLOCK and LIFT: a signed order to carry out. The others: an order that was signed before does not stand any more, by the bank's books. */
export const ORDER_EVENT_KINDS = ['BLOCK', 'LIFT', 'SUPERSEDED', 'EXPIRED', 'CANCELLED'] as const;
export type OrderEventKind = (typeof ORDER_EVENT_KINDS)[number];

/** One thing that happened to one order. */
export interface OrderEvent {
  readonly id: string;
  readonly kind: OrderEventKind;
  readonly at: Instant;
  readonly orderId: string;
  readonly operatorCode: string;
  /** Sequence of the signed order; of the block for what is no order. */
  readonly sequence: number | null;
  readonly issuedAt: Instant | null;
  /** Where the order stands now, which may be later than the event. */
  readonly state: BlockOrderState;
  /** The signed order; null for what is none. */
  readonly document: string | null;
  /** The operator's own signed answer to it, as the bank holds it by now; null while there is none. */
  readonly receipt: string | null;
}

/** A place among events: readers go by transaction first, because a smaller place may become visible later. Decimal texts. */
export interface EventPlace {
  readonly transaction: string;
  readonly place: string;
}

/** Before every event. */
export const FIRST_PLACE: EventPlace = { transaction: '0', place: '0' };
