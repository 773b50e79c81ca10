// Which acts prove a clock: of its own transaction first, of its instant else, never those that speak of something else.

import { describe, expect, it } from '@jest/globals';
import { DUTY_EVENTS } from '../../../../subgraphs/fraud-cases/domain/clock-event';
import { type CaseAct, proofOf } from '../../../../subgraphs/fraud-cases/domain/clock-proof';
import { ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import { HOUR, timeAfter } from './case-fixture';

const ENFORCE = ruleVersion('OP-06', 1) ?? { start: '', stops: [] };
const clock = { about: 'order-1', startedAt: timeAfter(0), stoppedAt: timeAfter(HOUR) };

const act = (kind: string, changes: Partial<CaseAct> = {}): CaseAct => ({
  act: `${kind}-${changes.at ?? ''}`,
  kind,
  author: 'afc',
  logIndex: null,
  leafHash: 'hash',
  at: timeAfter(0),
  about: ['order-1'],
  startedClock: false,
  stoppedClock: false,
  ...changes,
});

const kinds = (acts: readonly CaseAct[]) => {
  const { startActs, stopActs } = proofOf(clock, ENFORCE, acts);
  return [startActs.map(({ kind }) => kind), stopActs.map(({ kind }) => kind)];
};

describe('the proof of a clock', () => {
  it('is told by the acts of the transactions in which it started and stopped', () => {
    const started = act('block.delivered', { startedClock: true, at: timeAfter(5) });
    const stopped = act('block.acknowledged', { stoppedClock: true, at: timeAfter(HOUR + 5) });
    const beside = act('case.subject_added', { startedClock: true, stoppedClock: true });
    expect(kinds([beside, started, stopped])).toEqual([['block.delivered'], ['block.acknowledged']]);
  });

  it('is every act of a transaction in which none is of a kind that tells the happening', () => {
    expect(kinds([act('case.merged', { startedClock: true })])).toEqual([['case.merged'], []]);
  });

  it('is told by the instant where no transaction is known', () => {
    const stopped = act('block.enforced', { at: timeAfter(HOUR) });
    const other = act('block.enforced', { at: timeAfter(2 * HOUR) });
    expect(kinds([act('block.delivered'), stopped, other])).toEqual([['block.delivered'], ['block.enforced']]);
  });

  it('is no act that names another order', () => {
    expect(kinds([act('block.delivered', { about: ['order-2'] })])).toEqual([[], []]);
    expect(kinds([act('block.delivered', { about: [] })])).toEqual([['block.delivered'], []]);
  });

  it('has no end while the clock has none', () => {
    const running = proofOf({ ...clock, stoppedAt: null }, ENFORCE, [act('block.enforced', { stoppedClock: true })]);
    expect(running.stopActs).toEqual([]);
  });

  it('of what somebody noticed is the report that came of it', () => {
    const relay = ruleVersion('OP-01', 1) ?? ENFORCE;
    const report = act('suspicion.reported', { at: timeAfter(HOUR), about: [] });
    expect(proofOf(clock, relay, [report]).startActs).toHaveLength(1);
  });

  it('knows an act for every happening that a rule of a case waits for', () => {
    const NEVER_TOLD = ['LINE_ACTIVATED'];
    for (const event of DUTY_EVENTS.filter((word) => !NEVER_TOLD.includes(word))) {
      const waiting = { start: event, stops: [] };
      const told = ALL_KINDS.map((kind) =>
        act(kind, { at: event.endsWith('DETECTED') ? timeAfter(HOUR) : timeAfter(0) }),
      );
      expect([event, proofOf(clock, waiting, told).startActs.length > 0]).toEqual([event, true]);
    }
  });
});

const ALL_KINDS = [
  'suspicion.reported',
  'act.received',
  'case.triaged',
  'case.tracked',
  'case.dismissed',
  'case.closed',
  'check.recorded',
  'information.requested',
  'information.answered',
  'decision.approved',
  'block.ordered',
  'block.delivered',
  'block.acknowledged',
  'block.superseded',
  'lift.ordered',
  'lift.done',
  'transaction.held',
  'appeal.filed',
  'appeal.decided',
];
