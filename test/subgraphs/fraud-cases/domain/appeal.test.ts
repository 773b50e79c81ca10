// Every state of an appeal with every command, and who may decide it.

import { describe, expect, it } from '@jest/globals';
import { APPEAL_STATES, type AppealState } from '../../../../shared/vocabulary/appeal';
import { BLOCK_ORDER_STATES } from '../../../../shared/vocabulary/block-order';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import {
  type AppealCommand,
  type AppealRecord,
  stepAppeal,
} from '../../../../subgraphs/fraud-cases/domain/appeal-step';
import { APPEAL_COMMANDS, type AppealCommandName } from '../../../../subgraphs/fraud-cases/domain/appeal-transitions';
import type { BlockOrder } from '../../../../subgraphs/fraud-cases/domain/block-order';
import {
  appeals,
  DAY,
  HOUR,
  investigator,
  order,
  portal,
  supervisor,
  supervisor2,
  timeAfter,
  timer,
} from './case-fixture';

const DUE = timeAfter(2 * DAY);
const LATER = timeAfter(3 * DAY);
const participants = [investigator.person, supervisor.person];

const inForce = (changes: Partial<BlockOrder> = {}): BlockOrder =>
  order({ kind: 'TEMPORARY', state: 'ENFORCED', validUntil: timeAfter(28 * DAY), ...changes });

const filing = (changes: Partial<Extract<AppealCommand, { kind: 'fileAppeal' }>> = {}): AppealCommand => ({
  kind: 'fileAppeal',
  id: 'appeal-1',
  order: inForce(),
  grounds: 'WRONG_PERSON',
  statement: 'I drive a taxi.',
  dueAt: DUE,
  others: [],
  participants,
  ...changes,
});

const commandOf = (kind: AppealCommandName, record: AppealRecord | null): readonly [AppealCommand, Actor] => {
  switch (kind) {
    case 'fileAppeal':
      return [filing(), portal];
    case 'startAppealReview':
      return [{ kind }, appeals];
    case 'decideAppeal':
      return [{ kind, upheld: true, reason: 'Another man.' }, appeals];
    case 'approveAppealDecision':
      return [{ kind, expectedVersion: record?.appeal.version ?? 0 }, supervisor2];
    case 'lapseAppeal':
      return [{ kind }, timer];
  }
};

const take = (record: AppealRecord | null, kind: AppealCommandName, changes: object = {}): AppealRecord => {
  const [command, by] = commandOf(kind, record);
  const step = stepAppeal(record, { ...command, ...changes } as AppealCommand, by, LATER);
  if (!step.ok) throw new Error(step.error.message);
  return step.value.next;
};

const appealIn = (state: AppealState, changes: object = {}): AppealRecord => {
  const filed = take(null, 'fileAppeal', changes);
  if (state === 'FILED') return filed;
  const review = take(filed, 'startAppealReview');
  if (state === 'UNDER_REVIEW') return review;
  const decided = take(review, 'decideAppeal', { upheld: state !== 'REJECTED' });
  return state === 'PENDING_APPROVAL' ? decided : take(decided, 'approveAppealDecision');
};

/** F filed, U under review, P pending approval, + upheld, x rejected; `-` is refused. */
const EXPECTED: Readonly<Record<AppealCommandName, string>> = {
  //                       F U P + x
  fileAppeal: /*        */ '- - - - -',
  startAppealReview: /* */ 'U - - - -',
  decideAppeal: /*      */ '- P - - -',
  approveAppealDecision: /**/ '- - + - -',
  lapseAppeal: /*       */ '+ + + - -',
};

const LETTERS: Readonly<Record<AppealState, string>> = {
  FILED: 'F',
  UNDER_REVIEW: 'U',
  PENDING_APPROVAL: 'P',
  UPHELD: '+',
  REJECTED: 'x',
};

