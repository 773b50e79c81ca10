// Budgets of looks on a real database: exact when eight ask at once, counted by what is distinct, over spans that slide with the clock.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../../shared/access/principal';
import type { LookLimits } from '../../../../subgraphs/fraud-cases/domain/look-limits';
import {
  BANK_MACHINE,
  caseAbout,
  INVESTIGATOR,
  type LookBank,
  MASKED,
  numberOf,
  OTHER_INVESTIGATOR,
  openLookBank,
  principalIn,
  tenureOf,
  uuid,
} from './look-bank';

const NUMBERS = Array.from({ length: 80 }, (_, place) => numberOf(place + 1));

let bank: LookBank;
afterEach(() => bank.close());

async function open(limits: Partial<LookLimits> = {}): Promise<void> {
  const cases = [INVESTIGATOR, OTHER_INVESTIGATOR].map(({ person }, place) => {
    const own = NUMBERS.slice(place * 40, place * 40 + 40);
    return caseAbout(place + 1, own, { assignee: person });
  });
  bank = await openLookBank(cases, limits);
}

/** Looks at numbers one by one for the reader's own case; resolves with how many were granted. */
async function lookAt(numbers: readonly string[], who: Principal = INVESTIGATOR, caseId = uuid(1)): Promise<number> {
  let granted = 0;
  for (const msisdn of numbers) {
    const answer = await bank.ask(who, { case: caseId, subjects: [tenureOf(msisdn)] });
    if (answer.kind === 'GRANTED') granted += 1;
    else expect(answer.code).toBe('QUOTA_EXCEEDED');
  }
  return granted;
}

/** The same, eight at once. */
async function race(asks: readonly (() => Promise<number>)[]): Promise<number> {
  const waiting = [...asks];
  const worker = async (): Promise<number> => {
    let granted = 0;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) granted += await next();
    return granted;
  };
  const counts = await Promise.all(Array.from({ length: 8 }, worker));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('the budget of a person', () => {
  test('is exact when eight ask at once, each number twice', async () => {
    await open();
    const asks = [...NUMBERS.slice(0, 30), ...NUMBERS.slice(0, 30)].map((msisdn) => () => lookAt([msisdn]));
    const granted = await race(asks);
    const [row] = await bank.rows<{ readonly seen: number }>('SELECT count(*)::int AS seen FROM looked_at');
    expect(row?.seen).toBe(15);
    expect(granted).toBeGreaterThanOrEqual(15);
    expect(granted).toBeLessThanOrEqual(30);
    expect(await bank.alarms()).toEqual(['QUOTA']);
  });

  test('counts each of a wave, and a wave beyond it is refused whole', async () => {
    await open();
    const subjects = NUMBERS.slice(0, 16).map((msisdn) => tenureOf(msisdn));
    expect(await bank.ask(INVESTIGATOR, { case: uuid(1), subjects })).toEqual({
      kind: 'REFUSED',
      code: 'QUOTA_EXCEEDED',
    });
    expect(await lookAt(NUMBERS.slice(0, 15))).toBe(15);
    expect(await lookAt(NUMBERS.slice(15, 16))).toBe(0);
    // What was looked at is looked at again without a price, in whatever class and operation.
    expect(await lookAt(NUMBERS.slice(0, 15))).toBe(15);
  });

  test('slides with the clock: 15 an hour, 60 a day, 600 in thirty days', async () => {
    await open({ person: { hour: 4, day: 10, month: 14 } });
    const granted: number[] = [];
    for (const [place, clock] of ['0 min', '59 min', '61 min', '125 min', '24 hours 1 min', '48 hours'].entries()) {
      await bank.moveClock(clock);
      granted.push(await lookAt(NUMBERS.slice(place * 6, place * 6 + 6)));
    }
    expect(granted).toEqual([4, 0, 4, 2, 4, 0]);
    await bank.moveClock('31 days');
    expect(await lookAt(NUMBERS.slice(36, 40))).toBe(4);
  });

  test('without a case is ten numbers a day', async () => {
    await open();
    const look = (msisdn: string) =>
      bank.ask(INVESTIGATOR, { purpose: null, subjects: [tenureOf(msisdn)], fields: MASKED });
    const answers = [];
    for (const msisdn of NUMBERS.slice(0, 12)) answers.push((await look(msisdn)).kind);
    expect(answers.filter((kind) => kind === 'GRANTED')).toHaveLength(10);
    // Naming the case of another is no way around it.
    const others = await bank.ask(INVESTIGATOR, { case: uuid(2), subjects: [tenureOf(NUMBERS[40] ?? '')] });
    expect(others).toEqual({ kind: 'REFUSED', code: 'QUOTA_EXCEEDED' });
    expect(await lookAt(NUMBERS.slice(0, 5))).toBe(5);
  });

  test('of numbers that people of the center alone brought into the case is smaller, in clear', async () => {
    await open({ linkedDay: 3, person: { hour: 100, day: 100, month: 100 } });
    await bank.rows(`SET session_replication_role = 'replica'; UPDATE suspicion_report SET source = 'AFC_SIGNAL' WHERE suspect = ANY
      (ARRAY[${NUMBERS.slice(0, 8)
        .map((msisdn) => `'${msisdn}'`)
        .join()}]); SET session_replication_role = 'origin'`);
    expect(await lookAt(NUMBERS.slice(0, 8))).toBe(3);
    expect(await lookAt(NUMBERS.slice(8, 20))).toBe(12);
    const masked = await bank.ask(INVESTIGATOR, {
      case: uuid(1),
      subjects: [tenureOf(NUMBERS[7] ?? '')],
      fields: MASKED,
    });
    expect(masked.kind).toBe('GRANTED');
  });
});

