// The block orders of one case: issued, received and executed by operators, replaced, lifted. The sequence of a number is counted
// over all cases; which command leads here is decided by the history of the case.

import type { CaseFact } from '../../vocabulary/seed-fact';
import type { ClockBook } from './clock-book';
import { instantText, instantTextOrNull, MINUTE_MS } from './demo-calendar';
import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';
import { uuidFor } from './draw';

/** An order in the making. */
export type Order = { -readonly [Member in keyof OrderFact]: OrderFact[Member] };
type OrderFact = CaseFact['blockOrders'][number];

/** An order to be issued. */
export interface OrderIssue {
  readonly msisdn: string;
  readonly operator: OperatorIndex;
  readonly orderKind: 'TEMPORARY' | 'CONFIRMED';
  readonly reason: string;
  readonly issuedAtMs: number;
  readonly validUntilMs: number | null;
}

/** The id of a case's order, the first being 1. */
export function blockOrderId(seed: number, caseOrdinal: number, order: number): string {
  return uuidFor(seed, ORDER, caseOrdinal, order);
}

/** Orders in the order of their issue. `sequences` is shared by all cases. */
export class OrderBook {
  readonly orders: Order[] = [];

  constructor(
    private readonly seed: number,
    private readonly caseOrdinal: number,
    private readonly sequences: Map<string, number>,
    private readonly clocks: ClockBook,
  ) {}

  /** Issues an order; an earlier one of the same number that was not ended gives way to it. */
  issue(order: OrderIssue): void {
    const id = blockOrderId(this.seed, this.caseOrdinal, this.orders.length + 1);
    for (const earlier of this.orders) {
      if (earlier.msisdn !== order.msisdn || earlier.state === 'LIFTED' || earlier.state === 'EXPIRED') continue;
      Object.assign(earlier, { state: 'SUPERSEDED', supersededBy: id, version: earlier.version + 1 });
    }
    this.orders.push({
      id,
      sequence: this.nextSequence(order.msisdn),
      msisdn: order.msisdn,
      operatorCode: DEMO_OPERATORS[order.operator].code,
      orderKind: order.orderKind,
      state: 'ISSUED',
      version: 1,
      measures: ALL_MEASURES,
      reason: order.reason,
      issuedAt: instantText(order.issuedAtMs),
      deliveredAt: null,
      acknowledgedAt: null,
      enforcedAt: null,
      liftedAt: null,
      validUntil: instantTextOrNull(order.validUntilMs),
      liftSequence: null,
      supersededBy: null,
    });
  }

  /** The order reaches its operator, which acknowledges it at once. */
  receive(order: Order, nowMs: number): void {
    order.deliveredAt = instantText(nowMs);
    this.clocks.start('OP-05', order.operatorCode, nowMs, order.id);
    this.clocks.start('OP-06', order.operatorCode, nowMs, order.id);
    order.acknowledgedAt = instantText(nowMs);
    this.clocks.stop('OP-05', nowMs, order.id);
    order.version += 3;
  }

  /** The operator has executed the order. */
  enforce(order: Order, nowMs: number): void {
    order.enforcedAt = instantText(nowMs);
    order.state = 'ENFORCED';
    this.clocks.stop('OP-06', nowMs, order.id);
    if (order.orderKind === 'TEMPORARY') this.clocks.start('AFC-04', 'afc', nowMs, order.id);
    for (const earlier of this.orders) {
      if (earlier.state === 'SUPERSEDED') this.clocks.stop('AFC-04', nowMs, earlier.id);
    }
  }

  /** The order is lifted and the operator restores the services; tells when it had. */
  lift(order: Order, nowMs: number): number {
    const liftedAtMs = nowMs + MINUTES_TO_LIFT * MINUTE_MS;
    order.liftSequence = this.nextSequence(order.msisdn);
    this.clocks.stop('AFC-04', nowMs, order.id);
    this.clocks.start('OP-13', order.operatorCode, nowMs, order.id);
    this.clocks.stop('OP-13', liftedAtMs, order.id);
    Object.assign(order, { state: 'LIFTED', liftedAt: instantText(liftedAtMs), version: order.version + 2 });
    return liftedAtMs;
  }

  /** The newest order of a number. */
  newest(msisdn: string): Order {
    const order = this.orders.findLast((issued) => issued.msisdn === msisdn);
    if (order === undefined) throw new Error('A script of the demo enforces a block that nobody ordered.');
    return order;
  }

  private nextSequence(msisdn: string): number {
    const sequence = (this.sequences.get(msisdn) ?? 0) + 1;
    this.sequences.set(msisdn, sequence);
    return sequence;
  }
}

const ORDER = 71;
const MINUTES_TO_LIFT = 7;

const ALL_MEASURES = ['VOICE_OUT', 'VOICE_IN', 'SMS_OUT', 'SMS_IN', 'DATA', 'PORT_FREEZE', 'SIM_SWAP_FREEZE'] as const;
