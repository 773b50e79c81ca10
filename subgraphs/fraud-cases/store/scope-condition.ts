// The cases of a reader as a condition of SQL, so that pages and counts are of what the reader may see and nothing else is read; and in which
// cases an organisation has a part. Values are bound, never written into the text.

import type { DataSource } from 'typeorm';
import { type CaseScope, reporterNames } from '../domain/case-scope';

/** Gives a value to a statement and tells the text that stands for it. */
export type Bind = (value: unknown) => string;

/** Whether the case whose id is the SQL text `caseId` is within the scope. */
export function caseWithin(caseId: string, scope: CaseScope, bind: Bind): string {
  if (scope.all) return 'TRUE';
  const ways: string[] = [];
  if (scope.assignee !== null) ways.push(`scoped.assignee = ${bind(scope.assignee)}`);
  if (scope.waiting) ways.push('scoped.assignee IS NULL');
  if (scope.appealed) {
    ways.push(`scoped.assignee IS DISTINCT FROM ${bind(scope.reader)}
      AND EXISTS (SELECT 1 FROM appeal WHERE appeal.case_id = scoped.id)`);
  }
  if (scope.organisation !== null) ways.push(hasPart('scoped', scope.organisation, bind));
  if (ways.length === 0) return 'FALSE';
  return `EXISTS (SELECT 1 FROM fraud_case AS scoped WHERE scoped.id = ${caseId} AND (${ways.join(' OR ')}))`;
}

/** Rows of cases within the scope; an organisation's own rows where the scope is an organisation's and rows have an owner. */
export function scopeCondition(
  scope: CaseScope,
  columns: { readonly caseId: string; readonly owner: string | null },
): (bind: Bind) => string {
  const { organisation } = scope;
  const { owner, caseId } = columns;
  if (organisation !== null && owner !== null) return (bind) => `${owner} = ${bind(organisation)}`;
  return (bind) => caseWithin(caseId, scope, bind);
}

/** What tells whether an organisation has a part in cases. */
export interface PartReads {
  /** Those of the cases in which the organisation has a part. */
  casesWithPartOf(organisation: string, caseIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** The reads over a database at head. */
export function partReads(dataSource: DataSource): PartReads {
  return {
    async casesWithPartOf(organisation, caseIds) {
      const values: unknown[] = [caseIds];
      const condition = hasPart('fraud_case', organisation, (value) => `$${values.push(value)}`);
      const rows: readonly { readonly id: string }[] = await dataSource.query(
        `SELECT id FROM fraud_case WHERE id = ANY ($1) AND ${condition}`,
        values,
      );
      return new Set(rows.map(({ id }) => id));
    },
  };
}

/** An operator or bank has a part in a case that it reported, checks or is asked about, where it lost money, owes a duty or got an order. */
function hasPart(alias: string, organisation: string, bind: Bind): string {
  const own = (): string => bind(organisation);
  return `(${alias}.checked_by = ${own()}
    OR EXISTS (SELECT 1 FROM suspicion_report AS part WHERE part.case_id = ${alias}.id AND part.reporter = ANY (${bind(reporterNames(organisation))}))
    OR EXISTS (SELECT 1 FROM block_order AS part WHERE part.case_id = ${alias}.id AND part.operator_code = ${own()})
    OR EXISTS (SELECT 1 FROM information_request AS part WHERE part.case_id = ${alias}.id AND part.operator_code = ${own()})
    OR EXISTS (SELECT 1 FROM loss AS part WHERE part.case_id = ${alias}.id AND part.bank = ${own()})
    OR EXISTS (SELECT 1 FROM duty_clock AS part WHERE part.case_id = ${alias}.id AND part.party = ${own()}))`;
}
