// A scan over an operator's lines: each risky one is reported once, the others never, at four statements a batch.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import { openMessage } from '../../../../shared/audit-log/foreign-act';
import { DEFAULT_RISK_RULES } from '../../../../subgraphs/operator/domain/risk-rule-set';
import { FIRST_LINE, scanBatch } from '../../../../subgraphs/operator/log/suspicion-scan';
import { openActOutbox } from '../../../../subgraphs/operator/store/act-outbox';
import { openOperatorStore } from '../../../../subgraphs/operator/store/postgres-operator-store';
import { openReportStore } from '../../../../subgraphs/operator/store/report-store';
import { statementsOf } from '../../../support/statement-log';
import { createOperatorDatabase, daysAgo, type OperatorDatabase } from '../operator-fixture';
import { ACT_KEY } from './log-fixture';
import { simBoxFacts, suspiciousContract, suspiciousMsisdn } from './suspicious-line';

let database: OperatorDatabase;
beforeAll(async () => {
  const facts = [...simBoxFacts(5)].map((fact) => {
    if (fact.kind !== 'contract') return fact;
    if (fact.msisdn === suspiciousMsisdn(4)) return { ...fact, status: 'DEACTIVATED', endedAt: daysAgo(2) };
    return fact.msisdn === suspiciousMsisdn(5) ? { ...suspiciousContract(5), usage: null, devices: [] } : fact;
  });
  const blocked = facts.find((fact) => fact.kind === 'tenure' && fact.msisdn === suspiciousMsisdn(3));
  database = await createOperatorDatabase([
    ...facts,
    {
      kind: 'enforcement',
      orderId: '0a0a0a0a-0000-4000-8000-000000000001',
      sequence: 1,
      msisdn: suspiciousMsisdn(3),
      since: blocked?.kind === 'tenure' ? blocked.since : '',
      state: 'ENFORCED',
      measures: ['DATA'],
      receivedAt: daysAgo(3),
      enforcedAt: daysAgo(3),
      liftedAt: null,
    },
  ]);
});
afterAll(() => database.close());

const parts = (batch: number) => ({
  store: openOperatorStore(database.dataSource),
  reports: openReportStore(
    database.dataSource,
    createActAuthor({ party: 'kcell', privateKey: ACT_KEY.privateKey, keepsCases: false, seen: () => null }),
  ),
  ruleSet: DEFAULT_RISK_RULES,
  batch,
});
const reported = async (): Promise<readonly string[]> =>
  (await database.dataSource.query('SELECT suspect FROM suspicion_report ORDER BY suspect')).map(
    (row: { readonly suspect: string }) => row.suspect,
  );

describe('a scan', () => {
  it('looks at no blocked and no ended line, and goes on where a batch ended', async () => {
    const first = await scanBatch(parts(1), FIRST_LINE);
    expect(first).toMatchObject({ scanned: 1, reported: 1 });
    expect(await reported()).toEqual([suspiciousMsisdn(1)]);
    const rest = await scanBatch(parts(50), first.next ?? FIRST_LINE);
    expect(rest).toEqual({ scanned: 2, reported: 1, next: null });
    expect(await reported()).toEqual([suspiciousMsisdn(1), suspiciousMsisdn(2)]);
  });

  it('reports nothing twice, also when two processes scan at once', async () => {
    await database.dataSource.query('DELETE FROM reported_line');
    const scans = await Promise.all(Array.from({ length: 4 }, () => scanBatch(parts(50), FIRST_LINE)));
    expect(scans.reduce((sum, scan) => sum + scan.reported, 0)).toBe(2);
    expect(await reported()).toHaveLength(4);
    expect(await scanBatch(parts(50), FIRST_LINE)).toMatchObject({ reported: 0 });
  });

  it('costs four statements when it finds nothing to report', async () => {
    const statements = await statementsOf(() => scanBatch(parts(50), FIRST_LINE));
    expect(statements).toHaveLength(4);
  });

  it('signs what fired, in the form that the bank opens', async () => {
    const acts = await openActOutbox(database.dataSource).takeWaiting(50, 1_000);
    const reports = acts.flatMap(({ message }) => {
      const opened = openMessage(message, () => ACT_KEY.publicKey);
      return opened.ok && opened.value.act.kind === 'suspicion.reported' ? [opened.value] : [];
    });
    expect(reports).toHaveLength(4);
    const fields = Object.fromEntries((reports[0]?.disclosures ?? []).map(({ field, value }) => [field, value]));
    expect(fields).toMatchObject({
      source: 'OPERATOR_DETECTION',
      sourceRef: `KCELL-${fields.reportId}`,
      suspect: suspiciousMsisdn(1),
      fraudType: 'SIM_BOX_BYPASS',
      channel: 'CALL',
      assessment: { level: expect.stringMatching(/HIGH$/), ruleSetVersion: 'senim-1' },
    });
  });
});
