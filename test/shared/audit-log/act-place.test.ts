// Which number and which place an act gets, when its author supposes right and when not.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client, PoolClient } from 'pg';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { type ActAuthor, appendAct, type SignedAct } from '../../../shared/audit-log/act-author';
import type { Statement } from '../../../shared/audit-log/statement-group';
import { bankAuthor, connect, draftOf, inTransaction, type LogDatabase, openLogDatabase } from './log-database';

let database: LogDatabase;
beforeAll(async () => {
  database = await openLogDatabase();
});
afterAll(() => database.close());

const eventOf = (actId: string): readonly Statement[] => [
  { name: 'house_event', text: 'INSERT INTO house_event (act_id, what) VALUES ($1, $2)', values: [actId, 'x'] },
];

/** An act with its event in a transaction of its own, ended as told; with the number of statements that the act cost. */
async function write(
  client: Client | PoolClient,
  author: ActAuthor,
  caseId: string,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<SignedAct & { readonly messages: number }> {
  await client.query('BEGIN');
  const query = client.query;
  let messages = 0;
  Object.assign(client, {
    query: (...statement: readonly unknown[]) => {
      messages += 1;
      return Reflect.apply(query, client, statement);
    },
  });
  try {
    const signed = await appendAct(client, author, draftOf('evidence.added', caseId), eventOf);
    return { ...signed, messages };
  } finally {
    Object.assign(client, { query });
    await client.query(end);
  }
}

const placesOf = async (caseId: string): Promise<readonly unknown[]> =>
  (
    await database.pool.query(
      `SELECT act.case_seq AS seq, (SELECT count(*)::int FROM house_event WHERE act_id = act.id) AS events
       FROM audit.act WHERE case_id = $1 ORDER BY case_seq`,
      [caseId],
    )
  ).rows;

describe('the place of an act', () => {
  test('costs no statement once the case is known: act and event are one message', async () => {
    const author = bankAuthor();
    const client = await connect(database.url);
    const caseId = randomUUID();
    const first = await write(client, author, caseId);
    const next = [await write(client, author, caseId), await write(client, author, caseId)];
    await client.end();
    // The chain is claimed and the case is looked for.
    expect(first).toMatchObject({ messages: 3, act: { caseSeq: 1, casePrevious: null } });
    expect(next).toMatchObject([
      { messages: 1, act: { caseSeq: 2, casePrevious: first.leafHash } },
      { messages: 1, act: { caseSeq: 3, casePrevious: next[0]?.leafHash } },
    ]);
  });

  test('is found again after transactions that were rolled back, first acts of a case included', async () => {
    const author = bankAuthor();
    const client = await connect(database.url);
    const caseId = randomUUID();
    const kept: SignedAct[] = [];
    for (const end of ['ROLLBACK', 'COMMIT', 'ROLLBACK', 'ROLLBACK', 'COMMIT'] as const) {
      const signed = await write(client, author, caseId, end);
      if (end === 'COMMIT') kept.push(signed);
    }
    await client.end();
    expect(kept).toMatchObject([
      { act: { caseSeq: 1, casePrevious: null }, messages: 2 },
      { act: { caseSeq: 2, casePrevious: kept[0]?.leafHash }, messages: 2 },
    ]);
    expect(await placesOf(caseId)).toEqual([
      { seq: 1, events: 1 },
      { seq: 2, events: 1 },
    ]);
  });

  test('is right when another process wrote to the case: same number of places, another leaf', async () => {
    const [one, other] = [bankAuthor(), bankAuthor()];
    const [here, there] = [await connect(database.url), await connect(database.url)];
    const caseId = randomUUID();
    await write(here, one, caseId);
    const undone = await write(here, one, caseId, 'ROLLBACK');
    const theirs = await write(there, other, caseId);
    const ours = await write(here, one, caseId);
    await here.end();
    await there.end();
    expect(undone.act.caseSeq).toBe(theirs.act.caseSeq);
    expect(ours).toMatchObject({ act: { caseSeq: 3, casePrevious: theirs.leafHash }, messages: 2 });
  });

  test('is one of a dense row when several processes begin a case at once and roll back now and then', async () => {
    const caseId = randomUUID();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(database.url)));
    await Promise.all(
      clients.map(async (client, at) => {
        const author = bankAuthor();
        for (let round = 0; round < 20; round += 1) {
          await write(client, author, caseId, (round + at) % 4 === 0 ? 'ROLLBACK' : 'COMMIT');
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    expect(await placesOf(caseId)).toEqual(Array.from({ length: 60 }, (_, at) => ({ seq: at + 1, events: 1 })));
  });

  test('is waited for while another transaction holds the case', async () => {
    const author = bankAuthor();
    const [first, second] = [await connect(database.url), await connect(database.url)];
    const caseId = randomUUID();
    await write(first, author, caseId);
    await first.query('BEGIN');
    const held = await appendAct(first, author, draftOf('evidence.added', caseId), eventOf);
    const waiting = write(second, author, caseId);
    await first.query('ROLLBACK');
    const taken = await waiting;
    await first.end();
    await second.end();
    expect([held.act.caseSeq, taken.act.caseSeq]).toEqual([2, 2]);
  });
});

test('an act that goes along with the event of another is refused at COMMIT', async () => {
  const alone = inTransaction(database.pool, (session) =>
    appendAct(session, bankAuthor(), draftOf('check.recorded', randomUUID()), () => eventOf(randomUUID())),
  );
  await expect(alone).rejects.toThrow();
});

test('what opens an act is stored byte for byte, whatever the text', async () => {
  const fields = { a: '\u0000"\\{},', b: ['', null, { c: 'NULL' }], c: 1e21, d: 'Ә ' };
  const signed = await inTransaction(database.pool, (session) =>
    appendAct(session, bankAuthor(), draftOf('check.recorded', randomUUID(), fields), eventOf),
  );
  const { rows } = await database.pool.query<{ field: string; salt: Buffer; value: Buffer }>(
    'SELECT field, salt, value FROM audit.disclosure WHERE act_id = $1 ORDER BY field',
    [signed.act.id],
  );
  expect(rows.map(({ field, salt, value }) => [field, salt.toString('hex'), value.toString('utf8')])).toEqual(
    signed.disclosures.map(({ field, salt, value }) => [
      field,
      Buffer.from(salt).toString('hex'),
      canonicalJson(value),
    ]),
  );
});
