// Writes of block orders, in the transaction of the step that they carry out: sequences, orders, and the documents with the acts that tell
// them. What an order becomes is decided by the domain; every update names the version that it saw.

import { rowsOf, type SqlSession, type SqlSource } from '../../../shared/audit-log/sql-session';
import { AppError, invariant } from '../../../shared/vocabulary/app-error';
import { type BlockOrder, LIVE_ORDER_STATES } from '../domain/block-order';
import type { OrderRecord } from '../domain/block-order-step';
import { type BlockOrderRow, toBlockOrder } from './block-order-row';

/** Which of an order's two documents. */
export type OrderDocumentKind = 'BLOCK' | 'LIFT';

/** A document with the act that commits to it. */
export interface OrderDocumentEntry {
  /** SHA-256 of its text, base64url. */
  readonly hash: string;
  readonly kind: OrderDocumentKind;
  readonly sequence: number;
  readonly actId: string;
  /** Leaf hash of the act, base64url. */
  readonly leafHash: string;
}

/** Who did what with an order that its state does not tell; what is left out stays. */
export interface OrderPeople {
  readonly issuedBy?: string;
  readonly liftApprovedBy?: string;
}

/** The number's next sequence; nobody else is given one for the number until the transaction ends. */
export async function nextSequence(transaction: SqlSession, msisdn: string): Promise<number> {
  const [row] = await rowsOf<{ readonly sequence: number }>(transaction, {
    name: 'next_number_sequence',
    text: 'SELECT next_number_sequence($1) AS sequence',
    values: [msisdn],
  });
  invariant(row !== undefined, 'a number has a next sequence');
  return row.sequence;
}

/** The order with who asked for its lift; null when there is none. Locked until the transaction ends. */
export async function lockOrder(transaction: SqlSession, id: string): Promise<OrderRecord | null> {
  const [row] = await rowsOf<OrderColumns>(transaction, {
    name: 'lock_order',
    text: `SELECT ${COLUMNS} FROM block_order WHERE id = $1 FOR UPDATE`,
    values: [id],
  });
  return row === undefined ? null : toRecord(row);
}

/** The order as it stands, unlocked; null when there is none. */
export async function readOrder(source: SqlSource, id: string): Promise<OrderRecord | null> {
  const [row] = await rowsOf<OrderColumns>(source, {
    name: 'read_order',
    text: `SELECT ${COLUMNS} FROM block_order WHERE id = $1`,
    values: [id],
  });
  return row === undefined ? null : toRecord(row);
}

/** The number's live order, of whatever case; null when there is none. */
export async function liveOrderOf(transaction: SqlSession, msisdn: string): Promise<BlockOrder | null> {
  const states = LIVE_ORDER_STATES.map((state) => `'${state}'`).join(', ');
  const [row] = await rowsOf<OrderColumns>(transaction, {
    name: 'live_order',
    text: `SELECT ${COLUMNS} FROM block_order WHERE msisdn = $1 AND state IN (${states})`,
    values: [msisdn],
  });
  return row === undefined ? null : toRecord(row).order;
}

/** Writes an order as a step leaves it. Throws when it is not in the version that the step began with: somebody passed the case's lock. */
export async function saveOrder(
  transaction: SqlSession,
  before: OrderRecord | null,
  { order, liftRequestedBy }: OrderRecord,
  people: OrderPeople = {},
): Promise<void> {
  const rows = await rowsOf(
    transaction,
    before === null
      ? {
          name: 'insert_order',
          text: `INSERT INTO block_order (id, case_id, sequence, msisdn, operator_code, kind, state, version, measures, reason, issued_at,
              valid_until, document, issued_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING 1`,
          values: [
            order.id,
            order.caseId,
            order.sequence,
            order.msisdn,
            order.operatorCode,
            order.kind,
            order.state,
            order.version,
            order.measures,
            order.reason,
            order.issuedAt,
            order.validUntil,
            order.document,
            people.issuedBy ?? null,
          ],
        }
      : {
          name: 'update_order',
          text: `UPDATE block_order SET state = $3, version = $4, delivered_at = $5, acknowledged_at = $6, enforced_at = $7,
              lifted_at = $8, superseded_by = $9, lift_sequence = $10, receipt = $11, lift_document = $12, lift_receipt = $13,
              lift_requested_by = $14, lift_approved_by = coalesce($15, lift_approved_by)
            WHERE id = $1 AND version = $2 RETURNING 1`,
          values: [
            order.id,
            before.order.version,
            order.state,
            order.version,
            order.deliveredAt,
            order.acknowledgedAt,
            order.enforcedAt,
            order.liftedAt,
            order.supersededBy,
            order.liftSequence,
            order.receipt,
            order.liftDocument,
            order.liftReceipt,
            liftRequestedBy,
            people.liftApprovedBy ?? null,
          ],
        },
  );
  if (rows.length === 0) throw new AppError('INTERNAL', 'An order was changed without the lock of its case.');
}

/** Keeps which act tells a document of an order. */
export async function keepDocument(
  transaction: SqlSession,
  { id, msisdn }: Pick<BlockOrder, 'id' | 'msisdn'>,
  { hash, kind, sequence, actId, leafHash }: OrderDocumentEntry,
): Promise<void> {
  await rowsOf(transaction, {
    name: 'keep_order_document',
    text: `INSERT INTO order_document (hash, order_id, kind, msisdn, sequence, act_id, leaf_hash)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [hash, id, kind, msisdn, sequence, actId, leafHash],
  });
}

/** Leaf hash of the act that tells an order's document, live or in a replayed history; null when there is none. */
export async function documentLeaf(
  source: SqlSource,
  order: Pick<BlockOrder, 'id' | 'caseId'>,
  kind: OrderDocumentKind,
): Promise<string | null> {
  const step = `${kind === 'BLOCK' ? 'ordered' : 'lift-ordered'}:${order.id}`;
  const [row] = await rowsOf<{ readonly leaf_hash: string }>(source, {
    name: 'order_document_leaf',
    text: `SELECT leaf_hash FROM order_document WHERE order_id = $1 AND kind = $2
      UNION ALL SELECT ${BASE64URL} FROM case_event AS event JOIN audit.act ON act.id = event.act_id
        WHERE event.case_id = $3 AND event.step = $4
      LIMIT 1`,
    values: [order.id, kind, order.caseId, step],
  });
  return row?.leaf_hash ?? null;
}

/** An act's leaf hash in the form in which acts name it. */
export const BASE64URL = `translate(rtrim(encode(act.leaf_hash, 'base64'), '='), '+/', '-_')`;

type OrderColumns = Omit<BlockOrderRow, 'listedAt'> & { readonly liftRequestedBy: string | null };

const COLUMNS = `id, case_id AS "caseId", sequence, msisdn, operator_code AS "operatorCode", kind, state, version, measures, reason,
  issued_at AS "issuedAt", delivered_at AS "deliveredAt", acknowledged_at AS "acknowledgedAt", enforced_at AS "enforcedAt",
  lifted_at AS "liftedAt", valid_until AS "validUntil", superseded_by AS "supersededBy", lift_sequence AS "liftSequence", document,
  receipt, lift_document AS "liftDocument", lift_receipt AS "liftReceipt", lift_requested_by AS "liftRequestedBy"`;

function toRecord({ liftRequestedBy, ...row }: OrderColumns): OrderRecord {
  return { order: toBlockOrder({ ...row, listedAt: new Date(0) }), liftRequestedBy };
}
