// Somebody with a true login who wants as many identities as can be had in a day, and a colleague's login besides: waves with the same number
// many times, long lists, cases of their own filled with numbers of their own, cases of others, broken glasses. Counted is what operators
// would have shown: the distinct clear subjects of every grant, opened as operators open them.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Principal } from '../../../../shared/access/principal';
import {
  broughtBy,
  caseAbout,
  INVESTIGATOR,
  type LookBank,
  numberOf,
  OTHER_INVESTIGATOR,
  openLookBank,
  tenureOf,
  uuid,
} from './look-bank';

const HOURS = 24;
const MOST_IDENTITIES = 60;
const MOST_LINKED = 20;
const MOST_GLASSES = 3;
const GIVEN = 5;
const REASON = 'It is urgent, and there is no case yet.';

/** Numbers that others linked to a case of the account, and those that the account links to it itself. */
const ACCOUNTS = [INVESTIGATOR, OTHER_INVESTIGATOR].map((who, place) => ({
  who,
  caseId: uuid(place + 1),
  given: numbers(1_000 * (place + 1), GIVEN),
  linked: numbers(1_000 * (place + 1) + 100, 50),
}));
/** In no case at all; one of them is a canary. */
const STRANGERS = numbers(5_000, 300);

let bank: LookBank;
beforeAll(async () => {
  const cases = ACCOUNTS.map(({ who, given, linked }, place) => {
    const fact = caseAbout(place + 1, [...given, ...linked], { assignee: who.person });
    return broughtBy(who.person, fact, linked);
  });
  bank = await openLookBank(cases, { canaries: STRANGERS.slice(250, 251) });
});
afterAll(() => bank.close());

test('an insider sees at most sixty identities in a day with two logins, and is noticed', async () => {
  const seen = new Set<string>();
  const seenBy = new Map<string, Set<string>>(ACCOUNTS.map(({ who }) => [who.person, new Set()]));
  const refusals = new Map<string, number>();
  const look = async (who: Principal, caseId: string, msisdns: readonly string[]): Promise<void> => {
    const answer = await bank.ask(who, { case: caseId, subjects: msisdns.map((msisdn) => tenureOf(msisdn)) });
    const grant = bank.grantIn(answer);
    if (grant?.class === 'CLEAR')
      for (const subject of grant.clearSubjects ?? grant.subjects) {
        seen.add(subject);
        seenBy.get(who.person)?.add(subject);
      }
    if (answer.kind === 'REFUSED') refusals.set(answer.code, (refusals.get(answer.code) ?? 0) + 1);
  };
  for (let hour = 0; hour < HOURS; hour += 1) {
    await bank.moveClock(`${hour} hours`);
    for (const [place, { who, caseId, given, linked }] of ACCOUNTS.entries()) {
      // The same again and again is one; a list beyond the budget is nothing; small bites are counted.
      await look(who, caseId, [...given, ...given]);
      await look(who, caseId, linked);
      for (let from = 0; from < 6; from += 3)
        await look(who, caseId, linked.slice(hour * 2 + from, hour * 2 + from + 3));
      const other = ACCOUNTS[1 - place];
      if (other !== undefined) await look(who, other.caseId, other.given);
      await look(who, uuid(77), STRANGERS.slice(hour * 10, hour * 10 + 2));
      if (hour % 5 === 0) {
        const msisdn = numberOf(5_000 + hour);
        const answer = await bank.glasses.breakGlass({ actor: who, idempotencyKey: null }, { msisdn, reason: REASON });
        await look(who, String(answer.ids.breakGlass ?? uuid(78)), [msisdn]);
      }
    }
    await look(INVESTIGATOR, uuid(77), STRANGERS.slice(250, 251));
  }
  const alarms = await bank.alarms();
  expect(seen.size).toBeLessThanOrEqual(MOST_IDENTITIES);
  expect(seen.size).toBeGreaterThan(20);
  expect(refusals.get('QUOTA_EXCEEDED')).toBeGreaterThan(HOURS);
  expect(alarms).toEqual(expect.arrayContaining(['BREAK_GLASS', 'QUOTA']));
  // What one links to one's own case alone is few, and a glass shows one number.
  for (const own of seenBy.values()) expect(own.size).toBeLessThanOrEqual(MOST_LINKED + GIVEN + MOST_GLASSES);
  // Every one of them stands in the trail, with its act.
  const [row] = await bank.rows<{ readonly looks: number; readonly acts: number }>(
    `SELECT count(*)::int AS looks, count(act.id)::int AS acts FROM identity_read LEFT JOIN audit.act ON act.id = act_id`,
  );
  expect(row?.looks).toBe(row?.acts);
});

