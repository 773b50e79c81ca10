// The true counts of the weeks that are over, by week, as the nightly snapshot needs them. Read in one transaction and handed to the domain,
// which decides what of them may be shown; they are stored nowhere. Days are told to the database by their first instants, because which
// instant belongs to which day in Almaty is known here.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { addDays, type Day, dayStartMs } from '../../../shared/vocabulary/day';
import { FRAUD_CASE_STATES, FRAUD_TYPES } from '../../../shared/vocabulary/fraud-case';
import { groupBy } from '../../../shared/vocabulary/grouping';
import type { CountedDuty } from '../domain/duty-statistics';
import { CASE_GROUPINGS, type CaseGrouping, type CountedRow, type WeekOf } from '../domain/statistics';

/** The key of cases whose type is not known yet. */
export const NO_TYPE = 'UNKNOWN';

/** True counts of one week. */
export interface CountedWeek {
  readonly monday: Day;
  readonly cases: WeekOf<CountedRow>;
  readonly duties: readonly CountedDuty[];
}

/** Counts of `weeks` weeks from a Monday on. Three statements; the operators that ever had an order are the keys of OPERATOR. */
export async function countWeeks(session: SqlSession, first: Day, weeks: number): Promise<readonly CountedWeek[]> {
  const days = Array.from({ length: 7 * weeks + 1 }, (_, at) => new Date(dayStartMs(addDays(first, at))));
  const operators = await rowsOf<{ readonly code: string }>(session, {
    text: 'SELECT DISTINCT operator_code AS code FROM block_order ORDER BY 1',
  });
  const cases = groupBy(await rowsOf<CaseCountRow>(session, { text: CASE_COUNTS, values: [days] }), weekOf);
  const duties = groupBy(await rowsOf<DutyCountRow>(session, { text: DUTY_COUNTS, values: [days] }), weekOf);
  return Array.from({ length: weeks }, (_, week) => {
    const monday = addDays(first, 7 * week);
    const keys: WeekOf<string> = {
      FRAUD_TYPE: [...FRAUD_TYPES, NO_TYPE],
      STATE: FRAUD_CASE_STATES,
      OPERATOR: operators.map(({ code }) => code),
      DAY: Array.from({ length: 7 }, (_none, at) => addDays(monday, at)),
    };
    return {
      monday,
      cases: rowsOfWeek(keys, cases.get(String(week)) ?? []),
      duties: (duties.get(String(week)) ?? []).map(toCountedDuty),
    };
  });
}

interface CaseCountRow {
  readonly week: number;
  readonly grouping: CaseGrouping;
  /** For DAY the day's number in the week, from 0. */
  readonly key: string;
  readonly counts: readonly number[];
  readonly median: number | null;
}

interface DutyCountRow {
  readonly week: number;
  readonly party: string;
  readonly rule_id: string;
  readonly counts: readonly number[];
  readonly p95: number | null;
}

/** Cases and their different suspect numbers of one set of rows; each case has one row per suspect, the first of which counts it. */
const pair = (condition = 'true'): string =>
  `count(*) FILTER (WHERE nth = 1 AND ${condition})::int, count(DISTINCT msisdn) FILTER (WHERE ${condition})::int`;

const CASE_MEASURED = `ARRAY[${pair()}, ${pair("outcome = 'CONFIRMED'")}, ${pair("outcome = 'REFUTED'")}, ${pair('seconds IS NOT NULL')}] AS counts,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE nth = 1 AND seconds IS NOT NULL) AS median`;

