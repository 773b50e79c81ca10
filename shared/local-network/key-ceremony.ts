// Before anything runs: the keys of all parties, the root of trust and the witness policy, made or checked by the ceremony's own program.
// A key that is missing, open to others or broken stops the start here, in that program's one sentence.

import { join } from 'node:path';
import type { JsonValue } from '../vocabulary/json';
import { CommandFailure } from './command-line';
import { type PublicKeys, partiesDocument } from './joint-log-layout';
import { type LocalFolder, writeDocument } from './local-folder';
import { type NetworkOperator, type ProgramPlan, serviceOrigins } from './network-layout';
import { lastLine, type ProgramHouse, runForOutput } from './program-process';

/** Makes what is missing, and tells every party's public keys. `ports` is by service name. */
export async function holdCeremony(
  folder: LocalFolder,
  operators: readonly NetworkOperator[],
  ports: ReadonlyMap<string, number>,
  house: ProgramHouse,
): Promise<PublicKeys> {
  const codes = operators.map((operator) => operator.code);
  writeDocument(folder.parties, partiesDocument(codes, serviceOrigins(ports)));
  const plan: ProgramPlan = {
    name: 'ceremony',
    house: 'ceremony',
    environment: { PARTIES_FILE: folder.parties, KEYS_DIR: folder.keys, TRUST_DIR: folder.trust },
  };
  let printed: string;
  try {
    printed = await runForOutput(plan, 'make', house);
  } catch (cause) {
    const sentence = cause instanceof CommandFailure ? lastLine(join(house.logFolder, `${plan.name}.log`)) : null;
    throw sentence === null ? cause : new CommandFailure(`${sentence}.`);
  }
  return readKeys(printed);
}

function readKeys(printed: string): PublicKeys {
  const document = JSON.parse(printed) as JsonValue;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CommandFailure('The ceremony did not tell the public keys.');
  }
  return document as PublicKeys;
}
