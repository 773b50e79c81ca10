// Acts that stand beside their case, written several at once: how many messages they cost, and which numbers they get.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import { type AppendedActs, appendAsideActs } from '../../../shared/audit-log/aside-acts';
import type { Statement } from '../../../shared/audit-log/statement-group';
import { bankAuthor, connect, draftOf, type LogDatabase, openLogDatabase } from './log-database';

let database: LogDatabase;
let client: Client;
beforeAll(async () => {
  database = await openLogDatabase();
  client = await connect(database.url);
});
afterAll(async () => {
  await client.end();
  await database.close();
});

const eventOf = (actId: string): Statement => ({
  name: 'house_event',
  text: 'INSERT INTO house_event (act_id, what) VALUES ($1, $2)',
  values: [actId, 'x'],
});

/** So many acts with their events in a transaction of their own, ended as told; with the number of messages that they cost. */
async function write(
  author: ActAuthor,
  count: number,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<AppendedActs & { readonly messages: number }> {
  const drafts = Array.from({ length: count }, () => draftOf('identity.read', null));
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
    const written = await appendAsideActs(client, author, drafts, (ids) => [
      ...ids.map(eventOf),
      { name: 'house_word', text: `SELECT 'told'` },
    ]);
    return { ...written, messages };
  } finally {
    Object.assign(client, { query });
    await client.query(end);
  }
}

const numbersOf = ({ acts }: AppendedActs): readonly bigint[] => acts.map(({ act }) => act.seq);

describe('acts beside a case', () => {
  test('are one message with all that goes along, and follow one another in the chain', async () => {
    const author = bankAuthor();
    const first = await write(author, 1);
    const next = await write(author, 3);
    expect(next.messages).toBe(1);
    const [last = 0n] = numbersOf(first);
    expect(numbersOf(next)).toEqual([last + 1n, last + 2n, last + 3n]);
    expect(next.acts.map(({ act }) => act.id)).toHaveLength(new Set(next.acts.map(({ act }) => act.id)).size);
    expect(next.rows.at(-1)).toEqual([['told']]);
    expect(next.acts[0]?.act).toMatchObject({ caseSeq: null, casePrevious: null });
  });

  test('are all written, each once with its event, after a transaction that was rolled back', async () => {
    const author = bankAuthor();
    const before = await write(author, 1);
    await write(author, 2, 'ROLLBACK');
    const after = await write(author, 2);
    expect(after.messages).toBeGreaterThan(1);
    const [last = 0n] = numbersOf(before);
    expect([...numbersOf(after)].sort()).toEqual([last + 1n, last + 2n]);
    const { rows } = await database.pool.query(
      `SELECT act.id, (SELECT count(*)::int FROM house_event WHERE act_id = act.id) AS events FROM audit.act WHERE id = ANY ($1)`,
      [after.acts.map(({ act }) => act.id)],
    );
    expect(rows.map(({ events }: { readonly events: number }) => events)).toEqual([1, 1]);
    expect((await write(author, 1)).messages).toBe(1);
  });

  test('are none that have a place in a case', async () => {
    const placed = appendAsideActs(client, bankAuthor(), [draftOf('evidence.added', randomUUID())], () => []);
    await expect(placed).rejects.toThrow('an act that stands aside has no place in a case');
  });
});
