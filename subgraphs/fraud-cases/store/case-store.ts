// The fraud-case store as readers see it: every read over one database.

import type { DataSource } from 'typeorm';
import { type GlassReads, glassReads } from './break-glass-store';
import { type CaseFileReads, caseFileReads } from './case-file-reads';
import { type CaseReads, caseReads } from './case-reads';
import { type DutyReads, dutyReads } from './duty-reads';
import { type LiabilityReads, liabilityReads } from './liability-reads';
import { type OrderReads, orderReads } from './order-reads';
import { type PartReads, partReads } from './scope-condition';
import { type StatisticsReads, statisticsReads } from './statistics-store';
import { type TrailReads, trailReads } from './trail-reads';

/** Everything that can be read. */
export type CaseStore = CaseReads &
  CaseFileReads &
  OrderReads &
  DutyReads &
  LiabilityReads &
  TrailReads &
  PartReads &
  GlassReads &
  StatisticsReads;

/** The store over a database at head. */
export function openCaseStore(dataSource: DataSource): CaseStore {
  return {
    ...caseReads(dataSource),
    ...caseFileReads(dataSource),
    ...orderReads(dataSource),
    ...dutyReads(dataSource),
    ...liabilityReads(dataSource),
    ...statisticsReads(dataSource),
    ...trailReads(dataSource),
    ...partReads(dataSource),
    ...glassReads(dataSource),
  };
}
