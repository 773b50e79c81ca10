// Shares of a loss, computed by hand in each mode; causality; the words; and that the same facts give the same bytes.

import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import { toTiyn } from '../../../../shared/vocabulary/kzt';
import { LIABILITY_MODES, type LiabilityMode } from '../../../../shared/vocabulary/liability';
import type { CourseClock } from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import { ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import {
  approveLiability,
  assessLiability,
  isCausal,
  type JudgedDuty,
  type LiabilityAssessment,
} from '../../../../subgraphs/fraud-cases/domain/liability';
import { apportion, divideLoss } from '../../../../subgraphs/fraud-cases/domain/liability-shares';
import { investigator, kcell, kzt, supervisor, supervisor2 } from './case-fixture';

const almaty = (text: string): Instant => msToInstant(Date.parse(`${text}+05:00`));

const LOSS_AT = almaty('2026-02-06T14:20:00');
const NOW = almaty('2026-02-09T10:00:00');

const duty = (
  ruleId: string,
  party: string,
  startedAt: string,
  deadlineAt: string,
  stoppedAt: string | null,
  changes: Partial<CourseClock> = {},
): JudgedDuty => {
  const rule = ruleVersion(ruleId, 1);
  if (rule === null) throw new Error(`${ruleId} is no rule`);
  const clock: CourseClock = {
    id: `${ruleId}-${party}-${startedAt}`,
    caseId: 'case-1',
    about: null,
    ruleId,
    ruleVersion: 1,
    party,
    startedAt: almaty(startedAt),
    deadlineAt: almaty(deadlineAt),
    stoppedAt: stoppedAt === null ? null : almaty(stoppedAt),
    state: 'BREACHED',
    pauses: [],
    ...changes,
  };
  const act = (kind: string, logIndex: string | null): JudgedDuty['startActs'][number] => ({
    act: `${clock.id}-${kind}`,
    kind,
    author: party,
    logIndex,
    leafHash: createHash('sha256').update(`${clock.id}${kind}`).digest('hex').slice(0, 16),
  });
  return { clock, rule, startActs: [act('start', '7')], stopActs: stoppedAt === null ? [] : [act('stop', null)] };
};

/** The operator checked two days late, acknowledged late and enforced late; the Center triaged late; the bank held too late. */
const CHECK = duty('OP-02', 'kcell', '2026-02-02T10:00:00', '2026-02-05T00:00:00', '2026-02-06T15:00:00');
const ACKNOWLEDGE = duty('OP-05', 'kcell', '2026-02-06T13:00:00', '2026-02-06T13:15:00', '2026-02-06T15:05:00');
const TRIAGE = duty('AFC-01', 'afc', '2026-02-02T10:00:00', '2026-02-02T14:00:00', null);
const HOLD = duty('BANK-02', 'bank-1', '2026-02-06T13:50:00', '2026-02-06T14:05:00', '2026-02-06T14:30:00');
const ENFORCED_BEFORE = duty('OP-06', 'kcell', '2026-02-03T10:00:00', '2026-02-03T11:00:00', '2026-02-03T12:00:00');
const ALL = [CHECK, ACKNOWLEDGE, TRIAGE, HOLD, ENFORCED_BEFORE];

const assess = (mode: LiabilityMode, duties: readonly JudgedDuty[], amount = '1200000.00'): LiabilityAssessment => {
  const loss = {
    id: 'loss-1',
    caseId: 'case-1',
    bank: 'bank-1',
    amount: kzt(amount),
    occurredAt: LOSS_AT,
    transactionRef: 'T-1',
  };
  const step = assessLiability({ id: 'assessment-1', loss, mode, duties }, investigator, NOW);
  if (!step.ok) throw new Error(step.error.message);
  return step.value.next;
};

const rows = ({ shares }: LiabilityAssessment): readonly string[] =>
  shares.map(
    (share) =>
      `${share.party} ${share.claimableBasisPoints} ${share.claimable} ${share.regressBasisPoints} ${share.regress}`,
  );

describe('shares of a loss of 1,200,000 tenge', () => {
  // Weights: the operator 1 + 1/4, the Center 1, the bank 1; together 3.25.
  it('joint and several: all of it of anybody, settled by weight', () => {
    expect(rows(assess('JOINT_AND_SEVERAL', ALL))).toEqual([
      'afc 10000 1200000.00 3077 369230.77',
      'bank-1 10000 1200000.00 3077 369230.77',
      'kcell 10000 1200000.00 3846 461538.46',
    ]);
  });

  it('proportional: by weight', () => {
    expect(rows(assess('PROPORTIONAL', ALL))).toEqual([
      'afc 3077 369230.77 3077 369230.77',
      'bank-1 3077 369230.77 3077 369230.77',
      'kcell 3846 461538.46 3846 461538.46',
    ]);
  });

  it('equal split: a third each, the odd basis point to the first by code', () => {
    expect(rows(assess('EQUAL_SPLIT', ALL))).toEqual([
      'afc 3334 400000.00 3334 400000.00',
      'bank-1 3333 400000.00 3333 400000.00',
      'kcell 3333 400000.00 3333 400000.00',
    ]);
  });

  it('waterfall: the bank first, else the operators, else the Center', () => {
    expect(rows(assess('WATERFALL', ALL))).toEqual(['bank-1 10000 1200000.00 10000 1200000.00']);
    expect(rows(assess('WATERFALL', [CHECK, ACKNOWLEDGE, TRIAGE]))).toEqual([
      'kcell 10000 1200000.00 10000 1200000.00',
    ]);
    expect(rows(assess('WATERFALL', [TRIAGE]))).toEqual(['afc 10000 1200000.00 10000 1200000.00']);
    const second = duty('OP-06', 'beeline', '2026-02-03T10:00:00', '2026-02-03T11:00:00', null);
    // Weights of the operators: 1.25 and 1.
    expect(rows(assess('WATERFALL', [CHECK, ACKNOWLEDGE, second, TRIAGE]))).toEqual([
      'beeline 4444 533333.33 4444 533333.33',
      'kcell 5556 666666.67 5556 666666.67',
    ]);
  });

  it('of one tiyn goes to one party, whole', () => {
    expect(rows(assess('EQUAL_SPLIT', [CHECK, TRIAGE], '0.01'))).toEqual([
      'afc 5000 0.01 5000 0.01',
      'kcell 5000 0.00 5000 0.00',
    ]);
  });

  it.each(LIABILITY_MODES)('%s: of nobody when no breach bears on it', (mode) => {
    const assessment = assess(mode, [ENFORCED_BEFORE]);
    expect(assessment.shares).toEqual([]);
    expect(assessment.breaches).toMatchObject([{ causal: false }]);
    expect(assessment.explanation).toContain('it stays where it fell');
  });
});

describe('a breach bears on a loss', () => {
  it.each([
    ['its deadline had passed and it was not done', '2026-02-06T14:19:59', null, true],
    ['it was done after the loss', '2026-02-06T14:19:59', '2026-02-06T14:20:01', true],
    ['it was done at the instant of the loss', '2026-02-06T14:19:59', '2026-02-06T14:20:00', false],
    ['it was done before the loss', '2026-02-06T14:00:00', '2026-02-06T14:10:00', false],
    ['the deadline was the instant of the loss', '2026-02-06T14:20:00', null, false],
    ['the deadline came after the loss', '2026-02-06T14:20:01', null, false],
  ])('when %s: %#', (_case, deadline, stopped, expected) => {
    expect(isCausal(duty('OP-06', 'kcell', '2026-02-06T13:00:00', deadline, stopped).clock, LOSS_AT)).toBe(expected);
  });

  it.each([
    ['MET', '2026-02-06T15:00:00', 0],
    ['CANCELLED', null, 0],
    ['PAUSED', null, 0],
    ['RUNNING', null, 1],
    ['BREACHED', null, 1],
  ] as const)('and a clock that is %s counts %#', (state, stopped, count) => {
    const clock = duty('OP-06', 'kcell', '2026-02-06T10:00:00', '2026-02-06T11:00:00', stopped, { state });
    expect(assess('EQUAL_SPLIT', [clock]).breaches).toHaveLength(count);
  });

  it('of a rule that holds at every instant from the instant it was broken', () => {
    const activated = duty('OP-08', 'kcell', '2026-01-10T09:00:00', '2026-01-10T09:00:00', null);
    expect(rows(assess('PROPORTIONAL', [activated]))).toEqual(['kcell 10000 1200000.00 10000 1200000.00']);
    expect(assess('PROPORTIONAL', [activated]).explanation).toContain('Broken at 2026-01-10 09:00:00 +05:00.');
  });
});

describe('the explanation', () => {
  it('says in words what was missed, by how much, and by which acts it is proved', () => {
    const [start, stop] = [CHECK.startActs[0]?.leafHash, CHECK.stopActs[0]?.leafHash];
    expect(assess('JOINT_AND_SEVERAL', [CHECK, ENFORCED_BEFORE]).explanation).toBe(
      [
        'A client of bank-1 lost 1200000.00 KZT at 2026-02-06 14:20:00 +05:00.',
        'Missed duties of the case: 2.',
        '1. kcell: Check a complaint or a signal (OP-02 version 1, LAW, 2 working days).',
        '   It began at 2026-02-02 10:00:00 +05:00, was due by 2026-02-05 00:00:00 +05:00 and ended at 2026-02-06 15:00:00 +05:00, 1 day 15 hours late.',
        '   It bears on the loss: its time was over and it was not done when the money was lost. Weight 1.',
        `   Start proved by start of kcell (log entry 7, leaf ${start}); end proved by stop of kcell (not in the log yet, leaf ${stop}).`,
        '2. kcell: Enforce a block order (OP-06 version 1, POLICY, 1 hour).',
        '   It began at 2026-02-03 10:00:00 +05:00, was due by 2026-02-03 11:00:00 +05:00 and ended at 2026-02-03 12:00:00 +05:00, 1 hour late.',
        '   It does not bear on the loss: its time was not over, or it was done, when the money was lost.',
        `   Start proved by start of kcell (log entry 7, leaf ${ENFORCED_BEFORE.startActs[0]?.leafHash}); end proved by stop of kcell (not in the log yet, leaf ${ENFORCED_BEFORE.stopActs[0]?.leafHash}).`,
        'Joint and several: the claimant may ask the whole of any of these parties, who settle it among themselves by weight.',
        'kcell: may be asked for 1200000.00 KZT (100.00 %), bears 1200000.00 KZT (100.00 %).',
        '',
      ].join('\n'),
    );
  });

  it.each(LIABILITY_MODES)('%s: is the same byte for byte, in whatever order the facts are told', (mode) => {
    const bytes = JSON.stringify(assess(mode, ALL));
    fc.assert(
      fc.property(fc.shuffledSubarray([...ALL], { minLength: ALL.length }), (duties) => {
        expect(JSON.stringify(assess(mode, duties))).toBe(bytes);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('dividing', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 40_000n }), { minLength: 1, maxLength: 8 });

  it('loses nothing and invents nothing, and no part is a whole unit from its exact value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), weights, (whole, given) => {
        const sum = given.reduce((total, weight) => total + weight, 0n);
        const parts = apportion(whole, given);
        if (sum === 0n) return expect(parts.every((part) => part === 0n)).toBe(true);
        expect(parts.reduce((total, part) => total + part, 0n)).toBe(whole);
        parts.forEach((part, place) => {
          const exact = whole * (given[place] ?? 0n);
          const difference = part * sum - exact;
          expect(difference < sum && -difference < sum).toBe(true);
        });
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it.each(LIABILITY_MODES)('%s: what is settled adds up to the loss and to the whole', (mode) => {
    const kinds = fc.constantFrom('BANK' as const, 'OPERATOR' as const, 'AFC' as const);
    const party = fc.record({
      code: fc.stringMatching(/^[a-z]{1,4}$/),
      kind: kinds,
      weight: fc.bigInt({ min: 1n, max: 40_000n }),
    });
    const parties = fc.uniqueArray(party, { selector: ({ code }) => code, minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: toTiyn(kzt('999999999.99')) }), parties, (loss, given) => {
        const shares = divideLoss(mode, loss, given);
        expect(shares.reduce((total, share) => total + share.regressTiyn, 0n)).toBe(loss);
        expect(shares.reduce((total, share) => total + share.regressBasisPoints, 0)).toBe(10_000);
        expect(shares.map((share) => share.party)).toEqual(shares.map((share) => share.party).sort());
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

describe('an assessment', () => {
  it('is a draft until another person approves it', () => {
    const draft = assess('WATERFALL', ALL);
    expect(draft).toMatchObject({ state: 'DRAFT', version: 1, approvedBy: null });
    const own = { ...draft, assessedBy: supervisor.person };
    expect(approveLiability(own, { expectedVersion: 1 }, supervisor, NOW)).toMatchObject({
      error: { code: 'FOUR_EYES_REQUIRED' },
    });
    expect(approveLiability(draft, { expectedVersion: 2 }, supervisor, NOW)).toMatchObject({
      error: { code: 'VERSION_CONFLICT' },
    });
    expect(approveLiability(draft, { expectedVersion: 1 }, investigator, NOW)).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
    const approved = approveLiability(draft, { expectedVersion: 1 }, supervisor, NOW);
    if (!approved.ok) throw new Error(approved.error.message);
    expect(approved.value).toMatchObject({
      next: {
        state: 'APPROVED',
        version: 2,
        approvedBy: 'supervisor-1',
        approvedAt: NOW,
        explanation: draft.explanation,
      },
      acts: [{ kind: 'liability.approved', to: ['bank-1'] }],
    });
    expect(approveLiability(approved.value.next, { expectedVersion: 2 }, supervisor2, NOW)).toMatchObject({
      error: { code: 'ILLEGAL_TRANSITION' },
    });
  });

  it('is made by the Center', () => {
    const loss = assess('WATERFALL', ALL).loss;
    expect(assessLiability({ id: 'a', loss, mode: 'WATERFALL', duties: [] }, kcell, NOW)).toMatchObject({
      error: { code: 'FORBIDDEN' },
    });
  });
});
