// The life of a broken glass on a real database: broken with a reason, open for half an hour for one number, reviewed by another person or the
// account is suspended; and the trail of looks, reading which is a look.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../../shared/access/principal';
import { msToInstant } from '../../../../shared/vocabulary/instant';
import type { Answer } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import {
  AUDITOR,
  caseAbout,
  INVESTIGATOR,
  type LookBank,
  numberOf,
  OTHER_INVESTIGATOR,
  OTHER_SUPERVISOR,
  openLookBank,
  PORTAL,
  principalIn,
  SUPERVISOR,
  tenureOf,
  uuid,
} from './look-bank';

const URGENT = numberOf(50);
const REASON = 'A child is being threatened on the line now.';
const PAGE = { first: 50, after: null };
const ALL = { subject: null, actor: null, caseId: null, from: null, to: null };

let bank: LookBank;
beforeAll(async () => {
  bank = await openLookBank([caseAbout(1, [numberOf(1)])]);
});
afterAll(() => bank.close());

const caller = (actor: Principal) => ({ actor, idempotencyKey: null });
const broken = (who: Principal, msisdn = URGENT, reason = REASON) =>
  bank.glasses.breakGlass(caller(who), { msisdn, reason });
const review = (who: Principal, id: string, justified = true, reason = 'Checked with the duty officer.') =>
  bank.glasses.reviewBreakGlass(caller(who), { id, justified, reason });
const idOf = ({ ids }: Answer): string => String(ids.breakGlass);
const codeOf = ({ userErrors }: Answer): string | undefined => userErrors[0]?.code;
const lookWith = (who: Principal, id: string, msisdn: string = URGENT) =>
  bank.ask(who, { case: id, subjects: [tenureOf(msisdn)] });
const isSuspended = async (person: string): Promise<boolean> =>
  (await bank.rows('SELECT 1 FROM suspended_principal WHERE person = $1 AND reinstated_at IS NULL', [person])).length >
  0;

