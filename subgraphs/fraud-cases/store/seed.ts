// Fills an empty database from facts, one fact a whole case. All or nothing, in one transaction, many cases a statement; the tables'
// constraints judge the facts. Approvals become rows of their own with the digest of what was approved. Only before the log has begun:
// what was seeded is told to it afterwards, as a history.

import type { DataSource, EntityManager } from 'typeorm';
import { badFact, readFacts } from '../../../shared/service/fact-stream';
import type { Logger } from '../../../shared/service/logger';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { SubjectRole } from '../../../shared/vocabulary/case-file';
import type { CaseOutcome } from '../../../shared/vocabulary/fraud-case';
import { msToInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { CaseFact } from '../../../shared/vocabulary/seed-fact';
import { OPEN_CASE_STATES } from '../domain/fraud-case';
import { contentHash } from './decision-content';
import {
  APPEAL_COLUMNS,
  APPROVAL_COLUMNS,
  CASE_COLUMNS,
  CLOCK_COLUMNS,
  type Column,
  DECISION_COLUMNS,
  EVIDENCE_COLUMNS,
  HISTORY_COLUMNS,
  LOSS_COLUMNS,
  NUMBER_COLUMNS,
  ORDER_COLUMNS,
  REPORT_COLUMNS,
  REQUEST_COLUMNS,
  SEEDED_COLUMNS,
  SUBJECT_COLUMNS,
} from './seed-columns';

const CASES_PER_STATEMENT = 500;
const CHECK_RULE = 'OP-02';
const ANSWER_RULE = 'OP-07';
const APPEAL_RULE = 'AFC-05';

/** Stores every case of the stream and resolves with their number; throws, and stores none, when there are cases already. */
export async function seed(dataSource: DataSource, input: NodeJS.ReadableStream, logger: Logger): Promise<number> {
  return dataSource.transaction(async (manager) => {
    await refuseUnlessEmpty(manager);
    let waiting: CaseFact[] = [];
    let stored = 0;
    for await (const { line, fact } of readFacts(input)) {
      if (!isCaseFact(fact)) throw badFact(line);
      waiting.push(fact);
      if (waiting.length < CASES_PER_STATEMENT) continue;
      await write(manager, waiting);
      stored += waiting.length;
      waiting = [];
      logger.info({ stored }, 'seeding');
    }
    await write(manager, waiting);
    return stored + waiting.length;
  });
}

async function refuseUnlessEmpty(manager: EntityManager): Promise<void> {
  await manager.query('LOCK TABLE fraud_case IN EXCLUSIVE MODE');
  const rows: readonly { readonly filled: boolean }[] = await manager.query(
    'SELECT EXISTS (SELECT FROM fraud_case) AS filled',
  );
  if (rows[0]?.filled !== false) throw new AppError('BAD_USER_INPUT', 'There are cases already; seeding is refused.');
}

function isCaseFact(fact: { readonly kind: string }): fact is CaseFact {
  return fact.kind === 'case' && 'id' in fact && typeof fact.id === 'string';
}

async function write(manager: EntityManager, cases: readonly CaseFact[]): Promise<void> {
  if (cases.length === 0) return;
  const ofCase = <Part extends object>(partsOf: (fact: CaseFact) => readonly Part[]): readonly object[] =>
    cases.flatMap((fact) => partsOf(fact).map((part) => ({ caseId: fact.id, ...part })));
  const orderCases = new Map(cases.flatMap((fact) => fact.blockOrders.map((order) => [order.id, fact.id] as const)));
  await insert(
    manager,
    'fraud_case',
    CASE_COLUMNS,
    cases.map((fact) => ({ ...fact, checkedBy: checkerOf(fact) })),
  );
  const seeded = cases.map(({ id }) => ({ caseId: id }));
  await insert(manager, 'seeded_case', SEEDED_COLUMNS, seeded);
  await insert(manager, 'case_history', HISTORY_COLUMNS, cases.flatMap(historyOf));
  await insert(manager, 'case_number', NUMBER_COLUMNS, cases.flatMap(numbersOf));
  await insert(
    manager,
    'case_subject',
    SUBJECT_COLUMNS,
    ofCase((fact) => fact.subjects),
  );
  await insert(
    manager,
    'suspicion_report',
    REPORT_COLUMNS,
    ofCase((fact) => fact.reports),
  );
  await insert(
    manager,
    'evidence',
    EVIDENCE_COLUMNS,
    ofCase((fact) => fact.evidence),
  );
  await insert(
    manager,
    'information_request',
    REQUEST_COLUMNS,
    ofCase((fact) => fact.informationRequests),
  );
  await insert(
    manager,
    'loss',
    LOSS_COLUMNS,
    ofCase((fact) => fact.losses),
  );
  await insert(
    manager,
    'block_order',
    ORDER_COLUMNS,
    ofCase((fact) => fact.blockOrders),
  );
  const appeals = cases.flatMap((fact) => fact.appeals);
  await insert(
    manager,
    'appeal',
    APPEAL_COLUMNS,
    appeals.map((appeal) => ({ ...appeal, caseId: orderCases.get(appeal.orderId) })),
  );
  await insert(
    manager,
    'duty_clock',
    CLOCK_COLUMNS,
    ofCase((fact) => fact.clocks.map((clock) => ({ ...clock, about: aboutOf(clock, fact) }))),
  );
  await insertDecisions(manager, cases);
}

async function insert(
  manager: EntityManager,
  table: string,
  columns: readonly Column[],
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(([name]) => name).join(', ');
  const members = columns.map(([name, , member]) => `"${member ?? camelCase(name)}"`);
  const fields = columns.map(([, type], place) => `${members[place]} ${type}`).join(', ');
  await manager.query(
    `INSERT INTO ${table} (${names}) SELECT ${members.join(', ')} FROM jsonb_to_recordset($1) AS fact (${fields})`,
    [JSON.stringify(rows)],
  );
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Every number that a case touches: its subjects, and the suspects and victims of its reports. */
function numbersOf(fact: CaseFact): readonly object[] {
  const suspects = new Set([
    ...fact.subjects.filter(({ role }) => role === 'SUSPECT').map(({ msisdn }) => msisdn),
    ...fact.reports.map(({ suspect }) => suspect),
  ]);
  const victims = fact.reports.flatMap(({ victim }) => (victim === null ? [] : [victim]));
  const all = new Set([...suspects, ...fact.subjects.map(({ msisdn }) => msisdn), ...victims]);
  const caseIsOpen = (OPEN_CASE_STATES as readonly string[]).includes(fact.state);
  return [...all].map((msisdn) => ({ caseId: fact.id, msisdn, isSuspect: suspects.has(msisdn), caseIsOpen }));
}

/** The operator whose check was awaited: the one that owes it. */
function checkerOf({ clocks }: CaseFact): string | null {
  return clocks.find(({ ruleId }) => ruleId === CHECK_RULE)?.party ?? null;
}

/** What a clock is about: its order; for an answer the question, for an appeal's decision the appeal. */
function aboutOf(clock: CaseFact['clocks'][number], fact: CaseFact): string | null {
  const begunThen = (at: string | null): boolean => at !== null && Date.parse(at) === Date.parse(clock.startedAt);
  const question = fact.informationRequests.find(
    (request) => request.operatorCode === clock.party && begunThen(request.issuedAt),
  );
  if (clock.ruleId === ANSWER_RULE) return question?.id ?? null;
  if (clock.ruleId === APPEAL_RULE) return fact.appeals.find(({ filedAt }) => begunThen(filedAt))?.id ?? null;
  return clock.orderId;
}

function historyOf(fact: CaseFact): readonly object[] {
  const { id: caseId, history = [] } = fact;
  return history.map((step, place) => ({ about: [], words: {}, ...step, caseId, place }));
}

async function insertDecisions(manager: EntityManager, cases: readonly CaseFact[]): Promise<void> {
  const decisions = cases.flatMap((fact) =>
    fact.decision === null ? [] : [{ caseId: fact.id, ...fact.decision, contentHash: hashOf(fact, fact.decision) }],
  );
  await insert(manager, 'decision', DECISION_COLUMNS, decisions);
  const rows: readonly { readonly id: string; readonly case_id: string }[] = await manager.query(
    'SELECT id, case_id FROM decision WHERE case_id = ANY($1)',
    [decisions.map(({ caseId }) => caseId)],
  );
  const decisionIds = new Map(rows.map((row) => [row.case_id, row.id]));
  const approvals = decisions.flatMap(({ caseId, proposedBy, proposedAt, approvedBy, approvedAt, contentHash }) => {
    const decisionId = decisionIds.get(caseId);
    const proposed = { decisionId, step: 'PROPOSED', person: proposedBy, at: proposedAt, contentHash };
    const approved = { decisionId, step: 'APPROVED', person: approvedBy, at: approvedAt, contentHash };
    return approvedBy === null ? [proposed] : [proposed, approved];
  });
  await insert(manager, 'approval', APPROVAL_COLUMNS, approvals);
}

/** The hash of what both persons put their names to. */
function hashOf(fact: CaseFact, decision: NonNullable<CaseFact['decision']>): string {
  return contentHash(
    {
      case: { id: fact.id },
      subjects: fact.subjects.map(({ msisdn, role }) => ({ msisdn: msisdn as Msisdn, role: role as SubjectRole })),
      evidence: fact.evidence,
    },
    {
      outcome: decision.proposedOutcome as CaseOutcome,
      reasonCode: decision.reasonCode,
      findings: decision.findings,
      measures: [],
      proposedBy: decision.proposedBy,
      proposedAt: msToInstant(Date.parse(decision.proposedAt)),
    },
  );
}
