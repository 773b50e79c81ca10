// What a look costs the database: how many messages go to the server. Each is a way there and back during which the person is locked.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import {
  CLEAR,
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

/** BEGIN with all that is read, the acts with all that is kept, COMMIT. */
const MESSAGES_OF_A_LOOK = 3;
const OWN = Array.from({ length: 4 }, (_, place) => numberOf(place + 1));

let bank: LookBank;
beforeAll(async () => {
  bank = await openLookBank([caseAbout(1, OWN)], { person: { hour: 100, day: 100, month: 100 }, preliminaryDay: 100 });
  // The first look of a person, of a connection and of a statement costs more.
  for (const who of [INVESTIGATOR, OTHER_INVESTIGATOR])
    await bank.ask(who, { case: uuid(1), subjects: [tenureOf(OWN[0] ?? '')] });
});
afterAll(() => bank.close());

/** Messages that were sent by anybody of this process while the work ran. */
async function messagesOf(work: () => Promise<{ readonly kind: string }>): Promise<readonly [string, number]> {
  const sent = jest.spyOn(Client.prototype, 'query');
  try {
    const { kind } = await work();
    return [kind, sent.mock.calls.length];
  } finally {
    sent.mockRestore();
  }
}

describe('a look is three messages', () => {
  test('masked, without a case, at a number that is new and at one that is not', async () => {
    const look = () =>
      bank.ask(INVESTIGATOR, {
        purpose: null,
        subjects: [tenureOf(numberOf(50)), tenureOf(numberOf(60))],
        fields: MASKED,
      });
    expect(await messagesOf(look)).toEqual(['GRANTED', MESSAGES_OF_A_LOOK]);
    expect(await messagesOf(look)).toEqual(['GRANTED', MESSAGES_OF_A_LOOK]);
  });

  test('in clear, for a case, once it is known who served the number', async () => {
    const look = () => bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN[1] ?? '')] });
    const asked = bank.asked.length;
    // Numbering is asked between two transactions, the first of which gives everything back.
    expect(await messagesOf(look)).toEqual(['GRANTED', MESSAGES_OF_A_LOOK + 2]);
    expect(await messagesOf(look)).toEqual(['GRANTED', MESSAGES_OF_A_LOOK]);
    expect(bank.asked).toHaveLength(asked + 1);
  });

  test('of which a part is refused, with the act of what was tried', async () => {
    const look = () =>
      bank.ask(OTHER_INVESTIGATOR, {
        case: uuid(1),
        subjects: [tenureOf(OWN[2] ?? '')],
        fields: [...MASKED, ...CLEAR],
      });
    expect(await messagesOf(look)).toEqual(['GRANTED', MESSAGES_OF_A_LOOK]);
  });

  test('that is beyond the budget, and raises alarms', async () => {
    const poor = bank.deskWith({ limits: { ...bank.parts.limits, person: { hour: 0, day: 0, month: 0 } } });
    const look = () => bank.ask(INVESTIGATOR, { case: uuid(1), subjects: [tenureOf(OWN[1] ?? '')] }, poor);
    expect(await messagesOf(look)).toEqual(['REFUSED', MESSAGES_OF_A_LOOK]);
    expect(await bank.alarms()).toContain('QUOTA');
  });
});
