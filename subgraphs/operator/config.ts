// What an operator's program is told by its environment. Pure: it reads what it is handed and reports every fault at once. The rules of
// risk come from a file; its text is handed in by whoever read it.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../../shared/service/environment';
import { LOG_LEVELS } from '../../shared/service/logger';
import { parseOperatorCode } from '../../shared/vocabulary/operator-code';
import { accepted, type Result, refused } from '../../shared/vocabulary/result';
import { DEFAULT_RISK_RULES, parseRiskRuleSet, type RiskRuleSet } from './domain/risk-rule-set';

const DATABASE = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// address is required'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
};

const DATABASE_CONFIG = z.object(DATABASE);

const OPERATOR_CODE = z.string().transform((text, refinement) => {
  const parsed = parseOperatorCode(text);
  if (parsed.ok) return parsed.value;
  refinement.addIssue({ code: 'custom', message: 'a lower-case letter and 1 to 15 letters or digits are required' });
  return z.NEVER;
});

const SERVICE_CONFIG = z.object({
  ...DATABASE,
  OPERATOR_CODE,
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
  RISK_RULES_FILE: z.string().optional(),
});

/** What `migrate` and `seed` need. */
export type DatabaseConfig = z.output<typeof DATABASE_CONFIG>;

/** What `serve` needs. */
export type ServiceConfig = z.output<typeof SERVICE_CONFIG>;

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'DATABASE_URL     postgres:// address of its own database',
  'OPERATOR_CODE    code of the operator, e.g. kcell (serve)',
  'HOST             address to listen on, 127.0.0.1 unless told (serve)',
  'PORT             port to listen on; 0 takes a free one (serve)',
  'RISK_RULES_FILE  JSON file with thresholds that differ from the defaults (serve)',
  'LOG_LEVEL        fatal, error, warn, info, debug, trace or silent; info unless told',
] as const;

/** The configuration of `migrate` and `seed`, or one sentence per fault. */
export function readDatabaseConfig(environment: Environment) {
  return readEnvironment(DATABASE_CONFIG, environment);
}

/** The configuration of `serve`, or one sentence per fault. */
export function readServiceConfig(environment: Environment) {
  return readEnvironment(SERVICE_CONFIG, environment);
}

/** The rules that the text of RISK_RULES_FILE describes, the defaults for null; else a sentence. */
export function readRiskRules(text: string | null): Result<RiskRuleSet, string> {
  if (text === null) return accepted(DEFAULT_RISK_RULES);
  const parsed = parseRiskRuleSet(text);
  if (parsed.ok) return parsed;
  const { reason, place } = parsed.error;
  return refused(`RISK_RULES_FILE is not a rule set: ${reason}${place === '' ? '' : ` at ${place}`}.`);
}
