// What the fraud cases are told by their environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { isSafeAddress } from '../../shared/identity/issuer-keys';
import { type Environment, readEnvironment } from '../../shared/service/environment';
import { LOG_LEVELS } from '../../shared/service/logger';
import { readListening, TRANSPORT_ENVIRONMENT, TRANSPORT_SETTINGS } from '../../shared/service/transport';
import { parseOperatorCode } from '../../shared/vocabulary/operator-code';
import { accepted, type Result, refused } from '../../shared/vocabulary/result';

const DATABASE = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// address is required'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
};

const FILE = z.string().min(1, 'a path is required');

const KEYS = {
  ACT_KEY_FILE: FILE,
  TRUST_POLICY_FILE: FILE,
  TRUST_ROOT_FILE: FILE,
};

const DATABASE_CONFIG = z.object(DATABASE);
const REPLAY_CONFIG = z.object({ ...DATABASE, ...KEYS, ORDER_KEY_FILE: FILE });
const CASE_CONFIG = z.object({
  ...DATABASE,
  ...KEYS,
  CASE_ID: z.uuid('the id of a case is required').lowercase('the id of a case is in lower case'),
  ERASURE_BASIS: z.string().min(1).max(200).optional(),
});

const ORDER_CONFIG = z.object({ ...DATABASE, ORDER_ID: z.uuid('the id of an order is required').optional() });

const OPERATOR_CONFIG = z.object({
  ...DATABASE,
  OPERATOR_CODE: z
    .string()
    .refine((code) => parseOperatorCode(code).ok, 'the code of an operator is required')
    .optional(),
});

const PERSON_CONFIG = z.object({
  ...DATABASE,
  PERSON: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@|-]{0,127}$/, 'a name as tokens have it is required'),
});

const LOG_CONFIG = z.object({
  ...KEYS,
  LOG_KEY_FILE: FILE,
  LOG_LOCK_FILE: FILE,
  ORDER_KEY_FILE: FILE,
  CASES_KEY_FILE: FILE,
  NUMBERING_URL: z.url({ protocol: /^https?$/, error: 'an http address is required' }),
});

const DISPATCH_CONFIG = z.object({
  GATEWAY_URL: z.url({ protocol: /^https?$/, error: 'an http address is required' }),
  TOKEN_ENDPOINT: z.string().refine(isSafeAddress, 'an https address is required'),
  DISPATCHER_KEY_FILE: FILE,
});

const DISCLOSURE_CONFIG = z.object({
  GRANT_KEY_FILE: FILE,
  DISCLOSURE_KEY_FILE: FILE,
  BUDGETS_FILE: FILE.optional(),
});

const SERVICE_CONFIG = z
  .object({
    ...DATABASE,
    ...TRANSPORT_SETTINGS,
    PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535),
    CURSOR_KEY_FILE: z.string().optional(),
    ISSUER_URL: z.string().refine(isSafeAddress, 'an https address is required'),
    TOKEN_AUDIENCE: z.string().min(1).max(200).default('senim'),
    CASE_UNIT: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a unit as tokens have it is required')
      .optional(),
    WEBHOOKS_FILE: FILE.optional(),
    WEBHOOK_KEY_FILE: FILE.optional(),
  })
  .refine(({ WEBHOOKS_FILE: file, WEBHOOK_KEY_FILE: key }) => file === undefined || key !== undefined, {
    path: ['WEBHOOK_KEY_FILE'],
    message: 'a path is required when WEBHOOKS_FILE is given',
  });

/** What `migrate` and `seed` need. */
export type DatabaseConfig = z.output<typeof DATABASE_CONFIG>;

/** What `replay` needs. */
export type ReplayConfig = z.output<typeof REPLAY_CONFIG>;

/** What `export-case` and `erase-openings` need. */
export type CaseConfig = z.output<typeof CASE_CONFIG>;

/** What the joint log, and the commands that write into it, need while the service runs. */
export type LogConfig = z.output<typeof LOG_CONFIG>;

/** What taking orders to operators needs. */
export type DispatchConfig = z.output<typeof DISPATCH_CONFIG>;

/** What granting looks at personal data needs. */
export type DisclosureConfig = z.output<typeof DISCLOSURE_CONFIG>;

/**
 * What a service needs. The program always keeps the joint log, takes orders to operators and grants look-ups; `log` is null for a service
 * that only reads cases, without `dispatch` orders wait for one that has it, and without `disclosure` nobody is granted anything.
 */
