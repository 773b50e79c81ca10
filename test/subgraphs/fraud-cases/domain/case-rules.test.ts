// What a command of a case needs beyond its state: roles, assignment, versions, evidence, grounds, two people. Happy and refused apart.

import { describe, expect, it } from '@jest/globals';
import type { UserErrorCode } from '../../../../shared/vocabulary/user-error';
import type { Actor, ActorRole } from '../../../../subgraphs/fraud-cases/domain/actor';
import {
  CASE_COMMANDS,
  type CaseCommand,
  type CaseCommandName,
} from '../../../../subgraphs/fraud-cases/domain/case-command';
import { recogniseReport } from '../../../../subgraphs/fraud-cases/domain/case-intake';
import { type CaseRecord, decisionParticipants } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import { CASE_COMMAND_ROLES } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import {
  allowedCommand,
  appeals,
  BEELINE,
  bank,
  beeline,
  caseIn,
  checkedCase,
  DAY,
  HOUR,
  investigator,
  investigator2,
  KCELL,
  kcell,
  kzt,
  MINUTE,
  newCase,
  OTHER,
  order,
  report,
  SUSPECT,
  supervisor,
  supervisor2,
  take,
  takeAll,
  target,
  timeAfter,
  timer,
  VICTIM,
} from './case-fixture';

const codeOf = (
  record: CaseRecord,
  command: CaseCommand,
  by: Actor,
  now = timeAfter(HOUR),
): UserErrorCode | 'FORBIDDEN' | 'ok' => {
  const step = stepCase(record, command, by, now);
  return step.ok ? 'ok' : step.error.code;
};

/** An allowed command of a kind with changed arguments. */
const changed = <Name extends CaseCommandName>(
  kind: Name,
  record: CaseRecord,
  changes: Partial<Extract<CaseCommand, { kind: Name }>>,
): CaseCommand => ({ ...allowedCommand(kind, record)[0], ...changes }) as CaseCommand;

describe('roles', () => {
  it.each(CASE_COMMANDS)('%s is FORBIDDEN to every other role', (kind) => {
    const others = (
      [
        'INVESTIGATOR',
        'SUPERVISOR',
        'APPEALS',
        'OPERATOR',
        'BANK',
        'ANALYST',
        'AUDITOR',
        'DISPATCHER',
        'PORTAL',
        'ADMIN',
        'SYSTEM',
      ] as const
    ).filter((role: ActorRole) => !CASE_COMMAND_ROLES[kind].includes(role));
    const record = newCase();
    for (const role of others) {
      const [command] = allowedCommand(kind, record);
      expect(codeOf(record, command, { person: 'p', organisation: 'kcell', roles: [role] })).toBe('FORBIDDEN');
    }
  });
});

describe('a report', () => {
  it.each([
    [kcell, 'OPERATOR_DETECTION', 'ok'],
    [kcell, 'SUBSCRIBER_COMPLAINT', 'ok'],
    [kcell, 'BANK_SIGNAL', 'INVALID_INPUT'],
    [bank, 'BANK_SIGNAL', 'ok'],
    [bank, 'AFC_SIGNAL', 'INVALID_INPUT'],
    [supervisor, 'LAW_ENFORCEMENT', 'ok'],
    [investigator, 'CITIZEN_PORTAL', 'INVALID_INPUT'],
  ] as const)('of %o from %s is %s', (by, source, expected) => {
    const command = changed('reportSuspicion', newCase(), { report: report({ source }) });
    expect(codeOf(newCase(), command, by)).toBe(expected);
  });

  it('told again in the same words is recognised, in other words refused', () => {
    expect(recogniseReport(report(), null)).toEqual({ ok: true, value: 'NEW' });
    expect(recogniseReport(report({ id: 'r', receivedAt: timeAfter(HOUR) }), report())).toEqual({
      ok: true,
      value: 'TOLD_BEFORE',
    });
    expect(recogniseReport(report({ channel: 'SMS' }), report())).toMatchObject({
      ok: false,
      error: { code: 'DUPLICATE_REFERENCE' },
    });
  });

  it('goes to the open case of the number and leaves its state', () => {
    const [command] = allowedCommand('reportSuspicion', null);
    const { next, acts } = take(caseIn('UNDER_INVESTIGATION'), command, bank, timeAfter(HOUR));
    expect(next.reports.map(({ id, caseId }) => [id, caseId])).toEqual([
      ['report-1', 'case-1'],
      ['report-2', 'case-1'],
    ]);
    expect(acts.map(({ kind }) => kind)).toEqual(['suspicion.reported']);
  });

  it('of a detection that lies in the future is refused', () => {
    const command = changed('reportSuspicion', newCase(), { report: report({ detectedAt: timeAfter(2 * HOUR) }) });
    expect(codeOf(newCase(), command, bank)).toBe('INVALID_INPUT');
  });
});

