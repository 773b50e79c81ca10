// Reads of cases: by id, as a list, and by the numbers they touch. Each function is one SQL statement whatever the number of keys.

import { type DataSource, In } from 'typeorm';
import { FRAUD_CASE_STATES } from '../../../shared/vocabulary/fraud-case';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { SuspicionReport } from '../domain/case-file';
import type { CaseScope } from '../domain/case-scope';
import type { FraudCase, FraudCaseFilter } from '../domain/fraud-case';
import { type Page, type PageRequest, pageOf } from '../domain/page';
import { type SuspicionReportRow, toSuspicionReport } from './case-file-rows';
import { FraudCaseRow, toFraudCase } from './fraud-case-row';
import { countList, type ListTable, type Narrowing, readListPage } from './list-page';
import { caseWithin, scopeCondition } from './scope-condition';

/** Asks for one page of what touches one number. */
export interface NumberPageRequest extends PageRequest {
  readonly msisdn: Msisdn;
}

/** What can be asked about cases and the numbers they touch. */
export interface CaseReads {
  casesById(ids: readonly string[]): Promise<readonly FraudCase[]>;
  /** Newest opening first. */
  casesPage(filter: FraudCaseFilter, request: PageRequest): Promise<Page<FraudCase>>;
  /** Null when there are more than are counted. */
  caseCount(filter: FraudCaseFilter): Promise<number | null>;
  /** The open case in which each number is the suspect, by number; a number without one is absent. */
  openCasesOf(msisdns: readonly Msisdn[]): Promise<ReadonlyMap<string, FraudCase>>;
  /** Pages of cases that touch a number in any role, in the order of the requests; newest opening first. */
  casePagesOf(requests: readonly NumberPageRequest[], within: CaseScope): Promise<readonly Page<FraudCase>[]>;
  caseCountsOf(msisdns: readonly Msisdn[], within: CaseScope): Promise<ReadonlyMap<string, number>>;
  /** Pages of reports that suspect a number, in the order of the requests; newest receipt first. */
  reportPagesOf(requests: readonly NumberPageRequest[], within: CaseScope): Promise<readonly Page<SuspicionReport>[]>;
  reportCountsOf(msisdns: readonly Msisdn[], within: CaseScope): Promise<ReadonlyMap<string, number>>;
}

/** The reads over a database at head. */
export function caseReads(dataSource: DataSource): CaseReads {
  const cases = dataSource.getRepository(FraudCaseRow);
  return {
    casesById: async (ids) => (await cases.findBy({ id: In([...ids]) })).map(toFraudCase),
    async casesPage(filter, request) {
      const page = await readListPage(dataSource, CASES, narrowed(filter), request);
      return { ...page, rows: page.rows.map(toFraudCase) };
    },
    caseCount: (filter) => countList(dataSource, CASES, narrowed(filter)),
    async openCasesOf(msisdns) {
      const rows: readonly (FraudCaseRow & { readonly ofNumber: string })[] = await dataSource.query(
        `SELECT touched.msisdn AS "ofNumber", ${CASE_COLUMNS}
         FROM case_number AS touched JOIN fraud_case ON fraud_case.id = touched.case_id
         WHERE touched.msisdn = ANY($1) AND touched.is_suspect AND touched.case_is_open`,
        [msisdns],
      );
      return new Map(rows.map(({ ofNumber, ...row }) => [ofNumber, toFraudCase(row)]));
    },
    async casePagesOf(requests, within) {
      const values = parametersOf(requests);
      const scope = caseWithin('touched.case_id', within, bindTo(values));
      const rows: readonly (FraudCaseRow & AskedRow)[] = await dataSource.query(
        `SELECT ${ASKED} shown.* FROM ${REQUESTS} CROSS JOIN LATERAL (
           SELECT ${CASE_COLUMNS} FROM case_number AS touched JOIN fraud_case ON fraud_case.id = touched.case_id
           WHERE touched.msisdn = asked.msisdn AND ${scope}
             AND (asked.after_id IS NULL OR (fraud_case.opened_at, fraud_case.id) < (asked.after_at, asked.after_id))
           ORDER BY fraud_case.opened_at DESC, fraud_case.id DESC LIMIT asked.first + 1
         ) AS shown ORDER BY asked.place, shown."openedAt" DESC, shown.id DESC`,
        values,
      );
      return pagesOf(requests, rows, toFraudCase);
    },
    caseCountsOf(msisdns, within) {
      const values: unknown[] = [msisdns];
      const scope = caseWithin('case_number.case_id', within, bindTo(values));
      const sql = `SELECT msisdn, count(*)::int FROM case_number WHERE msisdn = ANY($1) AND ${scope} GROUP BY 1`;
      return countsOf(dataSource, sql, values);
    },
    async reportPagesOf(requests, within) {
      const values = parametersOf(requests);
      const scope = caseWithin('report.case_id', within, bindTo(values));
      const rows: readonly (SuspicionReportRow & AskedRow)[] = await dataSource.query(
        `SELECT ${ASKED} shown.* FROM ${REQUESTS} CROSS JOIN LATERAL (
           SELECT ${REPORT_COLUMNS} FROM suspicion_report AS report
           WHERE report.suspect = asked.msisdn AND ${scope}
             AND (asked.after_id IS NULL OR (report.received_at, report.id) < (asked.after_at, asked.after_id))
           ORDER BY report.received_at DESC, report.id DESC LIMIT asked.first + 1
         ) AS shown ORDER BY asked.place, shown."receivedAt" DESC, shown.id DESC`,
        values,
      );
      return pagesOf(requests, rows, toSuspicionReport);
    },
    reportCountsOf(msisdns, within) {
      const values: unknown[] = [msisdns];
      const scope = caseWithin('suspicion_report.case_id', within, bindTo(values));
      const sql = `SELECT suspect AS msisdn, count(*)::int FROM suspicion_report WHERE suspect = ANY($1) AND ${scope} GROUP BY 1`;
      return countsOf(dataSource, sql, values);
    },
  };
}

