// Cases from the first report to the close over a real database: what each command leaves in the tables, in the clocks and in the log.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scopeDrift } from '../store/scope-drift';
import { withDefaults } from './case-arguments';
import { as, type CaseOffice, codesOf, done, idOf, numberOf, openCaseOffice } from './case-office';

let office: CaseOffice;
beforeAll(async () => {
  office = await openCaseOffice();
}, 60_000);
afterAll(() => office?.close());

const version = async (caseId: string): Promise<number> => Number((await office.caseRow(caseId)).version);
const clocksOf = (caseId: string) =>
  office.rows<{ readonly rule_id: string; readonly state: string; readonly party: string }>(
    'SELECT rule_id, state, party FROM duty_clock WHERE case_id = $1 ORDER BY rule_id',
    [caseId],
  );

describe('a report', () => {
  it('opens a case with a number of its own, its clock and its act', async () => {
    const caseId = await office.reported(1);
    expect(await office.caseRow(caseId)).toMatchObject({
      state: 'REPORTED',
      version: 1,
      number: expect.stringMatching(/^AFC-20[0-9]{2}-000001$/),
      due_at: expect.any(Date),
    });
    expect(await clocksOf(caseId)).toEqual([{ rule_id: 'AFC-01', state: 'RUNNING', party: 'afc' }]);
    const [act] = await office.rows<{ readonly kind: string; readonly actor: Buffer }>(
      `SELECT kind, value AS actor FROM audit.act JOIN audit.disclosure ON act_id = act.id AND field = 'actor' WHERE case_id = $1`,
      [caseId],
    );
    expect([act?.kind, act?.actor.toString()]).toEqual(['suspicion.reported', '"bank-1"']);
  });

  it('is taken by the open case of its number, and told again changes nothing', async () => {
    const caseId = await office.reported(2);
    const other = done(
      await office.cases.reportSuspicion(as('bank-2'), withDefaults.report(numberOf(2), 'other', { channel: 'SMS' })),
    );
    expect(other.ids).toMatchObject({ case: caseId, duplicate: false });
    expect(await version(caseId)).toBe(2);
    const again = await office.cases.reportSuspicion(
      as('bank-2'),
      withDefaults.report(numberOf(2), 'other', { channel: 'SMS' }),
    );
    expect(again.ids).toEqual({ ...other.ids, duplicate: true });
    expect(await version(caseId)).toBe(2);
    const differs = await office.cases.reportSuspicion(as('bank-2'), withDefaults.report(numberOf(2), 'other'));
    expect(codesOf(differs)).toEqual(['DUPLICATE_REFERENCE']);
  });

  it('is refused from a source that the organisation does not speak for, and from a role that reports nothing', async () => {
    const wrong = withDefaults.report(numberOf(3), 'x', { source: 'LAW_ENFORCEMENT' });
    expect(codesOf(await office.cases.reportSuspicion(as('bank-1'), wrong))).toEqual(['INVALID_INPUT']);
    await expect(office.cases.reportSuspicion(as('appeals-1'), wrong)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const told = withDefaults.report(numberOf(3), 'x', { source: 'OPERATOR_DETECTION' });
    expect(await office.cases.reportSuspicion(as('operator-kcell'), told)).toMatchObject({
      userErrors: [{ code: 'INVALID_INPUT', field: ['act'] }],
    });
    expect(await office.rows('SELECT 1 FROM suspicion_report WHERE suspect = $1', [numberOf(3)])).toEqual([]);
  });
});

describe('triage', () => {
  it('sets what was asked, makes subjects of the reports and moves the clocks', async () => {
    const caseId = await office.reported(10);
    done(await office.cases.triageReport(as('investigator-1'), { caseId, input: withDefaults.triage }));
    expect(await office.caseRow(caseId)).toMatchObject({
      state: 'TRIAGED',
      severity: 'HIGH',
      fraud_type: 'PHONE_IMPERSONATION',
      track: 'AFC_INVESTIGATION',
      version: 2,
    });
    expect(await office.rows('SELECT msisdn, role, added_by FROM case_subject WHERE case_id = $1', [caseId])).toEqual([
      { msisdn: numberOf(10), role: 'SUSPECT', added_by: 'investigator-1' },
    ]);
    expect(await clocksOf(caseId)).toEqual([
      { rule_id: 'AFC-01', state: 'MET', party: 'afc' },
      { rule_id: 'AFC-02', state: 'RUNNING', party: 'afc' },
    ]);
    expect(await office.actsOf(caseId)).toEqual(['case.triaged']);
    const events = await office.rows('SELECT kind FROM case_event WHERE case_id = $1 ORDER BY place', [caseId]);
    expect(events).toEqual([{ kind: 'suspicion.reported' }, { kind: 'case.triaged' }]);
  });

  it('gives the case to the operator that serves the number, whose time begins, while the clock of the Center stands', async () => {
    const caseId = await office.reported(11);
    const input = { ...withDefaults.triage, track: 'OPERATOR_CHECK' } as const;
    done(await office.cases.triageReport(as('supervisor-1'), { caseId, input }));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'OPERATOR_CHECK', checked_by: 'kcell' });
    expect(await clocksOf(caseId)).toEqual([
      { rule_id: 'AFC-01', state: 'MET', party: 'afc' },
      { rule_id: 'AFC-02', state: 'PAUSED', party: 'afc' },
      { rule_id: 'OP-02', state: 'RUNNING', party: 'kcell' },
    ]);
    const nobody = await office.reported(12);
    office.serving.set(numberOf(12), null);
    expect(codesOf(await office.cases.triageReport(as('supervisor-1'), { caseId: nobody, input }))).toEqual([
      'NUMBER_NOT_SERVED',
    ]);
  });

  it('is refused for a case that is not there, in another state, and with half of what it needs', async () => {
    const caseId = await office.investigated(13);
    const input = withDefaults.triage;
    const triage = (id: string, changes = {}) =>
      office.cases.triageReport(as('investigator-1'), { caseId: id, input: { ...input, ...changes } });
    expect(codesOf(await triage('nowhere'))).toEqual(['NOT_FOUND']);
    expect(codesOf(await triage(caseId))).toEqual(['ILLEGAL_TRANSITION']);
    expect(codesOf(await triage(await office.reported(14), { track: null }))).toEqual(['INVALID_INPUT']);
    expect(await version(caseId)).toBe(3);
  });
});

