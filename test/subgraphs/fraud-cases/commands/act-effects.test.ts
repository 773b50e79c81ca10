// An operator's act has one effect, whichever way it comes first: as the argument of a mutation or by the operator's outbox. What was signed
// must be what is said; whatever does not fit changes nothing.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SignedAct } from '../../../../shared/audit-log/act-author';
import { toMessage } from '../../../../shared/audit-log/foreign-act';
import { actEffects } from '../../../../subgraphs/fraud-cases/commands/act-effects';
import type { Answer } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import { takeInAct } from '../../../../subgraphs/fraud-cases/log/act-intake';
import { openOperator, suspicion, type TestOperator } from '../log-fixture';
import { withDefaults } from './case-arguments';
import { as, type CaseOffice, codesOf, done, idOf, numberOf, openCaseOffice, uuid } from './case-office';

let office: CaseOffice;
let kcell: TestOperator;
let beeline: TestOperator;
beforeAll(async () => {
  office = await openCaseOffice();
  kcell = await openOperator(office.ceremony, 'kcell');
  beeline = await openOperator(office.ceremony, 'beeline');
}, 60_000);
afterAll(async () => {
  await kcell?.close();
  await beeline?.close();
  await office?.close();
});

const now = (): string => new Date().toISOString();
/** What the operator's outbox does. */
const deliver = (signed: SignedAct) => {
  const { desk, trust } = office;
  const { transactions, author } = desk;
  return takeInAct({ transactions, author, trust, apply: actEffects(trust, desk.orderKey) }, toMessage(signed));
};
type Fields = Omit<ReturnType<typeof suspicion>, 'text'> & { readonly text: string | null };
const told = (id: number, suspect: number, changes = {}): Fields => suspicion(uuid(id), numberOf(suspect), changes);
const report = (signed: SignedAct, fields: Fields, changes = {}): Promise<Answer> => {
  const { reportId: _, assessment: __, ...input } = fields;
  return office.cases.reportSuspicion(as(`operator-${signed.act.author}`), {
    input: { ...input, ...changes } as never,
    act: toMessage(signed),
  });
};
const count = async (table: string, where: string, value: string): Promise<number> =>
  (await office.rows(`SELECT 1 FROM ${table} WHERE ${where} = $1`, [value])).length;
const leafOf = async (caseId: string, kind: string): Promise<string> => {
  const [row] = await office.rows<{ readonly leaf_hash: Buffer }>(
    'SELECT leaf_hash FROM audit.act WHERE case_id = $1 AND kind = $2 ORDER BY case_seq DESC LIMIT 1',
    [caseId, kind],
  );
  return row?.leaf_hash.toString('base64url') ?? '';
};

describe('a report that an operator signed', () => {
  it('has one effect when the mutation comes first and the outbox later', async () => {
    const assessment = { level: 'HIGH', ruleSetVersion: 1, indicators: [{ code: 'IN_OUT_RATIO' }, { code: 'bad' }] };
    const fields = told(1, 1, { assessment });
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields, at: now() });
    const answer = done(await report(signed, fields));
    expect(answer.ids).toEqual({ report: uuid(1), case: expect.any(String), duplicate: false });
    expect(await deliver(signed)).toMatchObject({ ok: true });
    expect(await count('suspicion_report', 'suspect', numberOf(1))).toBe(1);
    expect(await office.actsOf(idOf(answer))).toEqual(['act.received']);
    expect(await office.rows('SELECT code FROM case_indicator WHERE case_id = $1', [idOf(answer)])).toEqual([
      { code: 'IN_OUT_RATIO' },
    ]);
    expect((await report(signed, fields)).ids).toEqual({ ...answer.ids, duplicate: true });
    const clocks = await office.rows(
      'SELECT rule_id, party, about FROM duty_clock WHERE case_id = $1 ORDER BY rule_id',
      [idOf(answer)],
    );
    expect(clocks).toEqual([
      { rule_id: 'AFC-01', party: 'afc', about: null },
      { rule_id: 'OP-01', party: 'kcell', about: uuid(1) },
    ]);
  });

  it('has one effect when the outbox comes first and the mutation later', async () => {
    const fields = told(2, 2);
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields, at: now() });
    expect(await deliver(signed)).toMatchObject({ ok: true });
    const answer = done(await report(signed, fields));
    expect(answer.ids).toMatchObject({ report: uuid(2), duplicate: true });
    expect(await count('suspicion_report', 'suspect', numberOf(2))).toBe(1);
  });

  it('has one effect when both come at once', async () => {
    const fields = told(3, 3);
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields, at: now() });
    const [answer, taken] = await Promise.all([report(signed, fields), deliver(signed)]);
    expect(codesOf(answer)).toEqual([]);
    expect(taken).toMatchObject({ ok: true });
    expect(await count('suspicion_report', 'suspect', numberOf(3))).toBe(1);
    expect(await count('audit.reception', 'foreign_act_id', signed.act.id)).toBe(1);
  });

  it('changes nothing when the arguments say something else, when another signed it, or when it is of another kind', async () => {
    const fields = told(4, 4);
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields, at: now() });
    for (const changes of [{ suspect: numberOf(5) }, { text: 'more' }, { channel: 'SMS' }, { detectedAt: null }]) {
      expect(await report(signed, fields, changes)).toMatchObject({
        userErrors: [{ code: 'INVALID_INPUT', field: ['act'] }],
      });
    }
    const { reportId: _, assessment: __, ...input } = fields;
    const byOther = { input: input as never, act: toMessage(signed) };
    expect(codesOf(await office.cases.reportSuspicion(as('operator-beeline'), byOther))).toEqual(['INVALID_INPUT']);
    const others = await beeline.sign({ kind: 'suspicion.reported', fields, at: now() });
    const bad = { ...toMessage(signed), act: toMessage(others).act };
    const forged = { input: input as never, act: bad };
    expect(codesOf(await office.cases.reportSuspicion(as('operator-kcell'), forged))).toEqual(['INVALID_INPUT']);
    expect(await count('suspicion_report', 'suspect', numberOf(4))).toBe(0);
    expect(await deliver(others)).toMatchObject({ ok: true });
    expect(await deliver(signed)).toMatchObject({ ok: true });
  });

  it('that was taken in without effect stays without, and says so', async () => {
    const first = told(6, 6);
    const signed = await kcell.sign({ kind: 'suspicion.reported', fields: first, at: now() });
    done(await report(signed, first));
    const otherWords = { ...told(7, 6), sourceRef: first.sourceRef, text: 'other words' };
    const second = await kcell.sign({ kind: 'suspicion.reported', fields: otherWords, at: now() });
    expect(codesOf(await report(second, otherWords))).toEqual(['DUPLICATE_REFERENCE']);
    expect(await deliver(second)).toMatchObject({ ok: true });
    expect(codesOf(await report(second, otherWords))).toEqual(['INVALID_INPUT']);
    expect(await count('suspicion_report', 'suspect', numberOf(6))).toBe(1);
  });

  it('waits for the acts before it in its chain', async () => {
    const [early, late] = [told(8, 8), told(9, 9)];
    const before = await beeline.sign({ kind: 'suspicion.reported', fields: early, at: now() });
    const signed = await beeline.sign({ kind: 'suspicion.reported', fields: late, at: now() });
    await expect(report(signed, late)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(await count('suspicion_report', 'suspect', numberOf(9))).toBe(0);
    expect(await deliver(before)).toMatchObject({ ok: true });
    done(await report(signed, late));
  });
});

