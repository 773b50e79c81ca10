// Writes what a command changed in a case, and nothing else, in the transaction of the command. The row of the case is changed only from the
// version that was read; what is gathered in a case is added and never rewritten. Orders are written by whoever carries them out.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { SuspicionReport } from '../domain/case-file';
import type { CaseRecord } from '../domain/case-record';
import { OPEN_CASE_STATES } from '../domain/fraud-case';
import { contentHash } from './decision-content';
import { insertRows, type RowTarget } from './row-insert';

/** What is saved: the record as it was read (null for a new case) and as the command left it. */
export interface CaseSaving {
  readonly before: CaseRecord | null;
  readonly after: CaseRecord;
  /** Who gave the command. */
  readonly person: string;
  readonly now: Instant;
  /** The case whose reports move into this one; null for any other command. */
  readonly reportsFrom: string | null;
}

/** The case is no longer in the version that was read: somebody wrote past the lock. */
export class CaseMoved extends Error {
  constructor() {
    super('The case was changed since it was read.');
    this.name = 'CaseMoved';
  }
}

/** Writes the changes. Rejects with CaseMoved when the row has another version; constraints of the tables reject the rest. */
export async function writeCase(session: SqlSession, saving: CaseSaving): Promise<void> {
  const { before, after } = saving;
  const caseId = after.case.id;
  if (before === null) await insertRows(session, CASE, [{ ...after.case, ...restOf(after) }]);
  else if (!isSameRow(before, after)) await updateCase(session, before.case.version, after);
  await writeFile(session, saving);
  await writeDecision(session, saving);
  await writeReopening(session, saving);
  const clocks = after.clocks.filter((clock) => !(before?.clocks ?? []).includes(clock));
  await insertRows(
    session,
    CLOCKS,
    clocks.map((clock) => ({ ...clock, caseId })),
  );
}

const CASE: RowTarget = {
  table: 'fraud_case',
  columns: {
    id: 'text',
    number: 'text',
    state: 'text',
    outcome: 'text',
    track: 'text',
    fraud_type: 'text',
    severity: 'text',
    version: 'int',
    opened_at: 'timestamptz',
    due_at: 'timestamptz',
    assignee: 'text',
    duplicate_of: 'text',
    checked_by: 'text',
    editors: 'text[]',
  },
};

const NUMBERS: RowTarget = {
  table: 'case_number',
  columns: { case_id: 'text', case_is_open: 'boolean', msisdn: 'text', is_suspect: 'boolean' },
  more: `ON CONFLICT (case_id, msisdn) DO UPDATE SET is_suspect = true WHERE excluded.is_suspect AND NOT case_number.is_suspect`,
};

const SUBJECTS: RowTarget = {
  table: 'case_subject',
  columns: {
    case_id: 'text',
    msisdn: 'text',
    role: 'text',
    added_by: 'text',
    added_at: 'timestamptz',
    ground: 'text',
  },
};

const REPORTS: RowTarget = {
  table: 'suspicion_report',
  columns: {
    id: 'text',
    case_id: 'text',
    source: 'text',
    source_ref: 'text',
    reporter: 'text',
    suspect: 'text',
    victim: 'text',
    channel: 'text',
    fraud_type: 'text',
    occurred_at: 'timestamptz',
    detected_at: 'timestamptz',
    received_at: 'timestamptz',
    text: 'text',
  },
};

const INDICATORS: RowTarget = { table: 'case_indicator', columns: { case_id: 'text', code: 'text' } };

const EVIDENCE: RowTarget = {
  table: 'evidence',
  columns: {
    id: 'text',
    case_id: 'text',
    kind: 'text',
    sha256: 'text',
    captured_at: 'timestamptz',
    captured_by: 'text',
    locked: 'boolean',
    note: 'text',
  },
};

const REQUESTS: RowTarget = {
  table: 'information_request',
  columns: {
    id: 'text',
    case_id: 'text',
    operator_code: 'text',
    questions: 'text[]',
    answer: 'text',
    issued_at: 'timestamptz',
    due_at: 'timestamptz',
    answered_at: 'timestamptz',
    state: 'text',
  },
  more: `ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at, state = excluded.state
    WHERE information_request.case_id = excluded.case_id`,
};

