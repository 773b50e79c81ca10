// The program `fraud-cases`: serve, migrate, seed, print-schema. The only file of this house that reads the process.

import { migrate } from '../../shared/service/database';
import type { Environment } from '../../shared/service/environment';
import { createLogger } from '../../shared/service/logger';
import { refuseConfiguration, runProgram } from '../../shared/service/program';
import { runUntilSignal } from '../../shared/service/shutdown';
import { buildFraudCasesSubgraph } from './api/schema';
import { type DatabaseConfig, ENVIRONMENT, readDatabaseConfig, readServiceConfig } from './config';
import { startFraudCases } from './server';
import { openFraudCasesDatabase } from './store/database';
import { seed } from './store/seed';

const program = {
  name: 'fraud-cases',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: {
    serve: { summary: 'answers GraphQL until it is told to stop', run: serve },
    migrate: { summary: 'brings its database to the newest schema', run: migrateDatabase },
    seed: { summary: 'fills an empty database with the facts (NDJSON) on the standard input', run: seedDatabase },
    'print-schema': { summary: 'prints its schema; needs no database', run: printSchema },
  },
};

async function serve(environment: Environment): Promise<void> {
  const config = readServiceConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const logger = createLogger({ name: 'fraud-cases', level: config.value.LOG_LEVEL });
  const service = await startFraudCases(config.value, logger);
  runUntilSignal(service.stop, logger);
}

async function migrateDatabase(environment: Environment): Promise<void> {
  const config = databaseConfig(environment);
  const logger = createLogger({ name: 'fraud-cases', level: config.LOG_LEVEL });
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  try {
    logger.info({ migrations: await migrate(dataSource) }, 'database is at head');
  } finally {
    await dataSource.destroy();
  }
}

async function seedDatabase(environment: Environment): Promise<void> {
  const config = databaseConfig(environment);
  const logger = createLogger({ name: 'fraud-cases', level: config.LOG_LEVEL });
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL);
  try {
    logger.info({ stored: await seed(dataSource, process.stdin, logger) }, 'seeded');
  } finally {
    await dataSource.destroy();
  }
}

async function printSchema(): Promise<void> {
  process.stdout.write((await buildFraudCasesSubgraph()).sdl);
}

function databaseConfig(environment: Environment): DatabaseConfig {
  const config = readDatabaseConfig(environment);
  return config.ok ? config.value : refuseConfiguration(config.error);
}

void runProgram(program, process.argv.slice(2), process.env);
