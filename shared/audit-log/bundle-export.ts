// Gathers one case out of the log as a bundle that verifies offline: entries, what opens them, proofs, and the checkpoints that authors had
// seen or that made entries final. Takes the case up to its last snapshot. Believes nothing and proves nothing itself; whoever exports
// is asked to verify what came out.

import { type Act, decodeAct } from '../audit/act';
import { KEY_ACT_KINDS } from '../audit/act-kind';
import type { Bundle, BundleEntry, Opening } from '../audit/bundle-format';
import { parseCompactJws } from '../audit/compact-jws';
import { decodeBase64Url } from '../audit/encoding';
import { parseStrictJson } from '../audit/strict-json';
import { accepted, type Result, refused } from '../vocabulary/result';
import { rowsOf, type SqlSession } from './sql-session';
import { consistencyProof, inclusionProof, tilesIn } from './tile-reads';

/** Why there is no bundle: the case has no snapshot, or its acts are not final yet. */
export type ExportRefusal = 'NO_SNAPSHOT' | 'NOT_FINAL';

/** The bundle of a case. Requires a transaction with one snapshot of the database (REPEATABLE READ). */
export async function exportBundle(transaction: SqlSession, caseId: string): Promise<Result<Bundle, ExportRefusal>> {
  const snapshot = await lastSnapshot(transaction, caseId);
  if (snapshot === null) return refused('NO_SNAPSHOT');
  const size = await newestFinalSize(transaction);
  if (snapshot.index >= size) return refused('NOT_FINAL');
  const entries = withErasures(await caseEntries(transaction, caseId, snapshot), await erasuresOf(transaction, caseId));
  const keys = await openEntries(transaction, `a.kind = ANY ($1) AND e.index < $2`, [KEY_ACT_KINDS, size.toString()]);
  if (entries.some((entry) => entry.index >= size)) return refused('NOT_FINAL');
  const context = await contextOf(transaction, [...entries, ...keys], size);
  const checkpoints = await checkpointsFor(transaction, [...entries, ...keys, ...context], size);
  return accepted({
    caseId,
    checkpoints: checkpoints.map(({ note }) => note),
    consistency: await proofsBetween(
      transaction,
      checkpoints.map((checkpoint) => checkpoint.size),
    ),
    keys: await withProofs(transaction, keys, size),
    entries: await withProofs(transaction, entries, size),
    context: await withProofs(transaction, context, size),
  });
}

type Entry = Omit<BundleEntry, 'proof'>;

interface Snapshot {
  readonly index: bigint;
  readonly caseSeq: number;
}

async function lastSnapshot(transaction: SqlSession, caseId: string): Promise<Snapshot | null> {
  const [row] = await rowsOf<{ readonly index: string | null; readonly case_seq: number }>(transaction, {
    text: `SELECT e.index, a.case_seq FROM audit.snapshot s JOIN audit.act a ON a.id = s.act_id
      LEFT JOIN audit.log_entry e ON e.act_id = a.id WHERE s.case_id = $1 ORDER BY a.case_seq DESC LIMIT 1`,
    values: [caseId],
  });
  // A snapshot without an index is above every checkpoint.
  return row === undefined ? null : { index: BigInt(row.index ?? 2n ** 63n), caseSeq: row.case_seq };
}

async function newestFinalSize(transaction: SqlSession): Promise<bigint> {
  const [row] = await rowsOf<{ readonly size: string | null }>(transaction, {
    text: 'SELECT max(size) AS size FROM audit.checkpoint_final',
  });
  return BigInt(row?.size ?? 0);
}

/** Placed acts up to the snapshot, foreign acts they took in, and acts beside the chain that stand before it. */
function caseEntries(transaction: SqlSession, caseId: string, snapshot: Snapshot): Promise<readonly Entry[]> {
  return openEntries(
    transaction,
    `(a.case_id = $1 AND a.case_seq <= $2)
     OR (a.case_id = $1 AND a.case_seq IS NULL AND e.index < $3
         AND NOT EXISTS (SELECT 1 FROM audit.reception r WHERE r.foreign_act_id = a.id))
     OR a.id IN (SELECT r.foreign_act_id FROM audit.reception r JOIN audit.act own ON own.id = r.act_id
                 WHERE r.case_id = $1 AND own.case_seq <= $2)`,
    [caseId, snapshot.caseSeq, snapshot.index.toString()],
  );
}

function erasuresOf(transaction: SqlSession, caseId: string): Promise<readonly Entry[]> {
  return openEntries(
    transaction,
    `a.id IN (SELECT x.erasure_id FROM audit.erased_act x JOIN audit.act gone ON gone.id = x.act_id
      LEFT JOIN audit.reception r ON r.foreign_act_id = gone.id
      WHERE gone.case_id = $1 OR r.case_id = $1)`,
    [caseId],
  );
}