describe('a case that is investigated', () => {
  it('gathers evidence, numbers and questions, each with its act, and is not decided while an answer is awaited', async () => {
    const caseId = await office.investigated(20);
    const one = as('investigator-1');
    done(await office.cases.addEvidence(one, { caseId, input: withDefaults.evidence('a') }));
    const [evidence] = await office.rows<{ readonly id: string }>('SELECT id FROM evidence WHERE case_id = $1', [
      caseId,
    ]);
    const subject = { msisdn: numberOf(21), role: 'SUSPECT', ground: `evidence ${evidence?.id}.` } as const;
    done(await office.cases.addCaseSubject(one, { caseId, input: subject }));
    const asked = await office.cases.requestInformation(one, { caseId, operatorCode: 'kcell', questions: ['Who?'] });
    expect(done(asked).ids.request).toEqual(expect.any(String));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'AWAITING_INFORMATION' });
    const nowhere = { caseId, operatorCode: 'nobody', questions: ['Who?'] };
    expect(codesOf(await office.cases.requestInformation(one, nowhere))).toEqual(['INVALID_INPUT']);
    expect(
      codesOf(
        await office.cases.proposeDecision(one, {
          caseId,
          input: { ...withDefaults.decision, expectedVersion: await version(caseId) },
        }),
      ),
    ).toEqual(['ILLEGAL_TRANSITION']);
    expect(await office.actsOf(caseId)).toEqual([
      'case.triaged',
      'case.assigned',
      'evidence.added',
      'case.subject_added',
      'information.requested',
    ]);
  });

  it('is confirmed by a second person, who sets orders for every suspect on their way', async () => {
    const caseId = await office.proposed(30);
    const sent = { caseId, expectedVersion: await version(caseId), comment: 'Agreed.' };
    expect(codesOf(await office.cases.approveDecision(as('supervisor-1'), { ...sent, expectedVersion: 1 }))).toEqual([
      'VERSION_CONFLICT',
    ]);
    await expect(office.cases.approveDecision(as('investigator-1'), sent)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    done(await office.cases.approveDecision(as('supervisor-1'), sent));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'DECIDED', outcome: 'CONFIRMED' });
    const orders = await office.rows(
      'SELECT state, kind, sequence, operator_code FROM block_order WHERE case_id = $1',
      [caseId],
    );
    expect(orders).toEqual([{ state: 'ISSUED', kind: 'CONFIRMED', sequence: 1, operator_code: 'kcell' }]);
    expect((await office.actsOf(caseId)).slice(-2)).toEqual(['decision.approved', 'block.ordered']);
    const approvals = await office.rows(
      `SELECT step, person FROM approval JOIN decision ON decision.id = decision_id
       WHERE case_id = $1 AND approval.content_hash = decision.content_hash ORDER BY step DESC`,
      [caseId],
    );
    expect(approvals).toEqual([
      { step: 'PROPOSED', person: 'investigator-1' },
      { step: 'APPROVED', person: 'supervisor-1' },
    ]);
    expect(codesOf(await office.cases.closeCase(as('supervisor-1'), { caseId }))).toEqual(['ILLEGAL_TRANSITION']);
  });

  it('is refuted, closed, and opened again by two persons', async () => {
    const caseId = await office.proposed(31, 'REFUTED');
    const approve = { caseId, expectedVersion: await version(caseId), comment: '' };
    done(await office.cases.approveDecision(as('supervisor-1'), approve));
    expect(await office.rows('SELECT 1 FROM block_order WHERE case_id = $1', [caseId])).toEqual([]);
    done(await office.cases.closeCase(as('supervisor-1'), { caseId }));
    done(await office.cases.reopenCase(as('supervisor-1'), { caseId, reason: 'New evidence.' }));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'CLOSED' });
    const agree = { caseId, expectedVersion: await version(caseId) };
    expect(codesOf(await office.cases.approveReopening(as('supervisor-1'), agree))).toEqual(['FOUR_EYES_REQUIRED']);
    done(await office.cases.approveReopening(as('supervisor-2'), agree));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'UNDER_INVESTIGATION', outcome: 'UNSET' });
    expect(await office.rows('SELECT 1 FROM decision WHERE case_id = $1 AND voided_at IS NULL', [caseId])).toEqual([]);
    expect((await office.actsOf(caseId)).slice(-4)).toEqual([
      'decision.approved',
      'case.closed',
      'case.reopening.proposed',
      'case.reopened',
    ]);
  });

  it('is not reopened while another case of the number is open, which is named', async () => {
    const caseId = await office.proposed(32, 'REFUTED');
    done(
      await office.cases.approveDecision(as('supervisor-1'), {
        caseId,
        expectedVersion: await version(caseId),
        comment: '',
      }),
    );
    const told = withDefaults.report(numberOf(32), 'anew');
    const open = idOf(await office.cases.reportSuspicion(as('bank-1'), told));
    expect(open).not.toBe(caseId);
    const answer = await office.cases.reopenCase(as('supervisor-1'), { caseId, reason: 'New evidence.' });
    expect(codesOf(answer)).toEqual(['ILLEGAL_TRANSITION']);
    expect(answer.userErrors[0]?.message).toContain(String((await office.caseRow(open)).number));
  });

  it('loses its proposal by an edit, whose editor and proposer do not approve the next one', async () => {
    const caseId = await office.proposed(33);
    done(await office.cases.addEvidence(as('supervisor-2'), { caseId, input: withDefaults.evidence('late') }));
    expect(await office.caseRow(caseId)).toMatchObject({
      state: 'UNDER_INVESTIGATION',
      editors: ['investigator-1', 'supervisor-2'],
    });
    const input = { ...withDefaults.decision, expectedVersion: await version(caseId) };
    done(await office.cases.proposeDecision(as('investigator-1'), { caseId, input }));
    const approve = { caseId, expectedVersion: await version(caseId), comment: '' };
    expect(codesOf(await office.cases.approveDecision(as('supervisor-2'), approve))).toEqual(['FOUR_EYES_REQUIRED']);
    done(await office.cases.approveDecision(as('supervisor-1'), approve));
  });

  it('is rejected with a reason, and its proposal is void', async () => {
    const caseId = await office.proposed(34);
    const sent = { caseId, expectedVersion: await version(caseId), reason: 'Too thin.' };
    expect(codesOf(await office.cases.rejectDecision(as('supervisor-1'), { ...sent, reason: ' ' }))).toEqual([
      'INVALID_INPUT',
    ]);
    done(await office.cases.rejectDecision(as('supervisor-1'), sent));
    expect(await office.caseRow(caseId)).toMatchObject({ state: 'UNDER_INVESTIGATION' });
    expect(await office.rows('SELECT 1 FROM decision WHERE case_id = $1 AND voided_at IS NULL', [caseId])).toEqual([]);
  });

  it('takes losses and holds of banks', async () => {
    const caseId = await office.investigated(35);
    const loss = {
      bank: 'bank-1',
      amount: '1250.50',
      occurredAt: withDefaults.anHourAgo,
      transactionRef: 'T-1',
    } as never;
    done(await office.cases.recordLoss(as('bank-1'), { caseId, input: loss }));
    expect(codesOf(await office.cases.recordLoss(as('bank-2'), { caseId, input: loss }))).toEqual(['INVALID_INPUT']);
    const hold = { caseId, transactionRef: 'T-2', heldAt: withDefaults.anHourAgo };
    done(await office.cases.recordTransactionHold(as('bank-1'), hold));
    await expect(office.cases.recordTransactionHold(as('supervisor-1'), hold)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await office.rows('SELECT amount, bank FROM loss WHERE case_id = $1', [caseId])).toEqual([
      { amount: '1250.50', bank: 'bank-1' },
    ]);
    expect(await office.rows('SELECT transaction_ref FROM transaction_hold WHERE case_id = $1', [caseId])).toEqual([
      { transaction_ref: 'T-2' },
    ]);
  });
});

