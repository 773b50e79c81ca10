// Refuses peers that may not ask an address, before anything of their request is read. Whether what they then ask is theirs to ask is decided
// by signatures behind it. Without TLS everybody on this machine may ask.

import type { IncomingMessage } from 'node:http';
import type { HttpHandler } from './http-host';
import type { Transport } from './transport';

/**
 * Addresses, and the names of the peers that may ask them; each is a path, or the beginning of one when it ends with a slash or a hyphen. The first
 * that fits counts; all others are open to every peer.
 */
export type GuardedAddresses = readonly {
  readonly addresses: readonly string[];
  readonly peers: readonly string[];
}[];

/** A handler that answers the wrong peer with 403 and tells it; false for everybody else. */
export function peerGuard(
  transport: Pick<Transport, 'server' | 'peerOf'>,
  guarded: GuardedAddresses,
  onRefusal: (reason: 'NOT_THIS_PEER') => void,
): HttpHandler {
  return (request, response) => {
    if (transport.server === null || isOpenTo(transport.peerOf(request), request, guarded)) return false;
    onRefusal('NOT_THIS_PEER');
    response.writeHead(403, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end('{"error":"FORBIDDEN"}');
    return true;
  };
}

function isOpenTo(peer: string | null, request: IncomingMessage, guarded: GuardedAddresses): boolean {
  if (peer === null) return false;
  const path = request.url?.split('?', 1)[0] ?? '';
  const peers = guarded.find(({ addresses }) => isAmong(addresses, path))?.peers;
  return peers === undefined || peers.includes(peer);
}

function isAmong(addresses: readonly string[], path: string): boolean {
  return addresses.some((address) => (/[/-]$/.test(address) ? path.startsWith(address) : path === address));
}
