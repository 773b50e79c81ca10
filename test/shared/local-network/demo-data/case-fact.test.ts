// The demo's cases obey the rules that the bank keeps: one open case and one live order a number, sequences without a gap, two
// persons for two pairs of eyes, instants in order, clocks that agree with what happened, and operators who recorded the same.

import { demoCalendar } from '../../../../shared/local-network/demo-data/demo-calendar';
import { deadlineOf, endOfWorkingDay } from '../../../../shared/local-network/demo-data/duty-clock';
import type { CaseFact } from '../../../../shared/vocabulary/seed-fact';
import { AS_OF_MS, at, grouped, readDemo } from './demo-facts';

const facts = readDemo(0);
const { cases } = facts;
const asOf = new Date(AS_OF_MS).toISOString();
const orders = cases.flatMap((one) => one.blockOrders);
const PEOPLE =
  /^(investigator-[12]|supervisor-[12]|appeals-1|analyst-1|operator-(kcell|beeline|tele2)|bank-[12]|portal-1)$/;
const LIVE = [
  'ISSUED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'LIFT_PENDING_APPROVAL',
  'LIFT_ISSUED',
];
const OPEN = (state: string): boolean => !['CLOSED', 'DISMISSED', 'DUPLICATE'].includes(state);

function inOrder(instants: readonly (string | null)[]): boolean {
  const known = instants.filter((instant) => instant !== null);
  return known.every((instant, place) => place === 0 || instant >= (known[place - 1] ?? ''));
}

it('has a case in every state, on both tracks and with every outcome', () => {
  expect(new Set(cases.map((one) => one.state)).size).toBe(10);
  expect(new Set(cases.map((one) => one.outcome)).size).toBe(4);
  expect(new Set(cases.map((one) => one.track))).toEqual(new Set([null, 'OPERATOR_CHECK', 'AFC_INVESTIGATION']));
  expect(cases.length).toBeGreaterThanOrEqual(25);
});

it('numbers cases from 1 in the order of their opening', () => {
  expect(cases.map((one) => one.number)).toEqual(
    cases.map((_, place) => `AFC-2026-${String(place + 1).padStart(6, '0')}`),
  );
  expect(inOrder(cases.map((one) => one.openedAt))).toBe(true);
});

it('has one open case and one live order a number at most', () => {
  const suspects = cases
    .filter((one) => OPEN(one.state))
    .flatMap((one) => one.subjects.map((subject) => subject.msisdn));
  expect(new Set(suspects).size).toBe(suspects.length);
  const live = orders.filter((order) => LIVE.includes(order.state)).map((order) => order.msisdn);
  expect(new Set(live).size).toBe(live.length);
});

it('counts the sequence of a number without a gap, orders and lifts together', () => {
  for (const own of grouped(orders, (order) => order.msisdn).values()) {
    const sequences = own
      .flatMap((order) => [order.sequence, order.liftSequence])
      .filter((sequence) => sequence !== null);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(sequences.map((_, place) => place + 1));
  }
});

it('lets another person approve', () => {
  for (const { decision, appeals } of cases) {
    if (decision?.approvedBy) expect(decision.approvedBy).not.toBe(decision.proposedBy);
    for (const appeal of appeals) {
      const { decidedBy, approvedBy } = appeal;
      if (decidedBy === null) continue;
      const involved = [decision?.proposedBy, decision?.approvedBy];
      expect(new Set([decidedBy, approvedBy]).size).toBe(2);
      expect(involved).not.toContain(decidedBy);
      expect(involved).not.toContain(approvedBy);
    }
  }
});

it('names demo users only', () => {
  for (const one of cases) {
    const people = [
      one.assignee,
      one.decision?.proposedBy ?? null,
      one.decision?.approvedBy ?? null,
      ...one.subjects.map((subject) => subject.addedBy),
      ...one.reports.map((report) => report.reporter),
      ...one.evidence.map((evidence) => evidence.capturedBy),
    ];
    for (const person of people) if (person !== null) expect(person).toMatch(PEOPLE);
  }
});