describe('a broken glass', () => {
  test('needs a reason of twenty characters', async () => {
    expect(codeOf(await broken(INVESTIGATOR, URGENT, `  ${'x'.repeat(19)}  `))).toBe('INVALID_INPUT');
    await expect(broken(principalIn('ANALYST', 'analyst-1'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('opens one number to who broke it, counts like any look, and is told at once to supervisors and to the owner', async () => {
    const id = idOf(await broken(INVESTIGATOR));
    expect(bank.told).toEqual(['BREAK_GLASS']);
    const grant = bank.grantIn(await lookWith(INVESTIGATOR, id));
    expect(grant).toMatchObject({ class: 'CLEAR', caseId: null, role: 'INVESTIGATOR' });
    expect(bank.grantIn(await lookWith(INVESTIGATOR, id, numberOf(51)))?.class).toBe('MASKED');
    expect(bank.grantIn(await lookWith(OTHER_INVESTIGATOR, id))?.class).toBe('MASKED');
    const [act] = await bank.rows<{ readonly payload: string; readonly alarms: number }>(
      `SELECT split_part(convert_from(jws, 'UTF8'), '.', 2) AS payload, (SELECT count(*)::int FROM access_alarm WHERE break_glass_id = $1) AS alarms
        FROM audit.act JOIN audit.opening ON act_id = id WHERE kind = 'access.broken_glass'`,
      [id],
    );
    expect(JSON.parse(Buffer.from(act?.payload ?? '', 'base64url').toString())).toMatchObject({
      to: ['kcell'],
      case: null,
    });
    expect(act?.alarms).toBe(1);
    const [look] = await bank.rows<object>('SELECT * FROM identity_read WHERE break_glass_id = $1', [id]);
    expect(look).toMatchObject({ class: 'CLEAR', case_id: null, allowed: true });
    await bank.moveClock('29 minutes');
    expect(bank.grantIn(await lookWith(INVESTIGATOR, id))?.class).toBe('CLEAR');
    await bank.moveClock('31 minutes');
    expect(bank.grantIn(await lookWith(INVESTIGATOR, id))?.class).toBe('MASKED');
    await bank.moveClock('0 minutes');
  });

  test('is reviewed once, by another supervisor', async () => {
    const id = idOf(await broken(SUPERVISOR));
    expect(codeOf(await review(SUPERVISOR, id))).toBe('FOUR_EYES_REQUIRED');
    await expect(review(INVESTIGATOR, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(codeOf(await review(OTHER_SUPERVISOR, uuid(99)))).toBe('NOT_FOUND');
    expect(codeOf(await review(OTHER_SUPERVISOR, id))).toBeUndefined();
    expect(codeOf(await review(OTHER_SUPERVISOR, id))).toBe('ILLEGAL_TRANSITION');
    expect(await isSuspended(SUPERVISOR.person)).toBe(false);
    await expect(bank.rows('UPDATE break_glass SET reason = $1', ['x'.repeat(20)])).rejects.toThrow('never rewritten');
  });

  test('is broken three times in thirty days, however many are tried at once', async () => {
    const who = principalIn('INVESTIGATOR', 'investigator-3');
    const answers = await Promise.all(Array.from({ length: 8 }, (_, place) => broken(who, numberOf(60 + place))));
    expect(answers.filter((answer) => answer.userErrors.length === 0)).toHaveLength(3);
    expect(new Set(answers.map(codeOf))).toEqual(new Set([undefined, 'ILLEGAL_TRANSITION']));
    await bank.moveClock('31 days');
    expect(codeOf(await broken(who))).toBeUndefined();
    await bank.moveClock('0 minutes');
  });

  test('that somebody finds unjustified suspends the account, which is granted nothing more', async () => {
    const who = principalIn('INVESTIGATOR', 'investigator-4');
    const id = idOf(await broken(who));
    expect(bank.grantIn(await lookWith(who, id))?.class).toBe('CLEAR');
    expect(codeOf(await review(SUPERVISOR, id, false))).toBeUndefined();
    expect(await isSuspended(who.person)).toBe(true);
    expect(await lookWith(who, id)).toEqual({ kind: 'REFUSED', code: 'FORBIDDEN' });
    expect(await bank.alarms()).toContain('UNJUSTIFIED');
  });

  test('that nobody reviewed within the next working day suspends the account, once', async () => {
    const who = principalIn('INVESTIGATOR', 'investigator-5');
    const id = idOf(await broken(who));
    const due = (except: readonly string[] = []) => bank.reviews.due({ limit: 50, except });
    expect(await due()).not.toContain(id);
    await bank.moveClock('8 days');
    expect(await due()).toContain(id);
    expect(await bank.reviews.carryOut(id)).toBe(true);
    expect(await bank.reviews.carryOut(id)).toBe(false);
    expect(await isSuspended(who.person)).toBe(true);
    expect(await due()).not.toContain(id);
    await bank.moveClock('0 minutes');
  });
});

describe('the trail of looks', () => {
  // After all looks above, whose clock was moved.
  beforeAll(() => bank.moveClock('40 minutes'));

  test('shows an auditor pseudonyms, and that the auditor read it', async () => {
    const first = await bank.trail.read(AUDITOR, null, ALL, PAGE);
    expect(first.rows.length).toBeGreaterThan(5);
    expect(JSON.stringify(first)).not.toMatch(/investigator-\d|\+77/);
    const again = await bank.trail.read(AUDITOR, null, ALL, PAGE);
    expect(again.rows[0]).toMatchObject({
      purpose: 'AUDIT',
      fields: ['Query.accessTrail'],
      subjectCount: 0,
      allowed: true,
    });
    const own = await bank.trail.read(AUDITOR, null, { ...ALL, actor: again.rows[0]?.actor ?? '' }, PAGE);
    expect(own.rows.map(({ purpose }) => purpose)).toEqual(['AUDIT', 'AUDIT']);
  });

  test('shows the one looked at who looked, by role, and nothing that was refused', async () => {
    await bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(numberOf(1))] });
    await bank.ask(principalIn('ANALYST', 'analyst-1'), { subjects: [tenureOf(numberOf(1))] });
    const question = { ...ALL, subject: numberOf(1) };
    const { rows } = await bank.trail.read(PORTAL, 'SUBJECT_ACCESS', question, PAGE);
    expect(rows).toMatchObject([{ actor: 'INVESTIGATOR', organisation: 'afc', caseId: null, allowed: true }]);
    expect(rows[0]?.fields).toContain('Subscriber.iin');
    const seen = await bank.trail.read(AUDITOR, null, question, PAGE);
    expect(seen.rows.map(({ purpose, allowed }) => `${purpose} ${allowed}`)).toEqual([
      'SUBJECT_ACCESS true',
      'INVESTIGATION false',
      'INVESTIGATION true',
    ]);
    expect(seen.rows[2]?.caseId).toBe(uuid(1));
  });

  test('is for nobody else, and for no other purpose', async () => {
    const question = { ...ALL, subject: numberOf(1) };
    await expect(bank.trail.read(INVESTIGATOR, 'AUDIT', question, PAGE)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const [purpose, asked] of [
      [null, question],
      ['AUDIT', question],
      ['SUBJECT_ACCESS', ALL],
      ['SUBJECT_ACCESS', { ...question, actor: 'x' }],
    ] as const) {
      await expect(bank.trail.read(PORTAL, purpose, asked, PAGE)).rejects.toMatchObject({ code: 'PURPOSE_REQUIRED' });
    }
  });

  test('is not answered when the reading cannot be logged', async () => {
    await bank.rows(`CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$`);
    await bank.rows('CREATE TRIGGER no_more BEFORE INSERT ON audit.act EXECUTE FUNCTION no_more()');
    await expect(bank.trail.read(AUDITOR, null, ALL, PAGE)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await bank.rows('DROP TRIGGER no_more ON audit.act');
  });

  test('is read in pages, newest first, each row once', async () => {
    const all = await bank.trail.read(AUDITOR, null, { ...ALL, to: msToInstant(Date.now() + 3_600_000) }, PAGE);
    const seen: string[] = [];
    let after: { readonly at: (typeof all.rows)[number]['at']; readonly id: string } | null = null;
    for (let hasMore = true; hasMore; ) {
      const page = await bank.trail.read(AUDITOR, null, { ...ALL, to: all.rows[0]?.at ?? null }, { first: 4, after });
      seen.push(...page.rows.map(({ act }) => act));
      const last = page.rows.at(-1);
      after = last === undefined ? null : { at: last.at, id: last.act };
      hasMore = page.hasMore;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(all.rows.slice(1).map(({ act }) => act));
  });
});
