// Empty databases for tests, in the cluster that start-postgres.ts started.

import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';

/** A database of one test. */
export interface TestDatabase {
  /** Connection string of the superuser. */
  readonly url: string;
  /** Drops it, also under open connections. */
  drop(): Promise<void>;
}

/** Makes an empty database, or a copy of `template`; nobody may be connected to a template. `name` only helps to recognise it. */
export async function createTestDatabase(
  name = 'test',
  options: { readonly template?: string } = {},
): Promise<TestDatabase> {
  const database = `${name}_${randomBytes(6).toString('hex')}`;
  const copy = options.template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(options.template)}`;
  await asSuperuser(`CREATE DATABASE ${escapeIdentifier(database)}${copy}`);
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return {
    url: url.toString(),
    drop: () => asSuperuser(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`),
  };
}

/** Shifts the database's clock: `senim_now()` says the server's time plus `interval`, e.g. '3 days' or '-2 hours'. */
export async function shiftClock(url: string, interval: string): Promise<void> {
  await run(
    url,
    `CREATE OR REPLACE FUNCTION senim_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
     AS $$ SELECT date_trunc('milliseconds', clock_timestamp() + interval '${interval.replaceAll("'", '')}') $$`,
  );
}

function serverUrl(): string {
  const url = process.env.SENIM_TEST_POSTGRES;
  if (url === undefined) throw new Error('The test cluster is not running: run tests with jest and its globalSetup.');
  return url;
}

function asSuperuser(statement: string): Promise<void> {
  return run(serverUrl(), statement);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
