// Looks at operators' data on a real database: what is granted to whom, for which case; that every look has its act; that budgets are exact
// however many ask at once; and that without the log nothing is granted.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { subjectKey } from '../../../../shared/access/lookup-grant';
import { iinCheckDigit } from '../../../../shared/vocabulary/iin';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import { keepOccurrences } from '../../../../subgraphs/fraud-cases/store/case-standing';
import {
  AUDITOR,
  BANK_MACHINE,
  CLEAR,
  caseAbout,
  INVESTIGATOR,
  type LookBank,
  MASKED,
  numberOf,
  OTHER_INVESTIGATOR,
  openLookBank,
  principalIn,
  SINCE,
  SUPERVISOR,
  tenureOf,
  uuid,
} from './look-bank';

const OWN = numberOf(1);
const FOREIGN = numberOf(500);
const IIN = `99010130000${iinCheckDigit('99010130000')}`;
const GENEROUS = { person: { hour: 1_000, day: 1_000, month: 1_000 }, preliminaryDay: 1_000 };

let bank: LookBank;
beforeAll(async () => {
  bank = await openLookBank(
    [
      caseAbout(1, [OWN]),
      caseAbout(2, [numberOf(2)], { assignee: 'investigator-2' }),
      caseAbout(3, [numberOf(3)], { state: 'CLOSED', outcome: 'REFUTED' }),
      caseAbout(4, [numberOf(4)], { openedAt: '2026-03-01T10:00:00.000Z' }),
    ],
    { ...GENEROUS, canaries: [numberOf(900)] },
  );
});
afterAll(() => bank.close());

