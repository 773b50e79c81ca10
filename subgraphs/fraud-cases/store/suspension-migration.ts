// The table of suspended people and machines. A period is opened and closed, never rewritten, so that it stays known who was
// suspended when.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Periods in which somebody is suspended. */
export class Suspensions1795000000050 implements MigrationInterface {
  readonly name = 'Suspensions1795000000050';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const STATEMENTS = [
  `CREATE TABLE suspended_principal (
     person text NOT NULL CHECK (person <> ''),
     suspended_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     -- Null while it lasts.
     reinstated_at timestamptz(3),
     PRIMARY KEY (person, suspended_at),
     CHECK (reinstated_at >= suspended_at)
   )`,
  `CREATE UNIQUE INDEX suspended_principal_now ON suspended_principal (person) WHERE reinstated_at IS NULL`,
  `CREATE FUNCTION keep_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'UPDATE' AND OLD.reinstated_at IS NULL
       AND (NEW.person, NEW.suspended_at) = (OLD.person, OLD.suspended_at) THEN
       RETURN NEW;
     END IF;
     RAISE EXCEPTION 'a suspension is ended, never rewritten' USING ERRCODE = '23514';
   END $$`,
  `CREATE TRIGGER keep_suspension BEFORE UPDATE OR DELETE ON suspended_principal
     FOR EACH ROW EXECUTE FUNCTION keep_suspension()`,
];
