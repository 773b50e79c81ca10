// Grants may be forgotten once they are old. What they were given for stays told in the act of the look, which names them.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the tables of looks. Forward only. */
export class LookRetention1795000000110 implements MigrationInterface {
  readonly name = 'LookRetention1795000000110';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const STATEMENTS = [
  'DROP TRIGGER immutable ON lookup_grant',
  `CREATE TRIGGER immutable BEFORE UPDATE OR TRUNCATE ON lookup_grant EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION keep_lookup_grant() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF OLD.issued_at < senim_now() - interval '31 days' THEN RETURN OLD; END IF;
     RAISE EXCEPTION 'a grant is kept for a month' USING ERRCODE = '23514';
   END $$`,
  `CREATE TRIGGER keep_lookup_grant BEFORE DELETE ON lookup_grant FOR EACH ROW EXECUTE FUNCTION keep_lookup_grant()`,
  'CREATE INDEX lookup_grant_by_time ON lookup_grant (issued_at)',
];
