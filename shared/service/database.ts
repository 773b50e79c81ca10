// A program's connection to its own database, and the only way its schema changes. Which tables exist is decided by the
// migrations of each house; nothing is ever synchronised from entities.

import { types } from 'pg';
import { DataSource, type EntitySchema, type Logger, MigrationExecutor, type MigrationInterface } from 'typeorm';
import { SenimNow1700000000000 } from './senim-now';

/** A migration class; its name ends with the 13 digits of its timestamp, by which migrations are ordered. */
export type MigrationClass = new () => MigrationInterface;

/** What a program needs in order to open its database. */
export interface DatabaseOptions {
  /** postgres://role:password@host:port/database */
  readonly url: string;
  /** Shown by the server beside each connection. */
  readonly applicationName: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly MigrationClass[];
  /** Connections at most; 10 unless told. */
  readonly poolSize?: number;
  /** Milliseconds after which the server abandons a statement; 30,000 unless told. Migrations have no limit. */
  readonly statementTimeoutMs?: number;
  /** Told when an idle connection breaks, e.g. because the server restarted; the pool opens another by itself. */
  readonly onConnectionLost?: (cause: Error) => void;
}

const DAY_OID = 1082;
const MIGRATION_LOCK = 7_263_646;

/** Statements carry personal data, and failures reach the caller as rejections: nothing is written here. */
const SILENT: Logger = {
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
  logMigration: () => {},
  log: () => {},
};

/**
 * An initialised data source; rejects when the server cannot be reached within five seconds. Calendar days (`date`) are read as
 * `YYYY-MM-DD` text and instants (`timestamptz`) as `Date`. The caller destroys it.
 */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    entities: [...options.entities],
    migrations: [SenimNow1700000000000, ...options.migrations],
    migrationsTableName: 'migrations',
    synchronize: false,
    migrationsRun: false,
    logging: false,
    logger: SILENT,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolSize: Math.max(2, options.poolSize ?? 10),
    connectTimeoutMS: 5_000,
    poolErrorHandler: (cause: Error) => options.onConnectionLost?.(cause),
    extra: {
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      keepAlive: true,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === DAY_OID ? (text: string) => text : types.getTypeParser(oid, format),
      },
    },
  });
  return dataSource.initialize();
}

/**
 * Brings the schema to head, each migration in its own transaction, under an advisory lock: a second program waits until the first
 * is through and then finds nothing to do. Resolves with the names of the migrations that were run.
 */
export async function migrate(dataSource: DataSource): Promise<readonly string[]> {
  const queryRunner = dataSource.createQueryRunner();
  await queryRunner.connect();
  try {
    await queryRunner.query('SET statement_timeout = 0');
    await queryRunner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const executor = new MigrationExecutor(dataSource, queryRunner);
      executor.transaction = 'each';
      return (await executor.executePendingMigrations()).map((migration) => migration.name);
    } finally {
      await queryRunner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await queryRunner.query('RESET statement_timeout');
    }
  } finally {
    await queryRunner.release();
  }
}

/** Whether the database answers and no migration is pending: what a subgraph's readiness asks. Never rejects. */
export async function isAtHead(dataSource: DataSource): Promise<boolean> {
  try {
    const rows: readonly { readonly name: string }[] = await dataSource.query('SELECT name FROM migrations');
    const done = new Set(rows.map((row) => row.name));
    return dataSource.migrations.every((migration) => done.has(migration.name ?? migration.constructor.name));
  } catch {
    return false;
  }
}