describe('triage', () => {
  it.each([
    [{ severity: null }, 'INVALID_INPUT'],
    [{ track: null }, 'INVALID_INPUT'],
    [{ dismissReason: 'x' }, 'INVALID_INPUT'],
    [{ severity: null, fraudType: null, track: null, dismissReason: ' ' }, 'INVALID_INPUT'],
    [{ severity: null, fraudType: null, track: null, dismissReason: 'A courier.' }, 'ok'],
    [{ track: 'OPERATOR_CHECK', servedBy: null }, 'NUMBER_NOT_SERVED'],
    [{ track: 'AFC_INVESTIGATION', servedBy: null }, 'ok'],
  ] as const)('with %j is %s', (changes, expected) => {
    expect(codeOf(newCase(), changed('triageReport', newCase(), changes), investigator)).toBe(expected);
  });

  it('makes the numbers of the reports subjects', () => {
    expect(caseIn('TRIAGED').subjects.map(({ msisdn, role }) => [msisdn, role])).toEqual([
      [SUSPECT, 'SUSPECT'],
      [VICTIM, 'VICTIM'],
    ]);
  });
});

describe("an operator's check", () => {
  it('is recorded by the operator that was asked, and by no other', () => {
    const [command] = allowedCommand('recordCheckResult', null);
    expect(codeOf(checkedCase(), command, beeline)).toBe('NOT_ASSIGNED');
    const { next } = take(checkedCase(), command, kcell, timeAfter(HOUR));
    expect(next.proposal).toMatchObject({
      outcome: 'CONFIRMED',
      proposedBy: kcell.person,
      reasonCode: 'SIM_BOX_BYPASS',
    });
    expect(codeOf(next, changed('approveDecision', next, {}), supervisor)).toBe('ok');
  });

  it('moves on by the timer after two working days, not before', () => {
    const deadline = checkedCase().clocks.find(({ ruleId }) => ruleId === 'OP-02')?.deadlineAt ?? timeAfter(0);
    const later = timeAfter(Date.parse(deadline) - Date.parse(timeAfter(0)) + 1);
    expect(codeOf(checkedCase(), { kind: 'takeOverCheck' }, timer, deadline)).toBe('ILLEGAL_TRANSITION');
    expect(codeOf(checkedCase(), { kind: 'takeOverCheck' }, timer, later)).toBe('ok');
    expect(codeOf(checkedCase(), { kind: 'takeOverCheck' }, supervisor, timeAfter(HOUR))).toBe('ok');
  });
});

