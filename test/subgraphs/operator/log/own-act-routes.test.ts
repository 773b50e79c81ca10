// The words of an operator's own systems, signed over real HTTP: what is signed, what the same words get again, and what is no statement.

import { request as sendRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMessage, type SignedActMessage } from '../../../../shared/audit-log/foreign-act';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { activeLines } from '../../../support/operator';
import { createOperatorDatabase, type OperatorDatabase, serveOperator } from '../operator-fixture';
import { ACT_KEY } from './log-fixture';
import { CASE_ID, leafOf } from './replayed-history';

const MSISDN = '+77011234567';
const REQUEST = '0a0a0a0a-0000-4000-8000-000000000001';
const REPORT = {
  kind: 'suspicion.reported',
  ref: [],
  fields: {
    source: 'SUBSCRIBER_COMPLAINT',
    sourceRef: 'KC-8841',
    suspect: MSISDN,
    victim: '+77051234567',
    channel: 'CALL',
    fraudType: null,
    occurredAt: '2026-11-20T08:00:00.000Z',
    detectedAt: null,
    text: 'Звонили «из банка».',
  },
};
const ANSWER = {
  kind: 'information.answered',
  ref: [leafOf('question')],
  fields: { requestId: REQUEST, answer: 'Абонент — дилер.' },
};
const CHECK = {
  kind: 'check.recorded',
  caseId: CASE_ID,
  ref: [leafOf('track')],
  fields: { confirmed: true, findings: 'Подтверждено.' },
};

let database: OperatorDatabase;
let service: RunningService;
beforeAll(async () => {
  database = await createOperatorDatabase(activeLines([MSISDN]));
  service = await serveOperator(database.url);
});
afterAll(async () => {
  await service?.stop();
  await database?.close();
});