export type ServiceConfig = z.output<typeof SERVICE_CONFIG> & {
  readonly log: LogConfig | null;
  readonly dispatch?: DispatchConfig;
  readonly disclosure?: DisclosureConfig;
  /** The root of trust that names the gateway, for a service without the log. */
  readonly gatewayRootFile?: string;
};

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'DATABASE_URL       postgres:// address of its own database',
  'PORT               port to listen on; 0 takes a free one (serve)',
  'CURSOR_KEY_FILE    at least 32 bytes that seal the cursors of lists; without it they lapse when the program ends (serve)',
  'ISSUER_URL         issuer of tokens, exactly as it stands in them; https, or http on this machine (serve)',
  'TOKEN_AUDIENCE     whom tokens must be for, senim unless told (serve)',
  'CASE_UNIT          unit whose cases these are, as tokens name it; almaty-1 unless told (serve)',
  'GRANT_KEY_FILE     key that signs what operators may show (serve)',
  'DISCLOSURE_KEY_FILE  secret, 64 hex digits, by which grants name who asks and the bank keeps of whom it was asked (serve)',
  'BUDGETS_FILE       JSON file with limits of look-ups that differ from the defaults, and canary numbers (serve)',
  'WEBHOOKS_FILE      endpoints of operators that are told of orders by webhook; none unless told (serve)',
  'WEBHOOK_KEY_FILE   key that signs webhooks; required with WEBHOOKS_FILE (serve)',
  'ACT_KEY_FILE       key that signs its acts (serve, replay, export-case, erase-openings)',
  'ORDER_KEY_FILE     key that signs block orders (serve, replay)',
  'CASES_KEY_FILE     key that signs what it asks of numbering (serve)',
  'NUMBERING_URL      origin of numbering, which says who serves a number (serve)',
  'LOG_KEY_FILE       key that signs checkpoints (serve)',
  'LOG_LOCK_FILE      the last signed checkpoint, outside the database (serve)',
  'TRUST_POLICY_FILE  the witness policy (whatever signs)',
  'TRUST_ROOT_FILE    the root of trust (whatever signs)',
  'CASE_ID            the case (export-case, erase-openings); also --case ID',
  'PERSON             who is meant, as tokens name them (suspend, reinstate); also --person X',
  'ERASURE_BASIS      why openings are erased (erase-openings)',
  'GATEWAY_URL        GraphQL address of the gateway, by which orders reach operators (serve)',
  'TOKEN_ENDPOINT     where the dispatcher of orders signs in; https, or http on this machine (serve)',
  'DISPATCHER_KEY_FILE  key by which it signs in (serve)',
  'ORDER_ID           the parked order, all of them unless told (unpark); also --order ID',
  'OPERATOR_CODE      the operator whose parked webhooks go out again, of all unless told (retry-webhooks); also --operator CODE',
  ...TRANSPORT_ENVIRONMENT,
  'LOG_LEVEL          fatal, error, warn, info, debug, trace or silent; info unless told',
] as const;

/** The configuration of `migrate` and `seed`, or one sentence per fault. */
export function readDatabaseConfig(environment: Environment) {
  return readEnvironment(DATABASE_CONFIG, environment);
}

/** The configuration of `replay`, or one sentence per fault. */
export function readReplayConfig(environment: Environment) {
  return readEnvironment(REPLAY_CONFIG, environment);
}

/** The configuration of `export-case` and `erase-openings`, or one sentence per fault. */
export function readCaseConfig(environment: Environment) {
  return readEnvironment(CASE_CONFIG, environment);
}

/** The configuration of `suspend` and `reinstate`, or one sentence per fault. */
export function readPersonConfig(environment: Environment) {
  return readEnvironment(PERSON_CONFIG, environment);
}

/** The configuration of `unpark`, or one sentence per fault. */
export function readOrderConfig(environment: Environment) {
  return readEnvironment(ORDER_CONFIG, environment);
}

/** The configuration of `retry-webhooks`, or one sentence per fault. */
export function readOperatorConfig(environment: Environment) {
  return readEnvironment(OPERATOR_CONFIG, environment);
}

/** The configuration of `serve`, or one sentence per fault. */
export function readServiceConfig(
  environment: Environment,
): Result<
  ServiceConfig & { readonly log: LogConfig; readonly dispatch: DispatchConfig; readonly disclosure: DisclosureConfig },
  readonly string[]
> {
  const service = readListening(SERVICE_CONFIG, environment);
  const log = readEnvironment(LOG_CONFIG, environment);
  const dispatch = readEnvironment(DISPATCH_CONFIG, environment);
  const disclosure = readEnvironment(DISCLOSURE_CONFIG, environment);
  if (!service.ok || !log.ok || !dispatch.ok || !disclosure.ok) {
    return refused([service, log, dispatch, disclosure].flatMap((read) => (read.ok ? [] : read.error)));
  }
  return accepted({ ...service.value, log: log.value, dispatch: dispatch.value, disclosure: disclosure.value });
}
