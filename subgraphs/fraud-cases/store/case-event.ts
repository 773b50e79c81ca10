// Events of cases: the rows that tie an act of the bank to the case that it changed. Written in the transaction of act and change.

import type { SignedAct } from '../../../shared/audit-log/act-author';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { Statement } from '../../../shared/audit-log/statement-group';
import { invariant } from '../../../shared/vocabulary/app-error';

/** Event of an act of the bank. `step` names a step of a replayed history, null for what happens now. */
export interface CaseEvent {
  readonly actId: string;
  readonly kind: string;
  readonly caseId: string;
  readonly step: string | null;
}

/** The statement that writes an event; it is sent along with the act. */
export function caseEvent({ actId, kind, caseId, step }: CaseEvent): Statement {
  return {
    name: 'case_event',
    text: 'INSERT INTO case_event (act_id, kind, case_id, step) VALUES ($1, $2, $3, $4)',
    values: [actId, kind, caseId, step],
  };
}

/** Writes the event of an act that was written before. */
export async function writeCaseEvent(transaction: SqlSession, event: CaseEvent): Promise<void> {
  await rowsOf(transaction, caseEvent(event));
}

/** Writes the event of the bank's act that took a foreign act into a case. */
export async function writeReceptionEvent(
  transaction: SqlSession,
  event: { readonly foreign: SignedAct; readonly caseId: string; readonly step: string | null },
): Promise<void> {
  const [received] = await rowsOf<{ readonly act_id: string }>(transaction, {
    name: 'reception_of_act',
    text: 'SELECT act_id FROM audit.reception WHERE foreign_act_id = $1',
    values: [event.foreign.act.id],
  });
  invariant(received !== undefined, 'a foreign act that was taken in has its reception');
  await writeCaseEvent(transaction, {
    actId: received.act_id,
    kind: 'act.received',
    caseId: event.caseId,
    step: event.step,
  });
}

/** Whether seeded cases still wait for their history to be told to the log. */
export async function hasUntoldHistory(source: Parameters<typeof rowsOf>[0]): Promise<boolean> {
  const [row] = await rowsOf<{ readonly waits: boolean }>(source, {
    name: 'untold_history',
    text: 'SELECT EXISTS (SELECT FROM seeded_case WHERE NOT is_told) AS waits',
  });
  return row?.waits ?? false;
}
