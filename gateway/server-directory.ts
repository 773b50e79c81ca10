// With whom the gateway speaks over TLS: its own certificate, and for each operator and each subgraph of the bank a bundle of its own and
// the one name that must stand in its certificate. An authority of one operator so vouches for that operator alone.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../shared/vocabulary/app-error';
import type { GatewayConfig } from './config';
import type { ServerTls } from './route/send';

const SERVERS = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{1,31}$/),
  z.strictObject({
    authorities: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/),
    uri: z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~/-]{1,200}$/),
  }),
);

/** How each server is spoken with, null for one that is not listed; null when nothing is configured. Throws one plain sentence when a file cannot be used. */
export function openServerDirectory(config: GatewayConfig): ((server: string) => ServerTls | null) | null {
  const {
    GATEWAY_TLS_CERT_FILE: certFile,
    GATEWAY_TLS_KEY_FILE: keyFile,
    GATEWAY_TLS_SERVERS_FILE: serversFile,
  } = config;
  if (certFile === undefined && keyFile === undefined && serversFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined || serversFile === undefined) {
    throw new AppError(
      'INTERNAL',
      'GATEWAY_TLS_CERT_FILE, GATEWAY_TLS_KEY_FILE and GATEWAY_TLS_SERVERS_FILE are required together.',
    );
  }
  const cert = read('GATEWAY_TLS_CERT_FILE', certFile);
  const key = read('GATEWAY_TLS_KEY_FILE', keyFile);
  const servers = new Map<string, ServerTls>();
  for (const [name, { authorities, uri }] of Object.entries(serversIn(read('GATEWAY_TLS_SERVERS_FILE', serversFile)))) {
    const ca = read('GATEWAY_TLS_SERVERS_FILE', join(dirname(serversFile), authorities));
    servers.set(name, { cert, key, ca, serverUri: uri });
  }
  return (server) => servers.get(server) ?? null;
}

function serversIn(text: string): z.output<typeof SERVERS> {
  try {
    return SERVERS.parse(JSON.parse(text));
  } catch {
    throw new AppError('INTERNAL', 'The file of GATEWAY_TLS_SERVERS_FILE is no list of servers.');
  }
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new AppError('INTERNAL', `A file of ${name} cannot be read.`);
  }
}