const LOSSES: RowTarget = {
  table: 'loss',
  columns: {
    id: 'text',
    case_id: 'text',
    bank: 'text',
    amount: 'numeric',
    occurred_at: 'timestamptz',
    transaction_ref: 'text',
  },
};

const HOLDS: RowTarget = {
  table: 'transaction_hold',
  columns: {
    id: 'text',
    case_id: 'text',
    bank: 'text',
    transaction_ref: 'text',
    held_at: 'timestamptz',
    recorded_at: 'timestamptz',
  },
};

const CLOCKS: RowTarget = {
  table: 'duty_clock',
  columns: {
    id: 'text',
    case_id: 'text',
    about: 'text',
    rule_id: 'text',
    rule_version: 'int',
    party: 'text',
    started_at: 'timestamptz',
    deadline_at: 'timestamptz',
    stopped_at: 'timestamptz',
    state: 'text',
    pauses: 'jsonb',
  },
  derived: { order_id: '(SELECT id FROM block_order WHERE id = about)' },
  more: `ON CONFLICT (id) DO UPDATE SET deadline_at = excluded.deadline_at, stopped_at = excluded.stopped_at, state = excluded.state,
    pauses = excluded.pauses WHERE duty_clock.case_id = excluded.case_id`,
};

function restOf({ checkedBy, editors }: CaseRecord) {
  return { checkedBy, editors };
}

function isSameRow(before: CaseRecord, after: CaseRecord): boolean {
  return JSON.stringify([before.case, restOf(before)]) === JSON.stringify([after.case, restOf(after)]);
}

async function updateCase(session: SqlSession, version: number, after: CaseRecord): Promise<void> {
  const { case: fraudCase, checkedBy, editors } = after;
  const updated = await rowsOf(session, {
    name: 'update_fraud_case',
    text: `UPDATE fraud_case SET state = $3, outcome = $4, track = $5, fraud_type = $6, severity = $7, version = $8, due_at = $9,
        assignee = $10, duplicate_of = $11, checked_by = $12, editors = $13
      WHERE id = $1 AND version = $2 RETURNING 1`,
    values: [
      fraudCase.id,
      version,
      fraudCase.state,
      fraudCase.outcome,
      fraudCase.track,
      fraudCase.fraudType,
      fraudCase.severity,
      fraudCase.version,
      fraudCase.dueAt,
      fraudCase.assignee,
      fraudCase.duplicateOf,
      checkedBy,
      editors,
    ],
  });
  if (updated.length === 0) throw new CaseMoved();
}

/** What was gathered: rows that are new, and requests that were answered or are overdue. */
async function writeFile(session: SqlSession, { before, after, reportsFrom }: CaseSaving): Promise<void> {
  const caseId = after.case.id;
  const subjects = addedBy(before?.subjects, after.subjects, ({ msisdn }) => msisdn);
  const reports = addedBy(before?.reports, after.reports, ({ id }) => id);
  const indicators = addedBy(before?.indicators, after.indicators, (code) => code);
  const touched = new Map<string, boolean>();
  for (const { suspect, victim } of reports) {
    touched.set(suspect, true);
    if (victim !== null) touched.set(victim, touched.get(victim) ?? false);
  }
  for (const { msisdn, role } of subjects) touched.set(msisdn, role === 'SUSPECT' || touched.get(msisdn) === true);
  const caseIsOpen = OPEN_CASE_STATES.some((state) => state === after.case.state);
  const numbers = [...touched].map(([msisdn, isSuspect]) => ({ caseId, caseIsOpen, msisdn, isSuspect }));
  await insertRows(session, NUMBERS, numbers);
  await insertRows(session, SUBJECTS, subjects);
  if (reportsFrom === null) await insertRows(session, REPORTS, reports);
  else await moveReports(session, reportsFrom, caseId, reports);
  await insertRows(
    session,
    INDICATORS,
    indicators.map((code) => ({ caseId, code })),
  );
  await insertRows(
    session,
    EVIDENCE,
    addedBy(before?.evidence, after.evidence, ({ id }) => id),
  );
  await insertRows(session, REQUESTS, changedFrom(before?.informationRequests, after.informationRequests));
  await insertRows(
    session,
    LOSSES,
    addedBy(before?.losses, after.losses, ({ id }) => id),
  );
  await insertRows(
    session,
    HOLDS,
    addedBy(before?.holds, after.holds, ({ id }) => id),
  );
}

