// Reads of duty clocks and rules. Each function is one SQL statement whatever the number of keys; a clock carries the database's
// instant of that statement, by which its overrun is counted.

import { type DataSource, type EntitySchema, In, type SelectQueryBuilder } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import { CLOCK_STATES } from '../../../shared/vocabulary/duty';
import type { DutyClock, DutyClockFilter, DutyRule } from '../domain/duty';
import { DUTY_RULES } from '../domain/duty-rules';
import type { Page, PageRequest } from '../domain/page';
import { DutyClockRow, DutyRuleRow, toDutyClock, toDutyRule } from './duty-rows';
import { countList, type ListTable, type Narrowing, readListPage } from './list-page';
import { rowBranches } from './scope-branches';
import type { Condition } from './scope-condition';

/** Names one version of a rule. */
export interface DutyRuleKey {
  readonly ruleId: string;
  readonly ruleVersion: number;
}

/** What can be asked about duties. */
export interface DutyReads {
  /** Oldest start first. */
  clocksOf(caseIds: readonly string[]): Promise<readonly DutyClock[]>;
  /** Earliest deadline first. */
  clocksPage(filter: DutyClockFilter, request: PageRequest): Promise<Page<DutyClock>>;
  /** Null when there are more than are counted. */
  clockCount(filter: DutyClockFilter): Promise<number | null>;
  /** The rules that exist among those named. */
  rulesNamed(keys: readonly DutyRuleKey[]): Promise<readonly DutyRule[]>;
}

/** The reads over a database at head. */
export function dutyReads(dataSource: DataSource): DutyReads {
  const clocks = dataSource.getRepository(DutyClockRow);
  return {
    clocksOf: (caseIds) =>
      readClocks(
        clocks
          .createQueryBuilder('clock')
          .where('clock.caseId = ANY(:caseIds)', { caseIds })
          .orderBy('clock.startedAt', 'ASC')
          .addOrderBy('clock.id', 'ASC'),
      ),
    async clocksPage(filter, request) {
      const page = await readListPage(dataSource, CLOCKS, narrowed(filter), request);
      return { ...page, rows: page.rows.map(({ readAt, ...row }) => toDutyClock(row, readAt)) };
    },
    clockCount: (filter) => countList(dataSource, CLOCKS, narrowed(filter)),
    async rulesNamed(keys) {
      const rows = await dataSource.getRepository(DutyRuleRow).findBy({ id: In(keys.map(({ ruleId }) => ruleId)) });
      return rows.map(toDutyRule);
    },
  };
}

async function readClocks(query: SelectQueryBuilder<DutyClockRow>): Promise<readonly DutyClock[]> {
  const { entities, raw } = await query
    .addSelect('(SELECT senim_now())', 'read_at')
    .getRawAndEntities<{ read_at: Date }>();
  return entities.map((row, place) => {
    const readAt = raw[place]?.read_at;
    invariant(readAt !== undefined, 'a clock is one row');
    return toDutyClock(row, readAt);
  });
}

interface ReadClockRow extends DutyClockRow {
  readonly readAt: Date;
}

const CLOCKS: ListTable<ReadClockRow> = {
  rows: DutyClockRow as EntitySchema<ReadClockRow>,
  order: { property: 'deadlineAt', direction: 'ASC' },
  more: { readAt: '(SELECT senim_now())' },
};

/** Found by party, by duty or by whose their cases are, and state. Every duty is known by its rule. */
function narrowed({ states, party, ruleId, within }: DutyClockFilter): Narrowing {
  const byState = { column: 'listed.state', values: states ?? CLOCK_STATES };
  const byKind = { column: 'listed.rule_id', values: ruleId === null ? RULE_IDS : [ruleId] };
  const conditions: readonly Condition[] = ruleId === null ? [] : [(bind) => `listed.rule_id = ${bind(ruleId)}`];
  return rowBranches(within, { owner: 'listed.party', asked: party, byState, byKind, conditions });
}

const RULE_IDS = DUTY_RULES.map(({ id }) => id);
