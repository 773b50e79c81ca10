// Signs what tests ask of subgraphs as the gateway signs it. Which key is the gateway's is told per origin when a test's root of trust names another
// than the one of the tests.

import { signRequest } from '../../shared/access/request-signature';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { keyPair } from '../shared/audit-log/log-keys';

/** The gateway of the tests. */
export const TEST_GATEWAY_KEY: KeyPair = keyPair('afc gateway');

const keys = new Map<string, KeyPair>();

/** From now on requests to this origin are signed by this key. */
export function signAs(origin: string, key: KeyPair): void {
  keys.set(origin, key);
}

/** The headers with which a POST of this body travels. */
export function asGateway(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const { origin, pathname } = new URL(url);
  const key = keys.get(origin) ?? TEST_GATEWAY_KEY;
  return { ...headers, ...signRequest({ method: 'POST', path: pathname, body, headers }, key, Date.now()) };
}
