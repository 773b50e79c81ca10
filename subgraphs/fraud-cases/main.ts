// The program `fraud-cases`: serve, migrate, seed, replay, export-case, erase-openings, suspend, reinstate, unpark, retry-webhooks, print-schema.
// The only file of this house that reads the process.

import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { ActAuthor } from '../../shared/audit-log/act-author';
import { SeenCheckpoints } from '../../shared/audit-log/seen-checkpoint';
import { migrate } from '../../shared/service/database';
import type { Environment } from '../../shared/service/environment';
import { createLogger } from '../../shared/service/logger';
import { refuseConfiguration, runProgram } from '../../shared/service/program';
import { runUntilSignal } from '../../shared/service/shutdown';
import { AppError } from '../../shared/vocabulary/app-error';
import type { Result } from '../../shared/vocabulary/result';
import { buildFraudCasesSubgraph } from './api/schema';
import {
  type CaseConfig,
  ENVIRONMENT,
  type ReplayConfig,
  readCaseConfig,
  readDatabaseConfig,
  readOperatorConfig,
  readOrderConfig,
  readPersonConfig,
  readReplayConfig,
  readServiceConfig,
} from './config';
import { bankAuthor } from './log/bank-log';
import { loadBankTrust } from './log/bank-trust';
import { eraseCase, exportCase } from './log/case-export';
import { readOperatorLines } from './log/operator-line';
import { replayHistory } from './log/replay';
import { startFraudCases } from './server';
import { openFraudCasesDatabase } from './store/database';
import { openLogPool } from './store/log-pool';
import { unparkTasks } from './store/order-outbox';
import { seed } from './store/seed';
import { reinstate, suspend } from './store/suspension';
import { retryParkedWebhooks } from './store/webhook-outbox';

const program = {
  name: 'fraud-cases',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: {
    serve: { summary: 'answers GraphQL until it is told to stop', run: serve },
    migrate: { summary: 'brings its database to the newest schema', run: migrateDatabase },
    seed: { summary: 'fills an empty database with the facts (NDJSON) on the standard input', run: seedDatabase },
    replay: {
      summary: "tells the joint log the history of seeded cases; operators' acts (NDJSON) on the standard input",
      run: replay,
    },
    'export-case': { summary: 'prints the evidence bundle of a case (--case ID)', run: printBundle },
    'erase-openings': { summary: 'drops what opens the acts of a case (--case ID), on record', run: erase },
    suspend: { summary: 'stops a person or machine from doing anything, at once (--person X)', run: suspendPerson },
    reinstate: { summary: 'ends a suspension (--person X)', run: reinstatePerson },
    unpark: { summary: 'sets parked orders going again: all, or one (--order ID)', run: unpark },
    'retry-webhooks': {
      summary: 'lets parked webhooks be sent once more: all, or those of one operator (--operator CODE)',
      run: retryWebhooks,
    },
    'print-schema': { summary: 'prints its schema; needs no database', run: printSchema },
  },
};

async function serve(environment: Environment): Promise<void> {
  const config = orRefuse(readServiceConfig(environment));
  const logger = createLogger({ name: 'fraud-cases', level: config.LOG_LEVEL });
  const service = await startFraudCases(config, logger);
  runUntilSignal(service.stop, logger);
}

async function migrateDatabase(environment: Environment): Promise<void> {
  const config = orRefuse(readDatabaseConfig(environment));
  const logger = createLogger({ name: 'fraud-cases', level: config.LOG_LEVEL });
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  try {
    logger.info({ migrations: await migrate(dataSource) }, 'database is at head');
  } finally {
    await dataSource.destroy();
  }
}

async function seedDatabase(environment: Environment): Promise<void> {
  const config = orRefuse(readDatabaseConfig(environment));
  const logger = createLogger({ name: 'fraud-cases', level: config.LOG_LEVEL });
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  try {
    logger.info({ stored: await seed(dataSource, process.stdin, logger) }, 'seeded');
  } finally {
    await dataSource.destroy();
  }
}

/** The standard output is the protocol: a line for each thing an operator has to know, and how many steps still wait. */
async function replay(environment: Environment): Promise<void> {
  const config = orRefuse(readReplayConfig(environment));
  const { trust, author } = signerOf(config, null);
  const orderKey = trust.ownKey('order', config.ORDER_KEY_FILE);
  const lines = await readOperatorLines(process.stdin, (party, keyId) => trust.keyOf(party, 'act', keyId));
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  try {
    const progress = await replayHistory({ dataSource, trust, author, orderKey }, lines);
    for (const line of progress.lines) process.stdout.write(`${JSON.stringify(line)}\n`);
    process.stdout.write(`${JSON.stringify({ waiting: progress.waiting })}\n`);
  } finally {
    await dataSource.destroy();
  }
}