describe('a look', () => {
  test('for one’s own open case is granted in clear, at its numbers alone', async () => {
    const answer = await bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN), tenureOf(FOREIGN)] });
    expect(answer).toMatchObject({ kind: 'GRANTED', refused: [], subjectsRefused: [], masked: [tenureOf(FOREIGN)] });
    expect(bank.grantIn(answer)).toMatchObject({
      class: 'CLEAR',
      role: 'INVESTIGATOR',
      caseId: uuid(1),
      purpose: 'INVESTIGATION',
      subjects: [tenureOf(OWN), tenureOf(FOREIGN)],
      clearSubjects: [tenureOf(OWN)],
      fields: [...MASKED, ...CLEAR],
    });
  });

  test.each([
    ['without a case', null, null, 'PURPOSE_REQUIRED'],
    ['with a case and no purpose', uuid(1), null, 'PURPOSE_REQUIRED'],
    ['with a purpose and no case', null, 'INVESTIGATION', 'PURPOSE_REQUIRED'],
    ['for another purpose', uuid(1), 'AUDIT', 'FORBIDDEN'],
    ['for a case of another', uuid(2), 'INVESTIGATION', 'FORBIDDEN'],
    ['for a case that is closed', uuid(3), 'INVESTIGATION', 'FORBIDDEN'],
    ['for a case that there is not', uuid(77), 'INVESTIGATION', 'FORBIDDEN'],
  ])('%s is granted masked, and the rest is refused', async (_, caseId, purpose, code) => {
    const answer = await bank.ask(INVESTIGATOR, { case: caseId, purpose, subjects: [tenureOf(OWN)] });
    expect(bank.grantIn(answer)).toMatchObject({ class: 'MASKED', fields: [...MASKED] });
    expect(answer).toMatchObject({ refused: CLEAR.map((coordinate) => ({ coordinate, code })) });
  });

  test('is in clear at the tenure that ran when the case was opened, not at one before or after', async () => {
    const msisdn = numberOf(4);
    const [before, at, after] = ['2019-01-01', '2021-01-01', '2026-03-02'].map((day) => `${day}T00:00:00.000Z`);
    bank.courses.set(msisdn, [
      { operatorCode: 'kcell', since: before as typeof SINCE, until: at as typeof SINCE },
      { operatorCode: 'kcell', since: at as typeof SINCE, until: after as typeof SINCE },
      { operatorCode: 'kcell', since: after as typeof SINCE, until: null },
    ]);
    const subjects = [before, at, after].map((since) => tenureOf(msisdn, since));
    const answer = await bank.ask(INVESTIGATOR, { case: uuid(4), subjects });
    expect(bank.grantIn(answer)?.clearSubjects).toEqual([tenureOf(msisdn, at)]);
    const elsewhere = await bank.ask(INVESTIGATOR, {
      case: uuid(4),
      operatorCode: 'beeline',
      subjects: [tenureOf(msisdn, at)],
    });
    expect(bank.grantIn(elsewhere, 'beeline')?.class).toBe('MASKED');
  });

  test('that is refused asks the same of everybody, whether the case is another’s, closed or none', async () => {
    const before = bank.asked.length;
    const answers = [];
    for (const [place, caseId] of [uuid(2), uuid(3), uuid(77)].entries()) {
      const { kind, ...answer } = await bank.ask(INVESTIGATOR, {
        case: caseId,
        subjects: [tenureOf(numberOf(place + 2))],
      });
      answers.push({ kind, ...answer, grants: null });
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(bank.asked).toHaveLength(before);
  });

  test('of a supervisor is for the open cases of the unit', async () => {
    const answer = await bank.ask(SUPERVISOR, { case: uuid(2), subjects: [tenureOf(numberOf(2))] });
    expect(bank.grantIn(answer)).toMatchObject({ class: 'CLEAR', role: 'SUPERVISOR' });
    const stranger = { ...principalIn('SUPERVISOR', 'supervisor-9'), unit: 'astana-1' };
    const masked = await bank.ask(stranger, { case: uuid(2), subjects: [tenureOf(numberOf(2))] });
    expect(bank.grantIn(masked)?.class).toBe('MASKED');
  });

  test('of a commercial bank is told yes or no, whatever it names', async () => {
    const fields = ['OperatorTenure.kycMatch', 'SimSwap.swapped', ...MASKED, ...CLEAR];
    const answer = await bank.ask(BANK_MACHINE, { case: uuid(1), subjects: [tenureOf(OWN)], fields });
    expect(bank.grantIn(answer)).toMatchObject({
      class: 'MASKED',
      role: 'BANK',
      fields: ['OperatorTenure.kycMatch', 'SimSwap.swapped'],
    });
  });

  test('of a role that reads no operator, or of a suspended person, is refused whole', async () => {
    const analyst = principalIn('ANALYST', 'analyst-1');
    await bank.rows(`INSERT INTO suspended_principal (person) VALUES ('investigator-7')`);
    for (const who of [AUDITOR, analyst, principalIn('INVESTIGATOR', 'investigator-7')]) {
      expect(await bank.ask(who, { subjects: [tenureOf(OWN)] })).toEqual({ kind: 'REFUSED', code: 'FORBIDDEN' });
    }
  });

  test('in clear needs a strong sign-in of now; a masked one does not', async () => {
    const asked = { case: uuid(1), subjects: [tenureOf(OWN)] };
    for (const strongSince of [null, msToInstant(Date.now() - 16 * 60_000)]) {
      const weak = { ...INVESTIGATOR, strongSince };
      expect(await bank.ask(weak, asked)).toEqual({ kind: 'REFUSED', code: 'STEP_UP_REQUIRED' });
      expect(bank.grantIn(await bank.ask(weak, { ...asked, fields: MASKED }))?.class).toBe('MASKED');
    }
  });

  test('at a person or handset is granted once it occurred in what was shown for the case, and masked', async () => {
    const [person, handset] = [subjectKey('OperatorHolding', IIN), 'DeviceSighting:490154203237518'];
    const asked = {
      case: uuid(1),
      subjects: [person, handset],
      fields: ['OperatorHolding.activeLineCount', 'Subscriber.iin'],
    };
    expect(await bank.ask(INVESTIGATOR, asked)).toMatchObject({ grants: {}, subjectsRefused: [person, handset] });
    const shown = bank.grantIn(await bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN)] }));
    const masked = bank.grantIn(await bank.ask(INVESTIGATOR, { subjects: [tenureOf(OWN)] }));
    const identity = bank.parts.hash.identityOf({ type: 'OperatorHolding', id: IIN });
    const source = { query: async (statement: object) => ({ rows: await query(statement), rowCount: null }) };
    expect(await keepOccurrences(source, masked?.jti ?? '', [identity])).toBe(false);
    expect(await keepOccurrences(source, uuid(9), [identity])).toBe(false);
    expect(await keepOccurrences(source, shown?.jti ?? '', [identity])).toBe(true);
    const answer = await bank.ask(INVESTIGATOR, asked);
    expect(answer).toMatchObject({ subjectsRefused: [handset], refused: [{ code: 'FORBIDDEN' }] });
    expect(bank.grantIn(answer)).toMatchObject({
      class: 'MASKED',
      subjects: [person],
      fields: ['OperatorHolding.activeLineCount'],
    });
    const others = await bank.ask(OTHER_INVESTIGATOR, { ...asked, case: uuid(2) });
    expect(others).toMatchObject({ grants: {}, subjectsRefused: [person, handset] });
  });

  test('begins at a person or handset that occurred in the case; others are refused at the root, which is told as a look', async () => {
    const [person, handset] = [subjectKey('OperatorHolding', IIN), 'DeviceSighting:490154203237518'];
    const source = { query: async (statement: object) => ({ rows: await query(statement), rowCount: null }) };
    const shown = bank.grantIn(await bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN)] }));
    const identity = bank.parts.hash.identityOf({ type: 'OperatorHolding', id: IIN });
    await keepOccurrences(source, shown?.jti ?? '', [identity]);
    const before = await countActs();
    const asked = { subjects: [], roots: [person, handset] };
    expect(await bank.ask(INVESTIGATOR, { ...asked, case: uuid(1) })).toEqual({
      kind: 'GRANTED',
      grants: {},
      refused: [],
      subjectsRefused: [],
      masked: [],
      rootsRefused: [handset],
    });
    expect(await bank.rows('SELECT fields, refusal, allowed FROM identity_read ORDER BY act_id DESC LIMIT 1')).toEqual([
      { fields: ['Query.device'], refusal: 'FORBIDDEN', allowed: false },
    ]);
    expect((await countActs()) - before).toBe(1);
    // Another's case, one that is closed, one that nobody has, and none: the same word for the same work.
    for (const [who, caseId] of [
      [OTHER_INVESTIGATOR, uuid(1)],
      [OTHER_INVESTIGATOR, uuid(2)],
      [INVESTIGATOR, uuid(3)],
      [INVESTIGATOR, uuid(99)],
      [INVESTIGATOR, null],
    ] as const) {
      expect(await bank.ask(who, { ...asked, case: caseId })).toMatchObject({ rootsRefused: [person, handset] });
    }
    expect((await countActs()) - before).toBe(6);
    expect(await bank.ask(AUDITOR, { ...asked, case: uuid(1) })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of nobody, by one who may look at nobody, is told as nothing', async () => {
    const before = await countActs();
    expect(await bank.ask(AUDITOR, { subjects: [], misses: 1 })).toMatchObject({ kind: 'GRANTED', grants: {} });
    expect(await countActs()).toBe(before);
  });

  test('has its act in the same transaction, allowed or refused, and the act names nobody who was looked at', async () => {
    const before = await countActs();
    await bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN)] });
    await bank.ask(AUDITOR, { subjects: [tenureOf(OWN)] });
    expect((await countActs()) - before).toBe(2);
    await bank.ask(OTHER_INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN)] });
    const tried = await bank.rows<{ readonly fields: readonly string[]; readonly refusal: string | null }>(
      `SELECT fields, refusal FROM identity_read ORDER BY act_id DESC LIMIT 2`,
    );
    expect(tried).toEqual([
      { fields: [...CLEAR].sort(), refusal: 'FORBIDDEN' },
      { fields: [...MASKED].sort(), refusal: null },
    ]);
    const [refused, allowed] = await bank.rows<Record<string, unknown>>(
      `SELECT look.*, act.case_id AS act_case, act.case_seq FROM identity_read AS look JOIN audit.act ON act.id = act_id
        WHERE person <> 'investigator-2' ORDER BY act.recorded_at DESC LIMIT 2`,
    );
    expect(allowed).toMatchObject({
      allowed: true,
      class: 'CLEAR',
      act_case: uuid(1),
      case_seq: null,
      subject_count: 1,
    });
    expect(refused).toMatchObject({ allowed: false, refusal: 'FORBIDDEN', class: null, act_case: null });
    const told = await bank.rows<{ readonly text: string }>(
      `SELECT convert_from(value, 'UTF8') AS text FROM audit.disclosure JOIN audit.act ON act.id = act_id WHERE kind = 'identity.read'
       UNION ALL SELECT to_jsonb(look)::text FROM identity_read AS look UNION ALL SELECT to_jsonb(looked_at)::text FROM looked_at`,
    );
    expect(told.length).toBeGreaterThan(10);
    const text = told.map((row) => row.text).join('\n');
    for (const datum of [OWN, OWN.slice(2), IIN, '490154203237518']) expect(text).not.toContain(datum);
  });
});

