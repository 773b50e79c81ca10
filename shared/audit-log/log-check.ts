// The whole log, checked against itself and against what others hold: every entry, act, opening, tile, checkpoint and chain. The database may have
// been changed by somebody whom no trigger stops; what it says is believed only where a hash, a signature or a neighbour's copy agrees. Names
// the first bad place. Reads everything: an audit, not a health check.

import type { QuorumPolicy } from '../audit/witness-policy';
import type { ActKeyOf } from './foreign-act';
import { checkActs } from './log-check-acts';
import { checkCheckpoints, type WitnessRecord } from './log-check-checkpoints';
import { checkTree } from './log-check-tree';
import type { LogCheckpoint } from './log-checkpoint';
import type { SqlSession } from './sql-session';

/** What can be wrong at a place. */
export type LogFaultCode =
  | 'ENTRY_MISSING'
  | 'ENTRY_CHANGED'
  | 'ENTRY_WITHOUT_ACT'
  | 'TILE_WRONG'
  | 'STATE_WRONG'
  | 'LOG_SHORTER_THAN_SIGNED'
  | 'CHECKPOINT_WRONG'
  | 'CHECKPOINT_MISSING'
  | 'COSIGNATURE_WRONG'
  | 'FINAL_WRONG'
  | 'ACT_CHANGED'
  | 'ACT_NOT_QUEUED'
  | 'QUEUE_WRONG'
  | 'OPENING_WRONG'
  | 'OPENING_MISSING'
  | 'DISCLOSURE_WRONG'
  | 'EVENT_MISSING'
  | 'CHAIN_WRONG'
  | 'CASE_WRONG'
  | 'RECEPTION_WRONG'
  | 'ERASURE_WRONG';

/** One thing that is wrong. Places are `entry 17`, `act <id>`, `tile 0/3`, `checkpoint 300`, `chain kcell/0`, `case <id>`, `state`. */
export interface LogFault {
  readonly code: LogFaultCode;
  readonly place: string;
  /** Index of the entry that is concerned; null for what has none. */
  readonly index: bigint | null;
}

/** By what the log is measured, besides itself. */
export interface LogWitnesses {
  readonly policy: QuorumPolicy;
  /** Every act key that a party has or had. */
  readonly actKeyOf: ActKeyOf;
  /** From the store outside the database; null when nothing was signed yet. */
  readonly last: LogCheckpoint | null;
  /** What witnesses have kept; the more, the more is found. */
  readonly records: readonly WitnessRecord[];
}

/** Everything that is wrong, by rising index, the first bad entry first; empty for a log that is whole. Requires a transaction with one snapshot of the database. */
export async function checkLog(transaction: SqlSession, witnesses: LogWitnesses): Promise<readonly LogFault[]> {
  const tree = await checkTree(transaction, witnesses);
  const faults = [
    ...tree.faults,
    ...(await checkCheckpoints(transaction, witnesses, tree.rootAt)),
    ...(await checkActs(transaction, witnesses, tree.indexOf)),
  ];
  return faults.toSorted((left, right) => compareIndexes(left.index, right.index));
}

function compareIndexes(left: bigint | null, right: bigint | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}
