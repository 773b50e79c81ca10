// What an operator's program is told by its environment. Pure: it reads what it is handed and reports every fault at once. The rules of
// risk come from a file; its text is handed in by whoever read it.

import { z } from 'zod';
import { type Environment, readEnvironment } from '../../shared/service/environment';
import { LOG_LEVELS } from '../../shared/service/logger';
import { readListening, TRANSPORT_ENVIRONMENT, TRANSPORT_SETTINGS } from '../../shared/service/transport';
import { parseDay } from '../../shared/vocabulary/day';
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

/** Keys, trust and the keeper of the joint log. */
const JOINT_LOG = {
  ACT_KEY_FILE: z.string(),
  RECEIPT_KEY_FILE: z.string(),
  RESPONSE_KEY_FILE: z.string(),
  WITNESS_KEY_FILE: z.string(),
  WITNESS_STATE_DIR: z.string(),
  TRUST_POLICY_FILE: z.string(),
  TRUST_ROOT_FILE: z.string(),
  LOG_URL: z.string().regex(/^https?:\/\//, 'an http:// address is required'),
};

const REPLAY_CONFIG = z.object({
  ...DATABASE,
  OPERATOR_CODE,
  ACT_KEY_FILE: z.string(),
  RECEIPT_KEY_FILE: z.string(),
  TRUST_POLICY_FILE: z.string(),
  TRUST_ROOT_FILE: z.string(),
});

const ERASURE_CONFIG = z.object({
  ...DATABASE,
  OPERATOR_CODE,
  ACT_KEY_FILE: z.string(),
  TRUST_POLICY_FILE: z.string(),
  TRUST_ROOT_FILE: z.string(),
  ERASE_BEFORE: z.string().transform((text, refinement) => {
    const parsed = parseDay(text);
    if (parsed.ok) return parsed.value;
    refinement.addIssue({ code: 'custom', message: 'a day, YYYY-MM-DD, is required' });
    return z.NEVER;
  }),
  ERASURE_BASIS: z.string().min(1, 'why openings are erased is required').max(500, 'at most 500 characters'),
});

const SERVICE_CONFIG = z.object({
  ...DATABASE,
  ...JOINT_LOG,
  OPERATOR_CODE,
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
  ...TRANSPORT_SETTINGS,
  RISK_RULES_FILE: z.string().optional(),
  PERSONS_PER_DAY: z.coerce
    .number('a whole number is required')
    .int('a whole number is required')
    .min(1, 'at least 1 is required')
    .max(10_000_000, 'at most 10,000,000 are possible')
    .default(5_000),
});

/** What `migrate` and `seed` need. */
export type DatabaseConfig = z.output<typeof DATABASE_CONFIG>;

/** What `serve` needs. */
export type ServiceConfig = z.output<typeof SERVICE_CONFIG>;

/** What signing, cosigning and delivering need. */
export type JointLogConfig = Pick<ServiceConfig, keyof typeof JOINT_LOG>;

/** What `replay` needs. */
export type ReplayConfig = z.output<typeof REPLAY_CONFIG>;

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'DATABASE_URL       postgres:// address of its own database',
  'OPERATOR_CODE      code of the operator, e.g. kcell (serve, replay, erase-openings)',
  'PORT               port to listen on; 0 takes a free one (serve)',
  'RISK_RULES_FILE    JSON file with thresholds that differ from the defaults (serve)',
  'PERSONS_PER_DAY    most persons whose data the bank may read in a day, 5000 unless told (serve)',
  ...TRANSPORT_ENVIRONMENT,
  'ACT_KEY_FILE       its private key for acts, PEM, mode 0600 (serve, replay, erase-openings)',
  'RECEIPT_KEY_FILE   its private key for receipts (serve, replay)',
  'RESPONSE_KEY_FILE  its private key for answers to the gateway (serve)',
  'WITNESS_KEY_FILE   the private key of its witness (serve)',
  'WITNESS_STATE_DIR  folder of the state of its witness (serve)',
  'TRUST_POLICY_FILE  witness policy: the log, its address, the witnesses and theirs (serve, replay, erase-openings)',
  'TRUST_ROOT_FILE    root of trust: the first keys of the parties (serve, replay, erase-openings)',
  'LOG_URL            origin of the keeper of the joint log (serve)',
  'ERASE_BEFORE       day before which openings expired, or --before DAY (erase-openings)',
  'ERASURE_BASIS      why they are erased; the act says it (erase-openings)',
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

/** The configuration of `replay`, or one sentence per fault. */
export function readReplayConfig(environment: Environment) {
  return readEnvironment(REPLAY_CONFIG, environment);
}

/** The configuration of `erase-openings`, or one sentence per fault. */
export function readErasureConfig(environment: Environment) {
  return readEnvironment(ERASURE_CONFIG, environment);
}

/** The rules that the text of RISK_RULES_FILE describes, the defaults for null; else a sentence. */
export function readRiskRules(text: string | null): Result<RiskRuleSet, string> {
  if (text === null) return accepted(DEFAULT_RISK_RULES);
  const parsed = parseRiskRuleSet(text);
  if (parsed.ok) return parsed;
  const { reason, place } = parsed.error;
  return refused(`RISK_RULES_FILE is not a rule set: ${reason}${place === '' ? '' : ` at ${place}`}.`);
}
