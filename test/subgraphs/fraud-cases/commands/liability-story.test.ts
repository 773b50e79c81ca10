// One case with two losses, worked through the real kernel over a database whose clock the test sets, across Nauryz 2026, and its liability by
// hand: first the clocks, then the shares in each mode, with the arithmetic. All times are Almaty's (+05:00).
//
// THE STORY
//   Thu 19 March 09:00  bank-1 notices a payment            BANK-01 begins, due 10:00 (1 hour)
//   Thu 19 March 10:30  bank-1 reports it                   BANK-01 ends 30 minutes late; AFC-01 begins, due 14:30 (4 hours)
//   Thu 19 March 15:00  triage: kcell is to check           AFC-01 ends 30 minutes late; OP-02 and BANK-02 begin; AFC-02 begins and stands still
//                       OP-02: 2 working days after Thu 19: Fri 20 is the first; Sat 21, Sun 22 are free; Mon 23 March is Nauryz and so are
//                       Tue 24 and Wed 25 (21 and 22 March fall on the weekend and move there); Thu 26 is the second: due Thu 26, 24:00
//                       BANK-02: due 15:15 (15 minutes)
//   Fri 27 March 00:05  nobody checked: the timer moves on  AFC-02 runs on; counted from Fri 27: 30, 31 March, 1, 2, 3 April: due 3 April, 24:00
//   Fri 27 March 09:00  a temporary block, 28 days
//   Fri 27 March 10:00  kcell: FAILED                       OP-05 ends in time; OP-06 begins, due 11:00 (1 hour)
//   Fri 27 March 12:00  LOSS A, 1,000,000.01
//   Fri 27 March 12:30  kcell: ENFORCED                     OP-06 ends 1:30 late; AFC-04 begins, due Mon 30 March 12:30 (72 hours)
//   Fri 27 March 13:00  bank-1 tells: held at 12:10         BANK-02 ends at 12:10, after loss A
//   Wed  8 April 12:00  LOSS B, 500,000.00
//   Wed  8 April 15:00  assessed
//
// WHO ANSWERS FOR LOSS A (12:00): deadline before 12:00 and not done by 12:00
//   BANK-01 done before, AFC-01 done before: no. OP-02 due 27 March 00:00, never done: kcell 1. BANK-02 due 19 March 15:15, done 12:10: bank-1 1.
//   OP-06 due 11:00, done 12:30: kcell 1. AFC-02 due in April: no. AFC-04 begins later: no.      Weights: bank-1 1, kcell 2, together 3.
//   by weight: 10,000 x 1/3 = 3333 r 1/3, x 2/3 = 6666 r 2/3: the odd point to kcell: 3333 and 6667
//              100,000,001 tiyn x 1/3 = 33,333,333 r 2/3, x 2/3 = 66,666,667 r 1/3: the odd tiyn to bank-1: 333,333.34 and 666,666.67
//   equal:     5000 each; 50,000,000.5 tiyn each: the odd tiyn to bank-1, first by code: 500,000.01 and 500,000.00
//   waterfall: the bank bears all of it
//
// WHO ANSWERS FOR LOSS B (8 April 12:00)
//   OP-02 still not done: kcell 1. BANK-02 and OP-06 done: no. AFC-02 due 4 April 00:00: afc 1. AFC-04 due 30 March 12:30: afc 1.
//   Weights: afc 2, kcell 1, together 3.
//   by weight: 6666 r 2/3 and 3333 r 1/3: the odd point to afc: 6667 and 3333
//              50,000,000 tiyn x 2/3 = 33,333,333 r 1/3, x 1/3 = 16,666,666 r 2/3: the odd tiyn to kcell: 333,333.33 and 166,666.67
//   equal:     250,000.00 each;  waterfall: no bank, so the operator bears all of it

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIABILITY_MODES, type LiabilityMode } from '../../../../shared/vocabulary/liability';
import { assessLiability, type LiabilityAssessment } from '../../../../subgraphs/fraud-cases/domain/liability';
import { liabilityReads } from '../../../../subgraphs/fraud-cases/store/liability-reads';
import { bank, investigator, KCELL, kzt, SUSPECT, supervisor, supervisor2 } from '../domain/case-fixture';
import { almaty, by, type DutyWorld, idIn, openDutyWorld } from './duty-world';

let world: DutyWorld;
let caseId: string;