describe('without the log', () => {
  test('that takes no act, that stands still, or with no chain left, nothing is granted and nothing counted', async () => {
    const counts = async () => (await bank.rows('SELECT 1 FROM looked_at')).length;
    const before = await counts();
    const asked = { case: uuid(1), subjects: [tenureOf(numberOf(600))] };
    const halted = bank.deskWith({ isLogWhole: () => false });
    const chainless = bank.deskWith({ author: { ...bank.parts.author, chains: 0, slots: new WeakMap() } });
    await bank.rows(`CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$`);
    await bank.rows('CREATE TRIGGER no_more BEFORE INSERT ON audit.act EXECUTE FUNCTION no_more()');
    try {
      expect(await bank.ask(INVESTIGATOR, asked)).toEqual({ kind: 'REFUSED', code: 'AUDIT_UNAVAILABLE' });
    } finally {
      await bank.rows('DROP TRIGGER no_more ON audit.act');
    }
    for (const desk of [halted, chainless]) {
      expect(await bank.ask(INVESTIGATOR, asked, desk)).toEqual({ kind: 'REFUSED', code: 'AUDIT_UNAVAILABLE' });
    }
    expect(await counts()).toBe(before);
  });

  test('cosigned in time nothing is granted in clear, the masked goes on, and it lifts by itself', async () => {
    const asked = { case: uuid(1), subjects: [tenureOf(OWN)] };
    bank.waitingMs = bank.parts.limits.quorumWaitMs + 1;
    expect(await bank.ask(INVESTIGATOR, asked)).toEqual({ kind: 'REFUSED', code: 'AUDIT_UNAVAILABLE' });
    expect(bank.grantIn(await bank.ask(INVESTIGATOR, { ...asked, fields: MASKED }))?.class).toBe('MASKED');
    bank.waitingMs = 0;
    expect(bank.grantIn(await bank.ask(INVESTIGATOR, asked))?.class).toBe('CLEAR');
  });
});

