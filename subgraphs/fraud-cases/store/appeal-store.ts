// Reads and writes of appeals in the transaction of a command. Whoever calls holds the lock of the appeal's case; who may decide, and that an
// order has one open appeal, also stands as constraints.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { AppealRecord } from '../domain/appeal-step';
import type { Appeal } from '../domain/block-order';
import { type AppealRow, toAppeal } from './block-order-row';
import { CaseMoved } from './case-record-writes';

/** An appeal with what is kept beside it; its order is in the record of the case. */
export type KeptAppeal = Omit<AppealRecord, 'order'>;

/** The case of an order; null when there is no such order. */
export async function caseOfOrder(session: SqlSession, orderId: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly case_id: string }>(session, {
    name: 'case_of_order',
    text: 'SELECT case_id FROM block_order WHERE id = $1',
    values: [orderId],
  });
  return row?.case_id ?? null;
}

/** The case of an appeal; null when there is no such appeal. */
export async function caseOfAppeal(session: SqlSession, appealId: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly case_id: string }>(session, {
    name: 'case_of_appeal',
    text: 'SELECT case_id FROM appeal WHERE id = $1',
    values: [appealId],
  });
  return row?.case_id ?? null;
}

/** The appeal as it stands; null when there is none. */
export async function readAppeal(session: SqlSession, id: string): Promise<KeptAppeal | null> {
  const [row] = await rowsOf<AppealColumns>(session, {
    name: 'read_appeal',
    text: `SELECT ${COLUMNS} FROM appeal WHERE id = $1`,
    values: [id],
  });
  return row === undefined ? null : toKept(row);
}

/** Every appeal against an order, oldest first. */
export async function appealsAgainst(session: SqlSession, orderId: string): Promise<readonly Appeal[]> {
  const rows = await rowsOf<AppealColumns>(session, {
    name: 'appeals_against',
    text: `SELECT ${COLUMNS} FROM appeal WHERE order_id = $1 ORDER BY filed_at, id`,
    values: [orderId],
  });
  return rows.map((row) => toKept(row).appeal);
}

/** Whose names stand under what led to an order: decisions of its case, voided ones too, and the order itself. */
export async function peopleBehindOrder(
  session: SqlSession,
  { id, caseId }: { readonly id: string; readonly caseId: string },
): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly person: string }>(session, {
    name: 'people_behind_order',
    text: `SELECT person FROM approval JOIN decision ON decision.id = decision_id WHERE case_id = $1
      UNION SELECT issued_by FROM block_order WHERE id = $2 AND issued_by IS NOT NULL
      ORDER BY person`,
    values: [caseId, id],
  });
  return rows.map(({ person }) => person);
}

/** Stores an appeal that was filed. */
export async function insertAppeal(
  session: SqlSession,
  { appeal, participants }: Pick<AppealRecord, 'appeal' | 'participants'>,
): Promise<void> {
  await rowsOf(session, {
    name: 'insert_appeal',
    text: `INSERT INTO appeal (id, order_id, case_id, state, version, grounds, statement, filed_at, due_at, participants)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      appeal.id,
      appeal.orderId,
      appeal.caseId,
      appeal.state,
      appeal.version,
      appeal.grounds,
      appeal.statement,
      appeal.filedAt,
      appeal.dueAt,
      participants,
    ],
  });
}

/** Writes an appeal as a step leaves it; throws when it is not in the version that the step began with. */
export async function updateAppeal(
  session: SqlSession,
  before: Appeal,
  { appeal, proposedUpheld, participants }: KeptAppeal,
): Promise<void> {
  const rows = await rowsOf(session, {
    name: 'update_appeal',
    text: `UPDATE appeal SET state = $3, version = $4, decided_by = $5, approved_by = $6, decision = $7, proposed_upheld = $8,
        participants = $9 WHERE id = $1 AND version = $2 RETURNING 1`,
    values: [
      appeal.id,
      before.version,
      appeal.state,
      appeal.version,
      appeal.decidedBy,
      appeal.approvedBy,
      appeal.decision,
      proposedUpheld,
      participants,
    ],
  });
  if (rows.length === 0) throw new CaseMoved();
}

interface AppealColumns extends AppealRow {
  readonly proposedUpheld: boolean | null;
  readonly participants: readonly string[];
}

const COLUMNS = `id, order_id AS "orderId", case_id AS "caseId", state, version, grounds, statement, filed_at AS "filedAt",
  due_at AS "dueAt", decided_by AS "decidedBy", approved_by AS "approvedBy", decision, proposed_upheld AS "proposedUpheld", participants`;

function toKept({ proposedUpheld, participants, ...row }: AppealColumns): KeptAppeal {
  return { appeal: toAppeal(row), proposedUpheld, participants };
}
