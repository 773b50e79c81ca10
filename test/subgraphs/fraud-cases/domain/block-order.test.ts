// Every state of a block order with every command; what each answer of an operator makes of each state; and the guards of its steps.

import { describe, expect, it } from '@jest/globals';
import {
  BLOCK_ORDER_STATES,
  BLOCK_OUTCOMES,
  type BlockOrderState,
  type BlockOutcome,
} from '../../../../shared/vocabulary/block-order';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import {
  leaveOperator,
  type OperatorAnswer,
  settleOrder,
} from '../../../../subgraphs/fraud-cases/domain/block-order-settlement';
import {
  approveLift,
  type BlockOrderStep,
  cancelBlockOrder,
  endOrder,
  expireOrder,
  issueOrder,
  type OrderRecord,
  reissueOrder,
  requestLift,
  roomFor,
  supersedeOrder,
} from '../../../../subgraphs/fraud-cases/domain/block-order-step';
import {
  BLOCK_ORDER_TRANSITIONS,
  blockOrderRows,
} from '../../../../subgraphs/fraud-cases/domain/block-order-transitions';
import {
  BEELINE,
  beeline,
  DAY,
  HOUR,
  investigator,
  KCELL,
  kcell,
  order,
  supervisor,
  supervisor2,
  timeAfter,
  timer,
} from './case-fixture';

const SHORT: Readonly<Record<BlockOrderState, string>> = {
  PENDING_APPROVAL: 'prop',
  ISSUED: 'issu',
  DELIVERED: 'dlvd',
  ACKNOWLEDGED: 'ackn',
  ENFORCED: 'enfo',
  PARTIALLY_ENFORCED: 'part',
  FAILED: 'fail',
  NOT_SERVED_HERE: 'nosv',
  SUPERSEDED: 'supd',
  LIFT_PENDING_APPROVAL: 'lprp',
  LIFT_ISSUED: 'lift',
  LIFTED: 'done',
  EXPIRED: 'expd',
  CANCELLED: 'canc',
};

const record = (state: BlockOrderState, changes: Parameters<typeof order>[0] = {}): OrderRecord => ({
  order: order({
    state,
    kind: 'TEMPORARY',
    validUntil: timeAfter(72 * HOUR),
    sequence: state === 'PENDING_APPROVAL' ? null : 1,
    liftSequence: ['LIFT_ISSUED', 'LIFTED', 'CANCELLED'].includes(state) ? 2 : null,
    ...changes,
  }),
  liftRequestedBy: state === 'LIFT_PENDING_APPROVAL' ? 'investigator-1' : null,
});

type Step =
  | { readonly ok: true; readonly value: BlockOrderStep }
  | { readonly ok: false; readonly error: { readonly code: string } };

/** Commands as a person, a case or the timer gives them, long after the block's end. */
const COMMANDS: Readonly<Record<string, (before: OrderRecord) => Step>> = {
  supersede: (before) => supersedeOrder(before, 'order-2', timer, timeAfter(DAY)),
  cancel: (before) =>
    cancelBlockOrder(
      before,
      { expectedVersion: before.order.version, reason: 'A mistake.', liftSequence: 2 },
      supervisor,
      timeAfter(DAY),
    ),
  requestLift: (before) => requestLift(before, { reason: 'A taxi driver.' }, investigator),
  approveLift: (before) =>
    approveLift(before, { expectedVersion: before.order.version, liftSequence: 2 }, supervisor, timeAfter(DAY)),
  end: (before) => endOrder(before, { reason: 'REFUTED', liftSequence: 2 }, timer, timeAfter(DAY)),
  expire: (before) => expireOrder(before, { at: timeAfter(72 * HOUR) }, timer, timeAfter(80 * HOUR)),
  leave: (before) => leaveOperator(before, kcell, timeAfter(DAY)),
  reissue: (before) => {
    const step = reissueOrder(before, { id: 'order-2', sequence: 2, servedBy: BEELINE }, timer, timeAfter(DAY));
    return step.ok ? { ok: true, value: step.value.old } : step;
  },
};

const COLUMNS: readonly BlockOrderState[] = [
  'PENDING_APPROVAL',
  'ISSUED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'SUPERSEDED',
  'LIFT_PENDING_APPROVAL',
  'LIFT_ISSUED',
  'LIFTED',
  'EXPIRED',
  'CANCELLED',
];

