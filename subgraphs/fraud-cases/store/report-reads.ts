// What is known of reports while one is taken in: whether it was told before, and the lock of its number.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { SuspicionReport } from '../domain/case-file';

/** Reports of one number come one after the other until the transaction ends. */
export async function lockNumber(session: SqlSession, msisdn: string): Promise<void> {
  await rowsOf(session, {
    name: 'lock_suspect',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 1))',
    values: [msisdn],
  });
}

/** What the same reporter told under the same source and reference; null when it did not. */
export async function reportTold(
  session: SqlSession,
  { reporter, source, sourceRef }: Pick<SuspicionReport, 'reporter' | 'source' | 'sourceRef'>,
): Promise<SuspicionReport | null> {
  const [row] = await rowsOf<SuspicionReport>(session, {
    name: 'report_told',
    text: `SELECT id, case_id AS "caseId", source, source_ref AS "sourceRef", reporter, suspect, victim, channel,
        fraud_type AS "fraudType", instant_text(occurred_at) AS "occurredAt", instant_text(detected_at) AS "detectedAt",
        instant_text(received_at) AS "receivedAt", text
      FROM suspicion_report WHERE (reporter, source, source_ref) = ($1, $2, $3)`,
    values: [reporter, source, sourceRef],
  });
  return row ?? null;
}

/** The case in which a report stands; null when there is no such report. */
export async function caseOfReport(session: SqlSession, reportId: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly case_id: string }>(session, {
    name: 'case_of_report',
    text: 'SELECT case_id FROM suspicion_report WHERE id = $1',
    values: [reportId],
  });
  return row?.case_id ?? null;
}
