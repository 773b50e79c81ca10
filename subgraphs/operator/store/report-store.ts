// Reports of suspicious lines, each written with its act in one transaction: if the process dies before the commit, nothing was reported
// and the line comes up again; after it, the line never comes up again. Which lines are reported is decided in domain/suspicion.ts.

import type { DataSource } from 'typeorm';
import { type ActAuthor, appendAct } from '../../../shared/audit-log/act-author';
import { newActId } from '../../../shared/audit-log/act-id';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import { LINE_STATUSES } from '../../../shared/vocabulary/line';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { isInForce } from '../domain/line-contract';
import type { TenureKey } from '../domain/operator-tenure';
import type { SuspicionFinding, SuspicionReport } from '../domain/suspicion';
import { BANK, openingExpiry } from './own-act';
import { toInstant } from './sql-fragment';

/** A line that may be reported. */
export interface Candidate {
  /** Places candidates in the order of a scan. */
  readonly contractKey: string;
  readonly contractId: string;
  readonly tenure: TenureKey;
}

/** Candidates of one batch, and the database's clock when they were read. */
export interface CandidateBatch {
  readonly candidates: readonly Candidate[];
  readonly now: Instant;
}

/** Reports of an operator's own. */
export interface ReportStore {
  /** The next lines in force that were not reported and are not blocked; one statement. `afterKey` is '0' at first. */
  candidates(afterKey: string, most: number): Promise<CandidateBatch>;
  /** Reports a line and signs it; the id of the act, or null when it was reported already or its contract has ended. Atomic. */
  report(candidate: Candidate, finding: SuspicionFinding): Promise<string | null>;
}

/** The reports over a database at head; `author` signs. */
export function openReportStore(dataSource: DataSource, author: ActAuthor): ReportStore {
  return {
    async candidates(afterKey, most) {
      const rows: readonly CandidateRow[] = await dataSource.query(SELECT_CANDIDATES, [afterKey, IN_FORCE, most]);
      const candidates = rows.flatMap(({ key, id, msisdn, since }) =>
        key === null || id === null || msisdn === null || since === null
          ? []
          : [{ contractKey: key, contractId: id, tenure: { msisdn: msisdn as Msisdn, since: toInstant(since) } }],
      );
      return { candidates, now: toInstant(rows[0]?.now ?? new Date(Number.NaN)) };
    },
    report: (candidate, finding) =>
      dataSource.transaction(async (manager) => {
        const session = await sessionOf(manager);
        const id = newActId(Date.now());
        if (!(await claimLine(session, candidate, id))) return null;
        const [clock] = await rowsOf<{ readonly now: Date }>(session, { text: 'SELECT senim_now() AS now' });
        const at = toInstant(clock?.now ?? new Date(Number.NaN));
        const { msisdn } = candidate.tenure;
        const sourceRef = `${author.party.toUpperCase()}-${id}`;
        return writeReport(session, author, { ...finding, id, sourceRef, suspect: msisdn, victim: null }, at);
      }),
  };
}

/** Signs a report and stores it with its act, in the caller's transaction. Resolves with the act's id. */
export async function writeReport(
  session: SqlSession,
  author: ActAuthor,
  report: SuspicionReport,
  at: Instant,
): Promise<string> {
  const { id, ...said } = report;
  const signed = await appendAct(session, author, {
    kind: 'suspicion.reported',
    caseId: null,
    to: [BANK],
    at,
    fields: { reportId: id, ...said },
    expiresOn: openingExpiry(at),
  });
  await rowsOf(session, {
    name: 'operator_report',
    text: `INSERT INTO suspicion_report (id, act_id, source, source_ref, suspect, victim, channel, fraud_type, occurred_at, detected_at,
      reported_at, text, assessment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      id,
      signed.act.id,
      report.source,
      report.sourceRef,
      report.suspect,
      report.victim,
      report.channel,
      report.fraudType,
      report.occurredAt,
      report.detectedAt,
      at,
      report.text,
      report.assessment === null ? null : JSON.stringify(report.assessment),
    ],
  });
  return signed.act.id;
}

/** The line that a report speaks of is not reported again by a scan: the contract that was open at that time, if the number was served here. */
export async function markReported(
  session: SqlSession,
  report: { readonly id: string; readonly suspect: string },
  at: Instant,
): Promise<void> {
  await rowsOf(session, {
    name: 'operator_mark_reported',
    text: `INSERT INTO reported_line (contract_key, report_id)
      SELECT contract.key, $3::uuid FROM line_contract contract
      JOIN tenure USING (msisdn, since)
      WHERE contract.msisdn = $1 AND contract.opened_at <= $2::timestamptz AND (tenure.until IS NULL OR tenure.until > $2::timestamptz)
      ORDER BY contract.opened_at DESC, contract.key DESC LIMIT 1
      ON CONFLICT (contract_key) DO NOTHING`,
    values: [report.suspect, at, report.id],
  });
}

interface CandidateRow {
  readonly key: string | null;
  readonly id: string | null;
  readonly msisdn: string | null;
  readonly since: Date | null;
  readonly now: Date;
}

const IN_FORCE = LINE_STATUSES.filter(isInForce);

/** The clock comes also when there is no candidate. */
const SELECT_CANDIDATES = `
  SELECT next.*, clock.now
  FROM (SELECT senim_now() AS now) clock
  LEFT JOIN LATERAL (
    SELECT contract.key::text AS key, contract.id, contract.msisdn, contract.since
    FROM line_contract contract
    WHERE contract.key > $1::bigint AND contract.status = ANY ($2::text[])
      AND NOT EXISTS (SELECT FROM reported_line reported WHERE reported.contract_key = contract.key)
      AND NOT EXISTS (SELECT FROM service_state state
        WHERE state.contract_key = contract.key AND cardinality(state.measures) > 0)
    ORDER BY contract.key LIMIT $3
  ) next ON true
  ORDER BY next.key::bigint`;

/** Two processes that found the same line wait for each other here, and the second finds it taken. */
async function claimLine(session: SqlSession, candidate: Candidate, reportId: string): Promise<boolean> {
  const claimed = await rowsOf(session, {
    name: 'operator_claim_line',
    text: `INSERT INTO reported_line (contract_key, report_id)
      SELECT key, $2 FROM line_contract WHERE key = $1 AND status = ANY ($3::text[])
      ON CONFLICT (contract_key) DO NOTHING RETURNING contract_key`,
    values: [candidate.contractKey, reportId, IN_FORCE],
  });
  return claimed.length === 1;
}
