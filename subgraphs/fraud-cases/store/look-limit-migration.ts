// The day of the whole bank carries its limit, so that the statement that would go beyond it fails and nothing of its look is kept.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the tables of looks. Forward only. */
export class LookLimits1795000000100 implements MigrationInterface {
  readonly name = 'LookLimits1795000000100';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const STATEMENTS = [
  // `most`: the limit when the day was counted last; null for a day of before.
  `ALTER TABLE bank_look_day ADD COLUMN most integer, ADD CONSTRAINT bank_look_day_within CHECK (looks <= most)`,
];