describe('the work', () => {
  it.each(['addCaseSubject', 'addEvidence', 'issueTemporaryBlock', 'requestInformation', 'proposeDecision'] as const)(
    '%s is NOT_ASSIGNED to an investigator who does not have the case',
    (kind) => {
      const record = caseIn('UNDER_INVESTIGATION');
      const [command] = allowedCommand(kind, record);
      expect(codeOf(record, command, investigator2)).toBe('NOT_ASSIGNED');
      expect(codeOf(record, command, investigator)).toBe('ok');
    },
  );

  it.each([
    [investigator, investigator.person, 'ok'],
    [investigator, investigator2.person, 'NOT_ASSIGNED'],
    [supervisor, investigator2.person, 'ok'],
  ])('%o assigns to %s: %s', (by, assignee, expected) => {
    expect(codeOf(caseIn('TRIAGED'), { kind: 'assignCase', assignee }, by)).toBe(expected);
  });

  it('is not taken away by another investigator', () => {
    expect(
      codeOf(caseIn('UNDER_INVESTIGATION'), { kind: 'assignCase', assignee: 'investigator-2' }, investigator2),
    ).toBe('NOT_ASSIGNED');
  });

  it.each([
    ['report-1', 'ok'],
    ['B-1', 'ok'],
    ['see report (B-1).', 'ok'],
    ['evidence-2', 'ok'],
    ['OUT_CALLS_DAY fired', 'ok'],
    ['B-12', 'INVALID_INPUT'],
    ['a hunch', 'INVALID_INPUT'],
    ['', 'INVALID_INPUT'],
  ])('a subject on the ground "%s" is %s', (ground, expected) => {
    const record = caseIn('UNDER_INVESTIGATION');
    expect(codeOf(record, changed('addCaseSubject', record, { ground }), investigator)).toBe(expected);
  });

  it('a subject that is one already, or the suspect of another open case, is refused', () => {
    const record = caseIn('UNDER_INVESTIGATION');
    expect(codeOf(record, changed('addCaseSubject', record, { msisdn: SUSPECT }), investigator)).toBe('INVALID_INPUT');
    const other = { openCase: { id: 'case-7', number: 'AFC-2026-000007' } };
    const step = stepCase(record, changed('addCaseSubject', record, other), investigator, timeAfter(HOUR));
    expect(step).toMatchObject({
      ok: false,
      error: { code: 'DUPLICATE_REFERENCE', message: expect.stringContaining('AFC-2026-000007') },
    });
    expect(codeOf(record, changed('addCaseSubject', record, { ...other, role: 'WITNESS' }), investigator)).toBe('ok');
  });

  it('beyond fifty subjects a supervisor adds them', () => {
    const record = caseIn('UNDER_INVESTIGATION');
    const one = record.subjects[0];
    const crowd = { ...record, subjects: Array.from({ length: 50 }, () => ({ ...one, msisdn: VICTIM })) } as CaseRecord;
    expect(codeOf(crowd, allowedCommand('addCaseSubject', crowd)[0], investigator)).toBe('FORBIDDEN');
    expect(codeOf(crowd, allowedCommand('addCaseSubject', crowd)[0], supervisor)).toBe('ok');
  });

  it('evidence is locked when added, and its digest has one form', () => {
    const record = caseIn('UNDER_INVESTIGATION');
    expect(record.evidence).toMatchObject([{ locked: true, capturedBy: supervisor.person }]);
    for (const sha256 of ['AB'.repeat(32), 'ab'.repeat(31), '']) {
      expect(codeOf(record, changed('addEvidence', record, { sha256 }), investigator)).toBe('INVALID_INPUT');
    }
  });

  it('several operators are asked at once, and the last answer or missed time ends the waiting', () => {
    const one = caseIn('AWAITING_INFORMATION');
    const both = take(
      one,
      changed('requestInformation', one, { operatorCode: BEELINE }),
      investigator,
      timeAfter(HOUR),
    ).next;
    const answered = take(
      both,
      { kind: 'answerInformationRequest', requestId: 'request-1', answer: 'Yes.' },
      kcell,
      timeAfter(2 * HOUR),
    ).next;
    expect(answered.case.state).toBe('AWAITING_INFORMATION');
    const expire: CaseCommand = { kind: 'expireInformationRequest', requestId: 'request-2' };
    expect(codeOf(answered, expire, timer, timeAfter(4 * HOUR))).toBe('ILLEGAL_TRANSITION');
    expect(take(answered, expire, timer, timeAfter(4 * HOUR + 1)).next.case.state).toBe('UNDER_INVESTIGATION');
  });

  it('questions are answered once, and by the operator that was asked', () => {
    const record = caseIn('AWAITING_INFORMATION');
    const answer: CaseCommand = { kind: 'answerInformationRequest', requestId: 'request-1', answer: 'Yes.' };
    expect(codeOf(record, answer, beeline)).toBe('NOT_ASSIGNED');
    expect(codeOf(record, { ...answer, requestId: 'none' }, kcell)).toBe('NOT_FOUND');
    expect(codeOf(take(record, answer, kcell, timeAfter(HOUR)).next, answer, kcell)).toBe('ILLEGAL_TRANSITION');
  });

  it('a bank records its own losses, of more than nothing', () => {
    const record = caseIn('TRIAGED');
    expect(codeOf(record, changed('recordLoss', record, { bank: 'bank-2' }), bank)).toBe('INVALID_INPUT');
    expect(codeOf(record, changed('recordLoss', record, { amount: kzt('0.00') }), bank)).toBe('INVALID_INPUT');
    expect(codeOf(record, changed('recordLoss', record, { bank: 'bank-2' }), supervisor)).toBe('ok');
  });
});

