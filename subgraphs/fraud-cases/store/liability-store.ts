// What assessing liability reads and writes in the caller's transaction: the acts of a case with the clocks that they started and stopped, the
// assessment as a row, its approval. Rules are the domain's; who may and when is decided by the commands.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { CaseAct } from '../domain/clock-proof';
import type { LiabilityAssessment } from '../domain/liability';
import { toInstant } from './instant-column';
import { encodeHash } from './leaf-hash';
import { type LiabilityRow, SELECT_LIABILITY, toLiabilityAssessment } from './liability-rows';

/** The acts of a case as each of its clocks sees them, by the clock's id. Two statements. */
export async function actsByClock(
  transaction: SqlSession,
  caseId: string,
): Promise<ReadonlyMap<string, readonly CaseAct[]>> {
  const clocks = await rowsOf<ClockRow>(transaction, {
    name: 'clock_transactions',
    text: 'SELECT id, started_in::text, stopped_in::text FROM duty_clock WHERE case_id = $1',
    values: [caseId],
  });
  if (!UUID.test(caseId)) return new Map(clocks.map(({ id }) => [id, []]));
  const acts = await rowsOf<ActRow>(transaction, {
    name: 'acts_of_case',
    text: ACTS,
    values: [caseId, SUBJECT_FIELDS],
  });
  return new Map(
    clocks.map((clock) => [
      clock.id,
      acts.map((act) => ({
        act: act.id,
        kind: act.kind,
        author: act.author,
        logIndex: act.index,
        leafHash: encodeHash(act.leaf_hash),
        at: toInstant(act.at),
        about: (act.about ?? []).flatMap(textIn),
        startedClock: act.transaction === clock.started_in,
        stoppedClock: act.transaction === clock.stopped_in,
      })),
    ]),
  );
}

/** Stores a draft. `breaches` and `shares` are the texts that are kept. */
export async function insertAssessment(
  transaction: SqlSession,
  assessment: LiabilityAssessment,
  kept: { readonly breaches: string; readonly shares: string },
): Promise<void> {
  await rowsOf(transaction, {
    name: 'liability_insert',
    text: `INSERT INTO liability_assessment (id, case_id, loss_id, mode, state, version, breaches, shares, explanation, assessed_by, assessed_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      assessment.id,
      assessment.caseId,
      assessment.loss.id,
      assessment.mode,
      assessment.state,
      assessment.version,
      kept.breaches,
      kept.shares,
      assessment.explanation,
      assessment.assessedBy,
      assessment.assessedAt,
    ],
  });
}

/** The case of an assessment; null when there is no such assessment. */
export async function caseOfAssessment(transaction: SqlSession, id: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly case_id: string }>(transaction, {
    name: 'case_of_assessment',
    text: 'SELECT case_id FROM liability_assessment WHERE id = $1',
    values: [id],
  });
  return row?.case_id ?? null;
}

/** The assessment, locked until the transaction ends; null when there is none. */
export async function lockAssessment(transaction: SqlSession, id: string): Promise<LiabilityAssessment | null> {
  const [row] = await rowsOf<LiabilityRow>(transaction, {
    name: 'liability_lock',
    text: `${SELECT_LIABILITY} WHERE assessment.id = $1 FOR UPDATE OF assessment`,
    values: [id],
  });
  return row === undefined ? null : toLiabilityAssessment(row);
}

/** Writes the approval; false when somebody else was first. */
export async function approveAssessment(transaction: SqlSession, approved: LiabilityAssessment): Promise<boolean> {
  const rows = await rowsOf(transaction, {
    name: 'liability_approve',
    text: `UPDATE liability_assessment SET state = $2, version = $3, approved_by = $4, approved_at = $5
      WHERE id = $1 AND version = $3 - 1 RETURNING id`,
    values: [approved.id, approved.state, approved.version, approved.approvedBy, approved.approvedAt],
  });
  return rows.length === 1;
}

interface ClockRow {
  readonly id: string;
  readonly started_in: string | null;
  readonly stopped_in: string | null;
}

interface ActRow {
  readonly id: string;
  readonly kind: string;
  readonly author: string;
  readonly at: Date;
  readonly leaf_hash: Buffer;
  readonly index: string | null;
  readonly transaction: string;
  readonly about: readonly Buffer[] | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Fields in which acts name what they are about. */
const SUBJECT_FIELDS = ['order', 'orderId', 'request', 'requestId', 'appeal', 'appealId', 'report', 'reportId'];

/** Own acts of the case, and others' that were taken into it. */
const ACTS = `
  SELECT act.id, act.kind, act.author, act.at, act.leaf_hash, entry.index, act.transaction::text,
    (SELECT array_agg(value) FROM audit.disclosure WHERE act_id = act.id AND field = ANY ($2)) AS about
  FROM (
    SELECT own.id FROM audit.act AS own WHERE own.case_id = $1::uuid
      AND NOT EXISTS (SELECT FROM audit.reception WHERE foreign_act_id = own.id)
    UNION ALL
    SELECT foreign_act_id FROM audit.reception WHERE case_id = $1::uuid
  ) AS acts
  JOIN audit.act ON act.id = acts.id
  LEFT JOIN audit.log_entry AS entry ON entry.act_id = act.id
  ORDER BY act.id`;

/** The text in a disclosed value, which is canonical JSON. */
function textIn(value: Buffer): readonly string[] {
  const parsed: unknown = JSON.parse(value.toString('utf8'));
  return typeof parsed === 'string' ? [parsed] : [];
}
