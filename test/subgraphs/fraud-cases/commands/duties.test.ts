// Duties as the database holds them: the table of rules against the program's data, clocks as readers see them, and what holds for every clock
// after any course of things.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Instant, instantToMs } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import type { CaseCommand } from '../../../../subgraphs/fraud-cases/domain/case-command';
import { proofOf } from '../../../../subgraphs/fraud-cases/domain/clock-proof';
import { overrunSeconds } from '../../../../subgraphs/fraud-cases/domain/duty';
import { type CourseClock, deadlineOf, isOpen } from '../../../../subgraphs/fraud-cases/domain/duty-clock';
import { DUTY_RULES, rulesInForce, ruleVersion } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import { dutyReads } from '../../../../subgraphs/fraud-cases/store/duty-reads';
import { actsByClock } from '../../../../subgraphs/fraud-cases/store/liability-store';
import {
  appeals,
  bank,
  DIGEST,
  investigator,
  KCELL,
  kcell,
  portal,
  supervisor,
  supervisor2,
  timer,
} from '../domain/case-fixture';
import { almaty, by, type DutyWorld, openDutyWorld } from './duty-world';

let world: DutyWorld;
let suspects = 0;

beforeAll(async () => {
  world = await openDutyWorld();
});
afterAll(() => world.close());

const nextSuspect = (): Msisdn => {
  suspects += 1;
  return `+7701${String(3_000_000 + suspects)}` as Msisdn;
};

const triage = (track: 'OPERATOR_CHECK' | 'AFC_INVESTIGATION'): CaseCommand => ({
  kind: 'triageReport',
  severity: 'HIGH',
  fraudType: 'PHONE_IMPERSONATION',
  track,
  dismissReason: null,
  servedBy: KCELL,
});

interface RuleRow {
  readonly id: string;
  readonly version: number;
  readonly [column: string]: unknown;
}

describe('the rules', () => {
  it('stand in the table as the program has them', async () => {
    const rows = await world.rows<RuleRow>(
      `SELECT id, version, title, status, obliged, clock_start, clock_stops, deadline_value::float AS value, deadline_unit,
         pause_on, warn_at_percent, liability_weight::float * 10000 AS weight, valid_from, valid_to FROM duty_rule ORDER BY id, version`,
    );
    const own = DUTY_RULES.map((rule) => ({
      id: rule.id,
      version: rule.version,
      title: rule.title,
      status: rule.status,
      obliged: rule.obliged,
      clock_start: rule.start,
      clock_stops: [...rule.stops],
      value: rule.deadlineValue,
      deadline_unit: rule.deadlineUnit,
      pause_on: [...rule.pauseOn],
      warn_at_percent: [...rule.warnAtPercent],
      weight: rule.weight,
      valid_from: new Date(rule.validFrom),
      valid_to: rule.validTo === null ? null : new Date(rule.validTo),
    }));
    const sorted = (one: { readonly id: string }, other: { readonly id: string }) => (one.id < other.id ? -1 : 1);
    expect(rows.toSorted(sorted)).toEqual(own.toSorted(sorted));
  });
});

describe('a clock as readers see it', () => {
  it('overruns by whole seconds of the database, not in a pause, and no further once it stopped', async () => {
    await world.at('2026-02-02 10:00:00');
    const caseId = await world.report({ suspect: nextSuspect() });
    const reads = dutyReads(world.dataSource);
    const seen = async (ruleId: string) => {
      const clock = (await reads.clocksOf([caseId])).find((each) => each.ruleId === ruleId);
      if (clock === undefined) throw new Error(`no ${ruleId}`);
      return { state: clock.state, overrun: overrunSeconds(clock) };
    };
    await world.at('2026-02-02 14:00:00');
    expect(await seen('AFC-01')).toEqual({ state: 'RUNNING', overrun: null });
    await world.at('2026-02-02 14:10:00');
    await world.settleTime();
    expect(await seen('AFC-01')).toEqual({ state: 'BREACHED', overrun: 600 });
    await world.at('2026-02-02 15:00:00');
    await world.step(caseId, triage('AFC_INVESTIGATION'), investigator);
    await world.step(caseId, { kind: 'assignCase', assignee: investigator.person }, investigator);
    await world.at('2026-02-03 09:00:00');
    expect(await seen('AFC-01')).toEqual({ state: 'BREACHED', overrun: 3_600 });
    // AFC-02 is due on Mon 9 February, 24:00. It stands still over two ends of days, Tue 3 and Wed 4: Thu 5, Fri 6, Mon 9, Tue 10, Wed 11.
    const dueAt = almaty('2026-02-05 12:00:00');
    const question = { id: 'request-duties', operatorCode: KCELL, questions: ['Whose?'], dueAt };
    await world.step(caseId, { kind: 'requestInformation', ...question }, investigator);
    expect(await seen('AFC-02')).toEqual({ state: 'PAUSED', overrun: null });
    await world.at('2026-02-05 09:00:00');
    await world.step(caseId, { kind: 'answerInformationRequest', requestId: 'request-duties', answer: 'His.' }, kcell);
    const [clock] = (await reads.clocksOf([caseId])).filter(({ ruleId }) => ruleId === 'AFC-02');
    expect(clock?.deadlineAt).toBe(almaty('2026-02-12 00:00:00'));
    await world.at('2026-02-12 00:00:07');
    await world.settleTime();
    expect(await seen('AFC-02')).toEqual({ state: 'BREACHED', overrun: 7 });
    // OP-07 began on Tue 3 at 9:00, was due at 13:00, and was answered on Thu 5 at 9:00.
    expect(await seen('OP-07')).toEqual({ state: 'BREACHED', overrun: 44 * 3_600 });
  });
});

