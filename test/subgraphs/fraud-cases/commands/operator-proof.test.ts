// Clocks that an operator's own act starts and stops are proven by that act, as it signed it, beside the bank's word that it came.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toMessage } from '../../../../shared/audit-log/foreign-act';
import { liabilityCommands } from '../../../../subgraphs/fraud-cases/commands/liability-commands';
import { liabilityReads } from '../../../../subgraphs/fraud-cases/store/liability-reads';
import { kzt } from '../domain/case-fixture';
import { openOperator, suspicion, type TestOperator } from '../log-fixture';
import { withDefaults } from './case-arguments';
import { as, type CaseOffice, done, idOf, numberOf, openCaseOffice, uuid } from './case-office';

let office: CaseOffice;
let kcell: TestOperator;
beforeAll(async () => {
  office = await openCaseOffice();
  kcell = await openOperator(office.ceremony, 'kcell');
}, 60_000);
afterAll(async () => {
  await kcell?.close();
  await office?.close();
});

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString() as never;

describe('a detection that was told too late', () => {
  it("is proven by the operator's report, and by the bank's word that it came", async () => {
    const detectedAt = ago(3);
    const fields = { ...suspicion(uuid(1), numberOf(1)), detectedAt };
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields, at: new Date().toISOString() });
    const { reportId: _, assessment: __, ...input } = fields;
    const act = toMessage(signed);
    const caseId = idOf(await office.cases.reportSuspicion(as('operator-kcell'), { input: input as never, act }));
    done(await office.cases.triageReport(as('investigator-1'), { caseId, input: withDefaults.triage }));
    done(await office.cases.assignCase(as('investigator-1'), { caseId, assignee: 'investigator-1' }));
    const lost = { bank: 'bank-1', amount: kzt('900.00'), occurredAt: ago(1), transactionRef: 'T-1' };
    done(await office.cases.recordLoss(as('bank-1'), { caseId, input: lost }));
    const [loss] = await office.rows<{ readonly id: string }>('SELECT id FROM loss WHERE case_id = $1', [caseId]);
    const liability = liabilityCommands(office.desk);
    const question = { caseId, lossId: loss?.id ?? '', mode: 'PROPORTIONAL' } as const;
    const { ids } = done(await liability.assessLiability(as('investigator-1'), question));
    const [assessment] = await liabilityReads(office.dataSource).assessmentsById([String(ids.assessment)]);
    // Due two hours ago, told now, lost an hour ago: kcell bears it.
    expect(assessment?.shares.map(({ party, regress }) => [party, regress])).toEqual([['kcell', '900.00']]);
    const [breach, ...others] = assessment?.breaches ?? [];
    expect(others).toEqual([]);
    expect(breach?.clock).toMatchObject({ ruleId: 'OP-01', party: 'kcell', about: uuid(1), startedAt: detectedAt });
    expect(breach?.startActs).toMatchObject([
      { kind: 'suspicion.reported', author: 'kcell', leafHash: signed.leafHash },
    ]);
    expect(breach?.stopActs.map(({ kind, author }) => `${kind} of ${author}`).sort()).toEqual([
      'act.received of afc',
      'suspicion.reported of kcell',
    ]);
  });
});