const rows = (statement: string): Promise<readonly Record<string, unknown>[]> => database.dataSource.query(statement);
const post = async (body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(`${service.url}/acts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
};
const state = async (body: unknown) => {
  const { status, text } = await post(body);
  expect(status).toBe(200);
  return { text, ...opened(JSON.parse(text)) };
};

/** The act in an answer, as the bank opens it. */
function opened(message: SignedActMessage) {
  const read = openMessage(message, (party, keyId) =>
    party === 'kcell' && keyId === ACT_KEY.publicKey.keyId ? ACT_KEY.publicKey : null,
  );
  if (!read.ok) throw new Error(read.error);
  const fields = Object.fromEntries(read.value.disclosures.map(({ field, value }) => [field, value]));
  return { act: read.value.act, fields };
}

describe('a statement', () => {
  it('that reports is signed with its id, kept, queued, and marks the line', async () => {
    const { act, fields } = await state(REPORT);
    expect(act).toMatchObject({ kind: 'suspicion.reported', author: 'kcell', caseId: null, ref: [], to: ['afc'] });
    expect(fields).toEqual({ ...REPORT.fields, assessment: null, reportId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await rows('SELECT id, act_id, source_ref FROM suspicion_report')).toEqual([
      { id: fields.reportId, act_id: act.id, source_ref: 'KC-8841' },
    ]);
    expect(await rows('SELECT report_id FROM reported_line')).toEqual([{ report_id: fields.reportId }]);
    expect(await rows(`SELECT state FROM act_delivery WHERE act_id = '${act.id}'`)).toEqual([{ state: 'WAITING' }]);
  });

  it('that answers or tells a finding names what it answers', async () => {
    expect(await state(ANSWER)).toMatchObject({
      act: { kind: 'information.answered', caseId: null, ref: [leafOf('question')] },
      fields: ANSWER.fields,
    });
    expect(await state(CHECK)).toMatchObject({
      act: { kind: 'check.recorded', caseId: CASE_ID, ref: [leafOf('track')] },
      fields: CHECK.fields,
    });
  });

  it.each([
    ['report', REPORT],
    ['answer', ANSWER],
    ['finding', CHECK],
  ])('of a %s that comes again, also at once, gets the same act', async (_what, body) => {
    const first = await state(body);
    const before = await rows('SELECT count(*) FROM audit.act');
    const again = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    expect(new Set(again.map(({ text }) => text))).toEqual(new Set([first.text]));
    expect(await rows('SELECT count(*) FROM audit.act')).toEqual(before);
  });

  it('is made once when it is sent eight times at once', async () => {
    const body = { ...REPORT, fields: { ...REPORT.fields, sourceRef: 'KC-1' } };
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await rows(`SELECT id FROM suspicion_report WHERE source_ref = 'KC-1'`)).toHaveLength(1);
  });

  it.each([
    ['another text', { ...REPORT, fields: { ...REPORT.fields, text: 'Другое.' } }],
    ['another number', { ...REPORT, fields: { ...REPORT.fields, suspect: '+77011234568' } }],
    ['another answer', { ...ANSWER, fields: { ...ANSWER.fields, answer: 'Нет.' } }],
    ['the answer to another act', { ...ANSWER, ref: [leafOf('another')] }],
    ['the answer in a case', { ...ANSWER, caseId: CASE_ID }],
    ['another finding', { ...CHECK, fields: { ...CHECK.fields, confirmed: false } }],
  ])('under a key that stands for %s is refused, and nothing is signed', async (_what, body) => {
    const before = await rows('SELECT count(*) FROM audit.act');
    expect(await post(body)).toEqual({ status: 409, text: '{"refusal":"CONFLICT"}' });
    expect(await rows('SELECT count(*) FROM audit.act')).toEqual(before);
  });
});

describe('a body that is no statement', () => {
  const report = (fields: object) => ({ ...REPORT, fields: { ...REPORT.fields, sourceRef: 'X', ...fields } });
  const { text: _text, ...lessOne } = REPORT.fields;
  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a member twice', JSON.stringify(ANSWER).replace('{', '{"kind":"check.recorded",')],
    ['an array', []],
    ['another kind', { ...ANSWER, kind: 'block.enforced' }],
    ['a kind of the prototype', { ...ANSWER, kind: '__proto__' }],
    ['a member too many', { ...ANSWER, at: '2026-11-20T08:00:00.000Z' }],
    ['a field too many', report({ reportId: REQUEST })],
    ['a field too few', { ...REPORT, fields: lessOne }],
    ['a report in a case', { ...REPORT, caseId: CASE_ID }],
    ['a report that answers', { ...REPORT, ref: [leafOf('x')] }],
    ['an answer to nothing', { ...ANSWER, ref: [] }],
    ['an answer to two acts', { ...ANSWER, ref: [leafOf('x'), leafOf('y')] }],
    ['a hash in another spelling', { ...ANSWER, ref: [`${leafOf('question').slice(0, 42)}B`] }],
    ['a request that is no id', { ...ANSWER, fields: { ...ANSWER.fields, requestId: 'x' } }],
    ['a finding without a case', { ...CHECK, caseId: null }],
    ['a finding that is a word', { ...CHECK, fields: { ...CHECK.fields, confirmed: 'true' } }],
    ['a source of others', report({ source: 'AI_ANTIFRAUD' })],
    ['a number in another spelling', report({ suspect: '87011234567' })],
    ['a victim that is the suspect', report({ victim: MSISDN })],
    ['an unknown channel', report({ channel: 'PIGEON' })],
    ['an instant in another spelling', report({ occurredAt: '2026-11-20T13:00:00+05:00' })],
    ['a day that does not exist', report({ detectedAt: '2026-02-30T08:00:00.000Z' })],
    ['a text with NUL', report({ text: 'a\0b' })],
    ['a text that is too long', report({ text: 'я'.repeat(2_001) })],
    ['a text in another normal form', report({ text: 'и\u0306' })],
    ['a reference with a space', report({ sourceRef: 'a b' })],
  ])('is refused: %s', async (_what, body) => {
    const before = await rows('SELECT count(*) FROM audit.act');
    expect(await post(body)).toEqual({ status: 400, text: '{"error":"BAD_REQUEST"}' });
    expect(await rows('SELECT count(*) FROM audit.act')).toEqual(before);
  });

  it('is refused for its size, its type and its method, and from elsewhere', async () => {
    expect((await post(' '.repeat(70_000))).status).toBe(413);
    expect((await post(ANSWER, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(ANSWER, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(403);
    expect((await post(ANSWER, { forwarded: 'for=10.0.0.1' })).status).toBe(403);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = sendRequest(`${service.url}/acts`, { method: 'GET' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.once('error', reject);
      request.end();
    });
    expect(status).toBe(405);
  });
});
