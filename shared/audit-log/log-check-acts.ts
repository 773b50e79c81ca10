// The part of an audit that looks at acts: each says what its author signed, opens its leaf, has its event and its index or its place in the
// queue, and continues its author's chain and its case. Acts are walked in the order of the log, then of their chains.

import { type Act, verifyAct } from '../audit/act';
import { canonicalJson } from '../audit/canonical-json';
import { opensCommitment } from '../audit/commitment';
import { parseCompactJws } from '../audit/compact-jws';
import { encodeBase64Url } from '../audit/encoding';
import { leafHash, sameBytes } from '../audit/hash';
import { leafData } from '../audit/leaf';
import { parseStrictJson } from '../audit/strict-json';
import { digestOfErased, rangesOf, readErasedActs } from './erasure';
import type { LogFault, LogFaultCode, LogWitnesses } from './log-check';
import { rowsOf, type SqlSession } from './sql-session';

interface ActRow {
  readonly id: string;
  readonly kind: string;
  readonly author: string;
  readonly chain: number;
  readonly seq: string;
  readonly case_id: string | null;
  readonly case_seq: number | null;
  readonly at: Date;
  readonly leaf: Buffer;
  readonly entry_leaf: Buffer | null;
  readonly entry_index: string | null;
  readonly pending_leaf: Buffer | null;
  readonly jws: Buffer | null;
  readonly salt: Buffer | null;
  readonly erased: boolean;
  readonly has_event: boolean;
  readonly fields: readonly string[];
  readonly salts: readonly Buffer[];
  readonly field_values: readonly Buffer[];
}

type Report = (code: LogFaultCode) => void;

interface CheckedAct {
  readonly row: ActRow;
  readonly act: Act | null;
  readonly report: Report;
}

const ACTS = `
  SELECT a.id, a.kind, a.author, a.chain, a.seq, a.case_id, a.case_seq, a.at, a.leaf, e.leaf AS entry_leaf, e.index AS entry_index,
    p.leaf AS pending_leaf, o.jws, o.salt, audit.has_event(a.id) AS has_event,
    EXISTS (SELECT 1 FROM audit.erased_act x WHERE x.act_id = a.id) AS erased,
    coalesce((SELECT array_agg(field ORDER BY field) FROM audit.disclosure d WHERE d.act_id = a.id), '{}') AS fields,
    coalesce((SELECT array_agg(salt ORDER BY field) FROM audit.disclosure d WHERE d.act_id = a.id), '{}') AS salts,
    coalesce((SELECT array_agg(value ORDER BY field) FROM audit.disclosure d WHERE d.act_id = a.id), '{}') AS field_values
  FROM audit.act a
  LEFT JOIN audit.log_entry e ON e.act_id = a.id
  LEFT JOIN audit.pending p ON p.act_id = a.id
  LEFT JOIN audit.opening o ON o.act_id = a.id
  ORDER BY e.index NULLS LAST, a.author, a.chain, a.seq`;

/** Checks every act, and that every entry, queued row, opening and chain belongs to one. */
export async function checkActs(
  transaction: SqlSession,
  witnesses: LogWitnesses,
  indexOf: ReadonlyMap<string, bigint>,
): Promise<readonly LogFault[]> {
  const faults: LogFault[] = [];
  const chains = new Map<string, bigint>();
  const cases = new Map<string, { readonly seq: number; readonly leafHash: string }>();
  const checked: CheckedAct[] = [];
  const rows = await rowsOf<ActRow>(transaction, { text: ACTS });
  for (const row of rows) {
    const index = indexOf.get(row.id) ?? null;
    const place = index === null ? `act ${row.id}` : `entry ${index}`;
    const report: Report = (code) => faults.push({ code, place, index });
    checkPlace(row, report);
    if (!row.has_event) report('EVENT_MISSING');
    const act = checkOpening(row, witnesses, report);
    checkChain(row, chains, report);
    checked.push({ row, act, report });
  }
  for (const { row, act, report } of checked.toSorted(byCasePlace)) checkCase(row, act, cases, report);
  const known = new Set(rows.map((row) => row.id));
  for (const [actId, index] of indexOf) {
    if (!known.has(actId)) faults.push({ code: 'ENTRY_WITHOUT_ACT', place: `entry ${index}`, index });
  }
  return [
    ...(await checkStrays(transaction, indexOf)),
    ...(await checkErasures(transaction, indexOf)),
    ...faults,
    ...(await checkHeads(transaction, chains, cases)),
  ];
}

function checkPlace(row: ActRow, report: Report): void {
  if (row.entry_leaf !== null) {
    if (!sameBytes(row.entry_leaf, row.leaf)) report('ACT_CHANGED');
    if (row.pending_leaf !== null) report('QUEUE_WRONG');
  } else if (row.pending_leaf === null) {
    report('ACT_NOT_QUEUED');
  } else if (!sameBytes(row.pending_leaf, row.leaf)) {
    report('QUEUE_WRONG');
  }
}

