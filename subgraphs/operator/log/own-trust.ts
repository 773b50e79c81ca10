// Whom this operator trusts and with which keys it signs, read once at start: its own keys from files, the keys of the bank from the root of
// trust, log and witnesses from the policy. A key that the root does not know as this operator's would sign acts that nobody accepts,
// so the program does not start with it.

import { readFileSync } from 'node:fs';
import { AuditFault } from '../../../shared/audit/audit-catalogue';
import type { PublicKey } from '../../../shared/audit/ed25519';
import type { KeyRole } from '../../../shared/audit/party-key';
import { parseTrustRoot, requireAgreement, type TrustRoot } from '../../../shared/audit/trust-root';
import { type KeyPair, loadKeyFile } from '../../../shared/audit-log/key-file';
import { loadPolicyFile, type NetworkPolicy } from '../../../shared/audit-log/policy-file';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';

/** Where the files are. */
export interface TrustFiles {
  readonly policyFile: string;
  readonly rootFile: string;
}

/** Policy and root of trust, which agree. */
export interface Trust {
  readonly policy: NetworkPolicy;
  readonly root: TrustRoot;
}

/** Reads both files. Throws one plain sentence when one cannot be used. */
export function loadTrust({ policyFile, rootFile }: TrustFiles): Trust {
  const policy = loadPolicyFile(policyFile);
  let file: Uint8Array;
  try {
    file = readFileSync(rootFile);
  } catch {
    throw new AppError('INTERNAL', `The root of trust ${rootFile} cannot be read.`);
  }
  try {
    const root = parseTrustRoot(file);
    requireAgreement(policy, root);
    return { policy, root };
  } catch (cause) {
    const rule = cause instanceof AuditFault ? cause.message : 'It cannot be used.';
    throw new AppError('INTERNAL', `The root of trust ${rootFile} is refused: ${rule}`, { cause });
  }
}

/** The operator's own key for a role. Throws one plain sentence when the file has none, or the root does not know it as this operator's. */
export function loadOwnKey(path: string, trust: Trust, operatorCode: OperatorCode, role: KeyRole): KeyPair {
  const pair = loadKeyFile(path);
  const known = keysOf(trust, operatorCode, role);
  if (!known.some((key) => key.keyId === pair.publicKey.keyId)) {
    throw new AppError(
      'INTERNAL',
      `The key file ${path} does not hold the ${role} key that the root of trust names for ${operatorCode}.`,
    );
  }
  return pair;
}

/** The name of the operator's witness in the policy. Throws one plain sentence when it has none. */
export function witnessNameOf({ root }: Trust, operatorCode: OperatorCode): string {
  const witness = root.parties.find((party) => party.code === operatorCode)?.witness ?? null;
  if (witness === null) throw new AppError('INTERNAL', `The root of trust names no witness of ${operatorCode}.`);
  return witness;
}

/** The bank's keys for a role. */
export function bankKeys(trust: Trust, role: KeyRole): readonly PublicKey[] {
  return keysOf(trust, trust.root.bank, role);
}

function keysOf({ root }: Trust, party: string, role: KeyRole): readonly PublicKey[] {
  const keys = root.parties.find((one) => one.code === party)?.keys ?? [];
  return keys.filter((key) => key.role === role).map((key) => key.key);
}
