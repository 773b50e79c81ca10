// Reads of cases: by id, as a list, and by the numbers they touch. Each function is one SQL statement whatever the number of keys.

import { type DataSource, In } from 'typeorm';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { FRAUD_CASE_STATES } from '../../../shared/vocabulary/fraud-case';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { SuspicionReport } from '../domain/case-file';
import type { CaseScope } from '../domain/case-scope';
import { type FraudCase, type FraudCaseFilter, OPEN_CASE_STATES } from '../domain/fraud-case';
import { type Page, type PageRequest, pageOf } from '../domain/page';
import { type SuspicionReportRow, toSuspicionReport } from './case-file-rows';
import { OPEN_STAGE } from './case-scope-migration';
import { FraudCaseRow, toFraudCase } from './fraud-case-row';
import { countList, type ListBranch, type ListTable, type Narrowing, readListPage } from './list-page';
import { type Condition, caseWithin, IS_APPEALED, waysOf } from './scope-condition';

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

/** Cases in which an organisation has a part, in the order of the list. */
const BY_PART = {
  join: 'case_part AS part ON part.case_id = listed.id',
  key: 'part.opened_at',
  id: 'part.case_id',
} as const;

/** Cases of a number are few and found by it; others by whose they are or by kind, and state. */
function narrowed({ states, fraudTypes, assignee, msisdn, openedFrom, openedTo, within }: FraudCaseFilter): Narrowing {
  const conditions: Condition[] = [];
  if (fraudTypes !== null) conditions.push((bind) => `listed.fraud_type = ANY (${bind(fraudTypes)})`);
  if (openedFrom !== null) conditions.push((bind) => `listed.opened_at >= ${bind(openedFrom)}`);
  if (openedTo !== null) conditions.push((bind) => `listed.opened_at < ${bind(openedTo)}`);
  const inState: readonly Condition[] = states === null ? [] : [(bind) => `listed.state = ANY (${bind(states)})`];
  const inCharge: readonly Condition[] = assignee === null ? [] : [(bind) => `listed.charge = ${bind(assignee)}`];
  if (msisdn !== null) {
    const ofNumber: Condition = (bind) =>
      `listed.id IN (SELECT case_id FROM case_number WHERE msisdn = ${bind(msisdn)})`;
    const isWithin: Condition = (bind) => caseWithin('listed.id', within, bind);
    return [{ spread: [], conditions: [ofNumber, ...conditions, ...inState, ...inCharge, isWithin] }];
  }
  const byState = { column: 'listed.state', values: states ?? FRAUD_CASE_STATES };
  return waysOf(within, 'PARTS').flatMap((way): readonly ListBranch[] => {
    switch (way.by) {
      case 'CHARGE': {
        const charges = way.charges.filter((charge) => assignee === null || charge === assignee);
        return [{ spread: [{ column: 'listed.charge', values: charges }, byState], conditions }];
      }
      case 'APPEALED': {
        const all = [...conditions, IS_APPEALED, ...way.others, ...inCharge];
        return [{ spread: [byState], conditions: all }];
      }
      case 'PART': {
        const stages = (states ?? FRAUD_CASE_STATES).map((each) =>
          isOneOf(OPEN_CASE_STATES, each) ? OPEN_STAGE : each,
        );
        const own: Condition = (bind) => `part.organisation = ${bind(way.organisation)}`;
        const all = [own, ...conditions, ...inState, ...inCharge, ...way.others];
        return [{ spread: [{ column: 'part.stage', values: stages }], conditions: all, through: BY_PART }];
      }
      default: {
        if (assignee !== null) {
          return [{ spread: [{ column: 'listed.charge', values: [assignee] }, byState], conditions }];
        }
        const byType = fraudTypes === null ? [] : [{ column: 'listed.fraud_type', values: fraudTypes }];
        return [{ spread: [...byType, byState], conditions }];
      }
    }
  });
}
