// The keys that sign tokens, as files of one folder: signing-1.pem, signing-2.pem and so on. The one with the highest number signs; the
// others stay published until their file is taken away, so that tokens they have signed are accepted to their end.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadKeyFile, loadOrMakeKeyFile } from '../../audit-log/key-file';
import { AppError } from '../../vocabulary/app-error';

/** A private key in the form of RFC 8037, for one algorithm and use. */
export interface SigningKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly d: string;
  /** Lower-case hex of the SHA-256 of the public key. */
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** The keys of a folder, the one that signs first. Throws one plain sentence when there is none, or one that others may read. */
export function loadSigningKeys(folder: string): readonly [SigningKey, ...SigningKey[]] {
  const [first, ...others] = numbersIn(folder).map((number) => toKey(fileOf(folder, number)));
  if (first === undefined) throw new AppError('INTERNAL', `The folder ${folder} holds no key signing-1.pem.`);
  return [first, ...others];
}

/** Puts a new key into the folder, which signs from the provider's next start on. Its file. */
export function addSigningKey(folder: string): string {
  const file = fileOf(folder, (numbersIn(folder)[0] ?? 0) + 1);
  loadOrMakeKeyFile(file);
  return file;
}

/** Numbers of the keys, highest first. */
function numbersIn(folder: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('INTERNAL', `The folder of keys ${folder} cannot be read.`, { cause });
  }
  return names
    .flatMap((name) => /^signing-([1-9]\d{0,5})\.pem$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => right - left);
}

function fileOf(folder: string, number: number): string {
  return join(folder, `signing-${number}.pem`);
}

function toKey(file: string): SigningKey {
  const { privateKey, publicKey } = loadKeyFile(file);
  const { kty = '', crv = '', x = '', d = '' } = privateKey.export({ format: 'jwk' });
  return { kty, crv, x, d, kid: publicKey.keyId, alg: 'EdDSA', use: 'sig' };
}
