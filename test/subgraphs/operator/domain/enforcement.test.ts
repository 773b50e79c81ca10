// The rules of orders, whole: every state of a number against every order, and random deliveries after which the highest accepted sequence
// says what holds.

import { describe, expect, it } from '@jest/globals';
import { BLOCK_MEASURES, BLOCK_OUTCOMES, type BlockMeasure } from '../../../../shared/vocabulary/block-order';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import {
  actKindOf,
  answerTried,
  answerUntried,
  decideOrder,
  fateOfLive,
  hasLapsed,
  isAccepted,
  isSameAnswer,
  isSettled,
  type NumberSituation,
  type OrderAnswer,
  type OrderDecision,
} from '../../../../subgraphs/operator/domain/enforcement';
import type { OrderDocument } from '../../../../subgraphs/operator/domain/order-document';
import { Random } from '../../../shared/audit-log/random';

const at = (day: number): Instant => `2026-11-${String(day).padStart(2, '0')}T08:00:00.000Z` as Instant;
const NOW = at(20);
const ORDER: OrderDocument = {
  id: 'a',
  sequence: 5,
  kind: 'BLOCK',
  operatorCode: 'kcell',
  msisdn: '+77011234567' as Msisdn,
  measures: ['DATA', 'PORT_FREEZE'],
  caseId: 'c',
  issuedAt: at(10),
  validUntil: null,
};

/** What an order does, in one word. */
type Verdict = 'REPEAT' | 'CONFLICT' | 'SUPERSEDED' | 'NOT_SERVED_HERE' | 'ALREADY_DONE' | 'BLOCK' | 'FREE';

const ACCEPTED = ['none', 'lower', 'this', 'another', 'higher'] as const;
const GIVEN = ['none', ...BLOCK_OUTCOMES] as const;
const SERVED = ['nobody', 'sameHolder', 'laterHolder'] as const;
const LIVE = ['none', 'another'] as const;
const HELD = ['nothing', 'something'] as const;
const END = ['never', 'ahead', 'over'] as const;

interface Cell {
  readonly kind: OrderDocument['kind'];
  readonly accepted: (typeof ACCEPTED)[number];
  readonly given: (typeof GIVEN)[number];
  readonly served: (typeof SERVED)[number];
  readonly live: (typeof LIVE)[number];
  readonly held: (typeof HELD)[number];
  readonly end: (typeof END)[number];
}

function* cells(): Generator<Cell> {
  for (const kind of ['BLOCK', 'LIFT'] as const)
    for (const accepted of ACCEPTED)
      for (const given of GIVEN)
        for (const served of SERVED)
          for (const live of LIVE)
            for (const held of HELD) for (const end of END) yield { kind, accepted, given, served, live, held, end };
}

function orderOf({ kind, end }: Cell): OrderDocument {
  return { ...ORDER, kind, validUntil: end === 'never' ? null : end === 'ahead' ? at(25) : at(15) };
}

function situationOf({ accepted, given, served, live, held }: Cell): NumberSituation {
  const sequence = { lower: 4, this: 5, another: 5, higher: 6 };
  return {
    accepted:
      accepted === 'none'
        ? null
        : { sequence: sequence[accepted], orderHash: accepted === 'this' ? 'this document' : 'another document' },
    given: given === 'none' ? null : { outcome: given, services: [], effectiveAt: null },
    servedSince: served === 'nobody' ? null : served === 'sameHolder' ? at(1) : at(12),
    live: live === 'none' ? null : { orderId: 'b', sequence: 3 },
    held: held === 'nothing' ? [] : ['SMS_IN'],
    now: NOW,
  };
}

