// Signs the head of the log when it has grown. Before a signature exists its root was computed from the tiles, and the tree was proven to
// extend the last one signed; before anybody sees it, it is in the store that never goes back. What witnesses make of it is not
// decided here.

import { sameBytes } from '../audit/hash';
import { verifyConsistency } from '../audit/proof';
import { AppError } from '../vocabulary/app-error';
import type { CheckpointLock } from './checkpoint-lock';
import type { KeyPair } from './key-file';
import { type LogCheckpoint, signLogCheckpoint } from './log-checkpoint';
import { rowsOf, type SqlSource } from './sql-session';
import { consistencyProof, rootAt, tilesIn } from './tile-reads';

/** Moments of a signature; what is done when one is told holds whatever happens next. */
export type SignStep = 'read' | 'checked' | 'signed' | 'locked' | 'stored';

/** What a signature needs. Requires a source that sees only what is committed. */
export interface SignerParts {
  readonly source: SqlSource;
  readonly lock: CheckpointLock;
  readonly origin: string;
  readonly logKey: KeyPair;
  readonly onStep?: (step: SignStep) => void;
}

/**
 * Signs the log's head if it is larger than the last one signed, and resolves with the newest signed checkpoint; null while the log is empty.
 * Rejects with INTERNAL, and signs nothing, when the database holds less than was signed, or another tree. Stopped between two
 * steps it does the rest the next time: signing the same head again gives the same bytes.
 */
export async function signHead(parts: SignerParts): Promise<LogCheckpoint | null> {
  const { source, lock, origin, logKey, onStep = () => {} } = parts;
  const head = await readHead(source);
  const last = lock.last();
  onStep('read');
  if (head.size === (last?.size ?? 0n)) {
    if (last !== null) await storeCheckpoint(source, last);
    return last;
  }
  const proof = await checkHead(source, head, last);
  onStep('checked');
  const next = signLogCheckpoint({ origin, ...head }, logKey);
  onStep('signed');
  await lock.swap(last, next, proof);
  onStep('locked');
  await storeCheckpoint(source, next);
  onStep('stored');
  return next;
}

/** Size and root as the sequencer left them. */
export async function readHead(source: SqlSource): Promise<{ readonly size: bigint; readonly root: Uint8Array }> {
  const [row] = await rowsOf<{ readonly tree_size: string; readonly root: Buffer }>(source, {
    name: 'audit_head',
    text: 'SELECT tree_size, root FROM audit.log_state',
  });
  if (row === undefined) throw new AppError('INTERNAL', 'The state of the log is missing.');
  return { size: BigInt(row.tree_size), root: row.root };
}

async function checkHead(
  source: SqlSource,
  head: { readonly size: bigint; readonly root: Uint8Array },
  last: LogCheckpoint | null,
): Promise<readonly Uint8Array[]> {
  const tiles = tilesIn(source);
  if (!sameBytes(await rootAt(tiles, head.size), head.root)) {
    throw new AppError('INTERNAL', 'The tiles of the log do not have the root that its state names.');
  }
  if (last === null) return [];
  const proof = await consistencyProof(tiles, last.size, head.size);
  if (proof === null) throw new AppError('INTERNAL', 'The database holds fewer entries than were signed.');
  const claim = { size1: last.size, size2: head.size, root1: last.root, root2: head.root, proof };
  if (!verifyConsistency(claim)) {
    throw new AppError('INTERNAL', 'The database holds another tree than the one that was signed.');
  }
  return proof;
}

async function storeCheckpoint(source: SqlSource, checkpoint: LogCheckpoint): Promise<void> {
  await rowsOf(source, {
    name: 'audit_store_checkpoint',
    text: 'INSERT INTO audit.checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING',
    values: [checkpoint.size.toString(), checkpoint.note],
  });
}
