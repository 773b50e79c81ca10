// Private keys as files: PKCS #8 in PEM, one key per file and purpose, readable by its owner alone. Production brings its own files; a local
// network makes demonstration keys once. A shared secret is a line of hex digits. Which purpose a file serves is decided by whoever names its path.

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type PublicKey, publicKeyBytes } from '../audit/ed25519';
import { AppError } from '../vocabulary/app-error';
import { gateKey } from './key-gate';

/** A key pair that passed the gate. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

const OTHERS_MAY = 0o077;
const LARGEST_FILE = 4_096;

/** The key of a file. Rejects with one plain sentence, which names the path and nothing of the contents, when the file is missing, may be read by others, or holds no sound Ed25519 key. */
export function loadKeyFile(path: string): KeyPair {
  const text = readPrivate(path);
  try {
    const privateKey = createPrivateKey(text);
    return { privateKey, publicKey: gateKey(publicKeyBytes(privateKey)) };
  } catch {
    throw new AppError('INTERNAL', `The key file ${path} does not hold a sound Ed25519 private key in PEM.`);
  }
}

/** The key of a file that is made, with a new random key and mode 0600, when there is none. For demonstrations. */
export function loadOrMakeKeyFile(path: string): KeyPair {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  return loadKeyFile(path);
}

/** The shared secret of a file: 64 hex digits, mode 0600. Throws one plain sentence, which names the path alone, for any other file. */
export function loadSecretFile(path: string): Uint8Array {
  const text = readPrivate(path).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new AppError('INTERNAL', `The key file ${path} does not hold a secret of 64 hex digits.`);
  }
  return Buffer.from(text, 'hex');
}

/** The text of a file that only its owner may read; the mode is asked of the file that was opened, not of its name. */
function readPrivate(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    throw new AppError('INTERNAL', `The key file ${path} cannot be read.`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > LARGEST_FILE || (status.mode & OTHERS_MAY) !== 0) {
      throw new AppError('INTERNAL', `The key file ${path} must be a file that only its owner may read (mode 0600).`);
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
