// The program `operator`: serve, migrate, seed, replay, retry-parked, erase-openings, print-schema. The only file of this house that reads the process.

import { readFileSync } from 'node:fs';
import { createActAuthor } from '../../shared/audit-log/act-author';
import { SeenCheckpoints } from '../../shared/audit-log/seen-checkpoint';
import { migrate } from '../../shared/service/database';
import type { Environment } from '../../shared/service/environment';
import { createLogger } from '../../shared/service/logger';
import { refuseConfiguration, runProgram } from '../../shared/service/program';
import { runUntilSignal } from '../../shared/service/shutdown';
import { buildOperatorSubgraph } from './api/schema';
import {
  type DatabaseConfig,
  ENVIRONMENT,
  readDatabaseConfig,
  readErasureConfig,
  readReplayConfig,
  readRiskRules,
  readServiceConfig,
} from './config';
import { sourceOf } from './log/joint-log-desk';
import { eraseExpired } from './log/own-erasure';
import { bankKeys, loadOwnKey, loadTrust } from './log/own-trust';
import { replay } from './log/replay';
import { startOperator } from './server';
import { openActOutbox } from './store/act-outbox';
import { openOperatorDatabase } from './store/database';
import { openHistoryStore } from './store/history-store';
import { seed } from './store/seed';

const program = {
  name: 'operator',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: {
    serve: { summary: 'answers GraphQL and portings until it is told to stop', run: serve },
    migrate: { summary: 'brings its database to the newest schema', run: migrateDatabase },
    seed: { summary: 'fills an empty database with the facts (NDJSON) on the standard input', run: seedDatabase },
    replay: {
      summary: 'signs its past, as far as the words of the bank on the standard input allow',
      run: replayHistory,
    },
    'retry-parked': {
      summary: 'lets its acts that the bank refused for good be delivered once more',
      run: retryParked,
    },
    'erase-openings': {
      summary: 'drops what opens its acts that expired before a day (--before DAY), on record',
      run: eraseOwnOpenings,
    },
    'print-schema': { summary: 'prints its schema; needs no database', run: printSchema },
  },
};

async function serve(environment: Environment): Promise<void> {
  const config = readServiceConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const ruleSet = readRiskRules(readRulesFile(config.value.RISK_RULES_FILE));
  if (!ruleSet.ok) refuseConfiguration([ruleSet.error]);
  const logger = createLogger({ name: config.value.OPERATOR_CODE, level: config.value.LOG_LEVEL });
  const service = await startOperator(config.value, ruleSet.value, logger);
  runUntilSignal(service.stop, logger);
}

async function migrateDatabase(environment: Environment): Promise<void> {
  const config = databaseConfig(environment);
  const logger = createLogger({ name: 'operator', level: config.LOG_LEVEL });
  const dataSource = await openOperatorDatabase(config.DATABASE_URL);
  try {
    logger.info({ migrations: await migrate(dataSource) }, 'database is at head');
  } finally {
    await dataSource.destroy();
  }
}

async function seedDatabase(environment: Environment): Promise<void> {
  const dataSource = await openOperatorDatabase(databaseConfig(environment).DATABASE_URL);
  try {
    await seed(dataSource, process.stdin, (text) => process.stderr.write(`seed: ${text}\n`));
  } finally {
    await dataSource.destroy();
  }
}

async function replayHistory(environment: Environment): Promise<void> {
  const read = readReplayConfig(environment);
  const config = read.ok ? read.value : refuseConfiguration(read.error);
  const trust = loadTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const actKey = loadOwnKey(config.ACT_KEY_FILE, trust, config.OPERATOR_CODE, 'act');
  const receiptKey = loadOwnKey(config.RECEIPT_KEY_FILE, trust, config.OPERATOR_CODE, 'receipt');
  const dataSource = await openOperatorDatabase(config.DATABASE_URL);
  try {
    const author = createActAuthor({
      party: config.OPERATOR_CODE,
      privateKey: actKey.privateKey,
      keepsCases: false,
      // What is signed here lies before the log.
      seen: () => null,
    });
    const parts = {
      operatorCode: config.OPERATOR_CODE,
      store: openHistoryStore(dataSource, author),
      receiptKey,
      bankOrderKeys: bankKeys(trust, 'order'),
    };
    const round = await replay(parts, process.stdin, (line) => process.stdout.write(line));
    process.stderr.write(`replay: ${round.signed} signed, ${round.printed} told, ${round.waiting} waiting\n`);
  } finally {
    await dataSource.destroy();
  }
}

/** A running service delivers them; prints how many. */
async function retryParked(environment: Environment): Promise<void> {
  const dataSource = await openOperatorDatabase(databaseConfig(environment).DATABASE_URL);
  try {
    const retried = await openActOutbox(dataSource).retryParked();
    process.stdout.write(`${JSON.stringify({ retried })}\n`);
  } finally {
    await dataSource.destroy();
  }
}

/** Only acts that are proven to stand in the log; prints how many were erased. */
async function eraseOwnOpenings(environment: Environment): Promise<void> {
  const read = readErasureConfig(environment);
  const config = read.ok ? read.value : refuseConfiguration(read.error);
  const trust = loadTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const { privateKey } = loadOwnKey(config.ACT_KEY_FILE, trust, config.OPERATOR_CODE, 'act');
  const dataSource = await openOperatorDatabase(config.DATABASE_URL);
  try {
    const seen = new SeenCheckpoints(sourceOf(dataSource), trust.policy);
    await seen.load();
    const party = config.OPERATOR_CODE;
    const author = createActAuthor({ party, privateKey, keepsCases: false, seen: () => seen.current() });
    const { ERASE_BEFORE: before, ERASURE_BASIS: basis } = config;
    process.stdout.write(`${JSON.stringify({ erased: await eraseExpired(dataSource, author, { before, basis }) })}\n`);
  } finally {
    await dataSource.destroy();
  }
}

async function printSchema(): Promise<void> {
  process.stdout.write((await buildOperatorSubgraph()).sdl);
}

function databaseConfig(environment: Environment): DatabaseConfig {
  const config = readDatabaseConfig(environment);
  return config.ok ? config.value : refuseConfiguration(config.error);
}

/** Text of the file; null when none is named. */
function readRulesFile(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return refuseConfiguration(['RISK_RULES_FILE names a file that cannot be read.']);
  }
}

/** `erase-openings --before DAY` is the same as the variable. */
function withDay(words: readonly string[], environment: Environment): readonly [readonly string[], Environment] {
  const [command, option, day, ...more] = words;
  if (command !== 'erase-openings' || option !== '--before' || day === undefined) return [words, environment];
  return [[command, ...more], { ...environment, ERASE_BEFORE: day }];
}

void runProgram(program, ...withDay(process.argv.slice(2), process.env));
