// The cases of a reader in SQL: as ways in which lists find the reader's own rows, each by an index of its own and no row by two; and as a condition
// on a row that is at hand. Nothing else is read, so that pages and counts are of what the reader may see. Values are bound, never written
// into the text.

import type { DataSource } from 'typeorm';
import type { CaseScope } from '../domain/case-scope';

/** Gives a value to a statement and tells the text that stands for it. */
export type Bind = (value: unknown) => string;

/** A condition on the row `listed`. */
export type Condition = (bind: Bind) => string;

/** Of rows of cases that were appealed against. */
export const IS_APPEALED: Condition = () => 'listed.is_appealed';

/** One way to the rows of a reader's lists. */
export type ScopeWay =
  | { readonly by: 'ALL' }
  /** Rows that the organisation owns. */
  | { readonly by: 'OWNER'; readonly organisation: string }
  /** Rows of cases in the charge of one of these; the empty name: nobody. */
  | { readonly by: 'CHARGE'; readonly charges: readonly string[] }
  /** Rows of cases that were appealed against; `others` leaves out what another way finds. */
  | { readonly by: 'APPEALED'; readonly others: readonly Condition[] }
  /** Cases in which the organisation has a part. */
  | { readonly by: 'PART'; readonly organisation: string; readonly others: readonly Condition[] };

/** What makes rows an organisation's: the column of their owner, a part in their case, or nothing. */
export type OwnedBy = 'OWNERS' | 'PARTS' | 'NOBODY';

/** The ways to rows; none for a reader of nothing. An organisation's own rows alone where the scope is an organisation's and rows have owners. */
export function waysOf(scope: CaseScope, owned: OwnedBy): readonly ScopeWay[] {
  const { all, appealed, reader } = scope;
  const organisation = owned === 'NOBODY' ? null : scope.organisation;
  if (organisation !== null && owned === 'OWNERS') return [{ by: 'OWNER', organisation }];
  if (all) return [{ by: 'ALL' }];
  const charges = chargesOf(scope);
  const notOf =
    (persons: readonly string[]): Condition =>
    (bind) =>
      `listed.charge <> ALL (${bind([...new Set(persons)])}::text[])`;
  const notAppealed: Condition = (bind) => `NOT (listed.is_appealed AND listed.charge <> ${bind(reader)})`;
  const others = [...(charges.length === 0 ? [] : [notOf(charges)]), ...(appealed ? [notAppealed] : [])];
  return [
    ...(charges.length === 0 ? [] : [{ by: 'CHARGE', charges } as const]),
    ...(appealed ? [{ by: 'APPEALED', others: [notOf([reader, ...charges])] } as const] : []),
    ...(organisation === null ? [] : [{ by: 'PART', organisation, others } as const]),
  ];
}

/** Whether the case whose id is the SQL text `caseId` is within the scope. */
export function caseWithin(caseId: string, scope: CaseScope, bind: Bind): string {
  if (scope.all) return 'TRUE';
  const ways: string[] = [];
  const charges = chargesOf(scope);
  if (charges.length > 0) ways.push(`scoped.charge = ANY (${bind(charges)}::text[])`);
  if (scope.appealed) ways.push(`scoped.is_appealed AND scoped.charge <> ${bind(scope.reader)}`);
  if (scope.organisation !== null) ways.push(hasPart('scoped.id', scope.organisation, bind));
  if (ways.length === 0) return 'FALSE';
  return `EXISTS (SELECT 1 FROM fraud_case AS scoped WHERE scoped.id = ${caseId} AND (${ways.join(' OR ')}))`;
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
      const rows: readonly { readonly case_id: string }[] = await dataSource.query(
        'SELECT case_id FROM case_part WHERE case_id = ANY ($1) AND organisation = $2',
        [caseIds, organisation],
      );
      return new Set(rows.map((row) => row.case_id));
    },
  };
}

/** Under whose charge a reader's cases are. */
function chargesOf({ assignee, waiting }: CaseScope): readonly string[] {
  return [...(assignee === null ? [] : [assignee]), ...(waiting ? [''] : [])];
}

/** An operator or bank has a part in a case that it reported, checks or is asked about, where it lost money, owes a duty or got an order. */
function hasPart(caseId: string, organisation: string, bind: Bind): string {
  return `EXISTS (SELECT 1 FROM case_part WHERE case_part.case_id = ${caseId} AND case_part.organisation = ${bind(organisation)})`;
}
