// What is forgotten of looks, and when. The look itself is not: its act, its row and the keyed hashes of whom it was about are the trail, and
// stay as long as the log's openings do.

import type { SqlSession } from '../../../shared/audit-log/sql-session';
import { runTogether, type Statement } from '../../../shared/audit-log/statement-group';

/** Days for which acts of a case can be opened, in `log/retention.ts`: as long what occurred in a case that is over is known again. */
export interface LookRetention {
  readonly caseDays: number;
  /** Rows of one table that are deleted at once. */
  readonly most: number;
}

/** Deletes what is old, of each table at most so many; resolves with the number of rows of the table that had the most. */
export async function forgetOldLooks(session: SqlSession, { caseDays, most }: LookRetention): Promise<number> {
  const answers = await runTogether(session, [
    ...OLD.map(([table, condition]) => ({ ...forget(table, condition), values: [most] })),
    { ...forget('case_occurrence', OF_CASES_LONG_OVER), values: [most, caseDays] },
  ]);
  return Math.max(...answers.map((rows) => rows.length));
}

/** Budgets count thirty days. An alarm is about somebody of the staff, and is looked into within a year. */
const OLD = [
  ['looked_at', `last_at < (SELECT senim_now()) - interval '31 days'`],
  ['preliminary_look', `last_at < (SELECT senim_now()) - interval '31 days'`],
  ['missed_look', `at < (SELECT senim_now()) - interval '31 days'`],
  ['bank_look', `day < ((SELECT senim_now()) AT TIME ZONE 'Asia/Almaty')::date - 31`],
  ['bank_look_day', `day < ((SELECT senim_now()) AT TIME ZONE 'Asia/Almaty')::date - 31`],
  ['lookup_grant', `issued_at < (SELECT senim_now()) - interval '31 days'`],
  ['access_alarm', `last_at < (SELECT senim_now()) - interval '366 days'`],
] as const;

const OF_CASES_LONG_OVER = `EXISTS (SELECT FROM fraud_case WHERE id = case_id AND NOT is_open)
  AND NOT EXISTS (SELECT FROM audit.act WHERE act.case_id = old.case_id::uuid AND at >= (SELECT senim_now()) - $2 * interval '1 day')`;

/** A row that is looked at again meanwhile is another version of itself, and stays. */
function forget(table: string, condition: string): Pick<Statement, 'name' | 'text'> {
  return {
    name: `forget_${table}`,
    text: `DELETE FROM ${table} AS old WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} AS old WHERE ${condition} LIMIT $1)) AND ${condition}
      RETURNING 1`,
  };
}
