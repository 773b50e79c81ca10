// Documents that are no order of the bank for this operator, and acts that do not tell it: each is refused with a fixed word, and nothing at all
// is written.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyPair } from '../../../shared/audit-log/log-network';
import { activeLines } from '../../../support/operator';
import { BANK_ACT_KEY, BANK_ORDER_KEY } from './log-fixture';
import { orderPayload, signDocument, type Telling } from './order-bank';
import { executed, type OrderWorld, openOrderWorld } from './order-fixture';
import { leafOf } from './replayed-history';

const MSISDN = '+77011234567';
const NOT_AN_ORDER = { ok: false, error: 'NOT_AN_ORDER' };
const NOT_TOLD = { ok: false, error: 'NOT_TOLD' };

let world: OrderWorld;
let before: unknown;
beforeAll(async () => {
  world = await openOrderWorld(activeLines([MSISDN]));
  // A block stands, so that a forged lift would have something to lift.
  await executed(world, world.bank.give().document);
  before = await world.traces();
});
afterAll(() => world.close());

const untouched = async () => expect(await world.traces()).toEqual(before);

describe('a document', () => {
  it('is refused when any one character of it is another', async () => {
    const { document } = world.bank.give({ sequence: 2 });
    const asked = world.bank.asked.length;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let place = 0; place < document.length; place += 1) {
      const here = document[place] ?? '';
      const other = alphabet[(alphabet.indexOf(here) + 1 + (place % 62)) % 64] ?? 'A';
      for (const changed of [other === here ? '.' : other, '', '=', '\u0000', 'é']) {
        const forged = document.slice(0, place) + changed + document.slice(place + 1);
        expect({ place, changed, answer: await world.execute(forged) }).toEqual({
          place,
          changed,
          answer: NOT_AN_ORDER,
        });
      }
    }
    expect(world.bank.asked).toHaveLength(asked);
    await untouched();
  });

  const [header = '', payload = '', signature = ''] = signDocument(orderPayload({ sequence: 2 })).split('.');
  const headerOf = (told: object): string =>
    Buffer.from(
      JSON.stringify({ alg: 'Ed25519', kid: BANK_ORDER_KEY.publicKey.keyId, typ: 'senim-order+jws', ...told }),
    )
      .toString('base64url')
      .toString();
  it.each<[string, string]>([
    ['nothing', ''],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${header}.${payload}.${signature}.`],
    ['padding', `${header}.${payload}.${signature}==`],
    ['spaces', ` ${header}.${payload}.${signature} `],
    ['no algorithm', `${headerOf({ alg: 'none' })}.${payload}.`],
    ['another algorithm', `${headerOf({ alg: 'HS256' })}.${payload}.${signature}`],
    ['a key in the header', `${headerOf({ jwk: {} })}.${payload}.${signature}`],
    ['another key id', `${headerOf({ kid: keyPair('x').publicKey.keyId })}.${payload}.${signature}`],
    ['a megabyte', 'A'.repeat(1_000_000)],
    ['the key of somebody', signDocument(orderPayload({ sequence: 2 }), keyPair('somebody'))],
    ["the bank's key for acts", signDocument(orderPayload({ sequence: 2 }), BANK_ACT_KEY)],
    ["the operator's own key for receipts", signDocument(orderPayload({ sequence: 2 }), keyPair('kcell receipt'))],
    ['the type of a receipt', signDocument(orderPayload({ sequence: 2 }), BANK_ORDER_KEY, 'senim-receipt+jws')],
    ['the type of an act', signDocument(orderPayload({ sequence: 2 }), BANK_ORDER_KEY, 'senim-act+jws')],
  ])('with %s is refused', async (_what, document) => {
    expect(await world.execute(document)).toEqual(NOT_AN_ORDER);
    await untouched();
  });

  const payloadOf = (told: object): object => ({ ...orderPayload({ sequence: 2 }), ...told });
  const { reason: _reason, ...withoutReason } = orderPayload({ sequence: 2 });
  it.each<[string, unknown]>([
    ['for another operator', payloadOf({ operatorCode: 'beeline' })],
    ['for nobody', payloadOf({ operatorCode: '' })],
    ['of another kind', payloadOf({ kind: 'UNBLOCK' })],
    ['of another version', payloadOf({ v: 2 })],
    ['with a member too many', payloadOf({ note: 'x' })],
    ['with a member too few', withoutReason],
    ['with sequence 0', payloadOf({ sequence: 0 })],
    ['with a negative sequence', payloadOf({ sequence: -1 })],
    ['with half a sequence', payloadOf({ sequence: 1.5 })],
    ['with a sequence in quotes', payloadOf({ sequence: '2' })],
    ['with a sequence beyond the tables', payloadOf({ sequence: 2 ** 31 })],
    ['with an id that is none', payloadOf({ id: "x'; DROP TABLE tenure" })],
    ['with a case that is none', payloadOf({ case: null })],
    ['with a number in another spelling', payloadOf({ msisdn: '87011234567' })],
    ['with a number of elsewhere', payloadOf({ msisdn: '+14155550100' })],
    ['without a measure', payloadOf({ measures: [] })],
    ['with an unknown measure', payloadOf({ measures: ['EMERGENCY'] })],
    ['with a measure twice', payloadOf({ measures: ['DATA', 'DATA'] })],
    ['with measures that are no list', payloadOf({ measures: 'DATA' })],
    ['with a list that pretends', payloadOf({ measures: { length: 0 } })],
    ['without a reason', payloadOf({ reason: null })],
    ['with a reason that is a book', payloadOf({ reason: 'x'.repeat(10_001) })],
    ['issued never', payloadOf({ issued_at: null })],
    ['issued in another spelling', payloadOf({ issued_at: '2026-11-20T13:00:00+05:00' })],
    ['that ends on a day that does not exist', payloadOf({ valid_until: '2026-02-30T00:00:00.000Z' })],
    ['that is a list', [payloadOf({})]],
    ['that is null', 'null'],
    ['with a space', `${JSON.stringify(sorted(orderPayload({ sequence: 2 })))} `],
    ['with members in another order', JSON.stringify(orderPayload({ sequence: 2 }))],
    ['with a member twice', JSON.stringify(sorted(orderPayload({ sequence: 2 }))).replace('{', '{"case":"x",')],
    ['deeper than any order', payloadOf({ measures: [[[[[[['DATA']]]]]]] })],
  ])('that the bank signed, %s, is refused', async (_what, value) => {
    const asked = world.bank.asked.length;
    expect(await world.execute(signDocument(value))).toEqual(NOT_AN_ORDER);
    expect(world.bank.asked).toHaveLength(asked);
    await untouched();
  });
});

describe('an order that the bank did not tell', () => {
  it('is refused: its log does not know it', async () => {
    const order = world.bank.give({ sequence: 2 });
    world.bank.forget(order.hash);
    expect(await world.execute(order.document)).toEqual(NOT_TOLD);
    await untouched();
  });

  it.each<[string, Telling]>([
    ['signed by somebody', { key: keyPair('somebody') }],
    ["signed with the bank's key for orders", { key: BANK_ORDER_KEY }],
    ['signed by another operator', { key: keyPair('beeline act') }],
    ['of another author', { author: 'kcell' }],
    ['of a lift', { kind: 'lift.ordered' }],
    ['of a decision', { kind: 'decision.approved' }],
    ['for another operator', { to: ['beeline'] }],
    ['for nobody', { to: [] }],
    ['in another case', { caseId: '00000000-0000-4000-8000-000000000001' }],
    ['in no case', { caseId: null }],
    ['of another document', { orderHash: leafOf('another') }],
    ['that opens nothing', { change: (message) => ({ ...message, disclosures: [] }) }],
    [
      'that opens the hash twice',
      { change: (message) => ({ ...message, disclosures: [...message.disclosures, ...message.disclosures] }) },
    ],
    [
      'that opens it with another salt',
      {
        change: (message) => ({
          ...message,
          disclosures: message.disclosures.map((one) => ({ ...one, salt: leafOf('salt') })),
        }),
      },
    ],
    [
      'that says another hash than it committed to',
      {
        orderHash: leafOf('another'),
        change: (message) => ({
          ...message,
          disclosures: message.disclosures.map((one) => ({ ...one, value: JSON.stringify(leafOf('order')) })),
        }),
      },
    ],
    ['with a value that is no JSON', changedValue('{')],
    ['with a short salt', { change: (message) => ({ ...message, salt: 'AAAA' }) }],
    ['with another signature', { change: (message) => ({ ...message, act: `${message.act.slice(0, -8)}AAAAAAAA` }) }],
    ['that is no act', { change: (message) => ({ ...message, act: 'x.y.z' }) }],
  ])('is refused: the act is %s', async (_what, telling) => {
    const order = world.bank.give({ sequence: 2 }, telling);
    expect(await world.execute(order.document)).toEqual(NOT_TOLD);
    await untouched();
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['an act alone', { act: 'x' }],
    ['a member too many', { act: 'x', salt: 'y', disclosures: [], more: 1 }],
    ['disclosures that are none', { act: 'x', salt: 'y', disclosures: [1] }],
  ])('waits when the bank shows %s', async (_what, shown) => {
    const order = world.bank.give({ sequence: 2 }, { change: () => shown });
    expect(await world.execute(order.document)).toEqual({ ok: false, error: 'BANK_SILENT' });
    await untouched();
  });

  it('does not hold up the next one', async () => {
    const order = world.bank.give({ sequence: 2, measures: ['DATA'] });
    expect(await executed(world, order.document)).toMatchObject({ outcome: 'ENFORCED' });
    expect(await world.services(MSISDN)).toEqual(['DATA']);
  });
});

function changedValue(value: string): Telling {
  return {
    change: (message) => ({ ...message, disclosures: message.disclosures.map((one) => ({ ...one, value })) }),
  };
}

function sorted(payload: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(payload).sort(([left], [right]) => (left < right ? -1 : 1)));
}
