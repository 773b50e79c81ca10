// The program that holds the ceremony of a joint log for a demonstration: makes each party's keys once, and the files of trust that every
// program and the verifier read. Prints the public keys as one JSON object and nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment } from '../service/environment';
import { refuseConfiguration, runProgram } from '../service/program';
import { AppError } from '../vocabulary/app-error';
import { msToInstant } from '../vocabulary/instant';
import { holdCeremony } from './ceremony';
import { ENVIRONMENT, readConfig } from './config';
import { parseParties } from './parties';
import { replaceFile } from './replaced-file';
import { makeTransportFiles, withPublicKeys } from './transport-files';

async function make(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const { PARTIES_FILE, KEYS_DIR, TRUST_DIR, TRANSPORT_DIR, OPERATORS_FILE } = config.value;
  const parties = parseParties(readText(PARTIES_FILE));
  if (!parties.ok) refuseConfiguration([parties.error]);
  const now = msToInstant(Date.now());
  const keys = holdCeremony({ parties: parties.value, keysFolder: KEYS_DIR, trustFolder: TRUST_DIR, now });
  const { certificates = [] } = parties.value;
  if (certificates.length > 0 || OPERATORS_FILE !== undefined) {
    if (TRANSPORT_DIR === undefined) refuseConfiguration(['TRANSPORT_DIR is missing.']);
    makeTransportFiles({
      parties: certificates,
      keysFolder: KEYS_DIR,
      folder: TRANSPORT_DIR,
      nowMs: Date.now(),
    });
    if (OPERATORS_FILE !== undefined) {
      const operators = withPublicKeys(readText(OPERATORS_FILE), keys);
      replaceFile(join(TRANSPORT_DIR, 'operators.json'), operators, 0o644);
    }
  }
  process.stdout.write(`${JSON.stringify(keys)}\n`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('INTERNAL', `The file ${path} cannot be read.`, { cause });
  }
}

void runProgram(
  {
    name: 'ceremony',
    commands: {
      make: { summary: 'makes what is missing of keys and trust, and checks what is there', run: make },
    },
    defaultCommand: 'make',
    environment: ENVIRONMENT,
  },
  process.argv.slice(2),
  process.env,
);