describe('whatever happens', () => {
  it('the clocks of a case agree with their rules, their pauses, their acts and their alarms', async () => {
    const HISTORIES = 10;
    const STEPS = 16;
    const random = randomFrom(20_260_319);
    for (let history = 0; history < HISTORIES; history += 1) {
      const course = new Course(random);
      await course.begin();
      for (let step = 0; step < STEPS; step += 1) await course.goOn();
      await course.settle();
      await expectConsistent(course.caseId, course.now);
    }
  }, 120_000);
});

/** One random course of a case. */
class Course {
  caseId = '';
  private suspect = nextSuspect();
  private nowMs = instantToMs(almaty('2026-03-16 09:00:00'));

  constructor(private readonly random: (below: number) => number) {}

  get now(): Instant {
    return new Date(this.nowMs).toISOString() as Instant;
  }

  async begin(): Promise<void> {
    await this.move();
    const detectedAt = new Date(this.nowMs - this.random(5) * 3_600_000).toISOString() as Instant;
    this.caseId = await world.report({ suspect: this.suspect, channel: 'PAYMENT', detectedAt });
  }

  async goOn(): Promise<void> {
    await this.move();
    if (this.random(3) === 0) await world.settleTime();
    const record = await world.record(this.caseId);
    const { version, state } = record.case;
    const order = record.orders.at(-1);
    const steps: (() => Promise<unknown>)[] = [
      () => this.step(triage(this.random(2) === 0 ? 'OPERATOR_CHECK' : 'AFC_INVESTIGATION'), investigator),
      () => this.step({ kind: 'assignCase', assignee: investigator.person }, supervisor),
      () => this.step({ kind: 'recordCheckResult', confirmed: true, findings: 'It is.', foundAt: null }, kcell),
      () => this.step({ kind: 'takeOverCheck' }, this.random(2) === 0 ? timer : supervisor),
      () => this.ask(),
      () => {
        const open = record.informationRequests.find((request) => request.state !== 'ANSWERED');
        return this.step({ kind: 'answerInformationRequest', requestId: open?.id ?? '', answer: 'His.' }, kcell);
      },
      () => this.step(this.evidence(), investigator),
      () =>
        this.step(
          {
            kind: 'proposeDecision',
            outcome: this.random(2) === 0 ? 'CONFIRMED' : 'REFUTED',
            reasonCode: 'OTHER',
            findings: 'So it is.',
            measures: null,
            expectedVersion: version,
          },
          investigator,
        ),
      () => this.step({ kind: 'rejectDecision', expectedVersion: version, reason: 'Not yet.' }, supervisor),
      () => {
        const live = order !== undefined && !['EXPIRED', 'LIFTED', 'SUPERSEDED'].includes(order.state) ? order : null;
        const targets = [{ msisdn: this.suspect, servedBy: KCELL, live }];
        const approval = { expectedVersion: version, comment: 'Agreed.', targets };
        return this.step({ kind: 'approveDecision', ...approval }, supervisor2);
      },
      () => world.block(this.caseId, this.suspect, supervisor, 1 + this.random(300)),
      () =>
        world.answer(order?.id ?? '', (['FAILED', 'ENFORCED', 'PARTIALLY_ENFORCED'] as const)[this.random(3)] ?? ''),
      () => world.answer(order?.id ?? '', 'LIFTED', 'LIFT'),
      () =>
        world.appeals.fileAppeal(by(portal), {
          orderId: order?.id ?? '',
          grounds: 'OTHER',
          statement: 'It is mine.',
        }),
      () => this.appeal(),
      () => {
        const heldAt = new Date(this.nowMs - this.random(60) * 60_000).toISOString() as Instant;
        const hold = { id: `hold-${this.caseId}-${this.nowMs}`.slice(0, 64), transactionRef: 'T', heldAt };
        return this.step({ kind: 'recordTransactionHold', ...hold }, bank);
      },
      () => this.step({ kind: 'closeCase' }, supervisor),
    ];
    // Most of what is tried at random is refused: so several are tried until the case has changed.
    for (let tries = 0; tries < 6; tries += 1) {
      await steps[this.random(steps.length)]?.().catch(() => {});
      const after = await world.record(this.caseId);
      if (after.case.state !== state || after.case.version !== version) return;
    }
  }

  async settle(): Promise<void> {
    await this.move();
    await world.settleTime();
  }

