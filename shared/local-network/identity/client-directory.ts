// The public keys by which clients prove themselves, from the file that the launcher writes: the provider holds nobody's private key but
// its own.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../vocabulary/app-error';
import { keyedClients } from '../demo-users';

/** Base64url of 32 bytes by client. */
export type ClientKeys = Readonly<Record<string, string>>;

const KEYS = z.record(z.string(), z.string().regex(/^[A-Za-z0-9_-]{43}$/));

/** The keys of all clients of the demonstration. Throws one plain sentence when the file is not readable, or one of them is missing. */
export function readClientKeys(file: string): ClientKeys {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new AppError('INTERNAL', `The file of the clients ${file} cannot be read as JSON.`, { cause });
  }
  const read = KEYS.safeParse(document);
  if (!read.success) throw new AppError('INTERNAL', `The file of the clients ${file} is not as it must be.`);
  const missing = keyedClients().filter((client) => read.data[client] === undefined);
  if (missing.length > 0)
    throw new AppError('INTERNAL', `The file of the clients ${file} lacks ${missing.join(', ')}.`);
  return read.data;
}