it('tells each case in order and nothing of the future', () => {
  for (const one of cases) {
    const { decision } = one;
    for (const report of one.reports)
      expect(inOrder([report.occurredAt, report.detectedAt, report.receivedAt, asOf])).toBe(true);
    expect(inOrder([one.openedAt, decision?.proposedAt ?? null, decision?.approvedAt ?? null, asOf])).toBe(true);
    for (const order of one.blockOrders) {
      const { issuedAt, deliveredAt, acknowledgedAt, enforcedAt, liftedAt } = order;
      expect(inOrder([one.openedAt, issuedAt, deliveredAt, acknowledgedAt, enforcedAt, liftedAt, asOf])).toBe(true);
    }
    for (const appeal of one.appeals) expect(inOrder([decision?.approvedAt ?? null, appeal.filedAt, asOf])).toBe(true);
    for (const evidence of one.evidence) expect(inOrder([one.openedAt, evidence.capturedAt, asOf])).toBe(true);
    for (const request of one.informationRequests)
      expect(inOrder([request.issuedAt, request.answeredAt, asOf])).toBe(true);
    for (const loss of one.losses) expect(loss.occurredAt <= asOf && /^\d+\.\d\d$/.test(loss.amount)).toBe(true);
  }
});

it('has what its state requires', () => {
  const needs: Readonly<Record<string, (one: CaseFact) => boolean>> = {
    REPORTED: (one) => one.track === null && one.decision === null && one.subjects.length === 0,
    UNDER_INVESTIGATION: (one) => one.assignee !== null && one.outcome === 'UNSET',
    AWAITING_INFORMATION: (one) => one.informationRequests.some((request) => request.state === 'SENT'),
    PENDING_APPROVAL: (one) => one.decision !== null && one.decision.approvedBy === null && one.evidence.length > 0,
    DECIDED: (one) => one.decision?.approvedBy != null && one.outcome === one.decision.proposedOutcome,
    CLOSED: (one) => one.decision?.approvedBy != null && one.clocks.every((clock) => clock.stoppedAt !== null),
    DUPLICATE: (one) => cases.some((other) => other.id === one.duplicateOf) && one.reports.length === 0,
  };
  for (const one of cases) {
    expect([one.number, needs[one.state]?.(one) ?? true]).toEqual([one.number, true]);
    if (one.outcome === 'CONFIRMED') expect(one.blockOrders.length).toBeGreaterThan(0);
    if (one.state === 'UNDER_INVESTIGATION')
      expect(one.informationRequests.some((request) => request.state === 'SENT')).toBe(false);
  }
});

it('holds orders in many states, and the reissued and replaced ones name their successor', () => {
  const states = new Set(orders.map((order) => order.state));
  for (const state of [
    'ENFORCED',
    'PARTIALLY_ENFORCED',
    'FAILED',
    'LIFTED',
    'EXPIRED',
    'SUPERSEDED',
    'LIFT_PENDING_APPROVAL',
  ]) {
    expect(states).toContain(state);
  }
  for (const order of orders.filter((one) => one.state === 'SUPERSEDED')) {
    const successor = orders.find((one) => one.id === order.supersededBy);
    expect(successor?.msisdn).toBe(order.msisdn);
    expect(successor?.sequence).toBeGreaterThan(order.sequence ?? 0);
  }
  for (const order of orders) expect(order.orderKind === 'TEMPORARY').toBe(order.validUntil !== null);
});

it('sends each order to the operator that served the number when it was issued', () => {
  for (const order of orders) {
    const serving = facts.tenures.find(
      (tenure) =>
        tenure.msisdn === order.msisdn &&
        tenure.since <= (order.issuedAt ?? '') &&
        (tenure.until === null || (order.issuedAt ?? '') < tenure.until),
    );
    expect([order.id, serving?.operatorCode]).toEqual([order.id, order.operatorCode]);
  }
});

it('finds every delivered order recorded by its operator, with the same instants', () => {
  const recorded = ['kcell', 'beeline', 'tele2'].flatMap((code) =>
    at(facts, code)
      .of('enforcement')
      .map((fact) => `${code} ${fact.orderId} ${fact.sequence} ${fact.receivedAt} ${fact.enforcedAt} ${fact.liftedAt}`),
  );
  const told = orders.map(
    (order) =>
      `${order.operatorCode} ${order.id} ${order.sequence} ${order.deliveredAt} ${order.enforcedAt} ${order.liftedAt}`,
  );
  expect(recorded.toSorted()).toEqual(told.toSorted());
  const moved = at(facts, 'tele2')
    .of('enforcement')
    .filter((fact) => fact.state === 'NOT_SERVED_HERE');
  expect(moved).toHaveLength(1);
});

