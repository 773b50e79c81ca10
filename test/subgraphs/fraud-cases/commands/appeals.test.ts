// Appeals through the real kernel: who may decide them, what an upheld one lifts, what lapses, and two people at the same instant.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import { lapseAppeal } from '../../../../subgraphs/fraud-cases/commands/appeal-commands';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import { appeals, bank, DIGEST, investigator, KCELL, portal, supervisor, supervisor2 } from '../domain/case-fixture';
import { scopeDrift } from '../store/scope-drift';
import { almaty, by, type DutyWorld, idIn, openDutyWorld } from './duty-world';

const APPEALS_2: Actor = { person: 'appeals-2', organisation: 'afc', roles: ['APPEALS'] };

let world: DutyWorld;
let suspects = 0;

beforeAll(async () => {
  world = await openDutyWorld();
});
afterAll(() => world.close());

/** A case of a new number, worked by investigator-1, with a temporary block that kcell answered at 10:00 on Thursday, 19 March. */
async function blocked(
  outcome = 'ENFORCED',
): Promise<{ readonly caseId: string; readonly orderId: string; readonly suspect: Msisdn }> {
  suspects += 1;
  const suspect = `+7701${String(1_000_000 + suspects)}` as Msisdn;
  await world.at('2026-03-19 09:00:00');
  const caseId = await world.report({ suspect });
  const triage = {
    kind: 'triageReport',
    severity: 'HIGH',
    fraudType: 'PHONE_IMPERSONATION',
    track: 'AFC_INVESTIGATION',
    dismissReason: null,
    servedBy: KCELL,
  } as const;
  await world.step(caseId, triage, investigator);
  await world.step(caseId, { kind: 'assignCase', assignee: investigator.person }, investigator);
  await world.at('2026-03-19 10:00:00');
  const orderId = await world.block(caseId, suspect, investigator, 28 * 24);
  await world.answer(orderId, outcome);
  return { caseId, orderId, suspect };
}

const input = (orderId: string) => ({ orderId, grounds: 'WRONG_PERSON', statement: 'I drive a taxi.' }) as const;

async function filed(orderId: string): Promise<string> {
  return idIn(await world.appeals.fileAppeal(by(portal), input(orderId)), 'appeal');
}

/** An appeal that waits for its second person; appeals-1 decided. */
async function proposed(orderId: string, upheld: boolean): Promise<string> {
  const appealId = await filed(orderId);
  idIn(await world.appeals.startAppealReview(by(appeals), appealId), 'appeal');
  idIn(await world.appeals.decideAppeal(by(appeals), { appealId, upheld, reason: 'Another man.' }), 'appeal');
  return appealId;
}

interface AppealState {
  readonly state: string;
  readonly version: number;
  readonly decided_by: string | null;
  readonly approved_by: string | null;
  readonly due_at: Date;
  readonly participants: readonly string[];
}

async function appealOf(id: string): Promise<AppealState | undefined> {
  const [row] = await world.rows<AppealState>(
    'SELECT state, version, decided_by, approved_by, due_at, participants FROM appeal WHERE id = $1',
    [id],
  );
  return row;
}

async function orderState(id: string): Promise<string | undefined> {
  const [row] = await world.rows<{ readonly state: string }>('SELECT state FROM block_order WHERE id = $1', [id]);
  return row?.state;
}

const kindsOf = async (caseId: string): Promise<readonly string[]> =>
  (
    await world.rows<{ readonly kind: string }>('SELECT kind FROM case_event WHERE case_id = $1 ORDER BY place', [
      caseId,
    ])
  ).map(({ kind }) => kind);

