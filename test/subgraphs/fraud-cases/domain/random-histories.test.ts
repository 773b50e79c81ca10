// Random histories of a case with its orders, appeals and clocks: whoever does whatever in whatever order, nothing that must not be ever is.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FraudCaseState } from '../../../../shared/vocabulary/fraud-case';
import type { BlockOrder } from '../../../../subgraphs/fraud-cases/domain/block-order';
import { CASE_COMMANDS } from '../../../../subgraphs/fraud-cases/domain/case-command';
import { caseRows } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import { type CourseClock, isOpen } from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import { ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import {
  appeals,
  bank,
  beeline,
  HOUR,
  investigator,
  investigator2,
  kcell,
  MINUTE,
  newCase,
  portal,
  supervisor,
  supervisor2,
  timer,
} from './case-fixture';
import { ACTIONS, CaseWorld, type Happening, isLive } from './case-world';

const ENDED = ['SUPERSEDED', 'LIFTED', 'EXPIRED', 'CANCELLED'];

const people = [investigator, investigator2, supervisor, supervisor2, appeals, kcell, beeline, bank, portal, timer];

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.nat({ max: ACTIONS.length - 1 }),
  who: fc.option(fc.constantFrom(...people), { freq: 1 }),
  choice: fc.nat({ max: 1_000 }),
  laterMs: fc.oneof(fc.nat({ max: 20 * MINUTE }), fc.nat({ max: 40 * HOUR })),
  isStale: fc.nat({ max: 9 }).map((each) => each === 0),
  isAnything: fc.nat({ max: 4 }).map((each) => each === 0),
});

/** Plain, because it is asked a million times. */
function holds(condition: boolean, words: string): void {
  if (!condition) throw new Error(words);
}

function checkClock(clock: CourseClock, now: string): void {
  const { ruleId, state, startedAt, deadlineAt, stoppedAt, pauses } = clock;
  const isStateRule = ruleVersion(ruleId, clock.ruleVersion)?.deadlineUnit === 'STATE';
  holds(deadlineAt >= startedAt, `${ruleId} ends after it began`);
  holds(stoppedAt === null || stoppedAt >= startedAt, `${ruleId} stops after it began`);
  holds(pauses.some(({ to }) => to === null) === (state === 'PAUSED'), `${ruleId} stands still in a pause only`);
  pauses.forEach(({ from, to }, place) => {
    holds(from >= (pauses[place - 1]?.to ?? startedAt), `${ruleId} has pauses in order`);
    holds(to === null || to >= from, `${ruleId} has pauses that end after they began`);
  });
  if (state === 'RUNNING') holds(stoppedAt === null && now <= deadlineAt, `${ruleId} runs up to its deadline`);
  if (state === 'MET') holds(stoppedAt !== null && stoppedAt <= deadlineAt, `${ruleId} is met in time`);
  if (state === 'BREACHED' && !isStateRule)
    holds((stoppedAt ?? now) > deadlineAt, `${ruleId} is missed after its time`);
  if (state === 'CANCELLED' || state === 'PAUSED') holds(stoppedAt === null, `${ruleId} was not stopped`);
}

function checkOrders(orders: readonly BlockOrder[], before: readonly BlockOrder[]): void {
  const live = orders.filter(({ state }) => isLive(state)).map(({ msisdn }) => msisdn);
  holds(new Set(live).size === live.length, 'a number has one live order');
  for (const order of orders) {
    holds(order.liftSequence === null || order.liftSequence > (order.sequence ?? 0), 'a lift is later than its order');
    const earlier = before.find(({ id }) => id === order.id);
    if (earlier === undefined) continue;
    holds(order.version >= earlier.version && order.sequence === earlier.sequence, 'an order keeps its sequence');
    if (ENDED.includes(earlier.state))
      holds(order.state === earlier.state, `an order that is ${earlier.state} stays so`);
    const wasInForce = earlier.state === 'ENFORCED' || earlier.state === 'PARTIALLY_ENFORCED';
    holds(!wasInForce || order.state !== 'CANCELLED', 'what is in force is lifted, not cancelled');
  }
}

interface Before {
  readonly state: FraudCaseState;
  readonly version: number;
  readonly orders: readonly BlockOrder[];
}

function checkWorld(world: CaseWorld, before: Before, done: string | null): void {
  const { record } = world;
  const { state, version, outcome } = record.case;
  const command = CASE_COMMANDS.find((name) => name === done);
  if (command !== undefined) {
    const isRow = caseRows(before.state, command).some(({ to }) => (to === 'SAME' ? before.state : to) === state);
    holds(isRow && version === before.version + 1, `${command} does not lead from ${before.state} to ${state}`);
  } else {
    holds(state === before.state && version === before.version, 'only commands of a case change it');
  }
  holds(
    (state === 'DECIDED' || state === 'CLOSED') === (outcome !== 'UNSET'),
    `a case that is ${state} has outcome ${outcome}`,
  );
  holds(state !== 'PENDING_APPROVAL' || record.proposal !== null, 'what waits for approval is proposed');
  holds(state !== 'DECIDED' || record.approvedBy !== record.proposal?.proposedBy, 'a decision has two people');
  checkOrders(record.orders, before.orders);
  const open = record.clocks.filter(isOpen).map(({ ruleId, party, about }) => `${ruleId} ${party} ${about}`);
  holds(new Set(open).size === open.length, 'a duty has one open clock');
  for (const clock of record.clocks) checkClock(clock, world.now);
  for (const sequences of world.sequences.values()) {
    holds(
      sequences.every((sequence, place) => place === 0 || sequence > (sequences[place - 1] ?? 0)),
      'sequences of a number rise',
    );
  }
}

describe('any history', () => {
  const reached = new Set<string>();

  it('keeps every rule at every step', () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 60, maxLength: 120, size: 'max' }), (happenings) => {
        const world = new CaseWorld(newCase());
        for (const each of happenings) {
          const before = {
            state: world.record.case.state,
            version: world.record.case.version,
            orders: world.record.orders,
          };
          const done = world.happen(each);
          if (done !== null) reached.add(done);
          checkWorld(world, before, done);
          reached.add(world.record.case.state);
          for (const { state } of world.record.orders) reached.add(state);
          for (const { state } of world.record.clocks) reached.add(`clock ${state}`);
          for (const { appeal } of world.appeals) reached.add(`appeal ${appeal.state}`);
        }
      }),
      { numRuns: 150, seed: 20260202 },
    );
  });

  it('of that campaign went through every action and nearly every state', () => {
    const missed = ACTIONS.filter((action) => !reached.has(action));
    expect(missed).toEqual([]);
    for (const state of [
      'DECIDED',
      'CLOSED',
      'LIFTED',
      'EXPIRED',
      'SUPERSEDED',
      'CANCELLED',
      'clock MET',
      'clock BREACHED',
      'clock PAUSED',
      'clock CANCELLED',
      'appeal UPHELD',
      'appeal REJECTED',
    ]) {
      expect([...reached]).toContain(state);
    }
  });
});
