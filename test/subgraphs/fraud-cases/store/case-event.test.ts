// State and acts of the bank change together or not at all: what a program forgets, COMMIT refuses.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendAct } from '../../../../shared/audit-log/act-author';
import type { SqlSession } from '../../../../shared/audit-log/sql-session';
import { writeCaseEvent } from '../../../../subgraphs/fraud-cases/store/case-event';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { seed } from '../../../../subgraphs/fraud-cases/store/seed';
import { bankAuthor, draftOf } from '../../../shared/audit-log/log-database';
import { asInput, caseFact, createCaseDatabase, evidenceFact, logger } from '../fraud-cases-fixture';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const author = bankAuthor();

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
beforeAll(async () => {
  const facts = [ID, OTHER].map((id, at) => ({ ...caseFact(at + 1, `+7701111000${at}`), id }));
  database = await createCaseDatabase(facts);
});
afterAll(() => database?.close());

const inTransaction = (work: (transaction: SqlSession) => Promise<unknown>): Promise<unknown> =>
  caseTransactions(database.dataSource).run(async (transaction) => ({ commits: true, value: await work(transaction) }));
const raise = (transaction: SqlSession, id = ID): Promise<unknown> =>
  transaction.query('UPDATE fraud_case SET version = version + 1 WHERE id = $1', [id]);
async function act(transaction: SqlSession, caseId = ID): Promise<string> {
  const signed = await appendAct(transaction, author, draftOf('case.assigned', caseId));
  return signed.act.id;
}
const event = (transaction: SqlSession, actId: string, caseId = ID): Promise<void> =>
  writeCaseEvent(transaction, { actId, caseId, kind: 'case.assigned', step: null });

describe('a change of a case', () => {
  it('is kept with an act of that case and its event, each with the next place', async () => {
    for (let time = 1; time <= 2; time += 1) {
      await inTransaction(async (transaction) => {
        await raise(transaction);
        await event(transaction, await act(transaction));
      });
    }
    const rows: readonly { readonly case_seq: number }[] = await database.dataSource.query(
      'SELECT case_seq FROM audit.act WHERE case_id = $1 ORDER BY case_seq',
      [ID],
    );
    expect(rows.map(({ case_seq: place }) => place)).toEqual([1, 2]);
  });

  it('fails at COMMIT without an act', async () => {
    await expect(inTransaction((transaction) => raise(transaction))).rejects.toThrow(/a change of a case has its act/);
  });

  it('fails with an act of another case', async () => {
    const work = inTransaction(async (transaction) => {
      await raise(transaction);
      await event(transaction, await act(transaction, OTHER), OTHER);
    });
    await expect(work).rejects.toThrow(/a change of a case has its act/);
  });

  it('fails with an act that was made before', async () => {
    let used = '';
    await inTransaction(async (transaction) => {
      used = await act(transaction);
      await raise(transaction);
      await event(transaction, used);
    });
    await expect(inTransaction((transaction) => event(transaction, used))).rejects.toThrow(/case_event/);
    const [row]: readonly { readonly place: string }[] = await database.dataSource.query(
      'SELECT place FROM case_event WHERE act_id = $1',
      [used],
    );
    expect(row).toBeDefined();
    const again = database.dataSource.query('UPDATE case_event SET act_id = act_id WHERE act_id = $1', [used]);
    await expect(again).rejects.toThrow(/not allowed/);
  });

  it.each([
    [
      'evidence',
      `INSERT INTO evidence (id, case_id, kind, sha256, captured_at, captured_by)
       VALUES ('e', '${ID}', 'AUDIO', '${evidenceFact('e').sha256}', now(), 'x')`,
    ],
    [
      'a loss',
      `INSERT INTO loss (id, case_id, bank, amount, occurred_at, transaction_ref) VALUES ('l', '${ID}', 'b', 1, now(), 't')`,
    ],
    [
      'a report',
      `INSERT INTO suspicion_report (id, case_id, source, source_ref, reporter, suspect, channel, received_at)
       VALUES ('r', '${ID}', 'AFC_SIGNAL', 'r', 'x', '+77011110009', 'CALL', now())`,
    ],
    [
      'a decision',
      `INSERT INTO decision (case_id, proposed_outcome, reason_code, findings, content_hash)
       VALUES ('${ID}', 'REFUTED', 'x', 'y', '${evidenceFact('d').sha256}')`,
    ],
  ])('is one too when %s is added', async (_, statement) => {
    await expect(database.dataSource.query(statement)).rejects.toThrow(/a change of a case has its act/);
  });
});

describe('an act of the bank', () => {
  it('fails at COMMIT without its event', async () => {
    await expect(inTransaction((transaction) => act(transaction))).rejects.toThrow(/an act has its event/);
  });

  it('is what an event needs', async () => {
    await expect(inTransaction((transaction) => event(transaction, randomUUID()))).rejects.toThrow(/its own new act/);
  });
});

describe('seeding', () => {
  it('is refused once the log has begun', async () => {
    const empty = await createCaseDatabase([]);
    try {
      await empty.dataSource.query('ALTER TABLE audit.act DISABLE TRIGGER need_event');
      await caseTransactions(empty.dataSource).run(async (transaction) => ({
        commits: true,
        value: await appendAct(transaction, author, draftOf('directory.changed', null)),
      }));
      await expect(seed(empty.dataSource, asInput([caseFact(1, '+77011110001')]), logger)).rejects.toThrow(
        /before the log begins/,
      );
    } finally {
      await empty.close();
    }
  });
});