describe('a temporary block', () => {
  it.each([
    [{ hours: 0 }, 'INVALID_INPUT'],
    [{ hours: 672 }, 'ok'],
    [{ hours: 673 }, 'INVALID_INPUT'],
    [{ hours: 1.5 }, 'INVALID_INPUT'],
    [{ reason: ' ' }, 'INVALID_INPUT'],
    [{ measures: [] }, 'INVALID_INPUT'],
    [{ measures: ['DATA', 'DATA'] }, 'INVALID_INPUT'],
    [{ target: target({ msisdn: OTHER }) }, 'INVALID_INPUT'],
    [{ target: target({ servedBy: null }) }, 'NUMBER_NOT_SERVED'],
    [{ target: target({ live: order() }) }, 'ALREADY_BLOCKED'],
    [{ target: target({ live: order({ kind: 'TEMPORARY' }) }) }, 'ALREADY_BLOCKED'],
  ] as const)('with %j is %s', (changes, expected) => {
    const record = caseIn('TRIAGED');
    expect(codeOf(record, changed('issueTemporaryBlock', record, changes as never), supervisor)).toBe(expected);
  });

  it('wants one order of all measures, which tells its own act', () => {
    const record = caseIn('TRIAGED');
    const { acts, orders } = take(
      record,
      allowedCommand('issueTemporaryBlock', record)[0],
      supervisor,
      timeAfter(HOUR),
    );
    expect(acts).toEqual([]);
    expect(orders).toMatchObject([
      {
        kind: 'ISSUE',
        supersedes: null,
        block: { kind: 'TEMPORARY', operatorCode: KCELL, validUntil: timeAfter(73 * HOUR) },
      },
    ]);
  });
});