async function printBundle(environment: Environment): Promise<void> {
  await onCase(environment, async (dataSource, author, { CASE_ID }) => {
    process.stdout.write(await exportCase(dataSource, author, CASE_ID));
  });
}

async function erase(environment: Environment): Promise<void> {
  await onCase(environment, async (dataSource, author, { CASE_ID, ERASURE_BASIS }) => {
    if (ERASURE_BASIS === undefined)
      throw new AppError('BAD_USER_INPUT', 'ERASURE_BASIS must say why openings are erased.');
    const erasedActs = await eraseCase(dataSource, author, { caseId: CASE_ID, basis: ERASURE_BASIS });
    process.stdout.write(`${JSON.stringify({ erasedActs })}\n`);
  });
}

/** Runs a command on one case, with the bank as author who knows the newest final checkpoint. */
async function onCase(
  environment: Environment,
  run: (dataSource: DataSource, author: ActAuthor, config: CaseConfig) => Promise<void>,
): Promise<void> {
  const config = orRefuse(readCaseConfig(environment));
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  const pool = openLogPool(config.DATABASE_URL);
  try {
    const { author, seen } = signerOf(config, pool);
    await seen?.load();
    await seen?.rememberOwnFinal();
    await run(dataSource, author, config);
  } finally {
    await pool.end();
    await dataSource.destroy();
  }
}

/** The bank as it signs in a command; it says what it has seen when there is a pool to read that from. */
function signerOf(
  config: Pick<ReplayConfig, 'ACT_KEY_FILE' | 'TRUST_POLICY_FILE' | 'TRUST_ROOT_FILE'>,
  pool: Pool | null,
) {
  const trust = loadBankTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const seen = pool === null ? null : new SeenCheckpoints(pool, trust.policy);
  return { trust, seen, author: bankAuthor(trust, trust.ownKey('act', config.ACT_KEY_FILE), seen) };
}

async function suspendPerson(environment: Environment): Promise<void> {
  await onPerson(environment, suspend, 'The person is suspended already.');
}

async function reinstatePerson(environment: Environment): Promise<void> {
  await onPerson(environment, reinstate, 'The person is not suspended.');
}

/** Changes whether a person may act; a change that changes nothing is one plain sentence. */
async function onPerson(
  environment: Environment,
  change: (pool: Pool, person: string) => Promise<boolean>,
  unchanged: string,
): Promise<void> {
  const { DATABASE_URL, PERSON } = orRefuse(readPersonConfig(environment));
  const pool = openLogPool(DATABASE_URL);
  try {
    if (!(await change(pool, PERSON))) throw new AppError('BAD_USER_INPUT', unchanged);
  } finally {
    await pool.end();
  }
}

async function unpark(environment: Environment): Promise<void> {
  const config = orRefuse(readOrderConfig(environment));
  const pool = openLogPool(config.DATABASE_URL);
  try {
    process.stdout.write(`${JSON.stringify({ unparked: await unparkTasks(pool, config.ORDER_ID ?? null) })}\n`);
  } finally {
    await pool.end();
  }
}

async function retryWebhooks(environment: Environment): Promise<void> {
  const config = orRefuse(readOperatorConfig(environment));
  const pool = openLogPool(config.DATABASE_URL);
  try {
    const retried = await retryParkedWebhooks(pool, config.OPERATOR_CODE ?? null);
    process.stdout.write(`${JSON.stringify({ retried })}\n`);
  } finally {
    await pool.end();
  }
}

async function printSchema(): Promise<void> {
  process.stdout.write((await buildFraudCasesSubgraph()).sdl);
}

function orRefuse<Config>(config: Result<Config, readonly string[]>): Config {
  return config.ok ? config.value : refuseConfiguration(config.error);
}

/** Options that are variables said otherwise, by command. */
const OPTIONS: Readonly<Record<string, readonly [option: string, variable: string]>> = {
  'export-case': ['--case', 'CASE_ID'],
  'erase-openings': ['--case', 'CASE_ID'],
  unpark: ['--order', 'ORDER_ID'],
  'retry-webhooks': ['--operator', 'OPERATOR_CODE'],
  suspend: ['--person', 'PERSON'],
  reinstate: ['--person', 'PERSON'],
};

/** The words without an option that names a variable, and the environment with it. */
function optionsNamed(words: readonly string[], environment: Environment): readonly [readonly string[], Environment] {
  const [command = '', option, value, ...more] = words;
  const [known, variable] = (Object.hasOwn(OPTIONS, command) ? OPTIONS[command] : undefined) ?? [];
  if (variable === undefined || option !== known || value === undefined) return [words, environment];
  return [[command, ...more], { ...environment, [variable]: value }];
}

const [words, environment] = optionsNamed(process.argv.slice(2), process.env);
void runProgram(program, words, environment);
