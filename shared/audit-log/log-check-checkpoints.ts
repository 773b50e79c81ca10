// The part of an audit that looks at signatures: each stored checkpoint is signed by the log over the tree that the entries make, cosignatures
// are true, final means a quorum, and neither the store outside the database nor a witness holds anything that is not here.

import { readCheckpoint } from '../audit/bundle-checkpoints';
import { encodeBase64Url } from '../audit/encoding';
import { sameBytes, sha256 } from '../audit/hash';
import { formatNote, parseNote, verifyNote } from '../audit/note';
import type { LogFault, LogFaultCode, LogWitnesses } from './log-check';
import { type LogCheckpoint, tryReadLogCheckpoint } from './log-checkpoint';
import { rowsOf, type SqlSession } from './sql-session';

/** What a witness has kept, as far as it lets an auditor see it. */
export interface WitnessRecord {
  /** Leaf hashes from index 0 on. */
  readonly leafHashes: readonly Uint8Array[];
  /** Notes it cosigned. */
  readonly notes: readonly string[];
}

interface CheckpointRow {
  readonly size: string;
  readonly note: string;
  readonly final_note: string | null;
  readonly note_hash: string | null;
  readonly witnesses: readonly string[];
  readonly lines: readonly string[];
}

/** Checks every stored checkpoint against the tree, the policy and what others hold. */
export async function checkCheckpoints(
  transaction: SqlSession,
  witnesses: LogWitnesses,
  rootAt: (size: bigint) => Uint8Array | null,
): Promise<readonly LogFault[]> {
  const rows = await rowsOf<CheckpointRow>(transaction, {
    text: `SELECT c.size, c.note, f.note AS final_note, f.note_hash,
        coalesce((SELECT array_agg(witness ORDER BY witness) FROM audit.cosignature s WHERE s.size = c.size), '{}') AS witnesses,
        coalesce((SELECT array_agg(line ORDER BY witness) FROM audit.cosignature s WHERE s.size = c.size), '{}') AS lines
      FROM audit.checkpoint c LEFT JOIN audit.checkpoint_final f USING (size) ORDER BY c.size`,
  });
  const held = heldByOthers(witnesses);
  return [
    ...rows.flatMap((row) => checkRow(row, witnesses, rootAt)),
    ...checkHeld(held, new Map(rows.map((row) => [row.size, row])), rootAt),
    ...(await checkOrphans(transaction)),
  ];
}

function checkRow(
  row: CheckpointRow,
  { policy }: LogWitnesses,
  rootAt: (size: bigint) => Uint8Array | null,
): readonly LogFault[] {
  const at = (code: LogFaultCode): LogFault => ({ code, place: `checkpoint ${row.size}`, index: null });
  const checkpoint = tryReadLogCheckpoint(row.note, policy);
  if (checkpoint === null || checkpoint.size !== BigInt(row.size)) return [at('CHECKPOINT_WRONG')];
  const faults: LogFault[] = [];
  const root = rootAt(checkpoint.size);
  if (root === null || !sameBytes(root, checkpoint.root)) faults.push(at('LOG_SHORTER_THAN_SIGNED'));
  row.lines.forEach((line, place) => {
    if (!isCosignature(checkpoint, line, row.witnesses[place], policy)) faults.push(at('COSIGNATURE_WRONG'));
  });
  if (row.final_note !== null && !isFinalNote(row, row.final_note, checkpoint, policy)) faults.push(at('FINAL_WRONG'));
  return faults;
}

function isCosignature(
  checkpoint: LogCheckpoint,
  line: string,
  name: string | undefined,
  policy: LogWitnesses['policy'],
): boolean {
  const witness = policy.witnesses.find((known) => known.name === name);
  if (witness === undefined) return false;
  try {
    const note = parseNote(Buffer.from(formatNote(checkpoint.text, [line]), 'utf8'));
    return note.lines.length === 1 && verifyNote(note, [witness.key]).length === 1;
  } catch {
    return false;
  }
}

/** A quorum, over this checkpoint, by exactly the hash that acts refer to, of lines that are stored one by one as well. */
function isFinalNote(
  row: CheckpointRow,
  note: string,
  checkpoint: LogCheckpoint,
  policy: LogWitnesses['policy'],
): boolean {
  try {
    const { final } = readCheckpoint(note, policy);
    const isNamed = row.note_hash === encodeBase64Url(sha256(Buffer.from(note, 'utf8')));
    const signatures = note.slice(checkpoint.text.length + 1 + signatureOf(checkpoint).length);
    const lines = signatures.split('\n').slice(0, -1);
    return (
      final && isNamed && note.startsWith(checkpoint.note) && lines.every((line) => row.lines.includes(`${line}\n`))
    );
  } catch {
    return false;
  }
}

function signatureOf(checkpoint: LogCheckpoint): string {
  return checkpoint.note.slice(checkpoint.text.length + 1);
}

/** What the store outside and the witnesses hold under the log's signature. */
function heldByOthers({ policy, last, records }: LogWitnesses): readonly LogCheckpoint[] {
  const notes = records.flatMap((record) => record.notes).map((note) => tryReadLogCheckpoint(note, policy));
  return [...(last === null ? [] : [last]), ...notes.filter((note) => note !== null)];
}

function checkHeld(
  held: readonly LogCheckpoint[],
  stored: ReadonlyMap<string, CheckpointRow>,
  rootAt: (size: bigint) => Uint8Array | null,
): readonly LogFault[] {
  const faults: LogFault[] = [];
  for (const checkpoint of held) {
    const place = `checkpoint ${checkpoint.size}`;
    const root = rootAt(checkpoint.size);
    const isHere = root !== null && sameBytes(root, checkpoint.root);
    if (!isHere) faults.push({ code: 'LOG_SHORTER_THAN_SIGNED', place, index: null });
    else if (!stored.has(checkpoint.size.toString())) faults.push({ code: 'CHECKPOINT_MISSING', place, index: null });
  }
  return faults;
}

async function checkOrphans(transaction: SqlSession): Promise<readonly LogFault[]> {
  const rows = await rowsOf<{ readonly size: string }>(transaction, {
    text: `SELECT size FROM audit.checkpoint_final WHERE size NOT IN (SELECT size FROM audit.checkpoint)
      UNION SELECT size FROM audit.cosignature WHERE size NOT IN (SELECT size FROM audit.checkpoint)`,
  });
  return rows.map((row) => ({ code: 'CHECKPOINT_MISSING', place: `checkpoint ${row.size}`, index: null }));
}
