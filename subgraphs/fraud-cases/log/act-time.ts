// Whether the time that an operator's act claims can stand in a bundle: an act whose time cannot is taken in, and has no effect.

import { type Act, decodeAct } from '../../../shared/audit/act';
import { CLOCK_TOLERANCE_MS, readCheckpoint } from '../../../shared/audit/bundle-checkpoints';
import { earliestTimeOf } from '../../../shared/audit/bundle-time';
import { parseCompactJws } from '../../../shared/audit/compact-jws';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { instantToMs } from '../../../shared/vocabulary/instant';
import type { BankTrust } from './bank-trust';

/**
 * Whether the act's time can stand in a bundle: not before what its author says it had seen, which must be a final checkpoint of this log and
 * no older than what the act before it in its chain had seen.
 */
export async function isTimely(transaction: SqlSession, trust: BankTrust, act: Act): Promise<boolean> {
  const before = await seenBefore(transaction, act);
  if (act.seen === null) return before === null;
  if (before !== null && act.seen.size < before) return false;
  const [final] = await rowsOf<{ readonly note: string }>(transaction, {
    name: 'final_note_seen',
    text: 'SELECT note FROM audit.checkpoint_final WHERE note_hash = $1 AND size = $2',
    values: [act.seen.note, act.seen.size.toString()],
  });
  if (final === undefined) return false;
  const earliestMs = earliestTimeOf(readCheckpoint(final.note, trust.policy), trust.policy.tolerated);
  return earliestMs === null || instantToMs(act.at) >= earliestMs - CLOCK_TOLERANCE_MS;
}

/** Size of what the act before in the chain had seen; null when it had seen nothing, was erased, or there is none. */
async function seenBefore(transaction: SqlSession, { author, chain, seq }: Act): Promise<bigint | null> {
  const [row] = await rowsOf<{ readonly jws: Buffer }>(transaction, {
    name: 'act_before',
    text: `SELECT o.jws FROM audit.act a JOIN audit.opening o ON o.act_id = a.id
      WHERE (a.author, a.chain, a.seq) = ($1, $2, $3)`,
    values: [author, chain, (seq - 1n).toString()],
  });
  return row === undefined ? null : (decodeAct(parseCompactJws(row.jws.toString('latin1')).payload).seen?.size ?? null);
}
