// The witness policy as a program uses it: read from its file, every key asked at the gate, the quorum more than two thirds.

import { readFileSync } from 'node:fs';
import { AuditFault } from '../audit/audit-catalogue';
import {
  parseWitnessPolicy,
  type QuorumPolicy,
  requireQuorumPolicy,
  type WitnessPolicy,
} from '../audit/witness-policy';
import { AppError } from '../vocabulary/app-error';
import { gateKey } from './key-gate';

/** A policy, and where its log and witnesses answer. */
export interface NetworkPolicy extends QuorumPolicy {
  /** Prefix of the log's checkpoint and tiles; null when the file names none. */
  readonly logUrl: string | null;
}

/** The policy in a file. Throws one plain sentence when the file cannot be read or may not be used; it names the path and the rule. */
export function loadPolicyFile(path: string): NetworkPolicy {
  let file: Uint8Array;
  try {
    file = readFileSync(path);
  } catch {
    throw new AppError('INTERNAL', `The witness policy ${path} cannot be read.`);
  }
  try {
    return usePolicy(parseWitnessPolicy(file));
  } catch (cause) {
    const rule = cause instanceof AuditFault ? cause.message : 'It cannot be used.';
    throw new AppError('INTERNAL', `The witness policy ${path} is refused: ${rule}`, { cause });
  }
}

/** The same for a policy that was read already. Faults of `requireQuorumPolicy`; KEY_UNSOUND when a key does not pass the gate. */
export function usePolicy(policy: WitnessPolicy): NetworkPolicy {
  const quorum = requireQuorumPolicy(policy);
  for (const key of [...quorum.logKeys, ...quorum.witnesses.map((witness) => witness.key)]) gateKey(key.key.bytes);
  return { ...quorum, logUrl: policy.logs.find((log) => log.url !== null)?.url ?? null };
}
