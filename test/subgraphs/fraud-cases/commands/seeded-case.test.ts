// Cases that were seeded go on like any other: what was proposed is approved as it was proposed, and clocks stop where their duty is done.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseFact, evidenceFact, on } from '../fraud-cases-fixture';
import { as, type CaseOffice, codesOf, done, numberOf, openCaseOffice, uuid } from './case-office';

const decision = {
  proposedOutcome: 'CONFIRMED',
  reasonCode: 'PHONE_IMPERSONATION',
  findings: 'The caller posed as a bank.',
  proposedBy: 'investigator-1',
  proposedAt: on(3, 3),
  approvedBy: null,
  approvedAt: null,
};
const clock = {
  id: 'clock-1',
  ruleId: 'OP-02',
  ruleVersion: 1,
  party: 'kcell',
  orderId: null,
  startedAt: on(3, 1),
  deadlineAt: on(3, 3),
  stoppedAt: null,
  state: 'BREACHED',
};

let office: CaseOffice;
beforeAll(async () => {
  office = await openCaseOffice([
    caseFact(1, numberOf(1), {
      id: uuid(1),
      state: 'PENDING_APPROVAL',
      evidence: [evidenceFact('e-1')],
      decision,
    }),
    caseFact(2, numberOf(2), { id: uuid(2), state: 'OPERATOR_CHECK', track: 'OPERATOR_CHECK', clocks: [clock] }),
    caseFact(7, numberOf(7), { id: uuid(7), state: 'CLOSED', outcome: 'REFUTED' }),
  ]);
}, 60_000);
afterAll(() => office?.close());

describe('a seeded case', () => {
  it('is approved as it was proposed, by another person', async () => {
    const sent = { caseId: uuid(1), expectedVersion: 3, comment: 'Agreed.' };
    done(await office.cases.approveDecision(as('supervisor-1'), sent));
    expect(await office.caseRow(uuid(1))).toMatchObject({ state: 'DECIDED', outcome: 'CONFIRMED' });
    expect(await office.rows('SELECT state FROM block_order WHERE case_id = $1', [uuid(1)])).toEqual([
      { state: 'ISSUED' },
    ]);
  });

  it('is with the operator that owes its check, whose time is over', async () => {
    expect(await office.caseRow(uuid(2))).toMatchObject({ checked_by: 'kcell' });
    done(await office.cases.assignCase(as('supervisor-1'), { caseId: uuid(2), assignee: 'investigator-2' }));
  });

  it('that is closed may be reopened, and new cases are numbered after all of its year', async () => {
    expect(await office.rows(`SELECT next_case_number('2026-06-01T00:00:00Z') AS number`)).toEqual([
      { number: 'AFC-2026-000008' },
    ]);
    expect(await office.rows(`SELECT next_case_number('2026-12-31T19:00:00Z') AS number`)).toEqual([
      { number: 'AFC-2027-000001' },
    ]);
    const reopened = await office.cases.reopenCase(as('supervisor-1'), { caseId: uuid(7), reason: 'New.' });
    expect(codesOf(reopened)).toEqual([]);
  });
});
