// Migrations: in order, once, one program at a time, forward only.

import { afterEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { isAtHead, type MigrationClass, migrate, openDatabase } from '../../../shared/service/database';
import { SenimNow1700000000000 } from '../../../shared/service/senim-now';
import { createTestDatabase, shiftClock, type TestDatabase } from '../../support/database';

class Thing1800000000000 implements MigrationInterface {
  readonly name = 'Thing1800000000000';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE TABLE thing (id int PRIMARY KEY, day date, at timestamptz NOT NULL DEFAULT senim_now())',
    );
    await queryRunner.query('SELECT pg_sleep(0.2)');
  }
  async down(): Promise<void> {
    throw new Error('forward only');
  }
}

class Broken1800000000001 implements MigrationInterface {
  readonly name = 'Broken1800000000001';
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE half (id int)');
    await queryRunner.query('CREATE TABLE thing (id int)');
  }
  async down(): Promise<void> {}
}

const open: { sources: DataSource[]; databases: TestDatabase[] } = { sources: [], databases: [] };

async function database(): Promise<string> {
  const made = await createTestDatabase('service');
  open.databases.push(made);
  return made.url;
}

async function connect(url: string, migrations: readonly MigrationClass[] = [Thing1800000000000]): Promise<DataSource> {
  const source = await openDatabase({ url, applicationName: 'test', entities: [], migrations });
  open.sources.push(source);
  return source;
}

afterEach(async () => {
  await Promise.all(open.sources.splice(0).map((source) => source.destroy()));
  await Promise.all(open.databases.splice(0).map((made) => made.drop()));
});

describe('migrate', () => {
  test('runs the clock first and then the program’s own, and nothing the second time', async () => {
    const source = await connect(await database());
    expect(await isAtHead(source)).toBe(false);
    expect(await migrate(source)).toEqual(['SenimNow1700000000000', 'Thing1800000000000']);
    expect(await isAtHead(source)).toBe(true);
    expect(await migrate(source)).toEqual([]);
  });

  test('lets one of two programs through at a time, and the other finds nothing to do', async () => {
    const url = await database();
    const [first, second] = await Promise.all([connect(url), connect(url)]);
    const names = await Promise.all([migrate(first), migrate(second)]);
    expect(names.map((list) => list.length).sort()).toEqual([0, 2]);
  });

  test('leaves nothing of a migration that failed, keeps those before it, and gives the lock back', async () => {
    const url = await database();
    const source = await connect(url, [Thing1800000000000, Broken1800000000001]);
    await expect(migrate(source)).rejects.toThrow('already exists');
    expect(await source.query(`SELECT to_regclass('half') AS half, to_regclass('thing') IS NOT NULL AS thing`)).toEqual(
      [{ half: null, thing: true }],
    );
    expect(await migrate(await connect(url))).toEqual([]);
  });

  test('never goes back', async () => {
    await expect(new SenimNow1700000000000().down()).rejects.toThrow('forward only');
  });
});

describe('openDatabase', () => {
  test('gives days as text, instants as Date in whole milliseconds, and ends a statement that runs too long', async () => {
    const url = await database();
    const source = await connect(url);
    await migrate(source);
    await source.query(`INSERT INTO thing (id, day) VALUES (1, '2026-03-01')`);
    const [row] = await source.query('SELECT day, at, extract(microseconds FROM at)::bigint % 1000 AS rest FROM thing');
    expect(row).toEqual({ day: '2026-03-01', at: expect.any(Date), rest: '0' });

    const hasty = await openDatabase({
      url,
      applicationName: 'hasty',
      entities: [],
      migrations: [],
      statementTimeoutMs: 50,
    });
    open.sources.push(hasty);
    await expect(hasty.query('SELECT pg_sleep(5)')).rejects.toThrow('statement timeout');
  });

  test('lets a test move the clock of its own database', async () => {
    const url = await database();
    const source = await connect(url);
    await migrate(source);
    await shiftClock(url, '3 days');
    const [row] = await source.query(`SELECT senim_now() - clock_timestamp() > interval '71 hours' AS moved`);
    expect(row).toEqual({ moved: true });
  });
});

test('an address that demands TLS is not opened in the clear', async () => {
  const url = new URL(await database());
  url.searchParams.set('sslmode', 'verify-full');
  // The server of the tests has no certificate.
  await expect(openDatabase({ url: url.href, applicationName: 'test', entities: [], migrations: [] })).rejects.toThrow(
    'does not support SSL',
  );
  const pool = new Pool({ connectionString: url.href });
  await expect(pool.query('SELECT 1')).rejects.toThrow('does not support SSL');
  await pool.end();
});