  private step(command: CaseCommand, actor: Actor): Promise<unknown> {
    return world.step(this.caseId, command, actor);
  }

  private async ask(): Promise<unknown> {
    const dueAt = new Date(this.nowMs + 4 * 3_600_000).toISOString() as Instant;
    const id = `q-${this.caseId}-${this.nowMs}`.slice(0, 64);
    return this.step(
      { kind: 'requestInformation', id, operatorCode: KCELL, questions: ['Whose?'], dueAt },
      investigator,
    );
  }

  private evidence(): CaseCommand {
    const id = `e-${this.caseId}-${this.nowMs}`.slice(0, 64);
    return { kind: 'addEvidence', id, evidenceKind: 'AUDIO', sha256: DIGEST, capturedAt: this.now, note: null };
  }

  private async appeal(): Promise<unknown> {
    const [open] = await world.rows<{ readonly id: string; readonly version: number }>(
      `SELECT id, version FROM appeal WHERE case_id = $1 ORDER BY filed_at DESC LIMIT 1`,
      [this.caseId],
    );
    const appealId = open?.id ?? '';
    await world.appeals.startAppealReview(by(appeals), appealId);
    await world.appeals.decideAppeal(by(appeals), { appealId, upheld: this.random(2) === 0, reason: 'So.' });
    return world.appeals.approveAppealDecision(by(supervisor2), { appealId, expectedVersion: 3 });
  }

  /** On by minutes, hours or days; sometimes by the six hours of an outage. */
  private async move(): Promise<void> {
    const steps = [60_000, 11 * 60_000, 3_600_000, 6 * 3_600_000, 26 * 3_600_000];
    this.nowMs += (steps[this.random(steps.length)] ?? 0) + this.random(1_000);
    await world.at(new Date(this.nowMs + 5 * 3_600_000).toISOString().slice(0, 23).replace('T', ' '));
  }
}

async function expectConsistent(caseId: string, now: Instant): Promise<void> {
  const { clocks, case: fraudCase } = await world.record(caseId);
  const alarms = await world.rows<{ readonly clock_id: string; readonly percent: number }>(
    'SELECT clock_id, percent FROM duty_alarm JOIN duty_clock ON duty_clock.id = clock_id WHERE case_id = $1',
    [caseId],
  );
  const client = await world.pool.connect();
  const acts = await actsByClock(client, caseId).finally(() => client.release());
  expect(clocks.length).toBeGreaterThan(0);
  const open = clocks.filter(isOpen).map(({ ruleId, party, about }) => `${ruleId} ${party} ${about}`);
  expect(new Set(open).size).toBe(open.length);
  for (const clock of clocks) {
    const rule = ruleVersion(clock.ruleId, clock.ruleVersion);
    if (rule === null) throw new Error('a clock runs by a rule');
    const isTold = alarms.some(({ clock_id: id, percent }) => id === clock.id && percent === 100);
    const facts = { clock, state: fraudCase.state, now };
    expect(rulesInForce(clock.startedAt)).toContain(rule);
    expect({ ...facts, is: clock.deadlineAt }).toEqual({
      ...facts,
      is: deadlineOf(rule, clock.startedAt, clock.pauses),
    });
    expectPauses(clock);
    switch (clock.state) {
      case 'RUNNING':
        expect([clock.stoppedAt, clock.deadlineAt >= now, isTold]).toEqual([null, true, false]);
        expect(rule.pauseOn).not.toContain(fraudCase.state);
        break;
      case 'PAUSED':
        expect([clock.stoppedAt, clock.pauses.at(-1)?.to, isTold]).toEqual([null, null, false]);
        expect(rule.pauseOn).toContain(fraudCase.state);
        break;
      case 'MET':
        expect([(clock.stoppedAt ?? '9') <= clock.deadlineAt, isTold]).toEqual([true, false]);
        break;
      case 'BREACHED':
        expect((clock.stoppedAt ?? now) > clock.deadlineAt).toBe(true);
        break;
      case 'CANCELLED':
        expect(clock.stoppedAt).toBeNull();
        break;
    }
    if (clock.state === 'BREACHED' && clock.stoppedAt === null)
      expect({ ...facts, isTold }).toEqual({ ...facts, isTold: true });
    const { startActs, stopActs } = proofOf(clock, rule, acts.get(clock.id) ?? []);
    expect(startActs.length).toBeGreaterThan(0);
    expect(stopActs.length > 0).toBe(clock.stoppedAt !== null);
  }
}

/** Pauses lie one after the other within the clock's life; only the last one may be open, and only while the clock stands still. */
function expectPauses({ pauses, startedAt, stoppedAt, state }: CourseClock): void {
  let last: string = startedAt;
  for (const [place, { from, to }] of pauses.entries()) {
    expect(from >= last).toBe(true);
    if (to === null) expect([place, state]).toEqual([pauses.length - 1, 'PAUSED']);
    else expect(to >= from).toBe(true);
    last = to ?? from;
  }
  if (stoppedAt !== null) expect(last <= stoppedAt).toBe(true);
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}
