// Every state of a case with every command: where it leads, or that it is refused. The table below is written by hand from the specification
// and compared with what the rules do, not with the rules' own table.

import { describe, expect, it } from '@jest/globals';
import { FRAUD_CASE_STATES, type FraudCaseState } from '../../../../shared/vocabulary/fraud-case';
import { CASE_COMMANDS, type CaseCommandName } from '../../../../subgraphs/fraud-cases/domain/case-command';
import type { CaseRecord } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import { CASE_TRANSITIONS, caseRows } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import { allowedCommand, caseIn, DAY, newCase, takeAll, timeAfter } from './case-fixture';

/**
 * Columns in the order of a case's life: Rep Tri Che Inv Awa Pen Dec Clo Dis Dup. `=` stays, `-` is refused, letters name the next state:
 * T triaged, I under investigation, A awaiting, P pending approval, D decided, C closed, 2 duplicate.
 */
const EXPECTED: Readonly<Record<CaseCommandName, string>> = {
  //                        R T O I A P D C x 2
  reportSuspicion: /*    */ '= = = = = = - - - -',
  triageReport: /*       */ 'T - - - - - - - - -',
  recordCheckResult: /*  */ '- - P - - - - - - -',
  takeOverCheck: /*      */ '- - I - - - - - - -',
  assignCase: /*         */ '- I = = = - - - - -',
  addCaseSubject: /*     */ '- = = = = I - - - -',
  addEvidence: /*        */ '- = = = = I - - - -',
  issueTemporaryBlock: /**/ '- = = = = = - - - -',
  recordLoss: /*         */ '- = = = = = = = - -',
  recordTransactionHold: '- = = = = = - - - -',
  requestInformation: /* */ '- - - A = - - - - -',
  answerInformationRequest: '- - - = I = = = - -',
  expireInformationRequest: '- - - - I - - - - -',
  proposeDecision: /*    */ '- - - P - - - - - -',
  rejectDecision: /*     */ '- - - - - I - - - -',
  approveDecision: /*    */ '- - - - - D - - - -',
  closeCase: /*          */ '- - - - - - C - - -',
  reopenCase: /*         */ '- - - - - - = = - -',
  approveReopening: /*   */ '- - - - - - I I - -',
  markDuplicate: /*      */ '2 2 2 2 2 2 - - - -',
  takeReports: /*        */ '= = = = = = = = = -',
};

const COLUMNS: readonly FraudCaseState[] = [
  'REPORTED',
  'TRIAGED',
  'OPERATOR_CHECK',
  'UNDER_INVESTIGATION',
  'AWAITING_INFORMATION',
  'PENDING_APPROVAL',
  'DECIDED',
  'CLOSED',
  'DISMISSED',
  'DUPLICATE',
];

const LETTERS: Readonly<Record<FraudCaseState, string>> = {
  REPORTED: 'R',
  TRIAGED: 'T',
  OPERATOR_CHECK: 'O',
  UNDER_INVESTIGATION: 'I',
  AWAITING_INFORMATION: 'A',
  PENDING_APPROVAL: 'P',
  DECIDED: 'D',
  CLOSED: 'C',
  DISMISSED: 'x',
  DUPLICATE: '2',
};

/** Far enough for every time to be over. */
const LATER = timeAfter(30 * DAY);

/** The case as the command needs it, beyond its state. */
function preparedFor(command: CaseCommandName, record: CaseRecord): CaseRecord {
  if (command === 'approveReopening' && caseRows(record.case.state, 'reopenCase').length > 0)
    return takeAll(record, 'reopenCase');
  if (command === 'answerInformationRequest' && record.case.state !== 'AWAITING_INFORMATION') {
    const asked = caseIn('AWAITING_INFORMATION').informationRequests.map((each) => ({
      ...each,
      state: 'OVERDUE' as const,
      id: 'request-1',
    }));
    return { ...record, informationRequests: asked };
  }
  return record;
}

function letterOf(command: CaseCommandName, state: FraudCaseState): string {
  const record = preparedFor(command, caseIn(state));
  const [given, by] = allowedCommand(command, record);
  const step = stepCase(record, given, by, LATER);
  if (step.ok) return step.value.next.case.state === state ? '=' : LETTERS[step.value.next.case.state];
  return step.error.code === 'ILLEGAL_TRANSITION' ? '-' : step.error.code;
}

describe('a case', () => {
  it('is tested in every state that there is', () => {
    expect([...COLUMNS].sort()).toEqual([...FRAUD_CASE_STATES].sort());
    for (const state of COLUMNS) expect(caseIn(state).case.state).toBe(state);
  });

  it.each(CASE_COMMANDS)('%s is allowed in the states of the specification and no other', (command) => {
    expect(COLUMNS.map((state) => letterOf(command, state)).join(' ')).toBe(EXPECTED[command]);
  });

  it.each(CASE_COMMANDS.filter((command) => command !== 'reportSuspicion'))('%s of no case is NOT_FOUND', (command) => {
    const [given, by] = allowedCommand(command, null);
    expect(stepCase(null, given, by, LATER)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  it('begins with a report', () => {
    expect(newCase().case).toMatchObject({ state: 'REPORTED', outcome: 'UNSET', version: 1 });
  });

  it.each(CASE_TRANSITIONS.map((row) => [row.command, row.from.join(', ') || 'nothing', row.to, row] as const))(
    '%s from %s to %s writes one act of one kind',
    (_command, _from, _to, row) => {
      const same = CASE_TRANSITIONS.filter(
        (other) =>
          other.command === row.command && other.to === row.to && other.from.some((state) => row.from.includes(state)),
      );
      expect(same.map(({ act }) => act)).toEqual(row.from.length === 0 ? [] : [row.act]);
    },
  );

  it.each(CASE_COMMANDS)('%s raises the version by one', (command) => {
    for (const state of COLUMNS) {
      const record = preparedFor(command, caseIn(state));
      const [given, by] = allowedCommand(command, record);
      const step = stepCase(record, given, by, LATER);
      if (step.ok) expect(step.value.next.case.version).toBe(record.case.version + 1);
    }
  });
});
