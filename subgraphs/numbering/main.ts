// The program `numbering`: serve, migrate, seed, print-schema. The only file of this house that reads the process.

import { migrate } from '../../shared/service/database';
import type { Environment } from '../../shared/service/environment';
import { createLogger } from '../../shared/service/logger';
import { refuseConfiguration, runProgram } from '../../shared/service/program';
import { runUntilSignal } from '../../shared/service/shutdown';
import { buildNumberingSubgraph } from './api/schema';
import { type DatabaseConfig, ENVIRONMENT, readDatabaseConfig, readServiceConfig } from './config';
import { startNumbering } from './server';
import { openNumberingDatabase } from './store/database';
import { seed } from './store/seed';

const program = {
  name: 'numbering',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: {
    serve: { summary: 'answers GraphQL and internal calls until it is told to stop', run: serve },
    migrate: { summary: 'brings its database to the newest schema', run: migrateDatabase },
    seed: { summary: 'fills an empty database with the facts (NDJSON) on the standard input', run: seedDatabase },
    'print-schema': { summary: 'prints its schema; needs no database', run: printSchema },
  },
};

async function serve(environment: Environment): Promise<void> {
  const config = readServiceConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const logger = createLogger({ name: 'numbering', level: config.value.LOG_LEVEL });
  const service = await startNumbering(config.value, logger);
  runUntilSignal(service.stop, logger);
}

async function migrateDatabase(environment: Environment): Promise<void> {
  const config = databaseConfig(environment);
  const logger = createLogger({ name: 'numbering', level: config.LOG_LEVEL });
  const dataSource = await openNumberingDatabase(config.DATABASE_URL);
  try {
    logger.info({ migrations: await migrate(dataSource) }, 'database is at head');
  } finally {
    await dataSource.destroy();
  }
}

async function seedDatabase(environment: Environment): Promise<void> {
  const config = databaseConfig(environment);
  const logger = createLogger({ name: 'numbering', level: config.LOG_LEVEL });
  const dataSource = await openNumberingDatabase(config.DATABASE_URL);
  try {
    logger.info({ stored: await seed(dataSource, process.stdin, logger) }, 'seeded');
  } finally {
    await dataSource.destroy();
  }
}

async function printSchema(): Promise<void> {
  process.stdout.write((await buildNumberingSubgraph()).sdl);
}

function databaseConfig(environment: Environment): DatabaseConfig {
  const config = readDatabaseConfig(environment);
  return config.ok ? config.value : refuseConfiguration(config.error);
}

void runProgram(program, process.argv.slice(2), process.env);