const CASE_COLUMNS = `fraud_case.id, fraud_case.number, fraud_case.state, fraud_case.outcome, fraud_case.track,
  fraud_case.fraud_type AS "fraudType", fraud_case.severity, fraud_case.version, fraud_case.opened_at AS "openedAt",
  fraud_case.due_at AS "dueAt", fraud_case.assignee, fraud_case.duplicate_of AS "duplicateOf"`;

const REPORT_COLUMNS = `report.id, report.case_id AS "caseId", report.source, report.source_ref AS "sourceRef", report.reporter,
  report.suspect, report.victim, report.channel, report.fraud_type AS "fraudType", report.occurred_at AS "occurredAt",
  report.detected_at AS "detectedAt", report.received_at AS "receivedAt", report.text`;

/** The requests of a batch as a table; `place` counts them from 1. */
const REQUESTS = `unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[])
  WITH ORDINALITY AS asked (msisdn, first, after_at, after_id, place)`;
const ASKED = 'asked.place::int AS place,';

interface AskedRow {
  readonly place: number;
}

function parametersOf(requests: readonly NumberPageRequest[]): unknown[] {
  return [
    requests.map(({ msisdn }) => msisdn),
    requests.map(({ first }) => first),
    requests.map(({ after }) => after?.at ?? null),
    requests.map(({ after }) => after?.id ?? null),
  ];
}

/** Gives further values to a statement that has some. */
function bindTo(values: unknown[]): (value: unknown) => string {
  return (value) => `$${values.push(value)}`;
}

function pagesOf<Row, Value>(
  requests: readonly NumberPageRequest[],
  rows: readonly (Row & AskedRow)[],
  toValue: (row: Row) => Value,
): readonly Page<Value>[] {
  const byRequest: Value[][] = requests.map(() => []);
  for (const { place, ...row } of rows) byRequest[place - 1]?.push(toValue(row as Row));
  return requests.map(({ first }, index) => pageOf(byRequest[index] ?? [], first));
}

async function countsOf(
  dataSource: DataSource,
  sql: string,
  values: readonly unknown[],
): Promise<ReadonlyMap<string, number>> {
  const rows: readonly { readonly msisdn: string; readonly count: number }[] = await dataSource.query(sql, [...values]);
  return new Map(rows.map(({ msisdn, count }) => [msisdn, count]));
}

/** Newest opening first. */
const CASES: ListTable<FraudCaseRow> = { rows: FraudCaseRow, order: { property: 'openedAt', direction: 'DESC' } };

/** Cases of a number are few and found by it; others by person or kind, and state. */
function narrowed({
  states,
  fraudTypes,
  assignee,
  msisdn,
  openedFrom,
  openedTo,
  within,
}: FraudCaseFilter): Narrowing<FraudCaseRow> {
  const spread: Narrowing<FraudCaseRow>['spread'][number][] = [];
  const conditions: Narrowing<FraudCaseRow>['conditions'][number][] = [];
  const byState = { property: 'state', values: states ?? FRAUD_CASE_STATES } as const;
  if (msisdn !== null) {
    conditions.push({ sql: 'listed.id IN (SELECT case_id FROM case_number WHERE msisdn = $)', value: msisdn });
    if (states !== null) conditions.push({ sql: 'listed.state = ANY ($)', value: states });
    if (assignee !== null) conditions.push({ sql: 'listed.assignee = $', value: assignee });
  } else if (assignee !== null) spread.push({ property: 'assignee', values: [assignee] }, byState);
  else if (fraudTypes !== null) spread.push({ property: 'fraudType', values: fraudTypes }, byState);
  else spread.push(byState);
  if (fraudTypes !== null) conditions.push({ sql: 'listed.fraud_type = ANY ($)', value: fraudTypes });
  if (openedFrom !== null) conditions.push({ sql: 'listed.opened_at >= $', value: openedFrom });
  if (openedTo !== null) conditions.push({ sql: 'listed.opened_at < $', value: openedTo });
  return { spread, conditions, scope: scopeCondition(within, { caseId: 'listed.id', owner: null }) };
}
