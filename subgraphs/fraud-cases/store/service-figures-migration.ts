// An index for what is overdue: it is counted at every scrape of the metrics, and is a handful of many clocks.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the clocks of cases. Forward only. */
export class ServiceFigures1795000000090 implements MigrationInterface {
  readonly name = 'ServiceFigures1795000000090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX duty_clock_overdue ON duty_clock (rule_id, party) WHERE state = 'BREACHED' AND stopped_at IS NULL`,
    );
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}