describe('two cases that are one', () => {
  it('become one: the reports move, both acts name each other, the old id still resolves', async () => {
    const [original, repeated] = [await office.investigated(40), await office.reported(41)];
    done(await office.cases.markDuplicate(as('supervisor-1'), { caseId: repeated, duplicateOf: original }));
    expect(await office.caseRow(repeated)).toMatchObject({ state: 'DUPLICATE', duplicate_of: original });
    const reports = await office.rows('SELECT suspect FROM suspicion_report WHERE case_id = $1 ORDER BY suspect', [
      original,
    ]);
    expect(reports).toEqual([{ suspect: numberOf(40) }, { suspect: numberOf(41) }]);
    // Whoever reported has a part where its report is now, and none where it was.
    const parts = 'SELECT case_id FROM case_part WHERE organisation = $1';
    expect(await office.rows(parts, ['bank-1'])).not.toContainEqual({ case_id: repeated });
    expect(await office.rows(parts, ['bank-1'])).toContainEqual({ case_id: original });
    expect((await office.actsOf(repeated)).at(-1)).toBe('case.merged');
    expect((await office.actsOf(original)).at(-1)).toBe('case.merged');
    // A new report of the number goes to the case that took it.
    const told = await office.cases.reportSuspicion(as('bank-2'), withDefaults.report(numberOf(41), 'later'));
    expect(idOf(told)).toBe(original);
    for (const duplicateOf of [repeated, 'nowhere']) {
      const answer = await office.cases.markDuplicate(as('supervisor-1'), { caseId: original, duplicateOf });
      expect(codesOf(answer)).toHaveLength(1);
    }
  });
});

describe('the lists of readers', () => {
  it('find every case by whose it is, after all of that', async () => {
    expect(await scopeDrift((text) => office.rows(text))).toEqual([]);
  });
});
