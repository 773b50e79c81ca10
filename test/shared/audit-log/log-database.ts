// A database with the joint log and one event table of a house, and an author who writes in it.

import { randomUUID } from 'node:crypto';
import { Client, Pool, type PoolClient } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { SeenCheckpoint } from '../../../shared/audit/act';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { importPublicKey } from '../../../shared/audit/ed25519';
import {
  type ActAuthor,
  type ActDraft,
  appendAct,
  createActAuthor,
  type SignedAct,
} from '../../../shared/audit-log/act-author';
import { ActWriting1700000102000 } from '../../../shared/audit-log/act-writing-migration';
import { AuditActs1700000100000 } from '../../../shared/audit-log/acts-migration';
import { JointLog1700000101000 } from '../../../shared/audit-log/joint-log-migration';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import { migrate, openDatabase } from '../../../shared/service/database';
import type { Day } from '../../../shared/vocabulary/day';
import type { Instant } from '../../../shared/vocabulary/instant';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { signingKey } from '../audit/signing-keys';

/** A house's event table: one row per act of its own. */
class HouseEvents1700000900000 implements MigrationInterface {
  readonly name = 'HouseEvents1700000900000';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE TABLE house_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, act_id uuid NOT NULL, what text NOT NULL)',
    );
    await queryRunner.query(`SELECT audit.register_event_table('house_event', 'act_id')`);
  }
  async down(): Promise<void> {}
}

/** Same as a house's migrations would be: its own last. */
export const MIGRATIONS = [
  AuditActs1700000100000,
  JointLog1700000101000,
  ActWriting1700000102000,
  HouseEvents1700000900000,
];

export interface LogDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Contents of every table of the log, as a backup would hold them. */
  copy(): Promise<Backup>;
  /** Puts a backup back over what is there, as the owner of the machine can. */
  restore(backup: Backup): Promise<void>;
  close(): Promise<void>;
}

/** Rows of each table as JSON text. */
export type Backup = ReadonlyMap<string, string>;

/** Tables in an order in which they can be filled. */
export const LOG_TABLES = [
  'audit.author_chain',
  'audit.case_chain',
  'audit.act',
  'audit.opening',
  'audit.disclosure',
  'audit.erasure',
  'audit.erased_act',
  'audit.pending',
  'audit.log_entry',
  'audit.tile',
  'audit.log_state',
  'audit.checkpoint',
  'audit.cosignature',
  'audit.checkpoint_final',
  'audit.reception',
  'house_event',
] as const;

let template: Promise<TestDatabase> | undefined;

/** A fresh database at head; copies of one template, which is dropped with the cluster. */
export async function openLogDatabase(): Promise<LogDatabase> {
  template ??= makeTemplate();
  const name = new URL((await template).url).pathname.slice(1);
  const database = await createTestDatabase('log', { template: name });
  const pool = new Pool({ connectionString: database.url, max: 16 });
  pool.on('error', () => {});
  // A connection that breaks while it is lent says so on itself; its user learns it from the statement that fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    url: database.url,
    pool,
    copy: () => copyTables(pool),
    restore: (backup) => restoreTables(pool, backup),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

/** Runs statements as somebody whom no trigger stops. */
export async function withoutTriggers(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("SET LOCAL session_replication_role = 'replica'");
    await work(client);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw cause;
  } finally {
    client.release();
  }
}

async function copyTables(pool: Pool): Promise<Backup> {
  const backup = new Map<string, string>();
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    for (const table of LOG_TABLES) {
      const { rows } = await client.query<{ rows: string }>(
        `SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ${table} t`,
      );
      backup.set(table, rows[0]?.rows ?? '[]');
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return backup;
}

function restoreTables(pool: Pool, backup: Backup): Promise<void> {
  return withoutTriggers(pool, async (client) => {
    for (const table of LOG_TABLES.toReversed()) await client.query(`DELETE FROM ${table}`);
    for (const table of LOG_TABLES) {
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(attname) AS name FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped`,
        [table],
      );
      const columns = rows.map(({ name }) => name).join(', ');
      await client.query(
        `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE
         SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1::json)`,
        [backup.get(table)],
      );
    }
  });
}

async function makeTemplate(): Promise<TestDatabase> {
  const database = await createTestDatabase('log_template');
  const source = await openDatabase({
    url: database.url,
    applicationName: 'test',
    entities: [],
    migrations: MIGRATIONS,
  });
  await migrate(source);
  await source.destroy();
  return database;
}

export const BANK_KEY = signingKey('bank act');
export const KCELL_KEY = signingKey('kcell act');

const KEYS: Readonly<Record<string, PublicKey>> = {
  bank: importPublicKey(BANK_KEY.publicKey),
  kcell: importPublicKey(KCELL_KEY.publicKey),
};

/** The act key of a party, as the trust root of these tests has it. */
export function actKeyOf(party: string, keyId: string): PublicKey | null {
  const key = KEYS[party];
  return key?.keyId === keyId ? key : null;
}

export function bankAuthor(seen: () => SeenCheckpoint | null = () => null): ActAuthor {
  return createActAuthor({ party: 'bank', privateKey: BANK_KEY.privateKey, keepsCases: true, seen });
}

export function kcellAuthor(): ActAuthor {
  return createActAuthor({ party: 'kcell', privateKey: KCELL_KEY.privateKey, keepsCases: false, seen: () => null });
}

export function draftOf(kind: ActDraft['kind'], caseId: string | null, fields: ActDraft['fields'] = {}): ActDraft {
  return {
    kind,
    id: randomUUID(),
    caseId,
    at: '2026-11-20T08:00:00.000Z' as Instant,
    fields,
    expiresOn: '2031-11-20' as Day,
  };
}

/** Runs the work in a transaction on a connection of its own from the pool. */
export async function inTransaction<Value>(pool: Pool, work: (session: SqlSession) => Promise<Value>): Promise<Value> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const value = await work(client);
    await client.query('COMMIT');
    return value;
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw cause;
  } finally {
    client.release();
  }
}

/** An act with its event, in the transaction that is open on the session. */
export async function actWithEvent(session: SqlSession, author: ActAuthor, draft: ActDraft): Promise<SignedAct> {
  const signed = await appendAct(session, author, draft);
  await session.query('INSERT INTO house_event (act_id, what) VALUES ($1, $2)', [signed.act.id, draft.kind]);
  return signed;
}

/** A session of its own, that the caller ends. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}
