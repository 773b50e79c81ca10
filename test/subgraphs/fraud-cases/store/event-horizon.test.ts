// Up to where events can be read: whoever follows them misses none and sees none twice, whatever commits when; and what is open in another
// database of the cluster keeps nobody waiting, while what is open in this one does.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Client, Pool } from 'pg';
import { FIRST_PLACE } from '../../../../subgraphs/fraud-cases/domain/order-event';
import { EVENT_HORIZON } from '../../../../subgraphs/fraud-cases/store/event-horizon';
import { type CaseChange, type LiveReads, liveReads } from '../../../../subgraphs/fraud-cases/store/live-reads';
import { createTestDatabase, type TestDatabase } from '../../../support/database';
import { caseFact, createCaseDatabase } from '../fraud-cases-fixture';

const WRITERS = 8;

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let elsewhere: TestDatabase;
let pool: Pool;
let foreign: Pool;
let reads: LiveReads;
beforeAll(async () => {
  database = await createCaseDatabase([caseFact(1, '+77012000001')]);
  elsewhere = await createTestDatabase('elsewhere');
  // Acts of these events would be the joint log's; here they have none.
  pool = new Pool({ connectionString: database.url, max: WRITERS + 2, options: '-c session_replication_role=replica' });
  foreign = new Pool({ connectionString: elsewhere.url, max: WRITERS });
  for (const each of [pool, foreign]) each.on('error', () => {});
  reads = liveReads(pool);
});
afterAll(async () => {
  await pool?.end();
  await foreign?.end();
  await database?.close();
  await elsewhere?.drop();
});

/** A transaction with an id, and perhaps with an event, that is not over. */
async function open(where: Pool, withEvent: boolean) {
  const client = await where.connect();
  await client.query('BEGIN; SELECT pg_current_xact_id()');
  const event = randomUUID();
  const tell = (): Promise<unknown> =>
    client.query(`INSERT INTO case_event (act_id, case_id, kind) VALUES ($1, 'case-1', 'case.triaged')`, [event]);
  if (withEvent) await tell();
  const end = async (how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    await client.query(how);
    client.release();
  };
  return { event, tell, end };
}

async function seenAfter(place: CaseChange | typeof FIRST_PLACE): Promise<readonly CaseChange[]> {
  return reads.cases.after(place, 3);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the horizon of events', () => {
  it('is not held back by what is open in another database', async () => {
    const longOpen = await open(foreign, false);
    try {
      const from = await reads.horizon();
      const written = await open(pool, true);
      await written.end('COMMIT');
      expect(await reads.cases.after(from, 10)).toHaveLength(1);
      const cluster = 'SELECT pg_snapshot_xmin(pg_current_snapshot()) < $1::xid8 AS "isHeldBack"';
      const later = await reads.horizon();
      expect((await pool.query(cluster, [later.transaction])).rows).toEqual([{ isHeldBack: true }]);
    } finally {
      await longOpen.end('ROLLBACK');
    }
  });

  it('waits for what is open in this one, though it told nothing yet', async () => {
    const from = await reads.horizon();
    const early = await open(pool, false);
    const late = await open(pool, true);
    await late.end('COMMIT');
    expect(await reads.cases.after(from, 10)).toEqual([]);
    expect(await reads.cases.awaits(from)).toBe(true);
    await early.tell();
    await early.end('COMMIT');
    expect(await reads.cases.after(from, 10)).toHaveLength(2);
  });

  it('is known to whoever may read the events, without any other right', async () => {
    const longOpen = await open(foreign, false);
    const reader = new Client({ connectionString: database.url });
    await reader.connect();
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    try {
      await reader.query(`CREATE ROLE ${role}; SET ROLE ${role}`);
      const { rows } = await reader.query(
        `SELECT ${EVENT_HORIZON} > pg_snapshot_xmin(pg_current_snapshot()) AS "isBeyond"`,
      );
      expect(rows).toEqual([{ isBeyond: true }]);
    } finally {
      await reader.query(`RESET ROLE; DROP ROLE IF EXISTS ${role}`);
      await reader.end();
      await longOpen.end('ROLLBACK');
    }
  });

  it('lets no event be missed or seen twice while others write here and elsewhere, commit late or not at all', async () => {
    const step = fc.record({
      isForeign: fc.boolean(),
      beforeMs: fc.integer({ min: 0, max: 6 }),
      afterMs: fc.integer({ min: 0, max: 12 }),
      commits: fc.integer({ min: 0, max: 9 }).map((draw) => draw > 0),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 5, maxLength: 25 }), { minLength: WRITERS, maxLength: WRITERS }),
        async (writers) => {
          const { rows: first } = await pool.query<{ place: string }>(
            'SELECT coalesce(max(place), 0)::text AS place FROM case_event',
          );
          const seen: string[] = [];
          let place: { readonly transaction: string; readonly place: string } = await reads.horizon();
          let isWriting = true;
          const committed: string[] = [];
          const writing = Promise.all(
            writers.map(async (steps) => {
              for (const { isForeign, beforeMs, afterMs, commits } of steps) {
                const transaction = await open(isForeign ? foreign : pool, false);
                await pause(beforeMs);
                if (!isForeign) await transaction.tell();
                await pause(afterMs);
                if (!isForeign && commits) committed.push(transaction.event);
                await transaction.end(commits ? 'COMMIT' : 'ROLLBACK');
              }
            }),
          ).finally(() => {
            isWriting = false;
          });
          for (let last = false; ; last = !isWriting) {
            const events = await seenAfter(place);
            for (const event of events) {
              place = { transaction: event.transaction, place: event.place };
              seen.push(event.place);
            }
            if (last && events.length === 0) break;
          }
          await writing;
          const { rows } = await pool.query<{ place: string }>(
            'SELECT place::text FROM case_event WHERE place > $1 ORDER BY transaction, place',
            [first[0]?.place],
          );
          expect(rows).toHaveLength(committed.length);
          expect(seen).toEqual(rows.map((row) => row.place));
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  }, 60_000);
});