beforeAll(async () => {
  world = await openDutyWorld();
  await world.at('2026-03-19 10:30:00');
  caseId = await world.report({ channel: 'PAYMENT', detectedAt: almaty('2026-03-19 09:00:00') });
  await world.at('2026-03-19 15:00:00');
  await world.step(
    caseId,
    {
      kind: 'triageReport',
      severity: 'HIGH',
      fraudType: 'PHONE_IMPERSONATION',
      track: 'OPERATOR_CHECK',
      dismissReason: null,
      servedBy: KCELL,
    },
    investigator,
  );
  await world.at('2026-03-27 00:05:00');
  await world.settleTime();
  await world.at('2026-03-27 09:00:00');
  await world.step(caseId, { kind: 'assignCase', assignee: investigator.person }, supervisor);
  const order = await world.block(caseId, SUSPECT, investigator, 28 * 24);
  await world.at('2026-03-27 10:00:00');
  await world.answer(order, 'FAILED');
  await world.at('2026-03-27 12:30:00');
  await world.answer(order, 'ENFORCED');
  await world.at('2026-03-27 13:00:00');
  const hold = { id: 'hold-1', transactionRef: 'T-1', heldAt: almaty('2026-03-27 12:10:00') };
  await world.step(caseId, { kind: 'recordTransactionHold', ...hold }, bank);
  await world.at('2026-04-08 15:00:00');
  const lost = { kind: 'recordLoss', bank: 'bank-1', transactionRef: 'T-1' } as const;
  const [lossA, lossB] = [almaty('2026-03-27 12:00:00'), almaty('2026-04-08 12:00:00')];
  await world.step(caseId, { ...lost, id: 'loss-a', amount: kzt('1000000.01'), occurredAt: lossA }, bank);
  await world.step(caseId, { ...lost, id: 'loss-b', amount: kzt('500000.00'), occurredAt: lossB }, bank);
  await world.settleTime();
  await world.sequence();
}, 120_000);

afterAll(() => world.close());

async function assess(lossId: string, mode: LiabilityMode): Promise<LiabilityAssessment> {
  const answer = await world.liability.assessLiability(by(investigator), { caseId, lossId, mode });
  const [kept] = await liabilityReads(world.dataSource).assessmentsById([idIn(answer, 'assessment')]);
  if (kept === undefined) throw new Error('the assessment was not kept');
  return kept;
}

const SHARES: Readonly<Record<'loss-a' | 'loss-b', Readonly<Record<LiabilityMode, readonly string[]>>>> = {
  'loss-a': {
    JOINT_AND_SEVERAL: ['bank-1 10000 1000000.01 3333 333333.34', 'kcell 10000 1000000.01 6667 666666.67'],
    WATERFALL: ['bank-1 10000 1000000.01 10000 1000000.01'],
    EQUAL_SPLIT: ['bank-1 5000 500000.01 5000 500000.01', 'kcell 5000 500000.00 5000 500000.00'],
    PROPORTIONAL: ['bank-1 3333 333333.34 3333 333333.34', 'kcell 6667 666666.67 6667 666666.67'],
  },
  'loss-b': {
    JOINT_AND_SEVERAL: ['afc 10000 500000.00 6667 333333.33', 'kcell 10000 500000.00 3333 166666.67'],
    WATERFALL: ['kcell 10000 500000.00 10000 500000.00'],
    EQUAL_SPLIT: ['afc 5000 250000.00 5000 250000.00', 'kcell 5000 250000.00 5000 250000.00'],
    PROPORTIONAL: ['afc 6667 333333.33 6667 333333.33', 'kcell 3333 166666.67 3333 166666.67'],
  },
};

/** rule, party, start, deadline, end, whether it bears on loss A and on loss B. */
const BREACHES = [
  ['AFC-01', 'afc', '2026-03-19 10:30:00', '2026-03-19 14:30:00', '2026-03-19 15:00:00', false, false],
  ['AFC-02', 'afc', '2026-03-19 15:00:00', '2026-04-04 00:00:00', null, false, true],
  ['AFC-04', 'afc', '2026-03-27 12:30:00', '2026-03-30 12:30:00', null, false, true],
  ['BANK-01', 'bank-1', '2026-03-19 09:00:00', '2026-03-19 10:00:00', '2026-03-19 10:30:00', false, false],
  ['BANK-02', 'bank-1', '2026-03-19 15:00:00', '2026-03-19 15:15:00', '2026-03-27 12:10:00', true, false],
  ['OP-02', 'kcell', '2026-03-19 15:00:00', '2026-03-27 00:00:00', null, true, true],
  ['OP-06', 'kcell', '2026-03-27 10:00:00', '2026-03-27 11:00:00', '2026-03-27 12:30:00', true, false],
] as const;

