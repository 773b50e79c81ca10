// What the look at a program's health is told: the environment of the program itself. Pure: it reads what it is handed.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../service/environment';

const CONFIG = z.object({
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(1).max(65_535),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  EDGE_TLS_CERT_FILE: z.string().optional(),
});

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'PORT                port of the program on this machine',
  'TLS_CERT_FILE       certificate of the program, PEM, by which it knows its keeper; without one it is asked in the clear',
  'TLS_KEY_FILE        the private key of its certificate, PEM',
  'EDGE_TLS_CERT_FILE  certificate that it shows, if that is another one',
] as const;

/** The configuration, or one sentence per fault. */
export function readConfig(environment: Environment) {
  return readEnvironment(CONFIG, environment);
}
