// Root fields of dashboards. They read the night's snapshot and nothing else: what may be shown was decided when it was taken, and no question
// reaches a case.

import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { DateScalar } from '../../../shared/graphql/scalars';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Day } from '../../../shared/vocabulary/day';
import type { Result } from '../../../shared/vocabulary/result';
import type { CaseGrouping } from '../domain/statistics';
import { answerCaseStatistics, answerDutyReport, type StatisticsSnapshot } from '../domain/statistics-snapshot';
import { CaseGroupingEnum } from './closed-lists';
import type { FraudCasesContext } from './fraud-cases-context';
import { CaseStatisticType, DutyReportRowType } from './statistics-types';

const FROM = { description: 'First day: a Monday, unless grouped by DAY.' } as const;
const TO = { description: 'Last day, included: a Sunday that is over, unless grouped by DAY.' } as const;

/** `Query` of dashboards. */
@Resolver()
export class StatisticsResolver {
  @Query(() => [CaseStatisticType], {
    description:
      'Counts only, never fewer than ten subjects in a cell. Whole weeks that are over; by DAY, days of one month that is over.',
  })
  async caseStatistics(
    @Arg('from', () => DateScalar, FROM) from: Day,
    @Arg('to', () => DateScalar, TO) to: Day,
    @Arg('groupBy', () => CaseGroupingEnum, { description: 'What a row stands for.' }) groupBy: CaseGrouping,
    @Ctx() context: FraudCasesContext,
  ): Promise<CaseStatisticType[]> {
    return answered(answerCaseStatistics(await snapshotOf(context), from, to, groupBy));
  }

  @Query(() => [DutyReportRowType], {
    description: 'How duties were kept, by party and duty. Whole weeks that are over.',
  })
  async dutyReport(
    @Arg('from', () => DateScalar, FROM) from: Day,
    @Arg('to', () => DateScalar, TO) to: Day,
    @Ctx() context: FraudCasesContext,
  ): Promise<DutyReportRowType[]> {
    return answered(answerDutyReport(await snapshotOf(context), from, to));
  }
}

async function snapshotOf({ store }: FraudCasesContext): Promise<StatisticsSnapshot> {
  const snapshot = await store.newestSnapshot();
  if (snapshot === null) throw new AppError('SUBGRAPH_UNAVAILABLE', 'The first snapshot is still being taken.');
  return snapshot;
}

function answered<Row>(rows: Result<readonly Row[], string>): Row[] {
  if (!rows.ok) throw new AppError('BAD_USER_INPUT', 'A range is of whole weeks that are over.');
  return [...rows.value];
}
