// Secrets as files: 32 random bytes in 64 hexadecimal digits, one per purpose, readable by their owner alone. What a secret is for is
// decided by the program that is told its path.

import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../vocabulary/app-error';

const OTHERS_MAY = 0o077;
const SECRET = /^[0-9a-f]{64}\n?$/;

/** Puts a new secret, with mode 0600, where there is no file yet. */
export function makeSecretFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw cause;
  }
  try {
    writeSync(file, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Throws one plain sentence, which names the path and nothing of the contents, unless the file holds a secret that only its owner may read. */
export function checkSecretFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    throw new AppError('INTERNAL', `The secret ${path} cannot be read.`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() || (status.mode & OTHERS_MAY) !== 0) {
      throw new AppError('INTERNAL', `The secret ${path} must be a file that only its owner may read (mode 0600).`);
    }
    if (status.size > 65 || !SECRET.test(readFileSync(file, 'utf8'))) {
      throw new AppError('INTERNAL', `The secret ${path} must be 64 hexadecimal digits.`);
    }
  } finally {
    closeSync(file);
  }
}
