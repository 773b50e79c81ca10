// Reads of assessments of liability. Each function is one SQL statement whatever the number of keys.

import type { DataSource } from 'typeorm';
import type { LiabilityAssessment } from '../domain/liability';
import { type LiabilityRow, SELECT_LIABILITY, toLiabilityAssessment } from './liability-rows';

/** What can be asked about liability. */
export interface LiabilityReads {
  assessmentsById(ids: readonly string[]): Promise<readonly LiabilityAssessment[]>;
  /** Oldest first. */
  assessmentsOf(caseIds: readonly string[]): Promise<readonly LiabilityAssessment[]>;
}

/** The reads over a database at head. */
export function liabilityReads(dataSource: DataSource): LiabilityReads {
  return {
    async assessmentsById(ids) {
      const rows: readonly LiabilityRow[] = await dataSource.query(
        `${SELECT_LIABILITY} WHERE assessment.id = ANY ($1)`,
        [ids],
      );
      return rows.map(toLiabilityAssessment);
    },
    async assessmentsOf(caseIds) {
      const rows: readonly LiabilityRow[] = await dataSource.query(
        `${SELECT_LIABILITY} WHERE assessment.case_id = ANY ($1) ORDER BY assessment.assessed_at, assessment.id`,
        [caseIds],
      );
      return rows.map(toLiabilityAssessment);
    },
  };
}
