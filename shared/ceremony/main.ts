// The program that holds the ceremony of a joint log for a demonstration: makes each party's keys once, and the files of trust that every
// program and the verifier read. Prints the public keys as one JSON object and nothing else.

import { readFileSync } from 'node:fs';
import { type Environment } from '../service/environment';
import { refuseConfiguration, runProgram } from '../service/program';
import { AppError } from '../vocabulary/app-error';
import { msToInstant } from '../vocabulary/instant';
import { holdCeremony } from './ceremony';
import { ENVIRONMENT, readConfig } from './config';
import { parseParties } from './parties';

async function make(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const { PARTIES_FILE, KEYS_DIR, TRUST_DIR } = config.value;
  const parties = parseParties(readText(PARTIES_FILE));
  if (!parties.ok) refuseConfiguration([parties.error]);
  const now = msToInstant(Date.now());
  const keys = holdCeremony({ parties: parties.value, keysFolder: KEYS_DIR, trustFolder: TRUST_DIR, now });
  process.stdout.write(`${JSON.stringify(keys)}\n`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('INTERNAL', `The file of the parties ${path} cannot be read.`, { cause });
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
