// Whom the bank believes, and with what it signs: root of trust and policy from their files, its own keys from theirs. Refuses in one plain
// sentence what does not fit together, before anything is signed. Keys are those of the root; a change of keys needs a new start.

import { readFileSync } from 'node:fs';
import { AuditFault } from '../../../shared/audit/audit-catalogue';
import type { PublicKey } from '../../../shared/audit/ed25519';
import type { KeyRole } from '../../../shared/audit/party-key';
import { parseTrustRoot, requireAgreement, type TrustRoot } from '../../../shared/audit/trust-root';
import { type KeyPair, loadKeyFile } from '../../../shared/audit-log/key-file';
import { loadPolicyFile, type NetworkPolicy } from '../../../shared/audit-log/policy-file';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Paths of the files of trust. */
export interface TrustFiles {
  readonly policyFile: string;
  readonly rootFile: string;
}

/** Policy and root that agree with each other. */
export class BankTrust {
  constructor(
    readonly policy: NetworkPolicy,
    readonly root: TrustRoot,
  ) {}

  /** Code of the bank. */
  get bank(): string {
    return this.root.bank;
  }

  /** The key of a party for a role that has this id; null when it has none. */
  keyOf(party: string, role: KeyRole, keyId: string): PublicKey | null {
    const keys = this.root.parties.find(({ code }) => code === party)?.keys ?? [];
    return keys.find((known) => known.role === role && known.key.keyId === keyId)?.key ?? null;
  }

  /** The bank's own key for a role, out of a file. Throws one plain sentence when the root names another. */
  ownKey(role: KeyRole, file: string): KeyPair {
    const pair = loadKeyFile(file);
    if (this.keyOf(this.bank, role, pair.publicKey.keyId) === null) {
      throw new AppError('INTERNAL', `The key file ${file} does not hold the bank's ${role} key of the root of trust.`);
    }
    return pair;
  }

  /** The key of the log, out of a file. Throws one plain sentence when the policy names another. */
  logKey(file: string): KeyPair {
    const pair = loadKeyFile(file);
    if (!this.policy.logKeys.some(({ key }) => key.keyId === pair.publicKey.keyId)) {
      throw new AppError('INTERNAL', `The key file ${file} does not hold the log's key of the witness policy.`);
    }
    return pair;
  }
}

/** Reads policy and root. Throws one plain sentence when one cannot be used, or when they speak of different witnesses. */
export function loadBankTrust({ policyFile, rootFile }: TrustFiles): BankTrust {
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
    return new BankTrust(policy, root);
  } catch (cause) {
    const rule = cause instanceof AuditFault ? cause.message : 'It cannot be used.';
    throw new AppError('INTERNAL', `The root of trust ${rootFile} is refused: ${rule}`, { cause });
  }
}
