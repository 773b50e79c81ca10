// What a witness's own process is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import type { Environment } from '../service/environment';
import { LOG_LEVELS } from '../service/logger';
import { readListening, TRANSPORT_ENVIRONMENT, TRANSPORT_SETTINGS } from '../service/transport';

const CONFIG = z.object({
  ...TRANSPORT_SETTINGS,
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  WITNESS_NAME: z.string(),
  WITNESS_KEY_FILE: z.string(),
  WITNESS_STATE_DIR: z.string(),
  TRUST_POLICY_FILE: z.string(),
});

/** What `serve` needs. */
export type WitnessConfig = z.output<typeof CONFIG>;

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'WITNESS_NAME       its name in the policy',
  'WITNESS_KEY_FILE   its private key, PEM, mode 0600',
  'WITNESS_STATE_DIR  folder of its state',
  'TRUST_POLICY_FILE  witness policy: the log, its address, the witnesses and theirs',
  ...TRANSPORT_ENVIRONMENT,
  'PORT               port to listen on; 0 takes a free one',
  'LOG_LEVEL          fatal, error, warn, info, debug, trace or silent; info unless told',
] as const;

/** The configuration, or one sentence per fault. */
export function readWitnessConfig(environment: Environment) {
  return readListening(CONFIG, environment);
}
