// What the ceremony is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../service/environment';

const CONFIG = z.object({
  PARTIES_FILE: z.string().min(1, 'a path is required'),
  KEYS_DIR: z.string().min(1, 'a path is required'),
  TRUST_DIR: z.string().min(1, 'a path is required'),
  OPERATORS_FILE: z.string().min(1, 'a path is required').optional(),
  TRANSPORT_DIR: z.string().min(1, 'a path is required').optional(),
});

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'PARTIES_FILE  JSON: origin, logUrl, quorum, bank, parties with code, keys, apart, witnessUrl, others with code, keys and secrets, certificates with code and programs',
  'KEYS_DIR      folder of private keys, <holder>/<purpose>.pem, and secrets, <holder>/<purpose>.key, each readable by its owner alone',
  'TRUST_DIR     folder of policy.txt and root.json',
  'TRANSPORT_DIR folder of the authorities and books of peers, when there are certificates, and of operators.json',
  'OPERATORS_FILE the list of operators; TRANSPORT_DIR gets it with their public keys',
] as const;

/** The configuration, or one sentence per fault. */
export function readConfig(environment: Environment) {
  return readEnvironment(CONFIG, environment);
}