it('is about numbers that somebody serves', () => {
  const served = new Set(facts.tenures.filter((tenure) => tenure.until === null).map((tenure) => tenure.msisdn));
  for (const one of cases) {
    for (const report of one.reports) {
      expect(served.has(report.suspect) && (report.victim === null || served.has(report.victim))).toBe(true);
    }
    for (const subject of one.subjects) expect(served.has(subject.msisdn)).toBe(true);
  }
});

describe('clocks', () => {
  const clocks = cases.flatMap((one) => one.clocks);

  it('are in the state that their instants say', () => {
    for (const clock of clocks) {
      const { startedAt, deadlineAt, stoppedAt, state } = clock;
      expect(startedAt < deadlineAt && (stoppedAt === null || stoppedAt >= startedAt)).toBe(true);
      if (stoppedAt !== null) expect(state).toBe(stoppedAt <= deadlineAt ? 'MET' : 'BREACHED');
      else if (state === 'BREACHED') expect(deadlineAt < asOf).toBe(true);
      else if (state === 'RUNNING') expect(deadlineAt >= asOf).toBe(true);
      else expect(['PAUSED', 'CANCELLED']).toContain(state);
    }
    expect(new Set(clocks.map((clock) => clock.state))).toEqual(
      new Set(['MET', 'BREACHED', 'RUNNING', 'PAUSED', 'CANCELLED']),
    );
  });

  it('of orders name an order of their case', () => {
    for (const one of cases) {
      const ids = new Set(one.blockOrders.map((order) => order.id));
      for (const clock of one.clocks) if (clock.orderId !== null) expect(ids.has(clock.orderId)).toBe(true);
    }
  });

  it('oblige the operator of the order, a bank, or the centre', () => {
    for (const clock of clocks) {
      const kind = clock.ruleId.slice(0, clock.ruleId.indexOf('-'));
      const parties = { OP: /^(kcell|beeline|tele2)$/, BANK: /^bank-[12]$/, AFC: /^afc$/ }[kind];
      expect(clock.party).toMatch(parties ?? /never/);
    }
  });

  it('leave one case with a loss that a missed block explains', () => {
    const missed = cases.filter((one) =>
      one.clocks.some(
        (clock) =>
          clock.ruleId === 'OP-06' &&
          clock.state === 'BREACHED' &&
          one.losses.some((loss) => clock.deadlineAt <= loss.occurredAt && loss.occurredAt < (clock.stoppedAt ?? asOf)),
      ),
    );
    expect(missed.length).toBeGreaterThan(0);
  });

  it('count working days from the day after, over week ends and fixed holidays, in Almaty', () => {
    // Friday 2026-11-20, 18:00 in Almaty: two working days end with Tuesday.
    expect(new Date(endOfWorkingDay(Date.UTC(2026, 10, 20, 13), 2)).toISOString()).toBe('2026-11-24T19:00:00.000Z');
    // Wednesday 2026-12-30: Thursday, then New Year and a week end, then Monday.
    expect(new Date(endOfWorkingDay(Date.UTC(2026, 11, 30, 7), 2)).toISOString()).toBe('2027-01-04T19:00:00.000Z');
    expect(deadlineOf('OP-05', 0)).toBe(15 * 60_000);
  });
});

it('holds on other days too, holidays and week ends among them', () => {
  for (const asOfMs of [
    Date.UTC(2026, 2, 25, 20),
    Date.UTC(2026, 4, 11, 0, 30),
    Date.UTC(2027, 0, 3, 12),
    Date.UTC(2026, 7, 1, 18, 59),
  ]) {
    const other = readDemo(0, asOfMs);
    const now = new Date(asOfMs).toISOString();
    const { todayMs } = demoCalendar(asOfMs);
    expect(todayMs <= asOfMs && asOfMs - todayMs < 86_400_000).toBe(true);
    for (const one of other.cases) {
      expect(one.openedAt < now).toBe(true);
      for (const clock of one.clocks) {
        if (clock.state === 'RUNNING') expect(clock.deadlineAt >= now).toBe(true);
        if (clock.stoppedAt !== null) expect(clock.stoppedAt <= now).toBe(true);
      }
      const hasSent = one.informationRequests.some((request) => request.state === 'SENT');
      expect(hasSent).toBe(one.state === 'AWAITING_INFORMATION');
    }
  }
});
