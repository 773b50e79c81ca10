// The bank's signed count of a case: how many acts its chain holds, the last of them, and how many acts and changes of keys stand beside it in
// what was final. It closes every export: whoever leaves an act out has to sign a false count.

import { ASIDE_KINDS, KEY_ACT_KINDS } from '../audit/act-kind';
import { encodeBase64Url } from '../audit/encoding';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { type ActAuthor, appendAct, type SignedAct } from './act-author';
import { rowsOf, type SqlSession } from './sql-session';

/** Appends a `case.snapshot` in the caller's transaction. */
export async function appendSnapshot(
  transaction: SqlSession,
  author: ActAuthor,
  snapshot: { readonly caseId: string; readonly at: Instant; readonly expiresOn: Day },
): Promise<SignedAct> {
  const { caseId, at, expiresOn } = snapshot;
  const seen = author.seen();
  const [head] = await rowsOf<{ readonly seq: number; readonly leaf_hash: Buffer }>(transaction, {
    text: 'SELECT seq, leaf_hash FROM audit.case_chain WHERE case_id = $1 FOR UPDATE',
    values: [caseId],
  });
  const [counts] = await rowsOf<{ readonly aside: number; readonly keys: number }>(transaction, {
    text: `SELECT
        (SELECT count(*)::int FROM audit.act a JOIN audit.log_entry e ON e.act_id = a.id
          WHERE a.case_id = $1 AND a.author = $2 AND a.kind = ANY ($3) AND e.index < $5) AS aside,
        (SELECT count(*)::int FROM audit.act a JOIN audit.log_entry e ON e.act_id = a.id
          WHERE a.kind = ANY ($4) AND e.index < $5) AS keys`,
    values: [caseId, author.party, ASIDE_KINDS, KEY_ACT_KINDS, (seen?.size ?? 0n).toString()],
  });
  const fields = {
    aside: counts?.aside ?? 0,
    count: head?.seq ?? 0,
    head: head === undefined ? null : encodeBase64Url(head.leaf_hash),
    keys: counts?.keys ?? 0,
  };
  // Counted for one checkpoint and signed for the same one, whatever becomes final meanwhile.
  const sameSeen = { ...author, seen: () => seen };
  const signed = await appendAct(transaction, sameSeen, { kind: 'case.snapshot', caseId, at, fields, expiresOn });
  await rowsOf(transaction, {
    text: 'INSERT INTO audit.snapshot (act_id, case_id) VALUES ($1, $2)',
    values: [signed.act.id, caseId],
  });
  return signed;
}