describe('a case that is closed', () => {
  test('gives nothing from the instant of its COMMIT: a look that came meanwhile waits for it', async () => {
    const asked = { case: uuid(1), subjects: [tenureOf(OWN)] };
    const runner = bank.dataSource.createQueryRunner();
    await runner.connect();
    await runner.query(`SET session_replication_role = 'replica'`);
    try {
      await runner.startTransaction();
      await runner.query(`UPDATE fraud_case SET state = 'DISMISSED' WHERE id = $1`, [uuid(1)]);
      const waiting = bank.ask(INVESTIGATOR, asked);
      const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve('waits'), 200))]);
      expect(early).toBe('waits');
      await runner.commitTransaction();
      expect(bank.grantIn(await waiting)?.class).toBe('MASKED');
      await runner.query(`UPDATE fraud_case SET state = 'UNDER_INVESTIGATION' WHERE id = $1`, [uuid(1)]);
    } finally {
      await runner.query(`SET session_replication_role = 'origin'`);
      await runner.release();
    }
    expect(bank.grantIn(await bank.ask(INVESTIGATOR, asked))?.class).toBe('CLEAR');
  });
});

describe('alarms', () => {
  test('are raised once a day for each pattern, and told', async () => {
    const who = principalIn('INVESTIGATOR', 'investigator-8');
    const alarmsOf = async () =>
      (
        await bank.rows<{ readonly kind: string; readonly times: number }>(
          'SELECT kind, times FROM access_alarm WHERE person = $1 ORDER BY kind',
          [who.person],
        )
      ).map(({ kind, times }) => `${kind} ${times}`);
    for (let at = 0; at < 4; at += 1) await bank.ask(who, { subjects: [tenureOf(`+7705555000${at}`)] });
    expect(await alarmsOf()).toEqual([]);
    await bank.ask(who, { subjects: [tenureOf('+77055550005')] });
    await bank.ask(who, { subjects: [tenureOf('+77055550006'), tenureOf('+77055550007')] });
    expect(await alarmsOf()).toEqual(['SEQUENTIAL 2']);
    await bank.ask(who, { subjects: [tenureOf(numberOf(900))] });
    await bank.ask(who, { subjects: [], misses: 5 });
    expect(await alarmsOf()).toEqual(['CANARY 1', 'MISSES 1', 'SEQUENTIAL 2']);
    expect(bank.told.filter((kind) => kind === 'SEQUENTIAL')).toHaveLength(1);
    expect(bank.told).toContain('CANARY');
  });
});

const query = async (statement: object): Promise<unknown[]> => {
  const { text, values = [] } = statement as { readonly text: string; readonly values?: unknown[] };
  return [...(await bank.rows(text, values))];
};

async function countActs(): Promise<number> {
  const [row] = await bank.rows<{ readonly acts: number }>('SELECT count(*)::int AS acts FROM audit.act');
  return row?.acts ?? 0;
}
