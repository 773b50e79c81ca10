// What the log holds of acts that a new one speaks of: the acts it answers, and what became of an act that was taken in before.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { decodeHash } from './leaf-hash';

/** What an act must be to be answered: an act of the bank of one of these kinds, on a case. */
export interface AnsweredAct {
  /** Leaf hash, base64url. */
  readonly leafHash: string;
  readonly kinds: readonly string[];
  readonly caseId: string;
  /** A text that one of these of its fields must have said; null asks for none. */
  readonly says: { readonly fields: readonly string[]; readonly text: string } | null;
}

/** Whether there is such an act. */
export async function isAnswerable(session: SqlSession, asked: AnsweredAct): Promise<boolean> {
  const { leafHash, kinds, caseId, says } = asked;
  const rows = await rowsOf(session, {
    name: 'answered_act',
    text: `SELECT 1 FROM audit.act WHERE leaf_hash = $1 AND kind = ANY ($2) AND case_id::text = $3
      AND ($4::text[] IS NULL OR EXISTS (SELECT FROM audit.disclosure
        WHERE act_id = act.id AND field = ANY ($4) AND value = convert_to(to_json($5::text)::text, 'UTF8')))`,
    values: [decodeHash(leafHash), kinds, caseId, says?.fields ?? null, says?.text ?? null],
  });
  return rows.length > 0;
}

/** Whether an act of another party was taken in, and the case that took it up, null for none; null when it was not taken in. */
export async function receptionOf(
  session: SqlSession,
  actId: string,
): Promise<{ readonly caseId: string | null } | null> {
  const [row] = await rowsOf<{ readonly case_id: string | null }>(session, {
    name: 'reception_case',
    text: 'SELECT case_id FROM audit.reception WHERE foreign_act_id = $1',
    values: [actId],
  });
  return row === undefined ? null : { caseId: row.case_id };
}