describe('an appeal', () => {
  it('is due two working days after its filing, across Nauryz, and starts the clock of that duty', async () => {
    const { orderId, caseId } = await blocked();
    await world.at('2026-03-19 18:00:00');
    const appeal = await filed(orderId);
    // Fri 20 March is the first working day after Thu 19; 21 to 25 are free; Thu 26 is the second.
    expect((await appealOf(appeal))?.due_at.toISOString()).toBe(almaty('2026-03-27 00:00:00'));
    const clock = (await world.record(caseId)).clocks.find(({ about }) => about === appeal);
    expect(clock).toMatchObject({ ruleId: 'AFC-05', party: 'afc', deadlineAt: almaty('2026-03-27 00:00:00') });
    expect((await kindsOf(caseId)).at(-1)).toBe('appeal.filed');
  });

  it('that is upheld by two others lifts the block, in the transaction of the approval', async () => {
    const { orderId, caseId } = await blocked();
    const appealId = await proposed(orderId, true);
    expect(await orderState(orderId)).toBe('ENFORCED');
    idIn(await world.appeals.approveAppealDecision(by(supervisor), { appealId, expectedVersion: 3 }), 'appeal');
    expect(await appealOf(appealId)).toMatchObject({
      state: 'UPHELD',
      decided_by: 'appeals-1',
      approved_by: 'supervisor-1',
      participants: ['investigator-1'],
    });
    expect(await orderState(orderId)).toBe('LIFT_ISSUED');
    expect((await kindsOf(caseId)).slice(-2)).toEqual(['appeal.decided', 'lift.ordered']);
    const events = await world.rows(
      `SELECT DISTINCT transaction FROM case_event WHERE case_id = $1 AND kind IN ('appeal.decided', 'lift.ordered')`,
      [caseId],
    );
    expect(events).toHaveLength(1);
    const tasks = await world.rows('SELECT task FROM order_outbox WHERE order_id = $1', [orderId]);
    expect(tasks).toEqual([{ task: 'LIFT' }]);
    const clock = (await world.record(caseId)).clocks.find(({ about }) => about === appealId);
    expect(clock?.state).toBe('MET');
    expect(await world.answer(orderId, 'LIFTED', 'LIFT')).toBe('DONE');
    expect(await orderState(orderId)).toBe('LIFTED');
  });

  it('follows a block that was issued again where the line was ported to', async () => {
    const { orderId, caseId } = await blocked('NOT_SERVED_HERE');
    const appealId = await filed(orderId);
    expect(await world.reissue(orderId)).toBe('REISSUED');
    const next = (await world.record(caseId)).orders.find(({ operatorCode }) => operatorCode === 'beeline');
    await world.answer(next?.id ?? '', 'ENFORCED');
    idIn(await world.appeals.startAppealReview(by(appeals), appealId), 'appeal');
    idIn(await world.appeals.decideAppeal(by(appeals), { appealId, upheld: true, reason: 'Another man.' }), 'appeal');
    idIn(await world.appeals.approveAppealDecision(by(supervisor), { appealId, expectedVersion: 3 }), 'appeal');
    expect([await orderState(orderId), await orderState(next?.id ?? '')]).toEqual(['SUPERSEDED', 'LIFT_ISSUED']);
  });

  it('that is rejected leaves the block', async () => {
    const { orderId } = await blocked();
    const appealId = await proposed(orderId, false);
    idIn(await world.appeals.approveAppealDecision(by(APPEALS_2), { appealId, expectedVersion: 3 }), 'appeal');
    expect((await appealOf(appealId))?.state).toBe('REJECTED');
    expect(await orderState(orderId)).toBe('ENFORCED');
  });

  it('is not decided by who took part in the block, nor approved by who decided', async () => {
    const { orderId } = await blocked();
    const appealId = await filed(orderId);
    const who: Actor = { ...investigator, roles: ['INVESTIGATOR', 'APPEALS', 'SUPERVISOR'] };
    expect((await world.appeals.startAppealReview(by(who), appealId)).userErrors[0]?.code).toBe('FOUR_EYES_REQUIRED');
    idIn(await world.appeals.startAppealReview(by(appeals), appealId), 'appeal');
    const decision = { appealId, upheld: true, reason: 'Another man.' };
    expect((await world.appeals.decideAppeal(by(who), decision)).userErrors[0]?.code).toBe('FOUR_EYES_REQUIRED');
    idIn(await world.appeals.decideAppeal(by(appeals), decision), 'appeal');
    const approve = async (actor: Actor) =>
      (await world.appeals.approveAppealDecision(by(actor), { appealId, expectedVersion: 3 })).userErrors[0]?.code;
    expect(await approve(appeals)).toBe('FOUR_EYES_REQUIRED');
    expect(await approve(who)).toBe('FOUR_EYES_REQUIRED');
    const past = (column: string) =>
      world.rows(`UPDATE appeal SET ${column} = 'investigator-1' WHERE id = $1`, [appealId]);
    await expect(past('approved_by')).rejects.toThrow('appeal_by_others');
    await expect(past('decided_by')).rejects.toThrow('appeal_by_others');
  });

  it('is filed once while it is open, by portal or appeals, against a block that stands', async () => {
    const { orderId } = await blocked();
    await filed(orderId);
    const again = await world.appeals.fileAppeal(by(portal), input(orderId));
    expect(again.userErrors[0]?.code).toBe('DUPLICATE_REFERENCE');
    await expect(world.appeals.fileAppeal(by(bank), input(orderId))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const nowhere = await world.appeals.fileAppeal(by(portal), input('no-order'));
    expect(nowhere.userErrors[0]).toMatchObject({ code: 'NOT_FOUND', field: ['input', 'orderId'] });
    const other = await blocked();
    const appealId = await proposed(other.orderId, true);
    idIn(await world.appeals.approveAppealDecision(by(supervisor2), { appealId, expectedVersion: 3 }), 'appeal');
    const late = await world.appeals.fileAppeal(by(portal), input(other.orderId));
    expect(late.userErrors[0]?.code).toBe('NOT_BLOCKED');
  });

  it('answers a key with what it was answered before', async () => {
    const { orderId } = await blocked();
    const caller = { actor: portal, idempotencyKey: `key-${orderId}` };
    const first = await world.appeals.fileAppeal(caller, input(orderId));
    expect(await world.appeals.fileAppeal(caller, input(orderId))).toEqual(first);
    await expect(
      world.appeals.fileAppeal(caller, { ...input(orderId), statement: 'Other words.' }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });
});

describe('an appeal that nobody decides in time', () => {
  it('lifts a temporary block once its time is over, and not a moment before', async () => {
    const { orderId, caseId } = await blocked();
    const appealId = await filed(orderId);
    await world.at('2026-03-27 00:00:00');
    await world.settleTime();
    expect((await appealOf(appealId))?.state).toBe('FILED');
    await world.at('2026-03-27 00:00:01');
    await world.settleTime();
    expect(await appealOf(appealId)).toMatchObject({ state: 'UPHELD', approved_by: null });
    expect(await orderState(orderId)).toBe('LIFT_ISSUED');
    expect((await kindsOf(caseId)).slice(-2)).toEqual(['appeal.decided', 'lift.ordered']);
    const clock = (await world.record(caseId)).clocks.find(({ about }) => about === appealId);
    expect(clock?.state).toBe('BREACHED');
    expect(await lapseAppeal(world.desk, appealId)).toBe(false);
  });

  it('leaves a confirmed block, however late', async () => {
    const { caseId, suspect } = await blocked();
    const evidence = { id: `evidence-${caseId}`, evidenceKind: 'AUDIO', sha256: DIGEST, note: null } as const;
    await world.step(
      caseId,
      { kind: 'addEvidence', ...evidence, capturedAt: almaty('2026-03-19 09:30:00') },
      investigator,
    );
    const proposal = {
      outcome: 'CONFIRMED',
      reasonCode: 'PHONE_IMPERSONATION',
      findings: 'It is.',
      measures: null,
    } as const;
    const before = await world.record(caseId);
    await world.step(
      caseId,
      { kind: 'proposeDecision', ...proposal, expectedVersion: before.case.version },
      investigator,
    );
    const pending = await world.record(caseId);
    const live = pending.orders[0] ?? null;
    const decided = await world.step(
      caseId,
      {
        kind: 'approveDecision',
        expectedVersion: pending.case.version,
        comment: 'Agreed.',
        targets: [{ msisdn: suspect, servedBy: KCELL, live }],
      },
      supervisor2,
    );
    const confirmed = decided.orders.find(({ kind }) => kind === 'CONFIRMED');
    const appealId = await filed(confirmed?.id ?? '');
    expect((await appealOf(appealId))?.participants).toEqual(['investigator-1', 'supervisor-2']);
    await world.at('2026-06-01 00:00:00');
    await world.settleTime();
    expect((await appealOf(appealId))?.state).toBe('FILED');
    expect(await lapseAppeal(world.desk, appealId)).toBe(false);
  });
});

describe('two at the same instant', () => {
  const ROUNDS = 20;

  it('approve an appeal once, whoever they are', async () => {
    const people = [supervisor, supervisor2, APPEALS_2, appeals];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { orderId, caseId } = await blocked();
      const appealId = await proposed(orderId, true);
      const [one = appeals, other = appeals] = [people[round % 4], people[(round * 7 + 1) % 4]];
      const answers = await Promise.all(
        [one, other].map((actor) => world.appeals.approveAppealDecision(by(actor), { appealId, expectedVersion: 3 })),
      );
      const good = answers.filter(({ userErrors }) => userErrors.length === 0);
      const isPossible = one !== appeals || other !== appeals;
      expect(good).toHaveLength(isPossible ? 1 : 0);
      for (const { userErrors } of answers) {
        const code = userErrors[0]?.code ?? 'done';
        expect(['done', 'VERSION_CONFLICT', 'ILLEGAL_TRANSITION', 'FOUR_EYES_REQUIRED']).toContain(code);
      }
      const kinds = await kindsOf(caseId);
      expect(kinds.filter((kind) => kind === 'appeal.decided')).toHaveLength(isPossible ? 1 : 0);
      expect(kinds.filter((kind) => kind === 'lift.ordered')).toHaveLength(isPossible ? 1 : 0);
    }
  }, 60_000);

  it('file one appeal between them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { orderId } = await blocked();
      const answers = await Promise.all(
        [portal, appeals].map((actor) => world.appeals.fileAppeal(by(actor), input(orderId))),
      );
      expect(answers.map(({ userErrors }) => userErrors[0]?.code ?? 'done').sort()).toEqual([
        'DUPLICATE_REFERENCE',
        'done',
      ]);
    }
  }, 60_000);

  it('the timer and a person: one of them ends the appeal, and the block is lifted once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { orderId, caseId } = await blocked();
      const appealId = await proposed(orderId, round % 2 === 0);
      await world.at('2026-03-28 00:00:00');
      const [isLapsed, approved] = await Promise.all([
        lapseAppeal(world.desk, appealId),
        world.appeals.approveAppealDecision(by(supervisor), { appealId, expectedVersion: 3 }),
      ]);
      expect(approved.userErrors.length === 0).toBe(!isLapsed);
      const lifts = (await kindsOf(caseId)).filter((kind) => kind === 'lift.ordered');
      expect(lifts).toHaveLength(isLapsed || round % 2 === 0 ? 1 : 0);
    }
  }, 60_000);
});

describe('the lists of readers', () => {
  it('find every case by whose it is, after all of that', async () => {
    expect(await scopeDrift((text) => world.rows(text))).toEqual([]);
  });
});