/** The rules said once more, in the order in which a person would say them. */
function expected({ kind, accepted, given, served, live, held, end }: Cell): Verdict {
  const isOpen = given === 'FAILED' || (given === 'PARTIALLY_ENFORCED' && kind === 'BLOCK');
  if (given !== 'none' && !isOpen) return 'REPEAT';
  if (given === 'PARTIALLY_ENFORCED' && end === 'over') return 'REPEAT';
  if (accepted === 'higher') return given === 'PARTIALLY_ENFORCED' ? 'REPEAT' : 'SUPERSEDED';
  if (accepted === 'another') return 'CONFLICT';
  if (kind === 'LIFT') {
    if (live === 'another' || held === 'something') return 'FREE';
    return served === 'nobody' ? 'NOT_SERVED_HERE' : 'ALREADY_DONE';
  }
  if (served !== 'sameHolder') return 'NOT_SERVED_HERE';
  return end === 'over' ? 'FREE' : 'BLOCK';
}

function verdictOf(decision: OrderDecision): Verdict {
  if (decision.kind === 'ANSWER') return decision.outcome;
  if (decision.kind === 'SWITCH') return decision.measures.length > 0 ? 'BLOCK' : 'FREE';
  return decision.kind;
}

describe('every state of a number against every order', () => {
  it('has the verdict that the rules give it', () => {
    let count = 0;
    for (const cell of cells()) {
      const decision = decideOrder(orderOf(cell), 'this document', situationOf(cell));
      const verdict = verdictOf(decision);
      if (verdict !== expected(cell)) throw new Error(`${JSON.stringify(cell)}: ${verdict}, not ${expected(cell)}`);
      if (decision.kind === 'SWITCH' && verdict === 'BLOCK') expect(decision.measures).toEqual(ORDER.measures);
      count += 1;
    }
    expect(count).toBe(2 * 5 * 8 * 3 * 2 * 2 * 3);
  });
});

describe('what was read back', () => {
  const block = (held: readonly BlockMeasure[], order = ORDER) => answerTried(order, held, NOW);
  it('makes the outcome of a block', () => {
    expect(block(['DATA', 'PORT_FREEZE'])).toEqual({
      outcome: 'ENFORCED',
      services: ['DATA', 'PORT_FREEZE'],
      effectiveAt: NOW,
    });
    expect(block(['DATA'])).toMatchObject({ outcome: 'PARTIALLY_ENFORCED', effectiveAt: NOW });
    expect(block(['DATA', 'PORT_FREEZE', 'SMS_IN'])).toMatchObject({ outcome: 'PARTIALLY_ENFORCED' });
    expect(block([])).toEqual({ outcome: 'FAILED', services: [], effectiveAt: null });
    expect(block(['SMS_IN'])).toEqual({ outcome: 'FAILED', services: ['SMS_IN'], effectiveAt: null });
    expect(block([], { ...ORDER, validUntil: NOW })).toMatchObject({ outcome: 'FAILED' });
  });

  it('makes the outcome of a lift', () => {
    const lift = { ...ORDER, kind: 'LIFT' } as const;
    expect(answerTried(lift, [], NOW)).toEqual({ outcome: 'LIFTED', services: [], effectiveAt: NOW });
    expect(answerTried(lift, ['DATA'], NOW)).toEqual({ outcome: 'FAILED', services: ['DATA'], effectiveAt: null });
  });

  it('is over at the very instant of its end', () => {
    expect(hasLapsed({ validUntil: NOW }, NOW)).toBe(true);
    expect(hasLapsed({ validUntil: at(21) }, NOW)).toBe(false);
    expect(hasLapsed({ validUntil: null }, NOW)).toBe(false);
  });
});

describe('the act that tells an answer', () => {
  it.each([
    ['BLOCK', 'ENFORCED', 'block.enforced'],
    ['BLOCK', 'PARTIALLY_ENFORCED', 'block.enforced'],
    ['BLOCK', 'FAILED', 'block.failed'],
    ['BLOCK', 'NOT_SERVED_HERE', 'block.failed'],
    ['BLOCK', 'SUPERSEDED', 'block.superseded'],
    ['LIFT', 'LIFTED', 'lift.done'],
    ['LIFT', 'ALREADY_DONE', 'lift.done'],
    ['LIFT', 'NOT_SERVED_HERE', 'lift.done'],
    ['LIFT', 'FAILED', 'block.failed'],
    ['LIFT', 'SUPERSEDED', 'block.superseded'],
  ] as const)('of a %s with %s is %s', (kind, outcome, act) => {
    expect(actKindOf({ ...ORDER, kind }, { outcome, services: [], effectiveAt: null })).toBe(act);
  });
});

