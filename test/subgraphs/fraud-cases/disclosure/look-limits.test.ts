// The limits of the design as they are delivered, each on both sides: the last look that is within and the first that is beyond, the last
// moment of a span and the first after it, however many ask at once.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../../../shared/access/principal';
import type { LookLimits } from '../../../../subgraphs/fraud-cases/domain/look-limits';
import {
  caseAbout,
  INVESTIGATOR,
  type LookBank,
  MASKED,
  numberOf,
  OTHER_INVESTIGATOR,
  openLookBank,
  tenureOf,
  uuid,
} from './look-bank';

const OWN = uuid(1);
/** Numbers that lie far from one another; nobody linked them to anything. */
const STRANGERS = Array.from({ length: 700 }, (_, place) => numberOf(place + 100));

let bank: LookBank;
let next = 0;
afterEach(() => bank.close());

async function open(limits: Partial<LookLimits> = {}, own: readonly string[] = [numberOf(1)]): Promise<void> {
  next = 0;
  bank = await openLookBank([caseAbout(1, own)], limits);
}

/** So many numbers that nobody looked at before. */
function fresh(count: number): readonly string[] {
  next += count;
  return STRANGERS.slice(next - count, next);
}

/** Asks for each number alone, eight at once, masked; resolves with how many were granted. */
async function race(
  numbers: readonly string[],
  caseId: string | null = OWN,
  who: Principal = INVESTIGATOR,
): Promise<number> {
  const waiting = [...numbers];
  let granted = 0;
  const worker = async (): Promise<void> => {
    for (let msisdn = waiting.shift(); msisdn !== undefined; msisdn = waiting.shift()) {
      const purpose = caseId === null ? null : 'INVESTIGATION';
      const answer = await bank.ask(who, { case: caseId, purpose, subjects: [tenureOf(msisdn)], fields: MASKED });
      if (answer.kind === 'GRANTED') granted += 1;
      else expect(answer.code).toBe('QUOTA_EXCEEDED');
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return granted;
}

/** One wave about all of them; whether it was granted. */
async function wave(numbers: readonly string[]): Promise<boolean> {
  const subjects = numbers.map((msisdn) => tenureOf(msisdn));
  return (await bank.ask(INVESTIGATOR, { case: OWN, subjects, fields: MASKED })).kind === 'GRANTED';
}

describe('one person looks at', () => {
  test('fifteen in an hour, and at the next once the hour of the first is over', async () => {
    await open();
    expect(await race(fresh(25))).toBe(15);
    await bank.moveClock('59 minutes');
    expect(await race(fresh(9))).toBe(0);
    await bank.moveClock('60 minutes 1 second');
    expect(await race(fresh(25))).toBe(15);
  });

  test('sixty in a day', async () => {
    await open();
    for (const hour of [0, 2, 4]) {
      await bank.moveClock(`${hour} hours`);
      expect(await wave(fresh(15))).toBe(true);
    }
    await bank.moveClock('6 hours');
    expect(await race(fresh(13))).toBe(13);
    await bank.moveClock('8 hours');
    expect(await race(fresh(9))).toBe(2);
    await bank.moveClock('23 hours 59 minutes');
    expect(await race(fresh(9))).toBe(0);
    await bank.moveClock('24 hours 1 second');
    expect(await race(fresh(20))).toBe(15);
    await bank.moveClock('25 hours 59 minutes');
    expect(await race(fresh(9))).toBe(0);
  });

  test('six hundred in thirty days', async () => {
    await open();
    expect(await wave(fresh(5))).toBe(true);
    for (let block = 1; block < 40; block += 1) {
      await bank.moveClock(`${Math.floor(block / 4)} days ${(block % 4) * 2} hours`);
      expect(await wave(fresh(15))).toBe(true);
    }
    await bank.moveClock('12 days');
    expect(await race(fresh(14))).toBe(10);
    await bank.moveClock('29 days 23 hours 59 minutes');
    expect(await race(fresh(9))).toBe(0);
    await bank.moveClock('30 days 1 second');
    expect(await race(fresh(14))).toBe(5);
  });

  test('ten numbers in a day without a case, wherever they were served', async () => {
    await open();
    const first = fresh(1);
    expect(await race(first, null)).toBe(1);
    expect(await race(fresh(20), null)).toBe(9);
    // The same number at another operator is another tenure, and the same number.
    const asked = {
      purpose: null,
      operatorCode: 'beeline',
      subjects: first.map((msisdn) => tenureOf(msisdn)),
      fields: MASKED,
    };
    expect((await bank.ask(INVESTIGATOR, asked)).kind).toBe('GRANTED');
    await bank.moveClock('23 hours 59 minutes');
    expect(await race(fresh(4), null)).toBe(0);
    expect(await race(fresh(4))).toBe(4);
    await bank.moveClock('24 hours 1 second');
    expect(await race(fresh(14), null)).toBe(10);
  });

  test('twenty in clear in a day that people of the center alone brought into the case', async () => {
    const linked = STRANGERS.slice(500, 540);
    await open({}, linked);
    await bank.rows(`SET session_replication_role = 'replica'; UPDATE suspicion_report SET source = 'LAW_ENFORCEMENT';
      SET session_replication_role = 'origin'`);
    const inClear = async (numbers: readonly string[]): Promise<number> => {
      const answers = await Promise.all(
        numbers.map((msisdn) => bank.ask(INVESTIGATOR, { case: OWN, subjects: [tenureOf(msisdn)] })),
      );
      return answers.filter((answer) => bank.grantIn(answer)?.class === 'CLEAR').length;
    };
    expect(await inClear(linked.slice(0, 14))).toBe(14);
    await bank.moveClock('2 hours');
    expect(await inClear(linked.slice(14, 28))).toBe(6);
    await bank.moveClock('23 hours 59 minutes');
    expect(await inClear(linked.slice(30, 34))).toBe(0);
    await bank.moveClock('24 hours 1 second');
    expect(await inClear(linked.slice(30, 34))).toBe(4);
  });
});

describe('somebody is told of', () => {
  const near = (from: number, count: number, step: number) =>
    Array.from({ length: count }, (_, place) => `+770155${String(from + place * step).padStart(5, '0')}`);
  const isSequential = async () => (await bank.alarms()).includes('SEQUENTIAL');

  test('five numbers within a hundred, wherever the hundred begins, and not of four, nor of five that lie apart', async () => {
    await open();
    expect(await race(near(0, 5, 200))).toBe(5);
    expect(await race(near(20_050, 4, 33))).toBe(4);
    expect(await isSequential()).toBe(false);
    expect(await race([`+7701${'55'}20100`])).toBe(1);
    expect(await isSequential()).toBe(true);
  });

  test('five of one day, once a day, however many ask at once', async () => {
    await open();
    expect(await race(near(30_000, 4, 1))).toBe(4);
    await bank.moveClock('24 hours 1 second');
    expect(await race(near(30_004, 1, 1))).toBe(1);
    expect(await isSequential()).toBe(false);
    expect(await race(near(30_005, 8, 1))).toBe(8);
    expect(await isSequential()).toBe(true);
    expect(bank.told.filter((kind) => kind === 'SEQUENTIAL')).toHaveLength(1);
  });

  test('more than three in ten that found nobody, of ten at least', async () => {
    await open();
    const miss = (who: Principal, misses: number) => bank.ask(who, { purpose: null, subjects: [], misses });
    const isTold = async ({ person }: Principal) =>
      (await bank.rows(`SELECT 1 FROM access_alarm WHERE kind = 'MISSES' AND person = $1`, [person])).length > 0;
    expect(await race(fresh(5))).toBe(5);
    await miss(INVESTIGATOR, 4);
    expect(await isTold(INVESTIGATOR)).toBe(false);
    expect(await race(fresh(1))).toBe(1);
    expect(await isTold(INVESTIGATOR)).toBe(true);
    expect(await race(fresh(7), null, OTHER_INVESTIGATOR)).toBe(7);
    await miss(OTHER_INVESTIGATOR, 3);
    expect(await isTold(OTHER_INVESTIGATOR)).toBe(false);
    await miss(OTHER_INVESTIGATOR, 1);
    expect(await isTold(OTHER_INVESTIGATOR)).toBe(true);
  });
});
