// What is due by the database's clock, a bounded number at a time, each list by an index of its own: clocks to be looked at, checks and questions
// whose time is over, appeals and temporary blocks that lapse. Being on a list is no decision: whoever acts on it locks the case and asks the rules again.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import { LIVE_ORDER_STATES, OPEN_APPEAL_STATES } from '../domain/block-order';

/** Which page of a list: at most `limit`, without those that are left for later. */
export interface DueRequest {
  readonly limit: number;
  readonly except: readonly string[];
}

/** Clocks that want a look, the most overdue first. */
export function dueClocks(source: SqlSource, request: DueRequest): Promise<readonly string[]> {
  return idsOf(source, request, {
    name: 'due_clocks',
    text: `SELECT id FROM duty_clock WHERE attend_at <= (SELECT senim_now()) AND id <> ALL ($2)
      ORDER BY attend_at, id LIMIT $1`,
  });
}

/** Cases that an operator checks beyond its time. Cost: one look at the clocks of each case that is being checked. */
export function overdueChecks(source: SqlSource, request: DueRequest): Promise<readonly string[]> {
  return idsOf(source, request, {
    name: 'overdue_checks',
    text: `SELECT id FROM fraud_case WHERE state = 'OPERATOR_CHECK' AND id <> ALL ($2) AND EXISTS (
        SELECT FROM duty_clock WHERE case_id = fraud_case.id AND rule_id = 'OP-02' AND party = fraud_case.checked_by
          AND stopped_at IS NULL AND deadline_at < (SELECT senim_now()))
      ORDER BY id LIMIT $1`,
  });
}

/** Questions that were not answered in time, of cases that wait for them. */
export function overdueRequests(source: SqlSource, request: DueRequest): Promise<readonly string[]> {
  return idsOf(source, request, {
    name: 'overdue_requests',
    text: `SELECT request.id FROM information_request AS request JOIN fraud_case ON fraud_case.id = request.case_id
      WHERE request.state = 'SENT' AND request.due_at < (SELECT senim_now()) AND fraud_case.state = 'AWAITING_INFORMATION'
        AND request.id <> ALL ($2)
      ORDER BY request.due_at, request.id LIMIT $1`,
  });
}

/** Appeals against temporary blocks that nobody decided in time. */
export function lapsingAppeals(source: SqlSource, request: DueRequest): Promise<readonly string[]> {
  return idsOf(source, request, {
    name: 'lapsing_appeals',
    text: `SELECT id FROM appeal WHERE lapses_at < (SELECT senim_now()) AND state IN (${OPEN}) AND id <> ALL ($2)
      ORDER BY lapses_at, id LIMIT $1`,
  });
}

/**
 * Temporary blocks whose time has been over for ten minutes, and of whose end nobody has told: an operator's own word comes within seconds
 * where it can come at all.
 */
export function lapsedBlocks(source: SqlSource, request: DueRequest): Promise<readonly string[]> {
  return idsOf(source, request, {
    name: 'lapsed_blocks',
    text: `SELECT id FROM block_order WHERE valid_until < (SELECT senim_now()) - interval '10 minutes' AND kind = 'TEMPORARY'
        AND state IN (${LIVE}) AND id <> ALL ($2)
      ORDER BY valid_until, id LIMIT $1`,
  });
}

/** The case of a question; null when there is no such question. */
export async function caseOfRequest(source: SqlSource, requestId: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly case_id: string }>(source, {
    name: 'case_of_request',
    text: 'SELECT case_id FROM information_request WHERE id = $1',
    values: [requestId],
  });
  return row?.case_id ?? null;
}

const LIVE = LIVE_ORDER_STATES.map((state) => `'${state}'`).join(', ');
const OPEN = OPEN_APPEAL_STATES.map((state) => `'${state}'`).join(', ');

async function idsOf(
  source: SqlSource,
  { limit, except }: DueRequest,
  statement: { readonly name: string; readonly text: string },
): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly id: string }>(source, { ...statement, values: [limit, except] });
  return rows.map(({ id }) => id);
}
