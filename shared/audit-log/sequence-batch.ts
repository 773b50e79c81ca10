// One step of the sequencer, in one transaction: acts out of the queue get dense indexes, and tiles, size and root move with them. Who may
// take this step is decided by the row of the log's state: it is locked first and its epoch is compared, so a sequencer that lost its
// place while it slept changes nothing.

import { leafHash, sameBytes } from '../audit/hash';
import { AppError } from '../vocabulary/app-error';
import { type GrowingTree, growTree, rootOf, type Tile } from './growing-tree';
import { rowsOf, type SqlSession } from './sql-session';
import { loadTree, tilesIn } from './tile-reads';

/** What a sequencer keeps in memory between two steps. */
export interface SequencerState {
  readonly tree: GrowingTree;
  readonly epoch: bigint;
}

/** Moments of a step; what is done when one is told holds whatever happens next. */
export type SequenceStep = 'begun' | 'taken' | 'entered' | 'tiled' | 'advanced' | 'committed';

/** Acts of one step at most. */
export const BATCH_SIZE = 4_096;

/** Thrown when the log has moved since a sequencer last looked: it lost its place and must load the state again. */
export class FencedOff extends AppError {
  constructor() {
    super('INTERNAL', 'Another sequencer moved the log.');
    this.name = 'FencedOff';
  }
}

interface StateRow {
  readonly tree_size: string;
  readonly root: Buffer;
  readonly epoch: string;
}

/** The state as the database holds it. INTERNAL when root and tiles disagree: then nothing may be appended. */
export async function loadSequencerState(session: SqlSession): Promise<SequencerState> {
  const [row] = await rowsOf<StateRow>(session, { text: 'SELECT tree_size, root, epoch FROM audit.log_state' });
  if (row === undefined) throw new AppError('INTERNAL', 'The state of the log is missing.');
  const tree = await loadTree(tilesIn(session), BigInt(row.tree_size));
  if (!sameBytes(rootOf(tree), row.root)) {
    throw new AppError('INTERNAL', 'The tiles of the log do not have the root that its state names.');
  }
  return { tree, epoch: BigInt(row.epoch) };
}

/**
 * Sequences what is queued, at most 4,096 acts; resolves with the state after and the number of acts, 0 when the queue is empty. Rejects
 * with FencedOff and rolls back when another sequencer moved the log since `state`. After any rejection the state must be loaded
 * again, because a COMMIT whose answer was lost may have happened.
 */
export async function sequenceBatch(
  session: SqlSession,
  state: SequencerState,
  onStep: (step: SequenceStep) => void = () => {},
): Promise<{ readonly state: SequencerState; readonly count: number }> {
  if (await isQueueEmpty(session)) return { state, count: 0 };
  await session.query('BEGIN');
  try {
    const done = await sequence(session, state, onStep);
    await session.query('COMMIT');
    onStep('committed');
    return done;
  } catch (cause) {
    await session.query('ROLLBACK').catch(() => {});
    throw cause;
  }
}

/** Looked at before a transaction is begun, so that an idle log writes nothing. */
async function isQueueEmpty(session: SqlSession): Promise<boolean> {
  const rows = await rowsOf(session, { name: 'audit_queued', text: 'SELECT FROM audit.pending LIMIT 1' });
  return rows.length === 0;
}

async function sequence(
  session: SqlSession,
  state: SequencerState,
  onStep: (step: SequenceStep) => void,
): Promise<{ readonly state: SequencerState; readonly count: number }> {
  await requireEpoch(session, state);
  onStep('begun');
  const acts = await takeFromQueue(session);
  onStep('taken');
  if (acts.length === 0) return { state, count: 0 };
  await enter(session, state.tree.range.size, acts);
  onStep('entered');
  const { tree, changed } = growTree(
    state.tree,
    acts.map(({ leaf }) => leafHash(leaf)),
  );
  await writeTiles(session, changed);
  onStep('tiled');
  const next = { tree, epoch: state.epoch + 1n };
  await advance(session, state, next);
  onStep('advanced');
  return { state: next, count: acts.length };
}

async function requireEpoch(session: SqlSession, state: SequencerState): Promise<void> {
  const [row] = await rowsOf<StateRow>(session, {
    name: 'audit_lock_state',
    text: 'SELECT tree_size, root, epoch FROM audit.log_state FOR UPDATE',
  });
  const isOurs =
    row !== undefined && BigInt(row.epoch) === state.epoch && BigInt(row.tree_size) === state.tree.range.size;
  if (!isOurs) throw new FencedOff();
}

interface QueuedAct {
  readonly position: string;
  readonly act_id: string;
  readonly leaf: Buffer;
}

/** In the order of their numbers in the queue: an answer is queued after its question was committed, so it never comes before. */
async function takeFromQueue(session: SqlSession): Promise<readonly QueuedAct[]> {
  const rows = await rowsOf<QueuedAct>(session, {
    name: 'audit_take',
    text: `DELETE FROM audit.pending WHERE position IN (SELECT position FROM audit.pending ORDER BY position LIMIT ${BATCH_SIZE})
      RETURNING position, act_id, leaf`,
  });
  return rows.toSorted((left, right) => (BigInt(left.position) < BigInt(right.position) ? -1 : 1));
}

async function enter(session: SqlSession, size: bigint, acts: readonly QueuedAct[]): Promise<void> {
  await rowsOf(session, {
    name: 'audit_enter',
    text: `INSERT INTO audit.log_entry (index, leaf, act_id)
      SELECT $1::bigint + row_number - 1, leaf, act_id
      FROM unnest($2::bytea[], $3::uuid[]) WITH ORDINALITY AS given (leaf, act_id, row_number)`,
    values: [size.toString(), acts.map(({ leaf }) => leaf), acts.map(({ act_id }) => act_id)],
  });
}

async function writeTiles(session: SqlSession, tiles: readonly Tile[]): Promise<void> {
  await rowsOf(session, {
    name: 'audit_write_tiles',
    text: `INSERT INTO audit.tile (level, n, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
      ON CONFLICT (level, n) DO UPDATE SET hashes = EXCLUDED.hashes`,
    values: [tiles.map(({ level }) => level), tiles.map(({ n }) => n.toString()), tiles.map(({ hashes }) => hashes)],
  });
}

async function advance(session: SqlSession, before: SequencerState, after: SequencerState): Promise<void> {
  const moved = await session.query({
    name: 'audit_advance',
    text: 'UPDATE audit.log_state SET tree_size = $1, root = $2, epoch = $3 WHERE epoch = $4',
    values: [after.tree.range.size.toString(), rootOf(after.tree), after.epoch.toString(), before.epoch.toString()],
  });
  if (moved.rowCount !== 1) throw new FencedOff();
}
