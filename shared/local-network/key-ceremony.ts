// Before anything runs: the keys of all who hold some, the root of trust and the witness policy, made or checked by the ceremony's own program.
// A key that is missing, open to others or broken stops the start here, in that program's one sentence.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../vocabulary/json';
import { CommandFailure } from './command-line';
import { clientsDocument, keyHolders } from './identity-layout';
import { BANK, keyFile, type PublicKeys, partiesDocument } from './joint-log-layout';
import { type LocalFolder, writeDocument } from './local-folder';
import { type NetworkOperator, type ProgramPlan, serviceOrigins } from './network-layout';
import { lastLine, type ProgramHouse, runForOutput } from './program-process';

/** Makes what is missing, writes what the identity provider reads of it, and tells all public keys. `ports` is by service name. */
export async function holdCeremony(
  folder: LocalFolder,
  operators: readonly NetworkOperator[],
  ports: ReadonlyMap<string, number>,
  house: ProgramHouse,
): Promise<PublicKeys> {
  checkRoot(folder);
  const codes = operators.map((operator) => operator.code);
  writeDocument(folder.parties, { ...partiesDocument(codes, serviceOrigins(ports)), others: keyHolders() });
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
  const keys = readKeys(printed);
  writeDocument(folder.clients, clientsDocument(keys));
  return keys;
}

/** Refuses a root of trust of a version that knew less: a root is made once, and the keys that came later are not in it. */
function checkRoot(folder: LocalFolder): void {
  const isWhole = (['gateway', 'grant', 'numbering', 'cases'] as const).every((purpose) =>
    existsSync(keyFile(folder, BANK, purpose)),
  );
  if (!existsSync(folder.root) || isWhole) return;
  throw new CommandFailure('The data is from a version with fewer keys; add --reset to make it anew.');
}

function readKeys(printed: string): PublicKeys {
  const document = JSON.parse(printed) as JsonValue;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CommandFailure('The ceremony did not tell the public keys.');
  }
  return document as PublicKeys;
}
