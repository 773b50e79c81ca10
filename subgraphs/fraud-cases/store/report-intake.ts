// Takes a report into the cases: into the open case of the number if there is one, else into a new one, with the clocks that a report starts
// and stops. In the caller's transaction, which also writes the acts; the number is locked until it ends, so that two reports of one
// number never open two cases.

import { randomUUID } from 'node:crypto';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ReportedSuspicion } from '../domain/reported-suspicion';

/** A report on its way in. */
export interface ArrivingReport extends ReportedSuspicion {
  /** Principal of the sender, e.g. `operator-kcell`. */
  readonly reporter: string;
  /** Code of the party that owes the report. */
  readonly party: string;
  /** By the bank's clock. */
  readonly receivedAt: Instant;
}

/** Whether a report with this id, or this reporter's source and reference, was told before. */
export async function isToldBefore(transaction: SqlSession, report: ArrivingReport): Promise<boolean> {
  const rows = await rowsOf(transaction, {
    name: 'report_told',
    text: `SELECT 1 FROM suspicion_report WHERE id = $1
      UNION ALL SELECT 1 FROM suspicion_report WHERE (reporter, source, source_ref) = ($2, $3, $4)`,
    values: [report.reportId, report.reporter, report.source, report.sourceRef],
  });
  return rows.length > 0;
}

/** Stores the report and resolves with the id of its case. Requires that it was not told before. */
export async function takeInReport(transaction: SqlSession, report: ArrivingReport): Promise<string> {
  await rowsOf(transaction, {
    name: 'lock_suspect',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 1))',
    values: [report.suspect],
  });
  const caseId = (await raiseOpenCase(transaction, report.suspect)) ?? (await openCase(transaction, report));
  await rowsOf(transaction, {
    name: 'report_numbers',
    text: `INSERT INTO case_number (case_id, case_is_open, msisdn, is_suspect)
      SELECT $1, true, msisdn, is_suspect FROM unnest($2::text[], $3::boolean[]) AS given (msisdn, is_suspect)
      ON CONFLICT (case_id, msisdn) DO NOTHING`,
    values: [
      caseId,
      report.victim === null ? [report.suspect] : [report.suspect, report.victim],
      report.victim === null ? [true] : [true, false],
    ],
  });
  await rowsOf(transaction, {
    name: 'report_insert',
    text: `INSERT INTO suspicion_report (id, case_id, source, source_ref, reporter, suspect, victim, channel, fraud_type, occurred_at,
        detected_at, received_at, text)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      report.reportId,
      caseId,
      report.source,
      report.sourceRef,
      report.reporter,
      report.suspect,
      report.victim,
      report.channel,
      report.fraudType,
      report.occurredAt,
      report.detectedAt,
      report.receivedAt,
      report.text,
    ],
  });
  if (report.source === 'OPERATOR_DETECTION' && report.detectedAt !== null) {
    const { party, receivedAt, detectedAt } = report;
    // A detection that is dated after its arrival was told at once.
    const [startedAt] = [detectedAt, receivedAt].toSorted();
    await startClock(transaction, { caseId, ruleId: 'OP-01', party, startedAt, stoppedAt: receivedAt });
  }
  return caseId;
}

/** The open case in which the number is the suspect, its version raised; null when there is none. */
async function raiseOpenCase(transaction: SqlSession, suspect: string): Promise<string | null> {
  const [row] = await rowsOf<{ readonly id: string }>(transaction, {
    name: 'raise_open_case',
    text: `UPDATE fraud_case SET version = version + 1
      WHERE id = (SELECT case_id FROM case_number WHERE msisdn = $1 AND is_suspect AND case_is_open) RETURNING id`,
    values: [suspect],
  });
  return row?.id ?? null;
}

async function openCase(transaction: SqlSession, report: ArrivingReport): Promise<string> {
  const id = randomUUID();
  await rowsOf(transaction, { name: 'lock_case_numbers', text: 'SELECT pg_advisory_xact_lock(1397049683)' });
  await rowsOf(transaction, {
    name: 'open_case',
    text: `INSERT INTO fraud_case (id, number, state, outcome, severity, version, opened_at)
      SELECT $1, prefix || to_char(1 + coalesce((SELECT max(right(number, 6)::int) FROM fraud_case
        WHERE number LIKE prefix || '%'), 0), 'FM000000'), 'REPORTED', 'UNSET', 'MEDIUM', 1, $2
      FROM (SELECT to_char($2::timestamptz AT TIME ZONE 'Asia/Almaty', '"AFC-"YYYY"-"') AS prefix) AS year`,
    values: [id, report.receivedAt],
  });
  const startedAt = report.receivedAt;
  await startClock(transaction, { caseId: id, ruleId: 'AFC-01', party: 'afc', startedAt, stoppedAt: null });
  await rowsOf(transaction, {
    name: 'case_due',
    text: `UPDATE fraud_case SET due_at = (SELECT max(deadline_at) FROM duty_clock WHERE case_id = $1) WHERE id = $1`,
    values: [id],
  });
  return id;
}

interface Clock {
  readonly caseId: string;
  readonly ruleId: string;
  readonly party: string;
  readonly startedAt: Instant | undefined;
  readonly stoppedAt: Instant | null;
}

/** Starts a clock under the version of its rule, one that counts hours, which is in force when it starts; none when none is. */
async function startClock(transaction: SqlSession, clock: Clock): Promise<void> {
  await rowsOf(transaction, {
    name: 'start_clock',
    text: `INSERT INTO duty_clock (id, case_id, rule_id, rule_version, party, started_at, deadline_at, stopped_at, state)
      SELECT $1, $2, id, version, $4, $5, deadline, $6,
        CASE WHEN $6::timestamptz IS NULL THEN 'RUNNING' WHEN $6::timestamptz <= deadline THEN 'MET' ELSE 'BREACHED' END
      FROM (SELECT id, version, $5::timestamptz + deadline_value * interval '1 hour' AS deadline, valid_from, valid_to
        FROM duty_rule WHERE id = $3 AND deadline_unit = 'HOUR') AS rule
      WHERE valid_from <= $5 AND (valid_to IS NULL OR valid_to > $5)
      ORDER BY version DESC LIMIT 1`,
    values: [randomUUID(), clock.caseId, clock.ruleId, clock.party, clock.startedAt, clock.stoppedAt],
  });
}
