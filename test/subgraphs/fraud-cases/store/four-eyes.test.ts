// Four eyes are two persons, also when somebody writes past the program: the tables refuse it, each rule by its name. And the rules that the
// tables hold as data are those that the domain runs by.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCaseWork, writeActs } from '../../../../subgraphs/fraud-cases/commands/case-work';
import { DUTY_RULES, FULL_WEIGHT } from '../../../../subgraphs/fraud-cases/domain/duty-rules';
import { as, type CaseOffice, done, openCaseOffice } from '../commands/case-office';

let office: CaseOffice;
beforeAll(async () => {
  office = await openCaseOffice();
}, 60_000);
afterAll(() => office?.close());

const version = async (caseId: string): Promise<number> => Number((await office.caseRow(caseId)).version);
const decisionOf = async (caseId: string): Promise<{ readonly id: string; readonly content_hash: string }> => {
  const [row] = await office.rows<{ readonly id: string; readonly content_hash: string }>(
    'SELECT id, content_hash FROM decision WHERE case_id = $1 AND voided_at IS NULL',
    [caseId],
  );
  if (row === undefined) throw new Error('There is no decision.');
  return row;
};
/** Writes an approval past the program. */
const approve = (decision: { readonly id: string; readonly content_hash: string }, person: string) =>
  office.rows(
    `INSERT INTO approval (decision_id, step, person, at, content_hash) VALUES ($1, 'APPROVED', $2, senim_now(), $3)`,
    [decision.id, person, decision.content_hash],
  );

describe('an approval', () => {
  it('is never by the proposer, of other content, by an editor, or of what was voided', async () => {
    const caseId = await office.proposed(1);
    const first = await decisionOf(caseId);
    await expect(approve(first, 'investigator-1')).rejects.toMatchObject({ constraint: 'approval_four_eyes' });
    const other = { ...first, content_hash: '0'.repeat(64) };
    await expect(approve(other, 'supervisor-1')).rejects.toMatchObject({ constraint: 'approval_of_this_content' });
    const evidence = {
      kind: 'AUDIO',
      sha256: 'a'.repeat(64),
      capturedAt: new Date().toISOString(),
      note: null,
    } as never;
    done(await office.cases.addEvidence(as('supervisor-2'), { caseId, input: evidence }));
    await expect(approve(first, 'supervisor-1')).rejects.toMatchObject({ constraint: 'approval_of_what_stands' });
    const input = { outcome: 'REFUTED', reasonCode: 'X', findings: 'Y', measures: null } as const;
    const expectedVersion = await version(caseId);
    done(await office.cases.proposeDecision(as('investigator-1'), { caseId, input: { ...input, expectedVersion } }));
    const second = await decisionOf(caseId);
    await expect(approve(second, 'supervisor-2')).rejects.toMatchObject({ constraint: 'approval_not_by_editor' });
    // A good approval without its act is found at COMMIT.
    await expect(approve(second, 'supervisor-1')).rejects.toThrow(/a change of a case has its act/);
  });

  it('and the decision that it approves are never changed or deleted', async () => {
    const caseId = await office.proposed(2);
    const { id } = await decisionOf(caseId);
    await expect(office.rows('UPDATE approval SET person = $2 WHERE decision_id = $1', [id, 'x'])).rejects.toThrow(
      /not allowed/,
    );
    await expect(office.rows('DELETE FROM approval WHERE decision_id = $1', [id])).rejects.toThrow(/not allowed/);
    await expect(office.rows('DELETE FROM decision WHERE id = $1', [id])).rejects.toThrow(/not allowed/);
    await expect(office.rows(`UPDATE decision SET findings = 'other' WHERE id = $1`, [id])).rejects.toMatchObject({
      constraint: 'decision_voided_once',
    });
  });
});

describe('a case', () => {
  it('is not decided, and a confirmed block not issued, without two persons', async () => {
    const caseId = await office.proposed(3);
    const decide = `UPDATE fraud_case SET state = 'DECIDED', outcome = 'CONFIRMED' WHERE id = $1`;
    await expect(office.rows(decide, [caseId])).rejects.toThrow(/a case is decided by two persons|has its act/);
    const order = `INSERT INTO block_order (id, case_id, sequence, msisdn, operator_code, kind, state, version, measures, reason, issued_at)
      VALUES ('past-the-program', $1, 1, '+77019999999', 'kcell', 'CONFIRMED', 'ISSUED', 1, '{DATA}', 'X', senim_now())`;
    await expect(office.rows(order, [caseId])).rejects.toThrow(/decided by two persons|has its act/);
  });

  it('is not decided in a transaction that has an act, either', async () => {
    const caseId = await office.proposed(4);
    const proposal = await decisionOf(caseId);
    await expect(
      office.desk.transactions.run(async (session, now) => {
        const work = openCaseWork({ ...office.desk, session, now, actor: as('supervisor-1').actor });
        await writeActs(work, [
          { kind: 'decision.approved', author: 'BANK', caseId, actor: 'supervisor-1', to: [], fields: {} },
        ]);
        await session.query(`UPDATE fraud_case SET state = 'DECIDED', outcome = 'CONFIRMED' WHERE id = '${caseId}'`);
        return { commits: true, value: proposal };
      }),
    ).rejects.toMatchObject({ constraint: 'fraud_case_decided_by_two' });
  });

  it('is not reopened without two persons', async () => {
    const caseId = await office.proposed(5, 'REFUTED');
    const sent = { caseId, expectedVersion: await version(caseId), comment: '' };
    done(await office.cases.approveDecision(as('supervisor-1'), sent));
    const reopen = `UPDATE fraud_case SET state = 'UNDER_INVESTIGATION', outcome = 'UNSET' WHERE id = $1`;
    await expect(office.rows(reopen, [caseId])).rejects.toThrow(/a case is reopened by two persons|has its act/);
    done(await office.cases.reopenCase(as('supervisor-1'), { caseId, reason: 'New.' }));
    const agree = `UPDATE reopening SET approved_by = 'supervisor-1', approved_at = senim_now(), approved_in = pg_current_xact_id() WHERE case_id = $1`;
    await expect(office.rows(agree, [caseId])).rejects.toMatchObject({ constraint: 'reopening_four_eyes' });
  });
});

describe('the rules of duty', () => {
  it('stand in the table as the domain runs by them', async () => {
    const rows = await office.rows<Record<string, unknown>>(
      `SELECT id, version, title, status, obliged, clock_start, clock_stops, deadline_value::float8, deadline_unit, pause_on,
         warn_at_percent, liability_weight::float8, valid_from, valid_to FROM duty_rule ORDER BY id, version`,
    );
    const known = DUTY_RULES.map((rule) => ({
      id: rule.id,
      version: rule.version,
      title: rule.title,
      status: rule.status,
      obliged: rule.obliged,
      clock_start: rule.start,
      clock_stops: rule.stops,
      deadline_value: rule.deadlineValue,
      deadline_unit: rule.deadlineUnit,
      pause_on: rule.pauseOn,
      warn_at_percent: rule.warnAtPercent,
      liability_weight: rule.weight / FULL_WEIGHT,
      valid_from: new Date(rule.validFrom),
      valid_to: rule.validTo === null ? null : new Date(rule.validTo),
    }));
    const inOrder = (list: readonly Record<string, unknown>[]) => list.map((row) => JSON.stringify(row)).toSorted();
    expect(inOrder(rows)).toEqual(inOrder(known));
  });
});
