// The operator's signed statement beside each row of its record of disclosures. Like the row it is never changed, and goes with it alone.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Follows the record of a use in one statement. */
export class OperatorDisclosureStatements1700001200000 implements MigrationInterface {
  readonly name = 'OperatorDisclosureStatements1700001200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const STATEMENTS = [
  `CREATE TABLE disclosure_statement (
     grant_id uuid NOT NULL,
     content_digest text NOT NULL,
     jws text NOT NULL,
     PRIMARY KEY (grant_id, content_digest),
     FOREIGN KEY (grant_id, content_digest) REFERENCES disclosure (grant_id, content_digest) ON DELETE CASCADE)`,
  `CREATE FUNCTION refuse_change_of_disclosure_statement() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM disclosure WHERE grant_id = OLD.grant_id AND content_digest = OLD.content_digest) THEN
         RETURN OLD;
       END IF;
       RAISE EXCEPTION 'A disclosure is never changed.';
     END $$`,
  `CREATE TRIGGER disclosure_statement_stays BEFORE UPDATE OR DELETE ON disclosure_statement
     FOR EACH ROW EXECUTE FUNCTION refuse_change_of_disclosure_statement()`,
];
