// Whether this log may go on from what its database holds. A database that was restored from a backup looks whole and is the most dangerous
// thing here: the next signature over it would contradict one that others hold. So before anything is signed, the database is compared
// with the file of the last checkpoint and with what witnesses have seen.

import { sameBytes } from '../audit/hash';
import type { QuorumPolicy } from '../audit/witness-policy';
import type { CallHttp } from '../service/http-call';
import { AppError } from '../vocabulary/app-error';
import type { CheckpointLock } from './checkpoint-lock';
import { readHead } from './checkpoint-signer';
import { contradictionOf } from './cosigner';
import type { OnAlarm } from './log-alarm';
import { rowsOf, type SqlSource } from './sql-session';
import { rootAt, tilesIn } from './tile-reads';
import { fetchCheckpoint } from './witness-client';

/** Compares database and file. Throws INTERNAL with one plain sentence when the database holds less than was signed, another tree, or when the file is missing or older than the database. */
export async function requireSameAsLock(source: SqlSource, lock: CheckpointLock): Promise<void> {
  const head = await readHead(source);
  const last = lock.last();
  const [row] = await rowsOf<{ readonly size: string | null }>(source, {
    text: 'SELECT max(size) AS size FROM audit.checkpoint',
  });
  const stored = BigInt(row?.size ?? 0);
  requireStart(
    stored <= (last?.size ?? 0n),
    'the file of the last checkpoint is missing or older than the database; restore it from the newest checkpoint that a witness holds',
  );
  if (last === null) return;
  requireStart(last.size <= head.size, 'the database holds fewer entries than this log has signed: it went back');
  // A database that breaks off here is no other tree: that failure is passed on as it is.
  const root = await rootAt(tilesIn(source), last.size);
  requireStart(sameBytes(root, last.root), 'the database holds another tree than the one that this log has signed');
}

/** How many witnesses answered, and whether one of them showed that this log must not go on. */
export interface WitnessSurvey {
  readonly answered: number;
  readonly contradicted: boolean;
}

/**
 * Asks every witness for its newest checkpoint and compares it with the database; a contradiction is an alarm with the note as evidence.
 * With answers from n - k + 1 witnesses, at least one has cosigned whatever was final last.
 */
export async function surveyWitnesses(
  source: SqlSource,
  policy: QuorumPolicy,
  onAlarm: OnAlarm,
  timeoutMs?: number,
  call?: CallHttp,
): Promise<WitnessSurvey> {
  const head = await readHead(source);
  const answers = await Promise.all(
    policy.witnesses.map(async (witness) => {
      const theirs = await fetchCheckpoint(witness, policy, timeoutMs, call);
      if (theirs === 'silent') return 'silent';
      const verdict = theirs === null ? null : await contradictionOf(source, head, theirs);
      if (verdict === null || theirs === null) return 'agrees';
      onAlarm({ kind: verdict, witness: witness.name, evidence: theirs.note });
      return 'contradicts';
    }),
  );
  return {
    answered: answers.filter((answer) => answer !== 'silent').length,
    contradicted: answers.includes('contradicts'),
  };
}

/** Witnesses that must have answered before the first signature of a process: n - k + 1. */
export function neededAnswers(policy: QuorumPolicy): number {
  return policy.witnesses.length - policy.needed + 1;
}

function requireStart(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new AppError('INTERNAL', `The joint log does not start: ${reason}.`);
}