function withErasures(entries: readonly Entry[], erasures: readonly Entry[]): readonly Entry[] {
  const present = new Set(entries.map((entry) => entry.index));
  const all = [...entries, ...erasures.filter((entry) => !present.has(entry.index))];
  return all.toSorted((left, right) => (left.index < right.index ? -1 : 1));
}

interface EntryRow {
  readonly act_id: string;
  readonly index: string;
  readonly leaf: Buffer;
  readonly jws: Buffer | null;
  readonly salt: Buffer | null;
}

async function openEntries(
  transaction: SqlSession,
  condition: string,
  values: readonly unknown[],
): Promise<readonly Entry[]> {
  const rows = await rowsOf<EntryRow>(transaction, {
    text: `SELECT a.id AS act_id, e.index, e.leaf, o.jws, o.salt FROM audit.act a
      JOIN audit.log_entry e ON e.act_id = a.id LEFT JOIN audit.opening o ON o.act_id = a.id
      WHERE ${condition} ORDER BY e.index`,
    values,
  });
  const disclosures = await rowsOf<{
    readonly act_id: string;
    readonly field: string;
    readonly salt: Buffer;
    readonly value: Buffer;
  }>(transaction, {
    text: `SELECT act_id, field, salt, value FROM audit.disclosure WHERE act_id = ANY ($1::uuid[]) ORDER BY field COLLATE "C"`,
    values: [rows.map((row) => row.act_id)],
  });
  return rows.map((row) => {
    const disclosed = disclosures
      .filter((disclosure) => disclosure.act_id === row.act_id)
      .map(({ field, salt, value }) => ({ field, salt, value: parseStrictJson(value) }));
    const opening: Opening | null =
      row.jws === null || row.salt === null ? null : { jws: row.jws.toString('latin1'), salt: row.salt, disclosed };
    return { index: BigInt(row.index), leaf: row.leaf, opening };
  });
}

/** Entries that acts refer to and that are not of the case: closed, so that their existence is all that is shown. */
async function contextOf(transaction: SqlSession, entries: readonly Entry[], size: bigint): Promise<readonly Entry[]> {
  const refs = new Set(entries.flatMap((entry) => actOf(entry)?.ref ?? []));
  const rows = await rowsOf<{ readonly index: string; readonly leaf: Buffer }>(transaction, {
    text: `SELECT e.index, e.leaf FROM audit.act a JOIN audit.log_entry e ON e.act_id = a.id
      WHERE a.leaf_hash = ANY ($1) AND e.index < $2 ORDER BY e.index`,
    values: [[...refs].map((ref) => Buffer.from(decodeBase64Url(ref) ?? [])), size.toString()],
  });
  const present = new Set(entries.map((entry) => entry.index));
  return rows
    .map((row) => ({ index: BigInt(row.index), leaf: row.leaf, opening: null }))
    .filter((entry) => !present.has(entry.index));
}

interface FinalNote {
  readonly size: bigint;
  readonly note: string;
}

/** By rising size: those that the acts had seen, the first final one above each entry, and the newest. */
async function checkpointsFor(
  transaction: SqlSession,
  entries: readonly Entry[],
  newest: bigint,
): Promise<readonly FinalNote[]> {
  const seen = entries.flatMap((entry) => actOf(entry)?.seen?.note ?? []);
  const rows = await rowsOf<{ readonly size: string; readonly note: string }>(transaction, {
    text: `SELECT size, note FROM audit.checkpoint_final WHERE size <= $3 AND (note_hash = ANY ($1) OR size = $3
      OR size IN (SELECT (SELECT min(f.size) FROM audit.checkpoint_final f WHERE f.size > index)
                  FROM unnest($2::bigint[]) AS wanted (index)))
      ORDER BY size`,
    values: [seen, entries.map((entry) => entry.index.toString()), newest.toString()],
  });
  return rows.map((row) => ({ size: BigInt(row.size), note: row.note }));
}

async function proofsBetween(
  transaction: SqlSession,
  sizes: readonly bigint[],
): Promise<readonly (readonly Uint8Array[])[]> {
  const proofs: (readonly Uint8Array[])[] = [];
  for (const [at, size] of sizes.slice(1).entries()) {
    proofs.push((await consistencyProof(tilesIn(transaction), sizes[at] ?? 0n, size)) ?? []);
  }
  return proofs;
}

async function withProofs(
  transaction: SqlSession,
  entries: readonly Entry[],
  size: bigint,
): Promise<readonly BundleEntry[]> {
  const proven: BundleEntry[] = [];
  for (const entry of entries) {
    proven.push({ ...entry, proof: (await inclusionProof(tilesIn(transaction), entry.index, size)) ?? [] });
  }
  return proven;
}

function actOf({ opening }: Entry): Act | null {
  return opening === null ? null : decodeAct(parseCompactJws(opening.jws).payload);
}
