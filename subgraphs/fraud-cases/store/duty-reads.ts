// Reads of duty clocks and rules. Each function is one SQL statement whatever the number of keys; a clock carries the database's
// instant of that statement, by which its overrun is counted.

import { type DataSource, In, type SelectQueryBuilder } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { DutyClock, DutyClockFilter, DutyRule } from '../domain/duty';
import { type Page, type PageRequest, pageOf } from '../domain/page';
import { DutyClockRow, DutyRuleRow, toDutyClock, toDutyRule } from './duty-rows';
import { afterPlace } from './keyset-page';
import { narrowToScope } from './scope-condition';

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
  clockCount(filter: DutyClockFilter): Promise<number>;
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
      const query = narrowed(clocks.createQueryBuilder('clock'), filter);
      const page = afterPlace(query, { property: 'deadlineAt', direction: 'ASC' }, request);
      return pageOf(await readClocks(page), request.first);
    },
    clockCount: (filter) => narrowed(clocks.createQueryBuilder('clock'), filter).getCount(),
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

function narrowed(query: SelectQueryBuilder<DutyClockRow>, filter: DutyClockFilter): SelectQueryBuilder<DutyClockRow> {
  const { states, party, ruleId } = filter;
  narrowToScope(query, filter.within, { caseId: 'clock.caseId', owner: 'clock.party' });
  if (states !== null) query.andWhere('clock.state = ANY(:states)', { states });
  if (party !== null) query.andWhere('clock.party = :party', { party });
  if (ruleId !== null) query.andWhere('clock.ruleId = :ruleId', { ruleId });
  return query;
}
