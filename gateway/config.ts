// What the gateway is told by its environment. Pure: it reads what it is handed and reports every fault at once.

import { z } from 'zod';
import { isSafeAddress } from '../shared/identity/issuer-keys';
import type { Environment } from '../shared/service/environment';
import { LOG_LEVELS } from '../shared/service/logger';
import { readListening, TRANSPORT_ENVIRONMENT, TRANSPORT_SETTINGS } from '../shared/service/transport';
import { OPERATOR_DEADLINE_MS, REQUEST_DEADLINE_MS } from './route/deadlines';
import { TRUSTED_DOCUMENT_MODES } from './trusted-documents';

const ADDRESS = z.url({ protocol: /^https?$/, error: 'an http address is required' }).transform(graphqlAddress);
const MILLISECONDS = z.coerce.number('a number of milliseconds is required').int().min(1).max(600_000);

const CONFIG = z.object({
  ...TRANSPORT_SETTINGS,
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
  'PUBLIC_URL            address by which clients ask, as it stands in their proofs (DPoP); its own unless told',
  'EDGE_TLS_CERT_FILE    certificate that its clients see, PEM; that of TLS_CERT_FILE unless told',
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
  ...TRANSPORT_ENVIRONMENT,
  'PORT                  port to listen on, 4000 unless told; 0 takes a free one',
  'LOG_LEVEL             fatal, error, warn, info, debug, trace or silent; info unless told',
  'NODE_ENV              production turns introspection off',
] as const;

/** The configuration, or one sentence per fault. */
export function readConfig(environment: Environment) {
  const { EDGE_TLS_CERT_FILE: certificate = '' } = environment;
  return readListening(CONFIG, environment, certificate.trim() !== '');
}

/** An origin stands for its GraphQL endpoint. */
function graphqlAddress(address: string): string {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/graphql';
  return url.href;
}
