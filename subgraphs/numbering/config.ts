// What numbering is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../../shared/service/environment';
import { LOG_LEVELS } from '../../shared/service/logger';
import { readListening, TRANSPORT_ENVIRONMENT, TRANSPORT_SETTINGS } from '../../shared/service/transport';

const DATABASE = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// address is required'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
};

const DATABASE_CONFIG = z.object(DATABASE);

const SERVICE_CONFIG = z.object({
  ...DATABASE,
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
  OPERATORS_FILE: z.string(),
  TRUST_ROOT_FILE: z.string(),
  NUMBERING_KEY_FILE: z.string(),
  ...TRANSPORT_SETTINGS,
});

/** What `migrate` and `seed` need. */
export type DatabaseConfig = z.output<typeof DATABASE_CONFIG>;

/** What `serve` needs. */
export type ServiceConfig = z.output<typeof SERVICE_CONFIG>;

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'DATABASE_URL       postgres:// address of its own database',
  'OPERATORS_FILE     operators.json; read again when it changes (serve)',
  'NUMBERING_KEY_FILE  its private key for what it asks of operators, PEM, mode 0600 (serve)',
  'TRUST_ROOT_FILE    root of trust: the programs that are believed (serve)',
  'PORT               port to listen on; 0 takes a free one (serve)',
  ...TRANSPORT_ENVIRONMENT,
  'LOG_LEVEL          fatal, error, warn, info, debug, trace or silent; info unless told',
] as const;

/** The configuration of `migrate` and `seed`, or one sentence per fault. */
export function readDatabaseConfig(environment: Environment) {
  return readEnvironment(DATABASE_CONFIG, environment);
}

/** The configuration of `serve`, or one sentence per fault. */
export function readServiceConfig(environment: Environment) {
  return readListening(SERVICE_CONFIG, environment);
}
