// Erasing what opens acts, when its time is over or the law asks for it: the signed texts, their salts and the disclosed values go; leaves,
// places and every proof stay. The erasure is itself an act that names the indexes, so that what cannot be opened is explained.

import { KEY_ACT_KINDS } from '../audit/act-kind';
import { canonicalJson } from '../audit/canonical-json';
import { encodeBase64Url } from '../audit/encoding';
import { sha256 } from '../audit/hash';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { type ActAuthor, appendAct, type SignedAct } from './act-author';
import { rowsOf, type SqlSession } from './sql-session';

/** What is to be erased: the acts of a case, those taken up by it included, or everything whose time was over on a day. */
export type ErasureScope = { readonly caseId: string } | { readonly expiredOn: Day };

/** Acts of one erasure at most. */
const MOST_ACTS = 1000;
const DIGEST_TAG = Buffer.from('senim/erased/v2\n', 'utf8');

/**
 * Erases in the caller's transaction and puts the erasure on record; null when there was nothing to erase. Changes of keys, snapshots and
 * erasures stay open; an act that has no index yet waits for the next time. At most 1,000 acts at once: call again until null.
 */
export async function eraseOpenings(
  transaction: SqlSession,
  author: ActAuthor,
  erasure: { readonly scope: ErasureScope; readonly basis: string; readonly at: Instant; readonly expiresOn: Day },
): Promise<SignedAct | null> {
  const found = await findOpenings(transaction, erasure.scope);
  if (found.length === 0) return null;
  const actIds = found.map((row) => row.act_id);
  const rest = (await readErasedActs(transaction, actIds)).map(digestOfErased);
  const signed = await appendAct(transaction, author, {
    kind: 'erasure.performed',
    caseId: null,
    at: erasure.at,
    fields: { basis: erasure.basis, ranges: rangesOf(found.map((row) => BigInt(row.index))), rest },
    expiresOn: erasure.expiresOn,
  });
  await rowsOf(transaction, {
    text: 'INSERT INTO audit.erasure (act_id, basis, erased_acts) VALUES ($1, $2, $3)',
    values: [signed.act.id, erasure.basis, actIds.length],
  });
  await rowsOf(transaction, {
    text: 'INSERT INTO audit.erased_act (act_id, erasure_id) SELECT unnest($1::uuid[]), $2',
    values: [actIds, signed.act.id],
  });
  for (const table of ['audit.disclosure', 'audit.opening']) {
    await rowsOf(transaction, { text: `DELETE FROM ${table} WHERE act_id = ANY ($1::uuid[])`, values: [actIds] });
  }
  return signed;
}

/** What stays of an act when its opening is gone. */
export interface ErasedAct {
  readonly id: string;
  readonly kind: string;
  readonly author: string;
  readonly chain: number;
  readonly seq: string;
  readonly case_id: string | null;
  readonly case_seq: number | null;
  readonly at: Date;
}

/** The acts with these ids, in the order of the log; those without a place in it last. */
export function readErasedActs(source: SqlSession, actIds: readonly string[]): Promise<readonly ErasedAct[]> {
  return rowsOf(source, {
    text: `SELECT a.id, a.kind, a.author, a.chain, a.seq, a.case_id, a.case_seq, a.at
      FROM audit.act a LEFT JOIN audit.log_entry e ON e.act_id = a.id WHERE a.id = ANY ($1::uuid[]) ORDER BY e.index NULLS LAST`,
    values: [actIds],
  });
}

/**
 * What an erasure signs about the row that stays of each act, in base64url: `SHA-256("senim/erased/v2\n" || JCS of [id, kind, author, chain,
 * seq, case, case_seq, at])`. Without it nothing would bind the row any more.
 */
export function digestOfErased(act: ErasedAct): string {
  const { id, kind, author, chain, seq, case_id, case_seq, at } = act;
  const row = canonicalJson([id, kind, author, chain, seq, case_id, case_seq, at.toISOString()]);
  return encodeBase64Url(sha256(DIGEST_TAG, Buffer.from(row, 'utf8')));
}

/** Runs of neighbouring indexes, ends included, as decimal strings. Requires rising indexes. */
export function rangesOf(indexes: readonly bigint[]): readonly (readonly [string, string])[] {
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last !== undefined && index === last.to + 1n) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) => [from.toString(), to.toString()] as const);
}

async function findOpenings(
  transaction: SqlSession,
  scope: ErasureScope,
): Promise<readonly { readonly act_id: string; readonly index: string }[]> {
  const isCase = 'caseId' in scope;
  return rowsOf(transaction, {
    text: `SELECT o.act_id, e.index FROM audit.opening o
      JOIN audit.act a ON a.id = o.act_id JOIN audit.log_entry e ON e.act_id = o.act_id
      WHERE a.kind <> ALL ($1) AND ${
        isCase
          ? '(a.case_id = $2 OR a.id IN (SELECT foreign_act_id FROM audit.reception WHERE case_id = $2))'
          : 'o.expires_on <= $2'
      } ORDER BY e.index LIMIT ${MOST_ACTS}`,
    values: [[...KEY_ACT_KINDS, 'erasure.performed', 'case.snapshot'], isCase ? scope.caseId : scope.expiredOn],
  });
}
