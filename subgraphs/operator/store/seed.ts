// Fills an empty operator's database from a stream of facts, by COPY, in one transaction: it is filled whole or stays empty, so that
// a seeding that was interrupted is simply started again. What a fact must look like is decided in seed-rows.ts.

import type { PoolClient } from 'pg';
import { DatabaseError } from 'pg';
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { badFact, readFacts } from '../../../shared/service/fact-stream';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Day } from '../../../shared/vocabulary/day';
import { copyWriter } from './copy-table';
import { UnusableMember } from './fact-reader';
import { addFactRows, SEED_TABLES } from './seed-rows';

/** What was stored. */
export interface SeedCount {
  readonly facts: number;
  readonly usageDays: number;
}

/**
 * Stores every fact of the stream. Throws, and stores nothing, when the database is not empty, a line is not a fact (the line's number
 * is told) or the facts contradict each other (the table is told). `progress` gets a short text now and then. What the operator said in the
 * past waits in `history_fact` until `replay` signs it.
 */
export async function seed(
  dataSource: DataSource,
  input: NodeJS.ReadableStream,
  progress: (text: string) => void,
): Promise<SeedCount> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: PoolClient = await runner.connect();
    await runner.startTransaction();
    try {
      const count = await fill(runner, client, input, progress);
      await runner.commitTransaction();
      await runner.query('ANALYZE');
      return count;
    } catch (cause) {
      await runner.rollbackTransaction();
      throw asContradiction(cause);
    }
  } finally {
    await runner.release();
  }
}

const REPORT_EVERY_DAYS = 120_000;

async function fill(
  runner: QueryRunner,
  client: PoolClient,
  input: NodeJS.ReadableStream,
  progress: (text: string) => void,
): Promise<SeedCount> {
  await runner.query('SET LOCAL statement_timeout = 0');
  await refuseUnlessEmpty(runner);
  for (const statement of TEMPORARY_TABLES) await runner.query(statement);
  const writer = copyWriter(client, SEED_TABLES);
  const months = new Map<string, Day>();
  let facts = 0;
  let usageDays = 0;
  let contractKey = 0;
  const sink = {
    add: writer.add,
    onUsageDay(day: Day) {
      usageDays += 1;
      if (!months.has(day.slice(0, 7))) months.set(day.slice(0, 7), day);
    },
    nextContractKey() {
      contractKey += 1;
      return contractKey;
    },
  };
  const flush = async (): Promise<void> => {
    for (const day of months.values()) await runner.query('SELECT ensure_usage_month($1::date)', [day]);
    await writer.flush();
  };
  let reportAt = REPORT_EVERY_DAYS;
  for await (const { line, fact } of readFacts(input)) {
    try {
      addFactRows(fact as typeof fact & Readonly<Record<string, unknown>>, sink);
    } catch (cause) {
      throw cause instanceof UnusableMember ? badFact(line, cause) : cause;
    }
    facts += 1;
    if (writer.isFull()) await flush();
    if (usageDays >= reportAt) {
      progress(`${reportAt} usage days`);
      reportAt += REPORT_EVERY_DAYS;
    }
  }
  await flush();
  for (const statement of AFTER_FACTS) await runner.query(statement);
  await requireContracts(runner);
  progress(`${facts} facts, ${usageDays} usage days stored`);
  return { facts, usageDays };
}

/** What was done upon an order hangs on the contract that was open when the order came. */
async function requireContracts(runner: QueryRunner): Promise<void> {
  const [state]: readonly { readonly stray: boolean }[] = await runner.query(STRAY_ORDERS);
  if (state?.stray === false) return;
  throw new AppError('BAD_USER_INPUT', 'The facts contradict table history_fact (an order on no contract).');
}

async function refuseUnlessEmpty(runner: QueryRunner): Promise<void> {
  await runner.query('LOCK TABLE tenure, subscriber, dealer, device IN EXCLUSIVE MODE');
  const [state]: readonly { readonly filled: boolean }[] = await runner.query(
    `SELECT EXISTS (SELECT FROM tenure) OR EXISTS (SELECT FROM subscriber) OR EXISTS (SELECT FROM dealer)
       OR EXISTS (SELECT FROM device) AS filled`,
  );
  if (state?.filled !== false) throw new AppError('BAD_USER_INPUT', 'The database is not empty; seeding is refused.');
}

/** Class of the server's codes for a broken constraint (PostgreSQL, Appendix A). */
const BROKEN_CONSTRAINT = /^23/;

/** Facts that break a constraint, told by its table and name; the rows stay untold. Every other fault is handed on. */
function asContradiction(cause: unknown): unknown {
  const refusal = cause instanceof QueryFailedError ? cause.driverError : cause;
  if (!(refusal instanceof DatabaseError) || !BROKEN_CONSTRAINT.test(refusal.code ?? '')) return cause;
  const rule = refusal.constraint ?? refusal.column ?? 'unknown';
  return new AppError('BAD_USER_INPUT', `The facts contradict table ${refusal.table ?? 'unknown'} (${rule}).`);
}

const STRAY_ORDERS = `
  SELECT EXISTS (
    SELECT FROM history_fact fact
    WHERE kind = 'enforcement' AND NOT EXISTS (
      SELECT FROM line_contract contract
      WHERE contract.msisdn = fact.body ->> 'msisdn' AND contract.since = (fact.body ->> 'since')::timestamptz
        AND contract.opened_at <= (fact.body ->> 'receivedAt')::timestamptz)) AS stray`;

const TEMPORARY_TABLES = [
  `CREATE TEMPORARY TABLE seeded_profile (
     msisdn text, since timestamptz(3), purpose text, granted_at timestamptz(3), expires_at timestamptz(3)) ON COMMIT DROP`,
];

/** Profiles hang on the newest contract of their tenure. */
const AFTER_FACTS = [
  `INSERT INTO business_traffic_profile (contract_key, purpose, granted_at, expires_at)
   SELECT contract.key, seeded.purpose, seeded.granted_at, seeded.expires_at
   FROM seeded_profile seeded
   LEFT JOIN LATERAL (
     SELECT key FROM line_contract newest
     WHERE newest.msisdn = seeded.msisdn AND newest.since = seeded.since
     ORDER BY newest.opened_at DESC, newest.key DESC LIMIT 1) contract ON true`,
  `SELECT setval(pg_get_serial_sequence('line_contract', 'key'), greatest(1, (SELECT max(key) FROM line_contract)))`,
];
