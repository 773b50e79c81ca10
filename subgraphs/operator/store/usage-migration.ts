// Daily usage aggregates, partitioned by month: whole months are dropped when their retention ends, and a question of at most ninety
// days opens four partitions. Partitions are made as data arrives, by `ensure_usage_month`.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

export class OperatorUsage1700000002000 implements MigrationInterface {
  readonly name = 'OperatorUsage1700000002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLE);
    await queryRunner.query(ENSURE_MONTH);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

// Wide columns first: the row is 8 bytes a day narrower than in reading order.
const TABLE = `
  CREATE TABLE usage_day (
    contract_key bigint NOT NULL,
    day date NOT NULL,
    calls_out integer NOT NULL,
    calls_in integer NOT NULL,
    distinct_callees integer NOT NULL,
    minutes_out real NOT NULL,
    minutes_in real NOT NULL,
    short_call_share real NOT NULL CHECK (short_call_share BETWEEN 0 AND 1),
    night_share real NOT NULL CHECK (night_share BETWEEN 0 AND 1),
    sms_out integer NOT NULL,
    sms_in integer NOT NULL,
    distinct_sms_recipients integer NOT NULL,
    data_mb real NOT NULL,
    distinct_cells integer NOT NULL,
    top_cell_share real NOT NULL CHECK (top_cell_share BETWEEN 0 AND 1),
    distinct_imei integer NOT NULL,
    complaints integer NOT NULL,
    PRIMARY KEY (contract_key, day)
  ) PARTITION BY RANGE (day)`;

/** Makes the partition that a day falls into, unless it is there. Two callers at once are let through one after the other. */
const ENSURE_MONTH = `
  CREATE FUNCTION ensure_usage_month(any_day date) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    first_day date := date_trunc('month', any_day)::date;
    partition text := 'usage_day_' || to_char(any_day, 'YYYY_MM');
  BEGIN
    IF to_regclass(partition) IS NULL THEN
      PERFORM pg_advisory_xact_lock(hashtext('usage_day partitions'));
      EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF usage_day FOR VALUES FROM (%L) TO (%L)',
        partition, first_day, (first_day + interval '1 month')::date);
    END IF;
  END $$`;