describe('the liability of the story', () => {
  it('rests on the clocks that were counted by hand, across Nauryz', async () => {
    for (const [lossId, column] of [
      ['loss-a', 5],
      ['loss-b', 6],
    ] as const) {
      const { breaches } = await assess(lossId, 'PROPORTIONAL');
      expect(
        breaches.map(({ clock, causal }) => [
          clock.ruleId,
          clock.party,
          clock.startedAt,
          clock.deadlineAt,
          clock.stoppedAt,
          causal,
        ]),
      ).toEqual(
        BREACHES.map((row) => [
          row[0],
          row[1],
          almaty(row[2]),
          almaty(row[3]),
          row[4] === null ? null : almaty(row[4]),
          row[column],
        ]),
      );
    }
  });

  describe.each(['loss-a', 'loss-b'] as const)('for %s', (lossId) => {
    it.each(LIABILITY_MODES)('comes out by hand in %s, and twice byte for byte', async (mode) => {
      const first = await assess(lossId, mode);
      expect(
        first.shares.map(
          (share) =>
            `${share.party} ${share.claimableBasisPoints} ${share.claimable} ${share.regressBasisPoints} ${share.regress}`,
        ),
      ).toEqual(SHARES[lossId][mode]);
      const second = await assess(lossId, mode);
      const kept = await world.rows<{
        readonly breaches: string;
        readonly shares: string;
        readonly explanation: string;
      }>('SELECT breaches, shares, explanation FROM liability_assessment WHERE id = ANY ($1)', [[first.id, second.id]]);
      expect(kept).toHaveLength(2);
      expect(kept[1]).toEqual(kept[0]);
    });
  });

  it('says the same a second, an hour and a month later, while nothing else has happened', async () => {
    const texts = 'SELECT breaches, shares, explanation FROM liability_assessment WHERE id = $1';
    const said = async () => (await world.rows(texts, [(await assess('loss-b', 'PROPORTIONAL')).id]))[0];
    const first = await said();
    for (const text of ['2026-04-08 15:00:01', '2026-04-08 16:00:00', '2026-05-08 15:00:00']) {
      await world.at(text);
      expect(await said()).toEqual(first);
    }
    await world.at('2026-04-08 15:00:00');
  });

  it.each(LIABILITY_MODES)('follows again from what the row keeps, in %s', async (mode) => {
    const kept = await assess('loss-b', mode);
    const question = { id: kept.id, loss: kept.loss, mode, duties: kept.breaches.toReversed() };
    const again = assessLiability(question, investigator, kept.assessedAt);
    if (!again.ok) throw new Error(again.error.message);
    const { breaches, shares, explanation } = again.value.next;
    expect({ breaches, shares, explanation }).toEqual({
      breaches: kept.breaches,
      shares: kept.shares,
      explanation: kept.explanation,
    });
  });

  it('names for each missed duty the acts that prove start and end, with their places in the log', async () => {
    const { breaches } = await assess('loss-a', 'JOINT_AND_SEVERAL');
    expect(
      breaches.map(({ clock, startActs, stopActs }) => [
        clock.ruleId,
        startActs.map(({ kind }) => kind),
        stopActs.map(({ kind }) => kind),
      ]),
    ).toEqual([
      ['AFC-01', ['suspicion.reported'], ['case.tracked']],
      ['AFC-02', ['case.tracked'], []],
      ['AFC-04', ['block.acknowledged'], []],
      ['BANK-01', ['suspicion.reported'], ['suspicion.reported']],
      ['BANK-02', ['case.tracked'], ['transaction.held']],
      ['OP-02', ['case.tracked'], []],
      ['OP-06', ['block.delivered'], ['block.acknowledged']],
    ]);
    const acts = breaches.flatMap(({ startActs, stopActs }) => [...startActs, ...stopActs]);
    const known = await world.rows<{ readonly id: string; readonly index: string; readonly leaf: string }>(
      `SELECT act.id, entry.index::text AS index, translate(rtrim(encode(leaf_hash, 'base64'), '='), '+/', '-_') AS leaf
       FROM audit.act JOIN audit.log_entry AS entry ON entry.act_id = act.id WHERE act.id = ANY ($1)`,
      [acts.map(({ act }) => act)],
    );
    for (const { act, logIndex, leafHash } of acts) {
      expect(known).toContainEqual({ id: act, index: logIndex, leaf: leafHash });
    }
  });

  it('explains itself in words that stay as they are', async () => {
    const { explanation, breaches } = await assess('loss-a', 'JOINT_AND_SEVERAL');
    const proofOf = (ruleId: string, place: 'startActs' | 'stopActs'): string => {
      const acts = breaches.find(({ clock }) => clock.ruleId === ruleId)?.[place] ?? [];
      return acts
        .map(({ kind, logIndex, leafHash }) => `${kind} of afc (log entry ${logIndex}, leaf ${leafHash})`)
        .join();
    };
    expect(explanation.split('\n').slice(0, 2)).toEqual([
      'A client of bank-1 lost 1000000.01 KZT at 2026-03-27 12:00:00 +05:00.',
      'Missed duties of the case: 7.',
    ]);
    expect(explanation).toContain(
      [
        '7. kcell: Enforce a block order (OP-06 version 1, POLICY, 1 hour).',
        '   It began at 2026-03-27 10:00:00 +05:00, was due by 2026-03-27 11:00:00 +05:00 and ended at 2026-03-27 12:30:00 +05:00, 1 hour 30 minutes late.',
        '   It bears on the loss: its time was over and it was not done when the money was lost. Weight 1.',
        `   Start proved by ${proofOf('OP-06', 'startActs')}; end proved by ${proofOf('OP-06', 'stopActs')}.`,
        'Joint and several: the claimant may ask the whole of any of these parties, who settle it among themselves by weight.',
        'bank-1: may be asked for 1000000.01 KZT (100.00 %), bears 333333.34 KZT (33.33 %).',
        'kcell: may be asked for 1000000.01 KZT (100.00 %), bears 666666.67 KZT (66.67 %).',
        '',
      ].join('\n'),
    );
  });

  it('is a draft until another person approves it, and then stands', async () => {
    const { id, version } = await assess('loss-a', 'WATERFALL');
    const approve = (actor: typeof supervisor, expectedVersion = version) =>
      world.liability.approveLiability(by(actor), { assessmentId: id, expectedVersion });
    expect((await approve(supervisor, version + 1)).userErrors[0]?.code).toBe('VERSION_CONFLICT');
    expect(idIn(await approve(supervisor), 'assessment')).toBe(id);
    expect((await approve(supervisor2, version + 1)).userErrors[0]?.code).toBe('ILLEGAL_TRANSITION');
    const own = await world.liability.assessLiability(by(supervisor), { caseId, lossId: 'loss-a', mode: 'WATERFALL' });
    const refused = await world.liability.approveLiability(by(supervisor), {
      assessmentId: idIn(own, 'assessment'),
      expectedVersion: 1,
    });
    expect(refused.userErrors[0]?.code).toBe('FOUR_EYES_REQUIRED');
    const past = `UPDATE liability_assessment SET explanation = 'other' WHERE id = $1`;
    await expect(world.rows(past, [id])).rejects.toThrow('approved once');
    const alone = `UPDATE liability_assessment SET state = 'APPROVED', version = 2, approved_by = assessed_by, approved_at = now() WHERE id = $1`;
    await expect(world.rows(alone, [idIn(own, 'assessment')])).rejects.toThrow('liability_four_eyes');
  });

  it('is refused for a loss that is not of the case', async () => {
    const mode = 'WATERFALL';
    const other = await world.liability.assessLiability(by(investigator), { caseId, lossId: 'loss-c', mode });
    expect(other.userErrors[0]).toMatchObject({ code: 'NOT_FOUND', field: ['lossId'] });
    const nowhere = await world.liability.assessLiability(by(investigator), { caseId: 'x', lossId: 'loss-a', mode });
    expect(nowhere.userErrors[0]?.code).toBe('NOT_FOUND');
    await expect(world.liability.assessLiability(by(bank), { caseId, lossId: 'loss-a', mode })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
