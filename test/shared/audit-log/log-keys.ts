// Keys of the log and its witnesses in tests, and the policy that names them.

import { importPublicKey } from '../../../shared/audit/ed25519';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { signingKey, vkeyOf } from '../audit/signing-keys';

export const ORIGIN = 'log.bank.test/senim';
export const WITNESS_NAMES = ['kcell', 'beeline', 'tele2', 'regulator'] as const;
export type WitnessName = (typeof WITNESS_NAMES)[number];

export function keyPair(word: string): KeyPair {
  const { privateKey, publicKey } = signingKey(word);
  return { privateKey, publicKey: importPublicKey(publicKey) };
}

export const LOG_KEY = keyPair('log');

/** The policy of the tests; `urlOf` gives the address of the log and of each witness. */
export function policyText(urlOf: (name: string) => string): string {
  return [
    `log ${vkeyOf(ORIGIN, 1, signingKey('log'))} ${urlOf('log')}`,
    ...WITNESS_NAMES.map(
      (name) => `witness ${name} ${vkeyOf(`${name}.test/witness`, 4, signingKey(`${name} witness`))} ${urlOf(name)}`,
    ),
    `group all-witnesses 3 ${WITNESS_NAMES.join(' ')}`,
    'quorum all-witnesses',
    '',
  ].join('\n');
}
