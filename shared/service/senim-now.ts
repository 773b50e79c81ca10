// The first migration of every database: `senim_now()`, the only clock that SQL may read. It gives whole milliseconds, because
// JavaScript loses the rest and a tenure's first instant is part of a key. Production defines it without an offset; a database
// made by a test or for a demonstration may replace it by one that is shifted.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../vocabulary/app-error';

/**
 * Defines `senim_now()`: the database server's clock cut to milliseconds. It is VOLATILE and moves within a statement; a query
 * that wants one instant and an index writes `(SELECT senim_now())`.
 */
export class SenimNow1700000000000 implements MigrationInterface {
  readonly name = 'SenimNow1700000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE OR REPLACE FUNCTION senim_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
      AS $$ SELECT date_trunc('milliseconds', clock_timestamp()) $$`);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}
