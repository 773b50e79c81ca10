// What the gateway is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { isSafeAddress } from '../shared/identity/issuer-keys';
import { type Environment, readEnvironment } from '../shared/service/environment';
import { LOG_LEVELS } from '../shared/service/logger';
import { OPERATOR_DEADLINE_MS, REQUEST_DEADLINE_MS } from './route/deadlines';
import { TRUSTED_DOCUMENT_MODES } from './trusted-documents';

const ADDRESS = z.url({ protocol: /^https?$/, error: 'an http address is required' }).transform(graphqlAddress);
const MILLISECONDS = z.coerce.number('a number of milliseconds is required').int().min(1).max(600_000);

const CONFIG = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('a port number is required').int('a port number is required').min(0).max(65_535).default(4000),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  NODE_ENV: z.string().optional(),
  OPERATORS_FILE: z.string(),
  NUMBERING_URL: ADDRESS,
  FRAUD_CASES_URL: ADDRESS,
  SUPERGRAPH_FILE: z.string().optional(),
  PARTITIONS_FILE: z.string().optional(),
  TRUSTED_DOCUMENTS: z.enum(TRUSTED_DOCUMENT_MODES, 'off, audit or enforce is required').optional(),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  ISSUER_URL: z.string().refine(isSafeAddress, 'an https address is required'),
  TOKEN_AUDIENCE: z.string().min(1).max(200).default('senim'),
  GATEWAY_TLS_CERT_FILE: z.string().optional(),
  GATEWAY_TLS_KEY_FILE: z.string().optional(),
  GATEWAY_TLS_SERVERS_FILE: z.string().optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'an http address is required' }).optional(),
  EDGE_TLS_CERT_FILE: z.string().optional(),
  EDGE_TLS_KEY_FILE: z.string().optional(),
  EDGE_TLS_CLIENT_CA_FILE: z.string().optional(),
  GATEWAY_KEY_FILE: z.string(),
  PSEUDONYM_KEY_FILE: z.string(),
  REQUEST_DEADLINE_MS: MILLISECONDS.default(REQUEST_DEADLINE_MS),
  OPERATOR_DEADLINE_MS: MILLISECONDS.default(OPERATOR_DEADLINE_MS),
});

/** What the gateway needs to run. */
export type GatewayConfig = z.output<typeof CONFIG>;

/** One line per variable, for the usage. */
export const ENVIRONMENT = [
  'OPERATORS_FILE        operators.json; read again when it changes',
  'NUMBERING_URL         address of numbering',
  'FRAUD_CASES_URL       address of fraud-cases',
  'ISSUER_URL            issuer of tokens, exactly as it stands in them; https, or http on this machine',
  'TOKEN_AUDIENCE        whom tokens must be for, senim unless told',
  'GATEWAY_TLS_CERT_FILE  certificate by which subgraphs know the gateway, PEM; with it, they are spoken with over TLS alone',
  'GATEWAY_TLS_KEY_FILE  the private key of that certificate, PEM',
  'GATEWAY_TLS_SERVERS_FILE  JSON: for each operator code, numbering and fraud-cases, { "authorities": PEM file beside it, "uri": name in its certificate }',
  'PUBLIC_URL            address by which clients ask, as it stands in their proofs (DPoP); its own unless told',
  'EDGE_TLS_CERT_FILE    certificate of the gateway itself, PEM; with it, it is asked over TLS alone',
  'EDGE_TLS_KEY_FILE     the private key of that certificate, PEM',
  'EDGE_TLS_CLIENT_CA_FILE  authorities of the machines of operators and banks, PEM; with it, their tokens count only on their certificate',
  'GATEWAY_KEY_FILE      key that signs requests and their context, PEM, mode 0600',
  'PSEUDONYM_KEY_FILE    secret behind the pseudonyms of people, 64 hex digits, mode 0600',
  'SUPERGRAPH_FILE       supergraph to serve; its own unless told; read again when it changes',
  'PARTITIONS_FILE       names of the partitioned subgraphs of that supergraph',
  'TRUSTED_DOCUMENTS     off, audit or enforce: whether a document outside the manifest is refused; off unless told',
  'TRUSTED_DOCUMENTS_FILE  manifest, JSON { "<sha256>": "<document>" }; read again when it changes',
  'REQUEST_DEADLINE_MS   time for a whole request, 2000 unless told',
  'OPERATOR_DEADLINE_MS  time for an operator within it, 800 unless told',
  'HOST                  address to listen on, 127.0.0.1 unless told',
  'PORT                  port to listen on, 4000 unless told; 0 takes a free one',
  'LOG_LEVEL             fatal, error, warn, info, debug, trace or silent; info unless told',
  'NODE_ENV              production turns introspection off',
] as const;

/** The configuration, or one sentence per fault. */
export function readConfig(environment: Environment) {
  return readEnvironment(CONFIG, environment);
}

/** An origin stands for its GraphQL endpoint. */
function graphqlAddress(address: string): string {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/graphql';
  return url.href;
}