/** A number at an operator, as the store keeps it, with elements that may be out. */
class Line {
  accepted: NumberSituation['accepted'] = null;
  live: { readonly orderId: string; readonly sequence: number } | null = null;
  held: readonly BlockMeasure[] = [];
  out: readonly BlockMeasure[] = [];
  readonly answers = new Map<string, OrderAnswer>();

  deliver(order: OrderDocument, hash: string): OrderAnswer | 'CONFLICT' {
    const given = this.answers.get(hash) ?? null;
    const { accepted, live, held } = this;
    const decision = decideOrder(order, hash, { accepted, live, held, given, servedSince: at(1), now: NOW });
    if (decision.kind === 'CONFLICT') return 'CONFLICT';
    if (decision.kind === 'REPEAT') return decision.answer;
    if (decision.kind === 'SWITCH') {
      this.held = BLOCK_MEASURES.filter((measure) =>
        (this.out.includes(measure) ? held : decision.measures).includes(measure),
      );
    }
    const answer =
      decision.kind === 'ANSWER' ? answerUntried(decision.outcome, held) : answerTried(order, this.held, NOW);
    if (given !== null && isSameAnswer(given, answer)) return given;
    if (isAccepted(answer)) this.accepted = { sequence: order.sequence, orderHash: hash };
    if (live !== null && fateOfLive(order, answer, live) !== 'STAYS') this.live = null;
    if (answer.outcome === 'ENFORCED' || answer.outcome === 'PARTIALLY_ENFORCED') {
      this.live = { orderId: order.id, sequence: order.sequence };
    }
    this.answers.set(hash, answer);
    return answer;
  }
}

describe('orders that come in any order, any number of times', () => {
  it('leave what the highest of them says, and never answer a settled order in two ways', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = new Random(seed);
      const orders = Array.from({ length: 1 + random.below(8) }, (_, index): OrderDocument => {
        const kind = random.below(3) === 0 ? 'LIFT' : 'BLOCK';
        const measures = BLOCK_MEASURES.filter(() => random.below(2) === 0);
        const validUntil = kind === 'BLOCK' && random.below(6) === 0 ? at(15) : null;
        return {
          ...ORDER,
          kind,
          id: `order ${random.below(3)}`,
          sequence: index + 1,
          measures: measures.length === 0 ? ['DATA'] : measures,
          validUntil,
        };
      });
      const line = new Line();
      const settled = new Map<number, OrderAnswer>();
      let highest = 0;
      for (let step = 0; step < 40; step += 1) {
        line.out = random.below(3) === 0 ? BLOCK_MEASURES.filter(() => random.below(3) === 0) : [];
        const order = orders[random.below(orders.length)] ?? ORDER;
        const answer = line.deliver(order, `hash ${order.sequence}`);
        if (answer === 'CONFLICT') throw new Error(`seed ${seed}: a conflict`);
        const before = settled.get(order.sequence);
        if (before !== undefined) expect(answer).toBe(before);
        if (isSettled(order, answer)) settled.set(order.sequence, answer);
        if (answer.outcome !== 'SUPERSEDED') highest = Math.max(highest, order.sequence);
        expect(line.accepted?.sequence).toBe(highest);
      }
      line.out = [];
      for (const order of orders) line.deliver(order, `hash ${order.sequence}`);
      const last = orders.at(-1) ?? ORDER;
      expect(line.accepted?.sequence).toBe(last.sequence);
      const rules = last.kind === 'BLOCK' && last.validUntil === null ? last.measures : [];
      expect({ seed, held: line.held }).toEqual({ seed, held: rules });
      expect(line.live === null).toBe(rules.length === 0);
    }
  });
});
