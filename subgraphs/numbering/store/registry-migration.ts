// Tables of the numbering registry. The rules that no program may break stand here as constraints: tenures of one number never
// overlap, at most one of them is open, a number has at most one porting under way.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Creates ranges, tenures and portings. Forward only. */
export class NumberingRegistry1795000000000 implements MigrationInterface {
  readonly name = 'NumberingRegistry1795000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
    await runner.query(`
      CREATE TABLE number_range (
        prefix text PRIMARY KEY CHECK (prefix ~ '^[0-9]{1,10}$'),
        operator_code text NOT NULL CHECK (operator_code ~ '^[a-z][a-z0-9]{1,15}$')
      )`);
    await runner.query(`
      CREATE TABLE tenure (
        msisdn text NOT NULL CHECK (msisdn ~ '^[+]77[0-9]{9}$'),
        operator_code text NOT NULL CHECK (operator_code ~ '^[a-z][a-z0-9]{1,15}$'),
        since timestamptz(3) NOT NULL,
        until timestamptz(3),
        PRIMARY KEY (msisdn, since),
        CONSTRAINT tenure_ends_after_it_began CHECK (until > since),
        -- The digits as a number: an index of numbers is filled four times as fast as one of texts.
        CONSTRAINT tenure_never_overlaps EXCLUDE USING gist
          ((substr(msisdn, 2)::bigint) WITH =, tstzrange(since, until, '[)') WITH &&)
      )`);
    await runner.query('CREATE UNIQUE INDEX tenure_one_open ON tenure (msisdn) WHERE until IS NULL');
    await runner.query(`
      CREATE TABLE porting (
        port_id text PRIMARY KEY CHECK (port_id ~ '^[A-Za-z0-9_-]{1,64}$'),
        msisdn text NOT NULL CHECK (msisdn ~ '^[+]77[0-9]{9}$'),
        donor text NOT NULL CHECK (donor ~ '^[a-z][a-z0-9]{1,15}$'),
        recipient text NOT NULL CHECK (recipient ~ '^[a-z][a-z0-9]{1,15}$'),
        state text NOT NULL CHECK (state IN ('PENDING', 'SWITCHED', 'DONE')),
        donor_since timestamptz(3),
        completed_at timestamptz(3),
        CONSTRAINT porting_moves_the_number CHECK (donor <> recipient),
        CONSTRAINT porting_has_its_instant CHECK ((state = 'PENDING') = (completed_at IS NULL)),
        CONSTRAINT porting_can_be_resumed CHECK (state = 'DONE' OR donor_since IS NOT NULL)
      )`);
    await runner.query('CREATE INDEX porting_by_number ON porting (msisdn, completed_at)');
    await runner.query(`CREATE UNIQUE INDEX porting_one_under_way ON porting (msisdn) WHERE state <> 'DONE'`);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}
