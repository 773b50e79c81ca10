// The past of an operator, signed round by round: nothing before the bank's word on it, everything once, in the form that the bank reads.

import { afterEach, describe, expect, it } from '@jest/globals';
import { parseCompactJws, verifyTypedJws } from '../../../../shared/audit/compact-jws';
import { openMessage, type SignedActMessage } from '../../../../shared/audit-log/foreign-act';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import { documentHash } from '../../../../subgraphs/operator/log/signed-document';
import type { ExecutedOrder } from '../../../../subgraphs/operator/store/history-rows';
import { seed } from '../../../../subgraphs/operator/store/seed';
import { keyPair } from '../../../shared/audit-log/log-network';
import {
  asInput,
  contract,
  createOperatorDatabase,
  iinOf,
  type OperatorDatabase,
  person,
  tenure,
} from '../operator-fixture';
import { ACT_KEY, RECEIPT_KEY } from './log-fixture';
import { CASE_ID, leafOf, orderFor, orderWord, replayRound } from './replayed-history';

const MSISDN = '+77011234567';
const SINCE = '2026-08-01T00:00:00.000Z';
const id = (number: number): string => `0a0a0a0a-0000-4000-8000-${String(number).padStart(12, '0')}`;
const done = (number: number, fact: Partial<ExecutedOrder> = {}) =>
  ({
    kind: 'enforcement',
    orderId: id(number),
    sequence: number,
    msisdn: MSISDN,
    since: SINCE,
    state: 'ENFORCED',
    measures: ['DATA', 'PORT_FREEZE'],
    receivedAt: `2026-09-0${number}T08:00:00.000Z`,
    enforcedAt: `2026-09-0${number}T08:09:00.000Z`,
    liftedAt: null,
    ...fact,
  }) as ExecutedOrder & { readonly kind: 'enforcement' };

const REPORT: OperatorFact = {
  kind: 'report',
  id: id(71),
  source: 'OPERATOR_DETECTION',
  sourceRef: 'OPERATOR-KCELL-0001-1',
  reporter: 'operator-kcell',
  suspect: MSISDN,
  victim: null,
  channel: 'CALL',
  fraudType: 'MASS_CALLING',
  occurredAt: null,
  detectedAt: '2026-09-01T05:00:00.000Z',
  receivedAt: '2026-09-01T05:10:00.000Z',
  text: 'Сотни исходящих вызовов.',
};
const ANSWER: OperatorFact = {
  kind: 'informationAnswer',
  requestId: id(72),
  answer: 'Абонент — «дилер».',
  answeredAt: '2026-09-01T06:00:00.000Z',
};
const CHECK: OperatorFact = {
  kind: 'checkResult',
  caseId: CASE_ID,
  confirmed: true,
  findings: 'Подтверждено.',
  at: '2026-09-01T07:00:00.000Z',
};
const LINE: readonly OperatorFact[] = [
  person('s-1', iinOf(1)),
  tenure(MSISDN, SINCE),
  contract({ id: 'c-1', msisdn: MSISDN, since: SINCE, subscriberId: 's-1' }),
];
const QUESTION = { subject: 'information-request', id: id(72), leafHash: leafOf('question'), document: null };
const TRACK = { subject: 'operator-check', id: CASE_ID, leafHash: leafOf('track'), document: null };

let database: OperatorDatabase;
afterEach(() => database.close());

/** A database with a past that nobody has signed. */
async function unsigned(...past: readonly object[]): Promise<void> {
  database = await createOperatorDatabase();
  await seed(database.dataSource, asInput([...LINE, ...past]), () => {});
}
const round = (...words: readonly object[]) => replayRound(database.dataSource, 'kcell', words);
const rows = (statement: string): Promise<readonly Record<string, unknown>[]> => database.dataSource.query(statement);
const services = async () => (await rows('SELECT measures FROM service_state'))[0]?.measures ?? null;

/** The act in a printed line, as the bank opens it. */
function opened(line: Readonly<Record<string, unknown>> | undefined) {
  const { act, salt, disclosures } = (line ?? {}) as unknown as SignedActMessage;
  const message = openMessage({ act, salt, disclosures }, (party, keyId) =>
    party === 'kcell' && keyId === ACT_KEY.publicKey.keyId ? ACT_KEY.publicKey : null,
  );
  if (!message.ok) throw new Error(message.error);
  const fields = Object.fromEntries(message.value.disclosures.map(({ field, value }) => [field, value]));
  return { ...message.value.act, fields };
}

