// What operators recorded about the block orders of the demo's cases: the other side of the bank's orders, told from them, so that
// both agree. Also which spans of a number were without traffic because of a block.

import type { CaseFact, OperatorFact } from '../../vocabulary/seed-fact';
import { instantText } from './demo-calendar';
import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';
import type { Line } from './line';

/** A span in which a block stood; `untilMs` null while it stands. */
export interface BlockedSpan {
  readonly fromMs: number;
  readonly untilMs: number | null;
}

/** The operator's enforcements of the orders of `cases`, on its tenures among `lines`. */
export function* enforcementFacts(
  cases: readonly CaseFact[],
  lines: readonly Line[],
  operator: OperatorIndex,
): Generator<OperatorFact> {
  const lineOf = new Map(lines.map((line) => [line.msisdn, line]));
  for (const order of cases.flatMap((fact) => fact.blockOrders)) {
    if (order.operatorCode !== DEMO_OPERATORS[operator].code || order.deliveredAt === null) continue;
    const deliveredAtMs = Date.parse(order.deliveredAt);
    const tenure = lineOf
      .get(order.msisdn)
      ?.tenures.findLast((served) => served.operator === operator && served.sinceMs <= deliveredAtMs);
    if (tenure === undefined || order.sequence === null) continue;
    yield {
      kind: 'enforcement',
      orderId: order.id,
      sequence: order.sequence,
      msisdn: order.msisdn,
      since: instantText(tenure.sinceMs),
      state: enforcementState(order.state, order.enforcedAt !== null),
      measures: order.measures,
      receivedAt: order.deliveredAt,
      enforcedAt: order.enforcedAt,
      liftedAt: order.liftedAt,
    };
  }
}

/** The spans in which a number was wholly blocked. */
export function blockedSpans(cases: readonly CaseFact[], msisdn: string): readonly BlockedSpan[] {
  const orders = cases.flatMap((fact) => fact.blockOrders).filter((order) => order.msisdn === msisdn);
  const spans: BlockedSpan[] = [];
  for (const order of orders) {
    if (order.enforcedAt === null || order.state === 'PARTIALLY_ENFORCED') continue;
    const successor = orders.find((later) => later.id === order.supersededBy);
    const until = order.liftedAt ?? successor?.enforcedAt ?? null;
    spans.push({ fromMs: Date.parse(order.enforcedAt), untilMs: until === null ? null : Date.parse(until) });
  }
  return spans;
}

function enforcementState(orderState: string, wasEnforced: boolean): string {
  switch (orderState) {
    case 'FAILED':
    case 'PARTIALLY_ENFORCED':
    case 'LIFTED':
      return orderState;
    case 'EXPIRED':
      return 'LIFTED';
    case 'SUPERSEDED':
      return wasEnforced ? 'SUPERSEDED' : 'NOT_SERVED_HERE';
    default:
      return wasEnforced ? 'ENFORCED' : 'RECEIVED';
  }
}