describe('a decision', () => {
  const pending = caseIn('PENDING_APPROVAL');
  const approval = allowedCommand('approveDecision', pending)[0];

  it('is proposed on locked evidence only', () => {
    const record = { ...caseIn('UNDER_INVESTIGATION'), evidence: [] };
    expect(codeOf(record, allowedCommand('proposeDecision', record)[0], investigator)).toBe('MISSING_EVIDENCE');
  });

  it('is proposed by the assignee, a supervisor included', () => {
    const record = caseIn('UNDER_INVESTIGATION');
    expect(codeOf(record, allowedCommand('proposeDecision', record)[0], supervisor)).toBe('NOT_ASSIGNED');
  });

  it.each([[{ outcome: 'UNSET' }], [{ reasonCode: '' }], [{ findings: ' ' }], [{ measures: [] }]] as const)(
    'is not proposed with %j',
    (changes) => {
      const record = caseIn('UNDER_INVESTIGATION');
      expect(codeOf(record, changed('proposeDecision', record, changes as never), investigator)).toBe('INVALID_INPUT');
    },
  );

  it.each(['proposeDecision', 'rejectDecision', 'approveDecision', 'approveReopening'] as const)(
    '%s of a stale version is VERSION_CONFLICT, also when the state has moved on',
    (kind) => {
      const record = kind === 'proposeDecision' ? caseIn('UNDER_INVESTIGATION') : pending;
      const [command, by] = allowedCommand(kind, record);
      expect(codeOf(record, { ...command, expectedVersion: record.case.version - 1 } as CaseCommand, by)).toBe(
        'VERSION_CONFLICT',
      );
      const decided = caseIn('DECIDED');
      expect(codeOf(decided, { ...command, expectedVersion: pending.case.version - 1 } as CaseCommand, by)).toBe(
        'VERSION_CONFLICT',
      );
    },
  );

  it('is not approved by its proposer, whatever roles they hold', () => {
    const both: Actor = { ...investigator, roles: ['INVESTIGATOR', 'SUPERVISOR'] };
    expect(codeOf(pending, approval, both)).toBe('FOUR_EYES_REQUIRED');
  });

  it('is void after an edit, and neither its proposer nor the editor approves the next one', () => {
    const edited = take(pending, allowedCommand('addCaseSubject', pending)[0], supervisor, timeAfter(HOUR)).next;
    expect(edited).toMatchObject({ proposal: null, case: { state: 'UNDER_INVESTIGATION' } });
    expect(codeOf(edited, changed('approveDecision', edited, {}), supervisor2)).toBe('ILLEGAL_TRANSITION');
    const again = takeAll(edited, 'proposeDecision');
    expect(codeOf(again, changed('approveDecision', again, {}), supervisor)).toBe('FOUR_EYES_REQUIRED');
    expect(codeOf(again, changed('approveDecision', again, {}), supervisor2)).toBe('ok');
    expect(decisionParticipants(again, ['supervisor-9'])).toEqual(['investigator-1', 'supervisor-1', 'supervisor-9']);
  });

  it('CONFIRMED orders a block of every suspect that is served, and replaces a temporary one', () => {
    const live = order({ id: 'temporary', kind: 'TEMPORARY', state: 'ENFORCED', validUntil: timeAfter(DAY) });
    const record = takeAll(takeAll(caseIn('UNDER_INVESTIGATION'), 'addCaseSubject'), 'proposeDecision');
    const command = changed('approveDecision', record, {
      targets: [target({ live }), target({ msisdn: OTHER, servedBy: null })],
    });
    const { next, orders, acts } = take(record, command, supervisor2, timeAfter(HOUR));
    expect(next.case).toMatchObject({ state: 'DECIDED', outcome: 'CONFIRMED' });
    expect(orders).toMatchObject([
      { kind: 'ISSUE', supersedes: 'temporary', block: { msisdn: SUSPECT, kind: 'CONFIRMED', validUntil: null } },
    ]);
    expect(acts[0]?.fields).toMatchObject({ unserved: [OTHER] });
  });

  it('CONFIRMED is ALREADY_BLOCKED when another order binds the number, unless it is its own', () => {
    const foreign = changed('approveDecision', pending, { targets: [target({ live: order({ caseId: 'case-7' }) })] });
    expect(codeOf(pending, foreign, supervisor)).toBe('ALREADY_BLOCKED');
    const own = changed('approveDecision', pending, { targets: [target({ live: order({ state: 'ENFORCED' }) })] });
    expect(take(pending, own, supervisor, timeAfter(HOUR)).orders).toEqual([]);
  });

  it.each(['REFUTED', 'INCONCLUSIVE'] as const)('%s ends the live orders of the case', (outcome) => {
    const investigated = caseIn('UNDER_INVESTIGATION');
    const proposed = take(
      investigated,
      changed('proposeDecision', investigated, { outcome }),
      investigator,
      timeAfter(HOUR),
    ).next;
    const orders = [
      order({ id: 'in-force', kind: 'TEMPORARY', state: 'ENFORCED' }),
      order({ id: 'under-way', kind: 'TEMPORARY', state: 'ISSUED' }),
      order({ id: 'over', kind: 'TEMPORARY', state: 'EXPIRED' }),
      order({ id: 'ending', kind: 'TEMPORARY', state: 'LIFT_ISSUED' }),
    ];
    const step = take(
      { ...proposed, orders },
      changed('approveDecision', proposed, {}),
      supervisor,
      timeAfter(2 * HOUR),
    );
    expect(step.orders.map((intent) => intent.kind === 'END' && intent.orderId)).toEqual(['in-force', 'under-way']);
    expect(step.next.case.outcome).toBe(outcome);
  });
});