/** `----` is refused with ILLEGAL_TRANSITION, `!` begins another code. */
const EXPECTED: Readonly<Record<string, string>> = {
  //                  prop issu dlvd ackn enfo part fail nosv supd lprp lift done expd canc
  supersede: /*   */ '---- supd supd supd supd supd supd supd ---- supd supd ---- ---- ----',
  cancel: /*      */ 'canc canc canc canc ---- ---- canc canc ---- ---- ---- ---- ---- ----',
  requestLift: /* */ '!NOT !NOT !NOT !NOT lprp lprp !NOT !NOT !NOT ---- !NOT !NOT !NOT !NOT',
  approveLift: /* */ '---- ---- ---- ---- ---- ---- ---- ---- ---- lift ---- ---- ---- ----',
  end: /*         */ 'canc canc canc canc lift lift canc canc !NOT lift !NOT !NOT !NOT !NOT',
  expire: /*      */ '---- expd expd expd expd expd expd expd ---- expd expd ---- ---- ----',
  leave: /*       */ '---- nosv nosv nosv nosv nosv nosv ---- ---- nosv ---- ---- ---- ----',
  reissue: /*     */ '---- ---- ---- ---- ---- ---- ---- supd ---- ---- ---- ---- ---- ----',
};

describe('a block order', () => {
  it('is tested in every state that there is', () => {
    expect([...COLUMNS].sort()).toEqual([...BLOCK_ORDER_STATES].sort());
  });

  it.each(Object.keys(COMMANDS))('takes %s in the states of the specification and no other', (name) => {
    const cells = COLUMNS.map((state) => {
      const before = record(state, name === 'reissue' ? { validUntil: null, kind: 'CONFIRMED' } : {});
      const step = COMMANDS[name]?.(before);
      if (step === undefined) return '';
      if (step.ok) return SHORT[step.value.next.order.state];
      return step.error.code === 'ILLEGAL_TRANSITION' ? '----' : `!${step.error.code.slice(0, 3)}`;
    });
    expect(cells.join(' ')).toBe(EXPECTED[name]);
  });

  it('is told to have left its operator by that operator alone', () => {
    for (const stranger of [beeline, timer, supervisor]) {
      expect(leaveOperator(record('ENFORCED'), stranger, timeAfter(DAY))).toMatchObject({
        error: { code: 'FORBIDDEN' },
      });
    }
  });

  it('never goes from in force to cancelled, nor from lifted to in force', () => {
    expect(blockOrderRows('ENFORCED', 'cancelBlockOrder')).toEqual([]);
    expect(BLOCK_ORDER_TRANSITIONS.filter(({ from }) => from.includes('LIFTED'))).toEqual([]);
    expect(
      BLOCK_ORDER_TRANSITIONS.filter(({ from }) => from.includes('EXPIRED') || from.includes('SUPERSEDED')),
    ).toEqual([]);
  });

  it('is issued once the number has room', () => {
    expect(roomFor('TEMPORARY', null)).toEqual({ ok: true, value: { supersedes: null } });
    expect(roomFor('CONFIRMED', order({ id: 't', kind: 'TEMPORARY' }))).toEqual({
      ok: true,
      value: { supersedes: 't' },
    });
    expect(roomFor('CONFIRMED', order())).toMatchObject({ error: { code: 'ALREADY_BLOCKED' } });
    expect(roomFor('TEMPORARY', order({ kind: 'TEMPORARY' }))).toMatchObject({ error: { code: 'ALREADY_BLOCKED' } });
    const step = issueOrder(order(), { id: 'order-9', sequence: 7 }, supervisor, timeAfter(HOUR));
    expect(step).toMatchObject({
      next: { order: { id: 'order-9', sequence: 7, state: 'ISSUED', version: 1, issuedAt: timeAfter(HOUR) } },
      acts: [{ kind: 'block.ordered', to: ['kcell'] }],
      dispatch: 'BLOCK',
    });
  });
});