test('two who fill each other’s cases see twenty each', async () => {
  const cases = ACCOUNTS.map(({ who }, place) => {
    const colleague = ACCOUNTS[1 - place]?.who.person ?? '';
    const wanted = numbers(3_000 + 200 * place, 60);
    return broughtBy(colleague, caseAbout(place + 1, wanted, { assignee: who.person }), wanted);
  });
  const filled = await openLookBank(cases);
  try {
    const seen = new Set<string>();
    for (let hour = 0; hour < HOURS; hour += 1) {
      await filled.moveClock(`${hour} hours 1 minute`);
      for (const [place, { who, caseId }] of ACCOUNTS.entries()) {
        for (const msisdn of numbers(3_000 + 200 * place, 60)
          .filter((each) => !seen.has(tenureOf(each)))
          .slice(0, 6)) {
          const grant = filled.grantIn(await filled.ask(who, { case: caseId, subjects: [tenureOf(msisdn)] }));
          if (grant?.class === 'CLEAR') seen.add(tenureOf(msisdn));
        }
      }
    }
    expect(seen.size).toBe(2 * MOST_LINKED);
    expect(await filled.alarms()).toEqual(expect.arrayContaining(['QUOTA']));
  } finally {
    await filled.close();
  }
});

test('two whose cases organisations fill are bounded each by their own budget, and together by the bank’s', async () => {
  const cases = ACCOUNTS.map(({ who }, place) =>
    caseAbout(place + 1, numbers(6_000 + 200 * place, 120), { assignee: who.person }),
  );
  const filled = await openLookBank(cases, { bankDay: 100 });
  try {
    const seenBy = new Map<string, Set<string>>();
    for (let hour = 0; hour < HOURS; hour += 1) {
      await filled.moveClock(`${hour} hours 1 minute`);
      for (const [place, { who, caseId }] of ACCOUNTS.entries()) {
        const seen = seenBy.get(who.person) ?? new Set<string>();
        seenBy.set(who.person, seen);
        const wanted = numbers(6_000 + 200 * place, 120).filter((msisdn) => !seen.has(tenureOf(msisdn)));
        for (let at = 0; at < 18; at += 3) {
          const subjects = wanted.slice(at, at + 3).map((msisdn) => tenureOf(msisdn));
          const grant = filled.grantIn(await filled.ask(who, { case: caseId, subjects }));
          for (const subject of grant?.clearSubjects ?? grant?.subjects ?? []) seen.add(subject);
        }
      }
    }
    const sizes = [...seenBy.values()].map(({ size }) => size);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(MOST_IDENTITIES);
    expect(Math.max(...sizes)).toBe(MOST_IDENTITIES);
    // Twenty-four hours from now reach into a second day of Almaty, which has a budget of its own.
    const days = await filled.rows<{ readonly looks: number }>('SELECT looks FROM bank_look_day');
    for (const { looks } of days) expect(looks).toBeLessThanOrEqual(100);
    expect(await filled.alarms()).toEqual(expect.arrayContaining(['QUOTA']));
  } finally {
    await filled.close();
  }
});

function numbers(from: number, count: number) {
  return Array.from({ length: count }, (_, place) => numberOf(from + place));
}
