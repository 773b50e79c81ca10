// With what a program shows who it is, and whom it lets speak: TLS in both directions, by files. A client without a certificate of the bundle
// is refused before it says a word; which client may ask what is decided by the names in its certificate. Without files a program speaks
// plainly, and who can reach it is decided by the network that it listens on.

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { AppError } from '../vocabulary/app-error';

const URI = /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~/-]{1,200}$/;
const FILE = z.string().min(1, 'a path is required').optional();

/** Members of a service's configuration; all three files are given, or none. */
export const TLS_SETTINGS = {
  TLS_CERT_FILE: FILE,
  TLS_KEY_FILE: FILE,
  TLS_CLIENT_CA_FILE: FILE,
  TLS_GATEWAY_URI: z.string().regex(URI, 'a URI is required').optional(),
  TLS_PEER_URIS: z
    .string()
    .refine((text) => text.split(',').every((uri) => URI.test(uri)), 'URIs with commas between them are required')
    .optional(),
};

/** Lines of the usage. */
export const TLS_ENVIRONMENT = [
  'TLS_CERT_FILE      its certificate, PEM, with those above it; without one it listens on this machine alone (serve)',
  'TLS_KEY_FILE       the private key of its certificate, PEM (serve)',
  'TLS_CLIENT_CA_FILE certificates of those who vouch for clients, PEM (serve)',
  'TLS_GATEWAY_URI    name in the certificate of the one gateway, spiffe://afc.nationalbank.kz/gateway unless told (serve)',
  'TLS_PEER_URIS      names of the programs that may ask its internal routes, with commas between them (serve)',
] as const;

/** What a service's configuration says of it. */
export interface TlsSettings {
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
  readonly TLS_CLIENT_CA_FILE?: string | undefined;
  readonly TLS_GATEWAY_URI?: string | undefined;
  readonly TLS_PEER_URIS?: string | undefined;
}

/** How a program speaks, and with whom. */
export interface ServerIdentity {
  /** Contents of the files; null for plain HTTP on this machine. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string } | null;
  /** Whether the other side is the gateway: by its certificate; without TLS that is shown by a signature alone. */
  isGateway(request: IncomingMessage): boolean;
  /** Whether the other side is one of the programs that may ask internal routes: by its certificate; without TLS everybody who reaches the program. */
  isPeer(request: IncomingMessage): boolean;
}

/** Reads the files. Throws one plain sentence when one is missing. */
export function openServerIdentity(settings: TlsSettings): ServerIdentity {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: ca } = settings;
  if (cert === undefined && key === undefined && ca === undefined) {
    return { tls: null, isGateway: () => true, isPeer: () => true };
  }
  if (cert === undefined || key === undefined || ca === undefined) {
    throw new AppError('INTERNAL', 'TLS_CERT_FILE, TLS_KEY_FILE and TLS_CLIENT_CA_FILE are required together.');
  }
  const gateway = settings.TLS_GATEWAY_URI ?? 'spiffe://afc.nationalbank.kz/gateway';
  const peers = settings.TLS_PEER_URIS?.split(',') ?? BANK_PROGRAMS;
  return {
    tls: { cert: read('TLS_CERT_FILE', cert), key: read('TLS_KEY_FILE', key), ca: read('TLS_CLIENT_CA_FILE', ca) },
    isGateway: (request) => certifiedNames(request).includes(gateway),
    isPeer: (request) => certifiedNames(request).some((name) => peers.includes(name)),
  };
}

const BANK_PROGRAMS: readonly string[] = [
  'spiffe://afc.nationalbank.kz/numbering',
  'spiffe://afc.nationalbank.kz/fraud-cases',
];

/** URIs of the client's certificate, which the server has verified against its bundle; none without one. */
function certifiedNames({ socket }: IncomingMessage): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const { subjectaltname = '' } = socket.getPeerCertificate();
  // Several names stand with commas between them; a name that holds one is quoted, and then is none of ours.
  return subjectaltname.split(', ').flatMap((name) => (name.startsWith('URI:') ? [name.slice('URI:'.length)] : []));
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new AppError('INTERNAL', `The file of ${name} cannot be read.`);
  }
}