describe('an answer to a block', () => {
  const answer = (outcome: BlockOutcome | null, document: 'BLOCK' | 'LIFT' = 'BLOCK'): OperatorAnswer => ({
    document,
    outcome,
    effectiveAt: timeAfter(HOUR),
    receipt: `receipt ${outcome}`,
  });
  const after1 = timeAfter(HOUR);
  const settle = (before: OrderRecord, given: OperatorAnswer): string => {
    const step = settleOrder(before, given, timer, after1);
    if (!step.ok) return `!${step.error.code.slice(0, 3)}`;
    return step.value.acts.length === 0 ? '=' : SHORT[step.value.next.order.state];
  };

  it.each([
    //                      issu dlvd ackn enfo part fail nosv supd lprp lift done expd canc
    ['ENFORCED', /*      */ 'enfo enfo enfo = enfo enfo = = = = = = ='],
    ['ALREADY_DONE', /*  */ 'enfo enfo enfo = enfo enfo = = = = = = ='],
    ['PARTIALLY_ENFORCED', 'part part part = = part = = = = = = ='],
    ['FAILED', /*        */ 'fail fail fail = part fail = = = = = = ='],
    ['NOT_SERVED_HERE', /**/ 'nosv nosv nosv = nosv nosv = = = = = = ='],
    ['SUPERSEDED', /*    */ 'supd supd supd = supd supd = = = = = = ='],
    ['LIFTED', /*        */ '!INV !INV !INV !INV !INV !INV !INV !INV !INV !INV !INV !INV !INV'],
  ] as const)('%s settles every state as the specification says', (outcome, expected) => {
    const states = COLUMNS.filter((state) => state !== 'PENDING_APPROVAL');
    expect(states.map((state) => settle(record(state), answer(outcome))).join(' ')).toBe(expected);
  });

  it.each(BLOCK_OUTCOMES)('%s of an order that was never sent is refused', (outcome) => {
    expect(settle(record('PENDING_APPROVAL'), answer(outcome))).toBe('!ILL');
  });

  it('tells three acts of one instant, and stops the clocks', () => {
    const step = settleOrder(record('ISSUED'), answer('ENFORCED'), timer, after1);
    if (!step.ok) throw new Error(step.error.message);
    expect(step.value.acts.map(({ kind, author }) => [kind, author])).toEqual([
      ['block.delivered', 'BANK'],
      ['block.acknowledged', 'BANK'],
      ['block.enforced', 'OPERATOR'],
    ]);
    expect(step.value.next.order).toMatchObject({
      deliveredAt: after1,
      acknowledgedAt: after1,
      enforcedAt: after1,
      receipt: 'receipt ENFORCED',
    });
    expect(step.value.clocks.map(({ event }) => event)).toEqual([
      'ORDER_DELIVERED',
      'ORDER_ACKNOWLEDGED',
      'ORDER_ENFORCED',
      'SERVICES_SUSPENDED',
      'TEMPORARY_BLOCK_ENFORCED',
    ]);
  });

  it('without a good receipt delivers and no more', () => {
    const step = settleOrder(record('ISSUED'), { ...answer(null), receipt: null }, timer, after1);
    expect(step).toMatchObject({ value: { next: { order: { state: 'DELIVERED', acknowledgedAt: null } } } });
  });

  it('that comes again changes nothing', () => {
    const failed = record('FAILED', { receipt: 'receipt FAILED' });
    expect(settle(failed, answer('FAILED'))).toBe('=');
    expect(settle(failed, { ...answer('FAILED'), receipt: 'another' })).toBe('fail');
  });

  it.each([
    [HOUR, false],
    [HOUR + 1, true],
  ])('after %d ms is late: %s', (ms, late) => {
    const step = settleOrder(record('ISSUED'), answer('ENFORCED'), timer, timeAfter(ms));
    expect(step.ok && step.value.acts.at(-1)?.fields).toMatchObject({ late });
  });

  it('of a lift restores the line, and is heard after a cancellation too', () => {
    for (const [outcome, state] of [
      ['LIFTED', 'LIFTED'],
      ['ALREADY_DONE', 'LIFTED'],
      ['NOT_SERVED_HERE', 'LIFTED'],
      ['SUPERSEDED', 'SUPERSEDED'],
      ['FAILED', 'LIFT_ISSUED'],
    ] as const) {
      const step = settleOrder(record('LIFT_ISSUED'), answer(outcome, 'LIFT'), timer, after1);
      expect(step).toMatchObject({ value: { next: { order: { state } } } });
    }
    expect(settle(record('LIFT_ISSUED'), answer('ENFORCED', 'LIFT'))).toBe('!INV');
    expect(settle(record('CANCELLED'), answer('LIFTED', 'LIFT'))).toBe('canc');
    expect(settle(record('CANCELLED', { liftReceipt: 'r' }), answer('LIFTED', 'LIFT'))).toBe('=');
    expect(settle(record('LIFTED'), answer('LIFTED', 'LIFT'))).toBe('=');
    expect(settle(record('ENFORCED'), answer('LIFTED', 'LIFT'))).toBe('!ILL');
  });

  it('of another operator is FORBIDDEN', () => {
    expect(settleOrder(record('ISSUED'), answer('ENFORCED'), beeline, after1)).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
    expect(settleOrder(record('ISSUED'), answer('ENFORCED'), kcell, after1)).toMatchObject({ ok: true });
  });
});

