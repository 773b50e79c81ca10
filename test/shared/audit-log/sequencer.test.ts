// Acts in the caller's transaction, and the one way by which they get their index.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leafHash } from '../../../shared/audit/hash';
import { treeRoot } from '../../../shared/audit/tree';
import { appendAct } from '../../../shared/audit-log/act-author';
import { loadSequencerState, sequenceBatch } from '../../../shared/audit-log/sequence-batch';
import { rootAt, tilesIn } from '../../../shared/audit-log/tile-reads';
import {
  actWithEvent,
  bankAuthor,
  connect,
  draftOf,
  inTransaction,
  type LogDatabase,
  openLogDatabase,
} from './log-database';

let database: LogDatabase;
beforeAll(async () => {
  database = await openLogDatabase();
});
afterAll(() => database.close());

describe('an act and its event', () => {
  test('are committed together', async () => {
    const signed = await inTransaction(database.pool, (session) =>
      actWithEvent(session, bankAuthor(), draftOf('case.triaged', randomUUID(), { severity: 'HIGH' })),
    );
    expect(signed.act).toMatchObject({ chain: 0, seq: 1n, caseSeq: 1, casePrevious: null });
    const { rows } = await database.pool.query('SELECT leaf FROM audit.pending');
    expect(rows).toEqual([{ leaf: Buffer.from(signed.leaf) }]);
  });

  test('an act without its event fails at COMMIT', async () => {
    const alone = inTransaction(database.pool, (session) =>
      appendAct(session, bankAuthor(), draftOf('case.triaged', randomUUID())),
    );
    await expect(alone).rejects.toThrow('an act has its event');
  });

  test('an event without its act, or with an older act, fails at COMMIT', async () => {
    const insert = 'INSERT INTO house_event (act_id, what) VALUES ($1, $2)';
    await expect(database.pool.query(insert, [randomUUID(), 'x'])).rejects.toThrow('an event has its own new act');
    const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM audit.act LIMIT 1');
    const old = rows[0]?.id;
    await expect(database.pool.query(insert, [old, 'x'])).rejects.toThrow();
    await expect(database.pool.query('UPDATE house_event SET act_id = $1', [randomUUID()])).rejects.toThrow(
      'an event has its own new act',
    );
    await expect(database.pool.query('DELETE FROM house_event')).rejects.toThrow('not allowed');
  });

  test('numbers stay dense when a transaction is rolled back', async () => {
    const author = bankAuthor();
    const client = await database.pool.connect();
    const seqs: bigint[] = [];
    for (const end of ['COMMIT', 'ROLLBACK', 'COMMIT', 'ROLLBACK', 'COMMIT']) {
      await client.query('BEGIN');
      const first = await actWithEvent(client, author, draftOf('check.recorded', randomUUID()));
      const second = await actWithEvent(client, author, draftOf('check.recorded', randomUUID()));
      await client.query(end);
      if (end === 'COMMIT') seqs.push(first.act.seq, second.act.seq);
    }
    client.release();
    const start = seqs[0] ?? 0n;
    expect(seqs).toEqual([0n, 1n, 2n, 3n, 4n, 5n].map((step) => start + step));
  });

  test('stored acts cannot be changed, and openings cannot vanish without a record', async () => {
    for (const statement of [
      `UPDATE audit.act SET kind = 'block.ordered'`,
      'DELETE FROM audit.act',
      'TRUNCATE audit.act',
      'DELETE FROM audit.opening',
      `UPDATE audit.opening SET jws = jws || 'x'`,
      'DELETE FROM audit.disclosure',
      'DELETE FROM audit.author_chain',
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow();
    }
  });
});

describe('the sequencer', () => {
  test('gives dense indexes to concurrent writers, and two at once double nothing', async () => {
    const author = bankAuthor();
    const one = await connect(database.url);
    const two = await connect(database.url);
    let writing = true;
    let lost = 0;
    const sequence = async (client: Awaited<ReturnType<typeof connect>>): Promise<void> => {
      let state = await loadSequencerState(client);
      for (let idle = 0; writing || idle < 2; ) {
        try {
          const done = await sequenceBatch(client, state);
          state = done.state;
          idle = done.count === 0 ? idle + 1 : 0;
        } catch {
          lost += 1;
          state = await loadSequencerState(client);
        }
      }
    };
    const sequencing = Promise.all([sequence(one), sequence(two)]);
    const caseId = randomUUID();
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let round = 0; round < 40; round += 1) {
          const inCase = writer % 2 === 0 ? caseId : randomUUID();
          await inTransaction(database.pool, (session) =>
            actWithEvent(session, author, draftOf('evidence.added', inCase, { sha256: 'ab' })),
          );
        }
      }),
    );
    writing = false;
    await sequencing;
    await one.end();
    await two.end();
    expect(lost).toBeGreaterThan(0);

    const { rows } = await database.pool.query<{
      index: string;
      leaf: Buffer;
      seq: string;
      chain: number;
      case_seq: number;
      case_id: string;
    }>(
      'SELECT e.index, e.leaf, a.seq, a.chain, a.case_seq, a.case_id FROM audit.log_entry e JOIN audit.act a ON a.id = e.act_id ORDER BY e.index',
    );
    expect(rows.map((row) => Number(row.index))).toEqual(rows.map((_, at) => at));
    const { rows: acts } = await database.pool.query('SELECT count(*)::int AS count FROM audit.act');
    expect(acts).toEqual([{ count: rows.length }]);
    for (const chain of new Set(rows.map((row) => row.chain))) {
      const seqs = rows.filter((row) => row.chain === chain).map((row) => Number(row.seq));
      expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    }
    const places = rows.filter((row) => row.case_id === caseId).map((row) => row.case_seq);
    expect(places).toEqual(places.map((_, at) => at + 1));
    expect(places).toHaveLength(160);

    const hashes = rows.map((row) => leafHash(row.leaf));
    const state = await loadSequencerState(database.pool as never);
    expect(state.tree.range.size).toBe(BigInt(rows.length));
    for (const size of [1, 2, 255, 256, 257, rows.length]) {
      expect(await rootAt(tilesIn(database.pool), BigInt(size))).toEqual(treeRoot(hashes.slice(0, size)));
    }
  });

  test('takes in an act that committed late, with a lower place in the queue, in a later batch', async () => {
    const author = bankAuthor();
    const slow = await database.pool.connect();
    await slow.query('BEGIN');
    const late = await actWithEvent(slow, author, draftOf('check.recorded', randomUUID()));
    const early = await inTransaction(database.pool, (session) =>
      actWithEvent(session, author, draftOf('check.recorded', randomUUID())),
    );
    const client = await connect(database.url);
    let state = (await sequenceBatch(client, await loadSequencerState(client))).state;
    await slow.query('COMMIT');
    slow.release();
    state = (await sequenceBatch(client, state)).state;
    await client.end();
    const { rows } = await database.pool.query<{ act_id: string; index: string }>(
      'SELECT act_id, index FROM audit.log_entry ORDER BY index DESC LIMIT 2',
    );
    expect(rows.map((row) => row.act_id)).toEqual([late.act.id, early.act.id]);
    expect(BigInt(rows[0]?.index ?? 0)).toBe(state.tree.range.size - 1n);
  });
});