describe('a replay', () => {
  it('signs a report at once, and an answer and a result when the act they answer is told', async () => {
    await unsigned(REPORT, ANSWER, CHECK);
    const first = await round();
    expect(first.round).toEqual({ signed: 1, printed: 1, waiting: 2 });
    expect(first.lines[0]).toMatchObject({ subject: 'report', id: id(71), receipt: null });
    expect(opened(first.lines[0])).toMatchObject({
      kind: 'suspicion.reported',
      caseId: null,
      to: ['afc'],
      at: '2026-09-01T05:10:00.000Z',
      seen: null,
      fields: { reportId: id(71), suspect: MSISDN, victim: null, text: 'Сотни исходящих вызовов.', assessment: null },
    });
    const second = await round(QUESTION, TRACK);
    expect(second.round).toEqual({ signed: 2, printed: 3, waiting: 0 });
    expect(second.lines.map(({ subject }) => subject)).toEqual(['report', 'information-answer', 'check-result']);
    expect(opened(second.lines[1])).toMatchObject({
      kind: 'information.answered',
      ref: [leafOf('question')],
      fields: { requestId: id(72), answer: 'Абонент — «дилер».' },
    });
    expect(opened(second.lines[2])).toMatchObject({ kind: 'check.recorded', caseId: CASE_ID, ref: [leafOf('track')] });
    expect(new Set(second.lines.map((line) => `${opened(line).chain}/${opened(line).seq}`)).size).toBe(3);
  });

  it('says the same again when it is started again, and signs nothing twice', async () => {
    await unsigned(REPORT, ANSWER);
    const first = await round(QUESTION);
    const again = await round(QUESTION);
    expect(again.round).toEqual({ signed: 0, printed: 2, waiting: 0 });
    expect(again.lines).toEqual(first.lines);
    const told = await round({ subject: 'act-received', id: opened(first.lines[0]).id });
    expect(told.lines).toEqual(first.lines.slice(1));
  });

  it('blocks upon the order alone, with a receipt that act and order are bound to', async () => {
    await unsigned(done(1));
    expect((await round()).round).toEqual({ signed: 0, printed: 0, waiting: 1 });
    expect(await services()).toBeNull();
    const { lines } = await round(orderWord('kcell', done(1)));
    expect(await services()).toEqual(['DATA', 'PORT_FREEZE']);
    const receipt = String(lines[0]?.receipt);
    const payload = verifyTypedJws(parseCompactJws(receipt), 'senim-receipt+jws', RECEIPT_KEY.publicKey);
    const orderHash = documentHash(orderFor('kcell', done(1)));
    expect(JSON.parse(Buffer.from(payload).toString('utf8'))).toEqual({
      v: 1,
      order_hash: orderHash,
      outcome: 'ENFORCED',
      services: ['DATA', 'PORT_FREEZE'],
      effective_at: '2026-09-01T08:09:00.000Z',
    });
    expect(opened(lines[0])).toMatchObject({
      kind: 'block.enforced',
      caseId: CASE_ID,
      at: '2026-09-01T08:09:00.000Z',
      ref: [leafOf(`block-order ${id(1)}`)],
      fields: { orderId: id(1), orderHash, receiptHash: documentHash(receipt), outcome: 'ENFORCED' },
    });
  });

  it('lifts upon the lift alone, and keeps both acts', async () => {
    const lifted = done(1, { state: 'LIFTED', liftedAt: '2026-09-05T08:00:00.000Z' as ExecutedOrder['liftedAt'] });
    await unsigned(lifted);
    expect((await round(orderWord('kcell', lifted))).round).toEqual({ signed: 1, printed: 1, waiting: 1 });
    expect(await services()).toEqual(['DATA', 'PORT_FREEZE']);
    const lift = orderWord('kcell', lifted, { kind: 'LIFT', sequence: 2 });
    const { lines } = await round(orderWord('kcell', lifted), lift);
    expect(lines.map(({ subject }) => subject)).toEqual(['enforcement', 'lift-enforcement']);
    expect(opened(lines[1])).toMatchObject({ kind: 'lift.done', ref: [leafOf(`lift-order ${id(1)}`)] });
    expect(await services()).toEqual([]);
    expect(await rows('SELECT state FROM block_enforcement')).toEqual([{ state: 'LIFTED' }]);
  });

  it('lets a temporary block lapse by itself at its end', async () => {
    const end = '2026-09-04T08:00:00.000Z';
    const lapsed = done(1, { state: 'LIFTED', liftedAt: end as ExecutedOrder['liftedAt'] });
    await unsigned(lapsed);
    const { lines } = await round(orderWord('kcell', lapsed, { valid_until: end }));
    expect(opened(lines[1])).toMatchObject({ kind: 'block.expired', at: end, ref: [leafOf(`block-order ${id(1)}`)] });
    expect(lines[1]).toMatchObject({ subject: 'lift-enforcement', receipt: null });
    expect(await services()).toEqual([]);
  });

  it('lets a later block take the place of an earlier one', async () => {
    const [first, second] = [done(1, { state: 'SUPERSEDED' }), done(2, { measures: ['DATA'] })];
    await unsigned(first, second);
    await round(orderWord('kcell', first), orderWord('kcell', second));
    expect(await rows('SELECT state FROM block_enforcement ORDER BY sequence')).toEqual([
      { state: 'SUPERSEDED' },
      { state: 'ENFORCED' },
    ]);
    expect(await services()).toEqual(['DATA']);
  });

  it('says what it could not do, and holds nothing', async () => {
    await unsigned(
      done(1, { state: 'FAILED', enforcedAt: null }),
      done(2, { state: 'NOT_SERVED_HERE', enforcedAt: null }),
    );
    const { lines } = await round(orderWord('kcell', done(1)), orderWord('kcell', done(2)));
    expect(lines.map((line) => [opened(line).kind, opened(line).fields.outcome])).toEqual([
      ['block.failed', 'FAILED'],
      ['block.failed', 'NOT_SERVED_HERE'],
    ]);
    expect(await services()).toBeNull();
  });

  it('marks the line of a past report, so that it is not reported again', async () => {
    await unsigned(REPORT);
    await round();
    expect(await rows('SELECT report_id FROM reported_line')).toEqual([{ report_id: id(71) }]);
  });
});