describe('the end of a block', () => {
  it('is asked by one person and ordered by another, with a later sequence', () => {
    const asked = requestLift(record('ENFORCED'), { reason: 'A taxi driver.' }, supervisor);
    if (!asked.ok) throw new Error(asked.error.message);
    const command = { expectedVersion: asked.value.next.order.version, liftSequence: 5 };
    expect(approveLift(asked.value.next, command, supervisor, timeAfter(DAY))).toMatchObject({
      error: { code: 'FOUR_EYES_REQUIRED' },
    });
    expect(
      approveLift(asked.value.next, { ...command, expectedVersion: 1 }, supervisor2, timeAfter(DAY)),
    ).toMatchObject({
      error: { code: 'VERSION_CONFLICT' },
    });
    expect(approveLift(asked.value.next, command, supervisor2, timeAfter(DAY))).toMatchObject({
      value: {
        next: { order: { state: 'LIFT_ISSUED', liftSequence: 5 } },
        dispatch: 'LIFT',
        acts: [{ kind: 'lift.ordered' }],
      },
    });
    expect(() => approveLift(asked.value.next, { ...command, liftSequence: 1 }, supervisor2, timeAfter(DAY))).toThrow(
      'later',
    );
  });

  it('before it was in force is followed by a lift, in case the order went out', () => {
    const command = { expectedVersion: 1, reason: 'A mistake.', liftSequence: 2 };
    expect(cancelBlockOrder(record('ISSUED'), command, investigator, timeAfter(HOUR))).toMatchObject({
      value: { next: { order: { state: 'CANCELLED', liftSequence: 2 } }, dispatch: 'LIFT' },
    });
    expect(cancelBlockOrder(record('PENDING_APPROVAL'), command, investigator, timeAfter(HOUR))).toMatchObject({
      value: { next: { order: { state: 'CANCELLED', liftSequence: null } }, dispatch: null },
    });
    expect(cancelBlockOrder(record('ISSUED'), { ...command, reason: '' }, investigator, timeAfter(HOUR))).toMatchObject(
      {
        error: { code: 'INVALID_INPUT' },
      },
    );
  });

  it.each([
    ['before its end', 'TEMPORARY', timeAfter(72 * HOUR - 1), timer, 'ILLEGAL_TRANSITION'],
    ['of a confirmed block', 'CONFIRMED', timeAfter(72 * HOUR), timer, 'ILLEGAL_TRANSITION'],
    ['told by another operator', 'TEMPORARY', timeAfter(72 * HOUR), beeline, 'FORBIDDEN'],
    ['decided by a person', 'TEMPORARY', timeAfter(72 * HOUR), supervisor, 'FORBIDDEN'],
  ] as const)('by itself is refused %s', (_case, kind, at: Instant, by, code) => {
    expect(expireOrder(record('ENFORCED', { kind }), { at }, by, timeAfter(80 * HOUR))).toMatchObject({
      error: { code },
    });
  });

  it('by itself is dated by the order, and only if it was in force', () => {
    const inForce = record('ENFORCED', { enforcedAt: timeAfter(HOUR) });
    expect(expireOrder(inForce, { at: timeAfter(72 * HOUR) }, kcell, timeAfter(72 * HOUR))).toMatchObject({
      value: { next: { order: { state: 'EXPIRED', liftedAt: timeAfter(72 * HOUR) } } },
    });
    expect(expireOrder(record('ISSUED'), { at: timeAfter(72 * HOUR) }, timer, timeAfter(72 * HOUR))).toMatchObject({
      value: { next: { order: { state: 'EXPIRED', liftedAt: null } } },
    });
  });
});

describe('an order for a number that moved', () => {
  const moved = record('NOT_SERVED_HERE', { kind: 'CONFIRMED', validUntil: null });
  const given = { id: 'order-2', sequence: 2 };

  it('is issued again where the line is now, and the old one is superseded by it', () => {
    expect(reissueOrder(moved, { ...given, servedBy: BEELINE }, timer, timeAfter(HOUR))).toMatchObject({
      value: {
        old: {
          next: { order: { state: 'SUPERSEDED', supersededBy: 'order-2' } },
          acts: [{ kind: 'block.superseded' }],
        },
        reissued: {
          next: { order: { state: 'ISSUED', operatorCode: 'beeline', sequence: 2 } },
          acts: [{ kind: 'block.reissued' }],
          dispatch: 'BLOCK',
        },
      },
    });
  });

  it.each([
    ['nobody serves', null],
    ['the same operator serves, to a later holder', KCELL],
  ] as const)('that %s goes to no one', (_case, servedBy: OperatorCode | null) => {
    expect(reissueOrder(moved, { ...given, servedBy }, timer, timeAfter(HOUR))).toMatchObject({
      error: { code: 'NUMBER_NOT_SERVED' },
    });
  });

  it('is not issued again after its end', () => {
    const lapsed = record('NOT_SERVED_HERE');
    expect(reissueOrder(lapsed, { ...given, servedBy: BEELINE }, timer, timeAfter(72 * HOUR))).toMatchObject({
      error: { code: 'ILLEGAL_TRANSITION' },
    });
  });
});