describe('the end of a case', () => {
  const decided = caseIn('DECIDED');

  it.each([
    ['ENFORCED', 'ok'],
    ['LIFTED', 'ok'],
    ['EXPIRED', 'ok'],
    ['ISSUED', 'ILLEGAL_TRANSITION'],
    ['FAILED', 'ILLEGAL_TRANSITION'],
    ['NOT_SERVED_HERE', 'ILLEGAL_TRANSITION'],
    ['LIFT_ISSUED', 'ILLEGAL_TRANSITION'],
  ] as const)('with an order that is %s is %s', (state, expected) => {
    expect(codeOf({ ...decided, orders: [order({ state })] }, { kind: 'closeCase' }, supervisor)).toBe(expected);
  });

  it('waits for its clocks', () => {
    const clock = newCase().clocks[0];
    if (clock === undefined) throw new Error('a new case has a clock');
    expect(codeOf({ ...decided, clocks: [clock] }, { kind: 'closeCase' }, supervisor)).toBe('ILLEGAL_TRANSITION');
  });

  it('is undone by two people, and not while the number has another open case', () => {
    const asked = takeAll(decided, 'reopenCase');
    expect(asked.case.state).toBe('DECIDED');
    const approval = allowedCommand('approveReopening', asked)[0];
    expect(codeOf(asked, approval, supervisor)).toBe('FOUR_EYES_REQUIRED');
    expect(codeOf(decided, allowedCommand('approveReopening', decided)[0], supervisor2)).toBe('ILLEGAL_TRANSITION');
    const other = { openCase: { id: 'case-7', number: 'AFC-2026-000007' } };
    expect(stepCase(asked, changed('approveReopening', asked, other), supervisor2, timeAfter(HOUR))).toMatchObject({
      error: { code: 'ILLEGAL_TRANSITION', message: 'Another case of a number is open: AFC-2026-000007.' },
    });
    expect(codeOf(decided, changed('reopenCase', decided, other), appeals)).toBe('ILLEGAL_TRANSITION');
    const reopened = take(asked, approval, supervisor2, timeAfter(HOUR)).next;
    expect(reopened.case).toMatchObject({ state: 'UNDER_INVESTIGATION', outcome: 'UNSET' });
    expect(reopened.clocks.filter(({ ruleId, state }) => ruleId === 'AFC-02' && state === 'RUNNING')).toHaveLength(1);
  });

  it('as a duplicate moves its reports and cancels its clocks', () => {
    const [command] = allowedCommand('markDuplicate', null);
    const { next } = take(newCase(), command, supervisor, timeAfter(MINUTE));
    expect(next).toMatchObject({ case: { duplicateOf: 'case-0' }, reports: [] });
    expect(next.clocks.map(({ state }) => state)).toEqual(['CANCELLED']);
    for (const [changes, code] of [
      [{ duplicateOf: 'case-1' }, 'INVALID_INPUT'],
      [{ original: null }, 'NOT_FOUND'],
      [{ original: caseIn('DUPLICATE').case }, 'INVALID_INPUT'],
    ] as const) {
      expect(codeOf(newCase(), changed('markDuplicate', newCase(), changes), supervisor)).toBe(code);
    }
  });
});
