// What the ceremony is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../service/environment';

const CONFIG = z.object({
  PARTIES_FILE: z.string().min(1, 'a path is required'),
  KEYS_DIR: z.string().min(1, 'a path is required'),
  TRUST_DIR: z.string().min(1, 'a path is required'),
});

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'PARTIES_FILE  JSON: origin, logUrl, quorum, bank, parties with code, keys, apart, witnessUrl, others with code, keys and secrets',
  'KEYS_DIR      folder of private keys, <holder>/<purpose>.pem, and secrets, <holder>/<purpose>.key, each readable by its owner alone',
  'TRUST_DIR     folder of policy.txt and root.json',
] as const;

/** The configuration, or one sentence per fault. */
export function readConfig(environment: Environment) {
  return readEnvironment(CONFIG, environment);
}
