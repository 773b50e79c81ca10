// What the identity provider of a local network is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../../service/environment';
import { LOG_LEVELS } from '../../service/logger';

const FOLDER = { IDENTITY_KEYS_DIR: z.string().min(1, 'a path is required') };

const KEYS_CONFIG = z.object(FOLDER);
const CONFIG = z.object({
  ...FOLDER,
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  IDENTITY_CLIENTS_FILE: z.string().min(1, 'a path is required'),
  TOKEN_AUDIENCE: z.string().default('senim'),
});

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'IDENTITY_KEYS_DIR      folder of the keys that sign tokens: signing-1.pem, signing-2.pem …; the newest signs, all are published',
  'IDENTITY_CLIENTS_FILE  JSON { "<client>": "<base64url of its Ed25519 public key>" }',
  'TOKEN_AUDIENCE         audience of the tokens, senim unless told',
  'HOST                   address to listen on, 127.0.0.1 unless told',
  'PORT                   port to listen on; 0 takes a free one',
  'LOG_LEVEL              fatal, error, warn, info, debug, trace or silent; info unless told',
] as const;

/** The configuration of `serve`, or one sentence per fault. */
export function readConfig(environment: Environment) {
  return readEnvironment(CONFIG, environment);
}

/** The configuration of `rotate`, or one sentence per fault. */
export function readKeysConfig(environment: Environment) {
  return readEnvironment(KEYS_CONFIG, environment);
}
