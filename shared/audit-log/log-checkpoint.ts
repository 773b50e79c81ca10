// A checkpoint that the log of a policy signed, read from a note that anybody may have handed over. Lines of witnesses are looked at only
// when they are asked for.

import { AuditFault } from '../audit/audit-catalogue';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../audit/checkpoint';
import { EMPTY_ROOT, sameBytes } from '../audit/hash';
import { formatNote, parseNote, signNoteLine, verifyNote } from '../audit/note';
import type { QuorumPolicy } from '../audit/witness-policy';
import type { KeyPair } from './key-file';

/** A checkpoint with the note that says it. */
export interface LogCheckpoint extends Checkpoint {
  /** What the log signed, final newline included. */
  readonly text: string;
  /** The whole note, verbatim. */
  readonly note: string;
}

/** The checkpoint in a note that a log key of the policy truly signed. Faults of `parseNote`, `parseCheckpoint` and `verifyNote`; LOG_SIGNATURE for another origin, EMPTY_TREE_ROOT. */
export function readLogCheckpoint(note: string, policy: QuorumPolicy): LogCheckpoint {
  const unverified = parseNote(Buffer.from(note, 'utf8'));
  const checkpoint = parseCheckpoint(unverified.text);
  if (checkpoint.origin !== policy.origin) {
    throw new AuditFault('LOG_SIGNATURE', 'The checkpoint is of the log of the policy.');
  }
  verifyNote(unverified, policy.logKeys);
  if (checkpoint.size === 0n && !sameBytes(checkpoint.root, EMPTY_ROOT)) {
    throw new AuditFault('EMPTY_TREE_ROOT', 'The empty tree has one root.');
  }
  return { ...checkpoint, text: unverified.text, note };
}

/** The same, or null when the note is none that the log signed. */
export function tryReadLogCheckpoint(note: string, policy: QuorumPolicy): LogCheckpoint | null {
  try {
    return readLogCheckpoint(note, policy);
  } catch {
    return null;
  }
}

/** Signs a checkpoint as the log. The same checkpoint always becomes the same note. */
export function signLogCheckpoint(checkpoint: Checkpoint, logKey: KeyPair): LogCheckpoint {
  const text = formatCheckpoint(checkpoint);
  const note = formatNote(text, [signNoteLine(checkpoint.origin, logKey.privateKey, text)]);
  return { ...checkpoint, text, note };
}
