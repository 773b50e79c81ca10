// What no program can forget: an own row has its act, an act has its own row, a state of an enforcement was reached by an act, and every act is
// queued. All of it at COMMIT, whoever writes.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActDraft, appendAct, createActAuthor } from '../../../../shared/audit-log/act-author';
import { type SqlSession, sessionOf } from '../../../../shared/audit-log/sql-session';
import { ACT_KEY } from '../log/log-fixture';
import { CASE_ID } from '../log/replayed-history';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  type OperatorDatabase,
  person,
  tenure,
} from '../operator-fixture';

const MSISDN = '+77011234567';
const SINCE = daysAgo(100);
const ORDER = '0a0a0a0a-0000-4000-8000-000000000001';
const author = createActAuthor({
  party: 'kcell',
  privateKey: ACT_KEY.privateKey,
  keepsCases: false,
  seen: () => null,
});

let database: OperatorDatabase;
beforeAll(async () => {
  database = await createOperatorDatabase([
    person('s-1', iinOf(1)),
    tenure(MSISDN, SINCE),
    contract({ id: 'c-1', msisdn: MSISDN, since: SINCE, subscriberId: 's-1' }),
    {
      kind: 'enforcement',
      orderId: ORDER,
      sequence: 1,
      msisdn: MSISDN,
      since: SINCE,
      state: 'ENFORCED',
      measures: ['DATA'],
      receivedAt: daysAgo(3),
      enforcedAt: daysAgo(3),
      liftedAt: null,
    },
  ]);
});
afterAll(() => database.close());

const inTransaction = (work: (session: SqlSession) => Promise<unknown>) =>
  database.dataSource.transaction(async (manager) => work(await sessionOf(manager)));

const DRAFT: ActDraft = {
  kind: 'information.answered',
  caseId: null,
  at: '2026-11-20T08:00:00.000Z' as ActDraft['at'],
  fields: { answer: 'none' },
  expiresOn: '2031-11-20' as ActDraft['expiresOn'],
};
const INSERT_ANSWER = `INSERT INTO information_answer (request_id, act_id, answer, answered_at) VALUES (gen_random_uuid(), $1, 'none', now())`;
const someAct = '0b0b0b0b-0000-4000-8000-000000000001';

describe('an act and its row', () => {
  it('are committed together, and the act is queued', async () => {
    await inTransaction(async (session) => {
      const { act } = await appendAct(session, author, DRAFT);
      await session.query(INSERT_ANSWER, [act.id]);
    });
    expect(await database.dataSource.query(`SELECT state FROM act_delivery`)).toEqual([
      { state: 'WAITING' },
      { state: 'WAITING' },
    ]);
  });

  it.each<[string, (session: SqlSession) => Promise<unknown>]>([
    ['an act without a row', (session) => appendAct(session, author, DRAFT)],
    ['a row without an act', (session) => session.query(INSERT_ANSWER, [someAct])],
    [
      'a row with the act of another transaction',
      (session) => session.query(`${INSERT_ANSWER.replace('$1', '(SELECT act_id FROM information_answer)')}`),
    ],
    ['a row that is deleted', (session) => session.query('DELETE FROM information_answer')],
    [
      'a report without an act',
      (session) =>
        session.query(
          `INSERT INTO suspicion_report (id, act_id, source, source_ref, suspect, channel, reported_at)
           VALUES (gen_random_uuid(), $1, 'OPERATOR_DETECTION', 'r', '+77011234567', 'CALL', now())`,
          [someAct],
        ),
    ],
    [
      'a block that is lifted without an act',
      (session) => session.query(`UPDATE block_enforcement SET state = 'LIFTED' WHERE order_id = $1`, [ORDER]),
    ],
    [
      'a block that nobody signed',
      (session) =>
        session.query(
          `INSERT INTO block_enforcement (order_id, sequence, msisdn, since, state, measures, received_at, last_act_id)
           SELECT $1, 2, msisdn, since, 'ENFORCED', measures, received_at, last_act_id FROM block_enforcement`,
          ['another'],
        ),
    ],
    [
      'a block without any act',
      (session) =>
        session.query(
          `INSERT INTO block_enforcement (order_id, sequence, msisdn, since, state, measures, received_at)
           SELECT $1, 2, msisdn, since, 'ENFORCED', measures, received_at FROM block_enforcement`,
          ['another'],
        ),
    ],
  ])('%s fails at COMMIT', async (_what, work) => {
    const before = await count();
    await expect(inTransaction(work)).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
    expect(await count()).toEqual(before);
  });

  it('the signed block names its case in its act', async () => {
    const [row] = await database.dataSource.query(`SELECT case_id FROM audit.act WHERE kind = 'block.enforced'`);
    expect(row.case_id).toBe(CASE_ID);
  });
});

async function count(): Promise<unknown> {
  return database.dataSource.query(`
    SELECT (SELECT count(*) FROM audit.act) AS acts, (SELECT count(*) FROM information_answer) AS answers,
      (SELECT count(*) FROM suspicion_report) AS reports, (SELECT count(*) FROM act_delivery) AS queued,
      (SELECT json_agg(state) FROM block_enforcement) AS states`);
}