describe('a word that is not the bank’s', () => {
  const forged = orderFor('kcell', done(1)).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
  const word = { subject: 'block-order', id: id(1), leafHash: leafOf('order') };
  it.each([
    ['an order without a document', { ...word, document: null }],
    ['a forged order', { ...word, document: forged }],
    ['an order for another operator', { ...word, document: orderFor('beeline', done(1)) }],
    ['an order of another number', { ...word, document: orderFor('kcell', done(1), { msisdn: '+77011234568' }) }],
    [
      'an order of fewer measures than were executed',
      { ...word, document: orderFor('kcell', done(1), { measures: ['DATA'] }) },
    ],
    ['an order with a member too many', { ...word, document: orderFor('kcell', done(1), { note: 'x' }) }],
    ['a lift where a block belongs', { ...word, document: orderFor('kcell', done(1), { kind: 'LIFT' }) }],
    [
      'an order under another key',
      { ...word, document: orderFor('kcell', done(1)).replace(/^[^.]*/, headerOf(keyPair('x').publicKey.keyId)) },
    ],
  ])('%s blocks nothing', async (_what, said) => {
    await unsigned(done(1));
    await expect(round(said)).rejects.toThrow("is not the bank's order for what was done");
    expect(await services()).toBeNull();
    expect(await rows('SELECT id FROM audit.act')).toEqual([]);
  });

  it.each([
    ['no object', 'block-order'],
    ['an unknown subject', { ...word, subject: 'gossip', document: null }],
    ['a leaf that is no hash', { ...word, leafHash: 'abc', document: null }],
    ['a document that is a number', { ...word, document: 7 }],
  ])('%s is refused with its line', async (_what, said) => {
    await unsigned();
    await expect(round(said as object)).rejects.toThrow('Line 1 is not a word of the bank');
  });
});

function headerOf(kid: string): string {
  return Buffer.from(`{"alg":"Ed25519","kid":"${kid}","typ":"senim-order+jws"}`).toString('base64url');
}
