// A house with a joint log, small enough to measure: cases that change state, an event for each change, and the same change without the log
// to compare with. Its tables and its author are like those of the real houses; its acts have four fields.

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type ActAuthor, type ActDraft, appendAct } from '../../shared/audit-log/act-author';
import { ActWriting1700000102000 } from '../../shared/audit-log/act-writing-migration';
import { AuditActs1700000100000 } from '../../shared/audit-log/acts-migration';
import { JointLog1700000101000 } from '../../shared/audit-log/joint-log-migration';
import { beginWith, runTogether, type Statement } from '../../shared/audit-log/statement-group';
import { migrate, openDatabase } from '../../shared/service/database';
import type { EmbeddedPostgres } from '../../shared/service/embedded-postgres';
import type { Day } from '../../shared/vocabulary/day';
import { msToInstant } from '../../shared/vocabulary/instant';

/** Cases among which the writers choose. */
export const CASES = 512;

class BenchHouse1700000900000 implements MigrationInterface {
  readonly name = 'BenchHouse1700000900000';
  async up(queryRunner: QueryRunner): Promise<void> {
    const event = 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id uuid NOT NULL, what text NOT NULL';
    await queryRunner.query(`CREATE TABLE house_case (id uuid PRIMARY KEY, state text NOT NULL, changed_at timestamptz(3))
      WITH (fillfactor = 50)`);
    await queryRunner.query(`CREATE TABLE house_event (${event}, act_id uuid NOT NULL)`);
    await queryRunner.query(`CREATE TABLE plain_event (${event}, act_id uuid NOT NULL)`);
    await queryRunner.query(`SELECT audit.register_event_table('house_event', 'act_id')`);
    await queryRunner.query(
      `INSERT INTO house_case (id, state) SELECT gen_random_uuid(), 'OPEN' FROM generate_series(1, ${CASES})`,
    );
  }
  async down(): Promise<void> {}
}

/** Makes the house's database with its tables and cases; the connection string. */
export async function createHouse(server: EmbeddedPostgres, name: string): Promise<string> {
  await server.createDatabase(name);
  const source = await openDatabase({
    url: server.url(name),
    applicationName: 'bench',
    entities: [],
    migrations: [AuditActs1700000100000, JointLog1700000101000, ActWriting1700000102000, BenchHouse1700000900000],
  });
  await migrate(source);
  await source.destroy();
  return server.url(name);
}

/** Identifiers of the cases. */
export async function casesOf(url: string): Promise<readonly string[]> {
  return onConnection(url, async (client) => {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM house_case');
    return rows.map(({ id }) => id);
  });
}

/** One change of state in a transaction of its own; resolves with the act's id once COMMIT was answered. */
export type Change = (client: Client, caseId: string) => Promise<string>;

/** The change with its act, as a house writes it. */
export function withLog(author: ActAuthor): Change {
  return async (client, caseId) => {
    await beginWith(client, [stateChange(caseId)]);
    const { act } = await appendAct(client, author, draftOf(caseId), (actId) => [event('house_event', caseId, actId)]);
    await client.query('COMMIT');
    return act.id;
  };
}

/** The same change and event without act. */
export const withoutLog: Change = async (client, caseId) => {
  const id = randomUUID();
  await beginWith(client, [stateChange(caseId)]);
  await runTogether(client, [event('plain_event', caseId, id)]);
  await client.query('COMMIT');
  return id;
};

/** Runs the work on a connection of its own. */
export async function onConnection<Value>(url: string, work: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function draftOf(caseId: string): ActDraft {
  return {
    kind: 'decision.proposed',
    caseId,
    to: ['kcell', 'beeline', 'tele2'],
    at: msToInstant(Date.now()),
    fields: {
      actor: 'analyst-17',
      measures: ['OUTGOING_CALLS', 'SMS', 'PORTING'],
      msisdn: '+77012345678',
      reason: 'Перевод на счёт третьего лица после звонка от имени банка',
    },
    expiresOn: '2031-11-20' as Day,
  };
}

function stateChange(caseId: string): Statement {
  return {
    name: 'change_case',
    text: 'UPDATE house_case SET state = $2, changed_at = senim_now() WHERE id = $1',
    values: [caseId, 'DECISION_PROPOSED'],
  };
}

function event(table: 'house_event' | 'plain_event', caseId: string, actId: string): Statement {
  return {
    name: `insert_${table}`,
    text: `INSERT INTO ${table} (case_id, what, act_id) VALUES ($1, $2, $3)`,
    values: [caseId, 'decision.proposed', actId],
  };
}
