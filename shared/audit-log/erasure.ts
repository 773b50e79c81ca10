// Erasing what opens acts, when its time is over or the law asks for it: the signed texts, their salts and the disclosed values go; leaves,
// places and every proof stay. The erasure is itself an act that names the indexes, so that what cannot be opened is explained.

import { KEY_ACT_KINDS } from '../audit/act-kind';
import { canonicalJson } from '../audit/canonical-json';
import { encodeBase64Url } from '../audit/encoding';
import { sha256 } from '../audit/hash';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { type ActAuthor, type ActDraft, appendAct, type SignedAct } from './act-author';
import { rowsOf, type SqlSession } from './sql-session';

/** What is to be erased: the acts of a case, those taken up by it included, or everything whose time was over on a day. */
export type ErasureScope = { readonly caseId: string } | { readonly expiredOn: Day };

/** Acts of one erasure at most. */
const MOST_ACTS = 1000;
const DIGEST_TAG = Buffer.from('senim/erased/v2\n', 'utf8');

/** An opening that is to be erased, and the place of its act in the log. */
export interface ErasableOpening {
  readonly actId: string;
  readonly index: bigint;
}

/** What an erasure says beside what it erases. */
export interface ErasureStatement {
  readonly basis: string;
  readonly at: Instant;
  readonly expiresOn: Day;
  /** Parties who are meant to know; nobody unless told. */
  readonly to?: readonly string[];
}

/** Kinds whose acts stay open: without them a verifier could judge nothing. */
export const KINDS_KEPT_OPEN: readonly string[] = [...KEY_ACT_KINDS, 'erasure.performed', 'case.snapshot'];

/**
 * Erases in the caller's transaction and puts the erasure on record; null when there was nothing to erase. Changes of keys, snapshots and
 * erasures stay open; an act that has no index yet waits for the next time. At most 1,000 acts at once: call again until null.
 */
export async function eraseOpenings(
  transaction: SqlSession,
  author: ActAuthor,
  erasure: ErasureStatement & { readonly scope: ErasureScope },
): Promise<SignedAct | null> {
  return eraseGiven(transaction, author, erasure, await findOpenings(transaction, erasure.scope));
}

/** The same for openings that an author other than the keeper of the log found itself, by rising index: it knows the places of its acts from their proofs. At most 1,000. */
export async function eraseGiven(
  transaction: SqlSession,
  author: ActAuthor,
  { basis, at, expiresOn, to = [] }: ErasureStatement,
  openings: readonly ErasableOpening[],
): Promise<SignedAct | null> {
  if (openings.length === 0) return null;
  const actIds = openings.map(({ actId }) => actId);
  const rest = (await readErasedActs(transaction, actIds)).map(digestOfErased);
  const fields = { basis, ranges: rangesOf(openings.map(({ index }) => index)), rest };
  const draft: ActDraft = { kind: 'erasure.performed', caseId: null, to, at, fields, expiresOn };
  const signed = await appendAct(transaction, author, draft, (actId) => [
    {
      name: 'audit_erasure',
      text: 'INSERT INTO audit.erasure (act_id, basis, erased_acts) VALUES ($1, $2, $3)',
      values: [actId, basis, actIds.length],
    },
  ]);
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

/** The acts with these ids, in the order of the ids. */
export function readErasedActs(source: SqlSession, actIds: readonly string[]): Promise<readonly ErasedAct[]> {
  return rowsOf(source, {
    text: `SELECT a.id, a.kind, a.author, a.chain, a.seq, a.case_id, a.case_seq, a.at
      FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, place) JOIN audit.act a USING (id) ORDER BY given.place`,
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

async function findOpenings(transaction: SqlSession, scope: ErasureScope): Promise<readonly ErasableOpening[]> {
  const isCase = 'caseId' in scope;
  const rows = await rowsOf<{ readonly act_id: string; readonly index: string }>(transaction, {
    text: `SELECT o.act_id, e.index FROM audit.opening o
      JOIN audit.act a ON a.id = o.act_id JOIN audit.log_entry e ON e.act_id = o.act_id
      WHERE a.kind <> ALL ($1) AND ${
        isCase
          ? '(a.case_id = $2 OR a.id IN (SELECT foreign_act_id FROM audit.reception WHERE case_id = $2))'
          : 'o.expires_on <= $2'
      } ORDER BY e.index LIMIT ${MOST_ACTS}`,
    values: [KINDS_KEPT_OPEN, isCase ? scope.caseId : scope.expiredOn],
  });
  return rows.map((row) => ({ actId: row.act_id, index: BigInt(row.index) }));
}