const CASE_COUNTS = `
  WITH facts AS MATERIALIZED (
    SELECT c.id, width_bucket(c.opened_at, $1::timestamptz[]) - 1 AS day, coalesce(c.fraud_type, '${NO_TYPE}') AS type, c.state, c.outcome,
      n.msisdn, row_number() OVER (PARTITION BY c.id ORDER BY n.msisdn) AS nth,
      CASE WHEN blocked.at IS NOT NULL THEN greatest(0, extract(epoch FROM blocked.at - c.opened_at))::int END AS seconds
    FROM fraud_case c
    LEFT JOIN case_number n ON n.case_id = c.id AND n.is_suspect
    LEFT JOIN (SELECT case_id, min(enforced_at) AS at FROM block_order WHERE enforced_at IS NOT NULL GROUP BY case_id) AS blocked
      ON blocked.case_id = c.id
    WHERE c.opened_at >= ($1::timestamptz[])[1] AND c.opened_at < ($1::timestamptz[])[cardinality($1::timestamptz[])])
  SELECT day / 7 AS week, 'FRAUD_TYPE' AS grouping, type AS key, ${CASE_MEASURED} FROM facts GROUP BY 1, 3
  UNION ALL SELECT day / 7, 'STATE', state, ${CASE_MEASURED} FROM facts GROUP BY 1, 3
  UNION ALL SELECT day / 7, 'DAY', (day % 7)::text, ${CASE_MEASURED} FROM facts GROUP BY 1, 3
  UNION ALL SELECT day / 7, 'OPERATOR', operator_code, ${CASE_MEASURED} FROM facts
    JOIN (SELECT DISTINCT case_id, operator_code FROM block_order) AS ordered ON ordered.case_id = facts.id GROUP BY 1, 3`;

const DUTY_COUNTS = `
  WITH facts AS MATERIALIZED (
    SELECT d.id, (width_bucket(d.started_at, $1::timestamptz[]) - 1) / 7 AS week, d.party, d.rule_id, d.state, n.msisdn,
      row_number() OVER (PARTITION BY d.id ORDER BY n.msisdn) AS nth,
      extract(epoch FROM d.stopped_at - d.started_at)::int AS seconds
    FROM duty_clock d LEFT JOIN case_number n ON n.case_id = d.case_id AND n.is_suspect
    WHERE d.started_at >= ($1::timestamptz[])[1] AND d.started_at < ($1::timestamptz[])[cardinality($1::timestamptz[])]
      AND d.state <> 'CANCELLED')
  SELECT week, party, rule_id, ARRAY[${pair("state = 'MET'")}, ${pair("state = 'BREACHED'")}, ${pair("state IN ('RUNNING', 'PAUSED')")},
      ${pair('seconds IS NOT NULL')}] AS counts,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE nth = 1 AND seconds IS NOT NULL) AS p95
  FROM facts GROUP BY week, party, rule_id ORDER BY week, party, rule_id`;

function weekOf({ week }: { readonly week: number }): string {
  return String(week);
}

function rowsOfWeek(keys: WeekOf<string>, rows: readonly CaseCountRow[]): WeekOf<CountedRow> {
  const byName = new Map(rows.map((row) => [`${row.grouping} ${row.key}`, row]));
  const rowsFor = (grouping: CaseGrouping): readonly CountedRow[] =>
    keys[grouping].map((key, at) => {
      const row = byName.get(`${grouping} ${grouping === 'DAY' ? at : key}`);
      return {
        key,
        opened: countAt(row, 0),
        confirmed: countAt(row, 1),
        refuted: countAt(row, 2),
        blocked: countAt(row, 3),
        medianSecondsToBlock: row?.median ?? null,
      };
    });
  const [byType, byOperator, byDay, byState] = CASE_GROUPINGS.map(rowsFor);
  return { FRAUD_TYPE: byType ?? [], OPERATOR: byOperator ?? [], DAY: byDay ?? [], STATE: byState ?? [] };
}

function toCountedDuty(row: DutyCountRow): CountedDuty {
  return {
    party: row.party,
    ruleId: row.rule_id,
    met: countAt(row, 0),
    breached: countAt(row, 1),
    running: countAt(row, 2),
    stopped: countAt(row, 3),
    p95Seconds: row.p95,
  };
}

function countAt(row: { readonly counts: readonly number[] } | undefined, at: number) {
  return { cases: row?.counts[2 * at] ?? 0, subjects: row?.counts[2 * at + 1] ?? 0 };
}
