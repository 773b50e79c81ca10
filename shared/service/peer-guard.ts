// Refuses clients that may not ask an address, before anything of their request is read. Whether what they then ask is theirs to ask is decided
// by signatures behind it.

import type { HttpHandler } from './http-host';
import type { ServerIdentity } from './server-identity';

/** Addresses by who may ask them; each is a path, or the beginning of one when it ends with a slash or a hyphen. All others are open. */
export interface GuardedAddresses {
  readonly gateway: readonly string[];
  readonly peers: readonly string[];
}

/** A handler that answers strangers with 403 and tells it; false for everybody else. */
export function peerGuard(
  identity: ServerIdentity,
  addresses: GuardedAddresses,
  onRefusal: (reason: 'NOT_THE_GATEWAY' | 'NOT_A_PEER') => void,
): HttpHandler {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const reason =
      isAmong(addresses.gateway, path) && !identity.isGateway(request)
        ? 'NOT_THE_GATEWAY'
        : isAmong(addresses.peers, path) && !identity.isPeer(request)
          ? 'NOT_A_PEER'
          : null;
    if (reason === null) return false;
    onRefusal(reason);
    response.writeHead(403, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end('{"error":"FORBIDDEN"}');
    return true;
  };
}

function isAmong(addresses: readonly string[], path: string): boolean {
  return addresses.some((address) => (/[/-]$/.test(address) ? path.startsWith(address) : path === address));
}