describe('an appeal', () => {
  it.each(APPEAL_COMMANDS)('takes %s in the states of the specification and no other', (kind) => {
    const cells = APPEAL_STATES.map((state) => {
      const record = appealIn(state);
      const [command, by] = commandOf(kind, record);
      const step = stepAppeal(record, command, by, LATER);
      if (step.ok) return LETTERS[step.value.next.appeal.state];
      return step.error.code === 'ILLEGAL_TRANSITION' ? '-' : step.error.code;
    });
    expect(cells.join(' ')).toBe(EXPECTED[kind]);
  });

  it.each(APPEAL_COMMANDS.filter((kind) => kind !== 'fileAppeal'))('that does not exist takes no %s', (kind) => {
    const [command, by] = commandOf(kind, null);
    expect(stepAppeal(null, command, by, LATER)).toMatchObject({ ok: false });
  });

  it.each(BLOCK_ORDER_STATES)('against an order that is %s', (state) => {
    const binds = !['PENDING_APPROVAL', 'SUPERSEDED', 'LIFT_ISSUED', 'LIFTED', 'EXPIRED', 'CANCELLED'].includes(state);
    const step = stepAppeal(null, filing({ order: inForce({ state }) }), portal, timeAfter(0));
    expect(step.ok ? 'ok' : step.error.code).toBe(binds ? 'ok' : 'NOT_BLOCKED');
  });

  it('is one at a time for an order, and says why', () => {
    const open = appealIn('FILED').appeal;
    expect(stepAppeal(null, filing({ others: [open] }), portal, LATER)).toMatchObject({
      error: { code: 'DUPLICATE_REFERENCE' },
    });
    expect(stepAppeal(null, filing({ others: [appealIn('REJECTED').appeal] }), portal, LATER)).toMatchObject({
      ok: true,
    });
    expect(stepAppeal(null, filing({ statement: ' ' }), portal, LATER)).toMatchObject({
      error: { code: 'INVALID_INPUT' },
    });
    expect(stepAppeal(null, filing(), investigator, LATER)).toMatchObject({ error: { code: 'FORBIDDEN' } });
  });

  it('starts the clock of the Center and stops it when it is decided', () => {
    const filed = stepAppeal(null, filing(), portal, timeAfter(0));
    expect(filed.ok && filed.value.clocks).toMatchObject([{ event: 'APPEAL_FILED', about: 'appeal-1' }]);
    const pending = appealIn('PENDING_APPROVAL');
    const decided = stepAppeal(pending, ...commandOf('approveAppealDecision', pending), LATER);
    expect(decided.ok && decided.value.clocks).toMatchObject([{ event: 'APPEAL_DECIDED', about: 'appeal-1' }]);
  });
});

describe('who decides an appeal', () => {
  const someone = (person: string): Actor => ({ person, organisation: 'afc', roles: ['APPEALS', 'SUPERVISOR'] });

  it.each(participants)('is not %s, who took part in the decision', (person) => {
    for (const [state, kind] of [
      ['FILED', 'startAppealReview'],
      ['UNDER_REVIEW', 'decideAppeal'],
      ['PENDING_APPROVAL', 'approveAppealDecision'],
    ] as const) {
      const record = appealIn(state);
      const [command] = commandOf(kind, record);
      expect(stepAppeal(record, command, someone(person), LATER)).toMatchObject({
        error: { code: 'FOUR_EYES_REQUIRED' },
      });
    }
  });

  it('is two people', () => {
    const record = appealIn('PENDING_APPROVAL');
    const [command] = commandOf('approveAppealDecision', record);
    expect(stepAppeal(record, command, someone(appeals.person), LATER)).toMatchObject({
      error: { code: 'FOUR_EYES_REQUIRED' },
    });
    expect(stepAppeal(record, { ...command, expectedVersion: 1 } as AppealCommand, supervisor2, LATER)).toMatchObject({
      error: { code: 'VERSION_CONFLICT' },
    });
  });
});

describe('what an appeal brings', () => {
  it('upheld: the end of the block, unless it ended meanwhile', () => {
    const record = appealIn('PENDING_APPROVAL');
    const command = commandOf('approveAppealDecision', record);
    expect(stepAppeal(record, ...command, LATER)).toMatchObject({
      value: {
        next: { appeal: { state: 'UPHELD', decidedBy: 'appeals-1', approvedBy: 'supervisor-2' } },
        orders: [{ kind: 'END', orderId: 'order-1' }],
      },
    });
    const ended = { ...record, order: inForce({ state: 'EXPIRED' }) };
    expect(stepAppeal(ended, ...command, LATER)).toMatchObject({ value: { orders: [] } });
  });

  it('rejected: nothing', () => {
    const rejected = take(appealIn('UNDER_REVIEW'), 'decideAppeal', { upheld: false });
    const step = stepAppeal(rejected, ...commandOf('approveAppealDecision', rejected), LATER);
    expect(step).toMatchObject({ value: { next: { appeal: { state: 'REJECTED' } }, orders: [] } });
  });

  it('overdue: the end of a temporary block, of no other, and not before its time', () => {
    const record = appealIn('FILED');
    expect(stepAppeal(record, { kind: 'lapseAppeal' }, timer, DUE)).toMatchObject({
      error: { code: 'ILLEGAL_TRANSITION' },
    });
    expect(stepAppeal(record, { kind: 'lapseAppeal' }, timer, timeAfter(2 * DAY + 1))).toMatchObject({
      value: { next: { appeal: { state: 'UPHELD', approvedBy: null } }, orders: [{ kind: 'END' }] },
    });
    const confirmed = appealIn('FILED', { order: inForce({ kind: 'CONFIRMED', validUntil: null }) });
    expect(stepAppeal(confirmed, { kind: 'lapseAppeal' }, timer, timeAfter(30 * DAY + HOUR))).toMatchObject({
      error: { code: 'ILLEGAL_TRANSITION' },
    });
  });
});