describe('the budget of the bank', () => {
  test('is exact over all its people when eight ask at once, and counts a tenure once', async () => {
    await open({ bankDay: 20, person: { hour: 100, day: 100, month: 100 } });
    const [own, others] = [NUMBERS.slice(0, 20), NUMBERS.slice(40, 60)];
    const asks = own.flatMap((msisdn, place) => [
      () => lookAt([msisdn]),
      () => lookAt([others[place] ?? ''], OTHER_INVESTIGATOR, uuid(2)),
    ]);
    expect(await race(asks)).toBe(20);
    const [row] = await bank.rows<{ readonly looks: number; readonly kept: number; readonly seen: number }>(
      `SELECT looks, (SELECT count(*)::int FROM bank_look) AS kept, (SELECT count(*)::int FROM looked_at) AS seen FROM bank_look_day`,
    );
    expect(row).toEqual({ looks: 20, kept: 20, seen: 20 });
    expect(await bank.alarms()).toEqual(['BANK_QUOTA']);
    // A tenure that somebody looked at today costs the bank nothing more.
    const shared = await bank.rows<{ readonly subject: Buffer }>('SELECT subject FROM bank_look');
    expect(shared).toHaveLength(20);
    const supervisor = principalIn('SUPERVISOR', 'supervisor-1');
    let again = 0;
    for (const msisdn of own) again += await lookAt([msisdn], supervisor);
    const [counted] = await bank.rows<{ readonly own: number }>(
      `SELECT count(*)::int AS own FROM looked_at WHERE person = 'supervisor-1'`,
    );
    expect(counted?.own).toBe(again);
    expect(again).toBeGreaterThan(0);
  });

  test('does not pay for what commercial banks ask, who have one of their own', async () => {
    await open({ bankDay: 1, signalsDay: 3 });
    const answers = [];
    for (const msisdn of NUMBERS.slice(0, 5)) {
      answers.push(
        (
          await bank.ask(BANK_MACHINE, {
            purpose: null,
            subjects: [tenureOf(msisdn)],
            fields: ['OperatorTenure.kycMatch'],
          })
        ).kind,
      );
    }
    expect(answers.filter((kind) => kind === 'GRANTED')).toHaveLength(3);
    expect(await bank.rows('SELECT 1 FROM bank_look')).toHaveLength(0);
  });
});