describe('an answer that an operator signed', () => {
  it('ends the waiting, once, and only of the request that it answers', async () => {
    const caseId = await office.investigated(20);
    const asked = await office.cases.requestInformation(as('investigator-1'), {
      caseId,
      operatorCode: 'kcell',
      questions: ['Who?'],
    });
    const requestId = String(done(asked).ids.request);
    const ref = [await leafOf(caseId, 'information.requested')];
    const fields = { requestId, answer: 'Nobody.' };
    const answers = (signed: SignedAct, changes = {}) =>
      office.cases.answerInformationRequest(as('operator-kcell'), { ...fields, act: toMessage(signed), ...changes });
    const withoutAct = { ...fields, act: null };
    expect(codesOf(await office.cases.answerInformationRequest(as('operator-kcell'), withoutAct))).toEqual([
      'INVALID_INPUT',
    ]);
    await expect(office.cases.answerInformationRequest(as('supervisor-1'), withoutAct)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const astray = await kcell.sign({
      kind: 'information.answered',
      fields,
      at: now(),
      ref: [await leafOf(caseId, 'case.triaged')],
    });
    expect(codesOf(await answers(astray))).toEqual(['INVALID_INPUT']);
    expect(await deliver(astray)).toMatchObject({ ok: true });
    const signed = await kcell.sign({ kind: 'information.answered', fields, at: now(), ref });
    expect(codesOf(await answers(signed, { answer: 'Somebody.' }))).toEqual(['INVALID_INPUT']);
    done(await answers(signed));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'UNDER_INVESTIGATION' });
    expect(await deliver(signed)).toMatchObject({ ok: true });
    done(await answers(signed));
    expect(await office.rows('SELECT state, answer FROM information_request WHERE id = $1', [requestId])).toEqual([
      { state: 'ANSWERED', answer: 'Nobody.' },
    ]);
    const [clock] = await office.rows(`SELECT state FROM duty_clock WHERE about = $1`, [requestId]);
    expect(clock).toEqual({ state: 'MET' });
    expect((await office.actsOf(caseId)).slice(-2)).toEqual(['information.requested', 'act.received']);
  });
});

describe('a finding that an operator signed', () => {
  it('becomes the proposal by the outbox, and a second person of the Center decides', async () => {
    const caseId = await office.reported(30);
    const input = { ...withDefaults.triage, track: 'OPERATOR_CHECK' } as const;
    done(await office.cases.triageReport(as('supervisor-1'), { caseId, input }));
    const fields = { confirmed: true, findings: 'A SIM box.' };
    const ref = [await leafOf(caseId, 'case.tracked')];
    const byOther = await beeline.sign({ kind: 'check.recorded', caseId, fields, at: now(), ref });
    expect(await deliver(byOther)).toMatchObject({ ok: true });
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'OPERATOR_CHECK' });
    const signed = await kcell.sign({ kind: 'check.recorded', caseId, fields, at: now(), ref });
    expect(await deliver(signed)).toMatchObject({ ok: true });
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'PENDING_APPROVAL' });
    done(await office.cases.recordCheckResult(as('operator-kcell'), { caseId, ...fields, act: toMessage(signed) }));
    const { version } = await office.caseRow(caseId);
    const approve = { caseId, expectedVersion: Number(version), comment: 'Agreed.' };
    done(await office.cases.approveDecision(as('supervisor-1'), approve));
    expect(await count('block_order', 'case_id', caseId)).toBe(1);
    expect(await office.actsOf(caseId)).toEqual(['case.tracked', 'act.received', 'decision.approved', 'block.ordered']);
  });
});