async function moveReports(
  session: SqlSession,
  from: string,
  to: string,
  reports: readonly SuspicionReport[],
): Promise<void> {
  const moved = await rowsOf(session, {
    name: 'move_reports',
    text: 'UPDATE suspicion_report SET case_id = $2 WHERE case_id = $1 AND id = ANY ($3) RETURNING 1',
    values: [from, to, reports.map(({ id }) => id)],
  });
  if (moved.length !== reports.length) throw new CaseMoved();
}

/** A proposal that is new, one that was voided, one that was approved. */
async function writeDecision(session: SqlSession, { before, after, person, now }: CaseSaving): Promise<void> {
  const caseId = after.case.id;
  const old = before?.proposal ?? null;
  if (old !== null && after.proposal !== old) {
    await rowsOf(session, {
      name: 'void_decision',
      text: 'UPDATE decision SET voided_at = $2 WHERE case_id = $1 AND voided_at IS NULL',
      values: [caseId, now],
    });
  }
  const { proposal } = after;
  if (proposal === null) return;
  const hash = contentHash(after, proposal);
  if (proposal !== old) {
    await rowsOf(session, {
      name: 'propose_decision',
      text: `WITH made AS (INSERT INTO decision (case_id, proposed_outcome, reason_code, findings, measures, editors, content_hash)
          VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, content_hash)
        INSERT INTO approval (decision_id, step, person, at, content_hash) SELECT id, 'PROPOSED', $8, $9, content_hash FROM made`,
      values: [
        caseId,
        proposal.outcome,
        proposal.reasonCode,
        proposal.findings,
        proposal.measures,
        after.editors,
        hash,
        proposal.proposedBy,
        proposal.proposedAt,
      ],
    });
  }
  if (after.approvedBy !== null && before?.approvedBy !== after.approvedBy) {
    await rowsOf(session, {
      name: 'approve_decision',
      text: `INSERT INTO approval (decision_id, step, person, at, content_hash)
        SELECT id, 'APPROVED', $2, $3, $4 FROM decision WHERE case_id = $1 AND voided_at IS NULL`,
      values: [caseId, person, now, hash],
    });
  }
}

/** A wish to reopen that is new, one that was dropped for another, one that a second person agreed to. */
async function writeReopening(session: SqlSession, { before, after, person, now }: CaseSaving): Promise<void> {
  const caseId = after.case.id;
  const old = before?.reopening ?? null;
  const { reopening } = after;
  if (old === reopening) return;
  if (old !== null) {
    const isReopened = reopening === null && after.case.state !== before?.case.state;
    await rowsOf(session, {
      name: isReopened ? 'approve_reopening' : 'drop_reopening',
      text: isReopened
        ? `UPDATE reopening SET approved_by = $2, approved_at = $3, approved_in = pg_current_xact_id()
           WHERE case_id = $1 AND approved_at IS NULL AND dropped_at IS NULL`
        : 'UPDATE reopening SET dropped_at = $2 WHERE case_id = $1 AND approved_at IS NULL AND dropped_at IS NULL',
      values: isReopened ? [caseId, person, now] : [caseId, now],
    });
  }
  if (reopening === null) return;
  await rowsOf(session, {
    name: 'propose_reopening',
    text: 'INSERT INTO reopening (case_id, reason, proposed_by, proposed_at) VALUES ($1, $2, $3, $4)',
    values: [caseId, reopening.reason, reopening.proposedBy, reopening.proposedAt],
  });
}

function addedBy<Item>(
  before: readonly Item[] | undefined,
  after: readonly Item[],
  nameOf: (item: Item) => string,
): readonly Item[] {
  const known = new Set((before ?? []).map(nameOf));
  return after.filter((item) => !known.has(nameOf(item)));
}

function changedFrom<Item>(before: readonly Item[] | undefined, after: readonly Item[]): readonly Item[] {
  return after.filter((item) => !(before ?? []).includes(item));
}