/** The act in its opening; null when that was erased, or is wrong. */
function checkOpening(row: ActRow, { actKeyOf }: LogWitnesses, report: Report): Act | null {
  if (row.jws === null || row.salt === null) {
    if (!row.erased) report('OPENING_MISSING');
    return null;
  }
  if (row.erased) report('ERASURE_WRONG');
  const jws = row.jws.toString('latin1');
  if (row.salt.length !== 32 || !sameBytes(leafData(row.salt, jws), row.leaf)) {
    report('OPENING_WRONG');
    return null;
  }
  const act = verified(row, jws, actKeyOf);
  if (act === null) {
    report('OPENING_WRONG');
    return null;
  }
  if (!isSame(row, act)) report('ACT_CHANGED');
  if (!isDisclosed(row, act)) report('DISCLOSURE_WRONG');
  return act;
}

function verified(row: ActRow, jws: string, actKeyOf: LogWitnesses['actKeyOf']): Act | null {
  try {
    const unverified = parseCompactJws(jws);
    const key = actKeyOf(row.author, unverified.kid);
    return key === null ? null : verifyAct(unverified, key);
  } catch {
    return null;
  }
}

function isSame(row: ActRow, act: Act): boolean {
  return (
    row.id === act.id &&
    row.kind === act.kind &&
    row.author === act.author &&
    row.chain === act.chain &&
    BigInt(row.seq) === act.seq &&
    row.case_id === act.caseId &&
    row.case_seq === act.caseSeq &&
    row.at.toISOString() === act.at
  );
}

function isDisclosed(row: ActRow, act: Act): boolean {
  if (row.fields.length !== Object.keys(act.commitments).length) return false;
  return row.fields.every((field, place) => {
    const salt = row.salts[place];
    const value = row.field_values[place];
    if (salt === undefined || value === undefined || salt.length !== 32) return false;
    try {
      return opensCommitment(act.commitments[field], { field, salt, value: parseStrictJson(value) });
    } catch {
      return false;
    }
  });
}

function checkChain(row: ActRow, chains: Map<string, bigint>, report: Report): void {
  const name = `${row.author}/${row.chain}`;
  const seq = BigInt(row.seq);
  if (seq !== (chains.get(name) ?? 0n) + 1n) report('CHAIN_WRONG');
  chains.set(name, seq);
}

/** In the order of the log; what has no index yet, by its place in its case. */
function byCasePlace(left: CheckedAct, right: CheckedAct): number {
  const [a, b] = [left.row.entry_index, right.row.entry_index];
  if (a !== null && b !== null) return BigInt(a) < BigInt(b) ? -1 : 1;
  if (a !== null || b !== null) return a === null ? 1 : -1;
  return (left.row.case_seq ?? 0) - (right.row.case_seq ?? 0);
}

function checkCase(
  row: ActRow,
  act: Act | null,
  cases: Map<string, { readonly seq: number; readonly leafHash: string }>,
  report: Report,
): void {
  if (row.case_id === null || row.case_seq === null) return;
  const before = cases.get(row.case_id);
  const isNext = row.case_seq === (before?.seq ?? 0) + 1;
  if (!isNext || (act !== null && act.casePrevious !== (before?.leafHash ?? null))) report('CASE_WRONG');
  cases.set(row.case_id, { seq: row.case_seq, leafHash: encodeBase64Url(leafHash(row.leaf)) });
}

/** The heads from which chains and cases go on are those of the last acts. */
async function checkHeads(
  transaction: SqlSession,
  chains: ReadonlyMap<string, bigint>,
  cases: ReadonlyMap<string, { readonly seq: number; readonly leafHash: string }>,
): Promise<readonly LogFault[]> {
  const chainRows = await rowsOf<{ readonly name: string; readonly next_seq: string }>(transaction, {
    text: `SELECT author || '/' || chain AS name, next_seq FROM audit.author_chain`,
  });
  const caseRows = await rowsOf<{ readonly case_id: string; readonly seq: number; readonly leaf_hash: Buffer }>(
    transaction,
    { text: 'SELECT case_id, seq, leaf_hash FROM audit.case_chain' },
  );
  const wrongChains = chainRows
    .filter((row) => BigInt(row.next_seq) !== (chains.get(row.name) ?? 0n) + 1n)
    .map((row) => row.name);
  const missingChains = [...chains.keys()].filter((name) => !chainRows.some((row) => row.name === name));
  const wrongCases = caseRows
    .filter(({ case_id, seq, leaf_hash }) => {
      const head = cases.get(case_id);
      return head?.seq !== seq || head.leafHash !== encodeBase64Url(leaf_hash);
    })
    .map((row) => row.case_id);
  const missingCases = [...cases.keys()].filter((id) => !caseRows.some((row) => row.case_id === id));
  return [
    ...[...wrongChains, ...missingChains].map((name) => nowhere('CHAIN_WRONG', `chain ${name}`)),
    ...[...wrongCases, ...missingCases].map((id) => nowhere('CASE_WRONG', `case ${id}`)),
  ];
}

