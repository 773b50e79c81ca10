// Several statements in one message: what comes back, and what holds when one of them fails.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import {
  beginWith,
  commitWith,
  runTogether,
  type Statement,
  textArray,
} from '../../../shared/audit-log/statement-group';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { connect } from './log-database';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase('statement_group');
  client = await connect(database.url);
  await client.query('CREATE TABLE kept (n int PRIMARY KEY)');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const keep = (n: number): Statement => ({ name: 'keep', text: 'INSERT INTO kept (n) VALUES ($1)', values: [n] });
const kept = async (): Promise<readonly number[]> =>
  (await client.query<{ n: number }>('SELECT n FROM kept ORDER BY n')).rows.map(({ n }) => n);
const ALL: Statement = { name: 'all', text: 'SELECT n, n * 2 FROM kept ORDER BY n' };

describe('statements in one message', () => {
  test('are run in their order and answer with the texts of their columns', async () => {
    expect(await beginWith(client, [keep(1), keep(2), ALL])).toEqual([
      [],
      [],
      [
        ['1', '2'],
        ['2', '4'],
      ],
    ]);
    expect(await commitWith(client, [keep(3)])).toEqual([[]]);
    expect(await kept()).toEqual([1, 2, 3]);
  });

  test('take null, bytes, numbers and arrays of any text', async () => {
    const texts = ['', 'NULL', '{"a":"\\u0000\\\\"}', 'x,y', '"', '\\', 'Ә'];
    const [rows] = await runTogether(client, [
      {
        name: 'values',
        text: 'SELECT $1::text, $2::bytea, $3::int, to_json($4::text[])',
        values: [null, Uint8Array.of(0, 255), 7, textArray(texts)],
      },
    ]);
    expect(rows?.[0]?.slice(0, 3)).toEqual([null, '\\x00ff', '7']);
    expect(JSON.parse(rows?.[0]?.[3] ?? '')).toEqual(texts);
    expect(textArray([])).toBe('{}');
  });

  test('stop at the first that fails, with its error, and the connection goes on', async () => {
    await expect(beginWith(client, [keep(4), keep(1), keep(5)])).rejects.toMatchObject({ code: '23505' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    expect(await kept()).toEqual([1, 2, 3]);
    await runTogether(client, [keep(4)]);
    expect(await kept()).toEqual([1, 2, 3, 4]);
  });

  test('are told apart from a COMMIT that undid everything', async () => {
    await beginWith(client, [keep(5)]);
    await expect(runTogether(client, [keep(1)])).rejects.toMatchObject({ code: '23505' });
    await expect(commitWith(client, [])).rejects.toThrow('The transaction had failed before its COMMIT.');
    expect(await kept()).toEqual([1, 2, 3, 4]);
    expect(await runTogether(client, [{ name: 'one', text: 'SELECT 1' }])).toEqual([[['1']]]);
  });

  test('wait for the statement before them, and the one after waits for them', async () => {
    const slow = client.query('SELECT pg_sleep(0.05)');
    const group = runTogether(client, [{ name: 'two', text: 'SELECT 2' }]);
    const answers = await Promise.all([slow, group, client.query('SELECT 3 AS n')]);
    expect(answers[1]).toEqual([[['2']]]);
    expect(answers[2].rows).toEqual([{ n: 3 }]);
  });

  test('fail when the connection breaks', async () => {
    const broken = await connect(database.url);
    const { rows } = await broken.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const waiting = expect(runTogether(broken, [{ name: 'sleep', text: 'SELECT pg_sleep(60)' }])).rejects.toThrow();
    await client.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await waiting;
    await expect(runTogether(broken, [ALL])).rejects.toThrow();
  });
});
