// What a gateway needs to know who asks: an issuer, its own key, and the secret of its pseudonyms, in files of their own.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrMakeKeyFile } from '../../shared/audit-log/key-file';
import { NO_ISSUER } from './token-issuer';

/** The part of a gateway's configuration that is about identity, with keys made in the folder. Without an issuer, no token is believed. */
export function gatewayIdentity(
  folder: string,
  identity: { readonly issuer: string; readonly audience: string } = NO_ISSUER,
) {
  const pseudonymFile = join(folder, 'pseudonym.key');
  writeFileSync(pseudonymFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  const keyFile = join(folder, 'gateway.pem');
  loadOrMakeKeyFile(keyFile);
  return {
    ISSUER_URL: identity.issuer,
    TOKEN_AUDIENCE: identity.audience,
    GATEWAY_KEY_FILE: keyFile,
    PSEUDONYM_KEY_FILE: pseudonymFile,
  };
}
