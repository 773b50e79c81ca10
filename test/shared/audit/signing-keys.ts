// Ed25519 keys made from a word, so that every run of a test signs the same bytes.

import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { publicKeyBytes } from '../../../shared/audit/ed25519';
import { formatVerifierKey, type SignatureType } from '../../../shared/audit/verifier-key';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

export function signingKey(word: string): SigningKey {
  return signingKeyOfSeed(createHash('sha256').update(word).digest());
}

export function signingKeyOfSeed(seed: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: publicKeyBytes(privateKey) };
}

export function vkeyOf(name: string, type: SignatureType, key: SigningKey): string {
  return formatVerifierKey(name, type, key.publicKey);
}
