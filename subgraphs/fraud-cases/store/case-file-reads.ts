// Reads of what is gathered in cases. Each function is one SQL statement whatever the number of cases; rows come in the order in which
// they happened.

import { type DataSource, In } from 'typeorm';
import { INFORMATION_REQUEST_STATES } from '../../../shared/vocabulary/case-file';
import type {
  CaseSubject,
  Decision,
  Evidence,
  InformationRequest,
  InformationRequestFilter,
  Loss,
  SuspicionReport,
} from '../domain/case-file';
import type { Page, PageRequest } from '../domain/page';
import {
  CaseSubjectRow,
  EvidenceRow,
  InformationRequestRow,
  LossRow,
  SuspicionReportRow,
  toCaseSubject,
  toEvidence,
  toInformationRequest,
  toLoss,
  toSuspicionReport,
} from './case-file-rows';
import { toInstant, toInstantOrNull } from './instant-column';
import { countList, type ListTable, type Narrowing, readListPage } from './list-page';
import { rowBranches, rowWithin } from './scope-branches';
import type { Condition } from './scope-condition';

/** What can be asked about the files of cases. */
export interface CaseFileReads {
  subjectsOf(caseIds: readonly string[]): Promise<readonly CaseSubject[]>;
  reportsOf(caseIds: readonly string[]): Promise<readonly SuspicionReport[]>;
  evidenceOf(caseIds: readonly string[]): Promise<readonly Evidence[]>;
  informationRequestsOf(caseIds: readonly string[]): Promise<readonly InformationRequest[]>;
  informationRequestsById(ids: readonly string[]): Promise<readonly InformationRequest[]>;
  /** Newest first. */
  informationRequestsPage(filter: InformationRequestFilter, request: PageRequest): Promise<Page<InformationRequest>>;
  /** Null when there are more than are counted. */
  informationRequestCount(filter: InformationRequestFilter): Promise<number | null>;
  /** The proposal or decision in force of each case; none where there is none. */
  decisionsOf(caseIds: readonly string[]): Promise<readonly Decision[]>;
  lossesOf(caseIds: readonly string[]): Promise<readonly Loss[]>;
}

/** The reads over a database at head. */
export function caseFileReads(dataSource: DataSource): CaseFileReads {
  const requests = dataSource.getRepository(InformationRequestRow);
  return {
    async subjectsOf(caseIds) {
      const rows = await dataSource
        .getRepository(CaseSubjectRow)
        .find({ where: { caseId: In([...caseIds]) }, order: { addedAt: 'ASC', msisdn: 'ASC' } });
      return rows.map(toCaseSubject);
    },
    async reportsOf(caseIds) {
      const rows = await dataSource
        .getRepository(SuspicionReportRow)
        .find({ where: { caseId: In([...caseIds]) }, order: { receivedAt: 'ASC', id: 'ASC' } });
      return rows.map(toSuspicionReport);
    },
    async evidenceOf(caseIds) {
      const rows = await dataSource
        .getRepository(EvidenceRow)
        .find({ where: { caseId: In([...caseIds]) }, order: { capturedAt: 'ASC', id: 'ASC' } });
      return rows.map(toEvidence);
    },
    async informationRequestsOf(caseIds) {
      const rows = await requests.find({
        where: { caseId: In([...caseIds]) },
        order: { issuedAt: 'ASC', id: 'ASC' },
      });
      return rows.map(toInformationRequest);
    },
    informationRequestsById: async (ids) => (await requests.findBy({ id: In([...ids]) })).map(toInformationRequest),
    async informationRequestsPage(filter, request) {
      const page = await readListPage(dataSource, REQUESTS, narrowed(filter), request);
      return { ...page, rows: page.rows.map(toInformationRequest) };
    },
    informationRequestCount: (filter) => countList(dataSource, REQUESTS, narrowed(filter)),
    async decisionsOf(caseIds) {
      const rows: readonly DecisionRow[] = await dataSource.query(DECISIONS, [caseIds]);
      return rows.map(toDecision);
    },
    async lossesOf(caseIds) {
      const rows = await dataSource
        .getRepository(LossRow)
        .find({ where: { caseId: In([...caseIds]) }, order: { occurredAt: 'ASC', id: 'ASC' } });
      return rows.map(toLoss);
    },
  };
}

/** A decision and its two approvals, joined. */
interface DecisionRow extends Omit<Decision, 'proposedAt' | 'approvedAt'> {
  readonly proposedAt: Date;
  readonly approvedAt: Date | null;
}

const DECISIONS = `
  SELECT decision.case_id AS "caseId", decision.proposed_outcome AS "proposedOutcome", decision.reason_code AS "reasonCode",
         decision.findings, proposed.person AS "proposedBy", proposed.at AS "proposedAt",
         approved.person AS "approvedBy", approved.at AS "approvedAt"
  FROM decision
  JOIN approval AS proposed ON proposed.decision_id = decision.id AND proposed.step = 'PROPOSED'
  LEFT JOIN approval AS approved ON approved.decision_id = decision.id AND approved.step = 'APPROVED'
  WHERE decision.case_id = ANY($1) AND decision.voided_at IS NULL`;

function toDecision(row: DecisionRow): Decision {
  return { ...row, proposedAt: toInstant(row.proposedAt), approvedAt: toInstantOrNull(row.approvedAt) };
}

const REQUESTS: ListTable<InformationRequestRow> = {
  rows: InformationRequestRow,
  order: { property: 'issuedAt', direction: 'DESC' },
};

/** Requests of a case are few and found by it; others by operator or by whose their cases are, and state. */
function narrowed({ states, operatorCode, caseId, within }: InformationRequestFilter): Narrowing {
  if (caseId === null) {
    const byState = { column: 'listed.state', values: states ?? INFORMATION_REQUEST_STATES };
    return rowBranches(within, { owner: 'listed.operator_code', asked: operatorCode, byState, conditions: [] });
  }
  const conditions: Condition[] = [(bind) => `listed.case_id = ${bind(caseId)}`];
  if (states !== null) conditions.push((bind) => `listed.state = ANY (${bind(states)})`);
  if (operatorCode !== null) conditions.push((bind) => `listed.operator_code = ${bind(operatorCode)}`);
  conditions.push(rowWithin({ caseId: 'listed.case_id', owner: 'listed.operator_code' }, within));
  return [{ spread: [], conditions }];
}
