// An index for the acts that are still on their way or put aside: they are counted at every scrape of the metrics, and are a handful of all.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the own acts. Forward only. */
export class DeliveryFigures1700000900000 implements MigrationInterface {
  readonly name = 'DeliveryFigures1700000900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX act_delivery_open ON act_delivery (act_id) WHERE state <> 'PROVEN'`);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}
