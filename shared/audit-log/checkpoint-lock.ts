// The last checkpoint that this log signed, kept outside its database. It is the one thing that must never go back: a database can be
// restored from yesterday, and would sign another tree at a size that witnesses have seen. So every signature passes through here
// before anybody else sees it, and a size that falls, another root, or an unproven step is refused.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sameBytes } from '../audit/hash';
import { verifyConsistency } from '../audit/proof';
import type { QuorumPolicy } from '../audit/witness-policy';
import { type FolderLock, lockFolder } from '../service/folder-lock';
import { AppError } from '../vocabulary/app-error';
import { replaceFile } from './durable-file';
import { type LogCheckpoint, tryReadLogCheckpoint } from './log-checkpoint';

/** The store of one value. One process holds it at a time. */
export interface CheckpointLock {
  /** Null before the first signature. */
  last(): LogCheckpoint | null;
  /**
   * Makes `next` the last one, durably, if the last one still is `expected` and the proof shows that `next` extends it. INTERNAL
   * otherwise, and nothing is changed. Not to be called twice at once.
   */
  swap(expected: LogCheckpoint | null, next: LogCheckpoint, proof: readonly Uint8Array[]): Promise<void>;
  /** Lets another process have it. */
  close(): void;
}

/** Name of the file: a signed note, so that it can be restored by hand from what any witness holds. */
export const LOCK_FILE = 'last-checkpoint';

/** Opens the store in a folder, which is made if needed; null while another process holds it. Rejects when the file is not a checkpoint of this log. */
export function openCheckpointLock(directory: string, policy: QuorumPolicy): CheckpointLock | null {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const holder = lockFolder(directory, `${LOCK_FILE}.holder`);
  if (holder === null) return null;
  try {
    return lockAt(join(directory, LOCK_FILE), policy, holder);
  } catch (cause) {
    holder.release();
    throw cause;
  }
}

function lockAt(file: string, policy: QuorumPolicy, holder: FolderLock): CheckpointLock {
  let last = read(file, policy);
  return {
    last: () => last,
    async swap(expected, next, proof) {
      requireLock(expected?.note === last?.note, 'the last signed checkpoint is another than was expected');
      requireLock(read(file, policy)?.note === last?.note, 'the file was changed by somebody else');
      requireExtension(last, next, proof);
      await replaceFile(file, next.note);
      last = next;
    },
    close: () => holder.release(),
  };
}

function read(file: string, policy: QuorumPolicy): LogCheckpoint | null {
  if (!existsSync(file)) return null;
  const checkpoint = tryReadLogCheckpoint(readFileSync(file, 'utf8'), policy);
  requireLock(checkpoint !== null, 'the file does not hold a checkpoint that this log signed');
  return checkpoint;
}

function requireExtension(last: LogCheckpoint | null, next: LogCheckpoint, proof: readonly Uint8Array[]): void {
  if (last === null) return;
  requireLock(next.size >= last.size, 'a checkpoint is not smaller than the last');
  requireLock(next.size > last.size || sameBytes(next.root, last.root), 'one size has one root');
  const claim = { size1: last.size, size2: next.size, root1: last.root, root2: next.root, proof };
  requireLock(verifyConsistency(claim), 'a checkpoint is proven to extend the last');
}

function requireLock(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new AppError('INTERNAL', `The store of the last checkpoint refuses: ${rule}.`);
}