/** What an erasure signed that it erased, and what it left of each act, is exactly what is said to be erased by it. Another party erases what itself holds. */
async function checkErasures(
  transaction: SqlSession,
  indexOf: ReadonlyMap<string, bigint>,
): Promise<readonly LogFault[]> {
  const rows = await rowsOf<ErasureRow>(transaction, {
    text: `SELECT a.id AS act_id,
        coalesce(array_agg(x.act_id::text ORDER BY g.index NULLS LAST) FILTER (WHERE x.act_id IS NOT NULL), '{}') AS erased,
        coalesce(array_agg(g.index::text ORDER BY g.index) FILTER (WHERE g.index IS NOT NULL), '{}') AS indexes,
        (SELECT value FROM audit.disclosure d WHERE d.act_id = a.id AND d.field = 'ranges') AS ranges,
        (SELECT value FROM audit.disclosure d WHERE d.act_id = a.id AND d.field = 'rest') AS rest
      FROM audit.act a LEFT JOIN audit.erased_act x ON x.erasure_id = a.id LEFT JOIN audit.log_entry g ON g.act_id = x.act_id
      WHERE (a.kind = 'erasure.performed' AND NOT EXISTS (SELECT FROM audit.reception r WHERE r.foreign_act_id = a.id))
        OR x.act_id IS NOT NULL GROUP BY a.id`,
  });
  const faults: LogFault[] = [];
  for (const row of rows) {
    const stayed = await readErasedActs(transaction, row.erased);
    const rest = digestsIn(row.rest);
    const isWhole = row.ranges?.toString('utf8') === canonicalJson(rangesOf(row.indexes.map(BigInt)));
    const signed = new Set(rest);
    for (const act of stayed.filter((each) => !signed.has(digestOfErased(each)))) {
      const index = indexOf.get(act.id) ?? null;
      faults.push({ code: 'ERASURE_WRONG', place: index === null ? `act ${act.id}` : `entry ${index}`, index });
    }
    // The erasure's own place is good; what it speaks of is not.
    if (!isWhole || rest.length !== stayed.length) faults.push(nowhere('ERASURE_WRONG', `act ${row.act_id}`));
  }
  return faults;
}

/** The digests that an erasure signed; none when it signed no list of them. */
function digestsIn(rest: Buffer | null): readonly unknown[] {
  if (rest === null) return [];
  try {
    const value = parseStrictJson(rest);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

interface ErasureRow {
  readonly act_id: string;
  readonly erased: readonly string[];
  readonly indexes: readonly string[];
  readonly ranges: Buffer | null;
  readonly rest: Buffer | null;
}

/** Rows that belong to no act, receptions that do not join two, and erasures that name what they did not erase. */
async function checkStrays(
  transaction: SqlSession,
  indexOf: ReadonlyMap<string, bigint>,
): Promise<readonly LogFault[]> {
  const rows = await rowsOf<{ readonly code: LogFaultCode; readonly act_id: string }>(transaction, {
    text: `
      SELECT 'QUEUE_WRONG' AS code, act_id FROM audit.pending WHERE act_id NOT IN (SELECT id FROM audit.act)
      UNION ALL SELECT 'OPENING_WRONG', act_id FROM audit.opening WHERE act_id NOT IN (SELECT id FROM audit.act)
      UNION ALL SELECT DISTINCT 'DISCLOSURE_WRONG', act_id FROM audit.disclosure WHERE act_id NOT IN (SELECT act_id FROM audit.opening)
      UNION ALL SELECT 'RECEPTION_WRONG', id FROM audit.act WHERE kind = 'act.received' AND id NOT IN (SELECT act_id FROM audit.reception)
      UNION ALL SELECT 'RECEPTION_WRONG', r.act_id FROM audit.reception r
        LEFT JOIN audit.act own ON own.id = r.act_id LEFT JOIN audit.act other ON other.id = r.foreign_act_id
        WHERE own.kind IS DISTINCT FROM 'act.received' OR other.id IS NULL OR own.case_id IS DISTINCT FROM r.case_id
      UNION ALL SELECT 'ERASURE_WRONG', e.act_id FROM audit.erasure e
        WHERE e.erased_acts <> (SELECT count(*) FROM audit.erased_act x WHERE x.erasure_id = e.act_id)`,
  });
  return rows.map(({ code, act_id }) => {
    const index = indexOf.get(act_id) ?? null;
    return { code, place: index === null ? `act ${act_id}` : `entry ${index}`, index };
  });
}

function nowhere(code: LogFaultCode, place: string): LogFault {
  return { code, place, index: null };
}
