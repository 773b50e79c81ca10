// The operator's own record of what it disclosed to the bank, and the persons of each day, who are counted against its cap. Both hold names
// that were made of personal data with a key outside of the database, and no personal data.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs nothing but `senim_now`. */
export class OperatorDisclosures1700001000000 implements MigrationInterface {
  readonly name = 'OperatorDisclosures1700001000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const NAME_BYTES = 32;

const STATEMENTS = [
  `CREATE TABLE disclosure (
     grant_id uuid NOT NULL,
     content_digest text NOT NULL,
     actor text NOT NULL,
     role text NOT NULL,
     case_id uuid,
     purpose text NOT NULL,
     class text NOT NULL CHECK (class IN ('MASKED', 'CLEAR')),
     subjects bytea[] NOT NULL,
     fields text[] NOT NULL,
     persons integer NOT NULL CHECK (persons >= 0),
     disclosed_at timestamptz(3) NOT NULL,
     PRIMARY KEY (grant_id, content_digest))`,
  'CREATE INDEX disclosure_by_time ON disclosure (disclosed_at)',
  'CREATE INDEX disclosure_by_subject ON disclosure USING gin (subjects)',
  // What was told stays told: the record only grows.
  `CREATE FUNCTION refuse_change_of_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'A disclosure is never changed.'; END $$`,
  `CREATE TRIGGER disclosure_stays BEFORE UPDATE OR DELETE ON disclosure
     FOR EACH ROW EXECUTE FUNCTION refuse_change_of_disclosure()`,
  `CREATE TABLE disclosure_day (
     day date PRIMARY KEY,
     persons integer NOT NULL CHECK (persons >= 0))`,
  `CREATE TABLE disclosed_person (
     day date NOT NULL REFERENCES disclosure_day (day) ON DELETE CASCADE,
     person bytea NOT NULL CHECK (octet_length(person) = ${NAME_BYTES}),
     PRIMARY KEY (day, person))`,
  // One statement: the record, the persons new today, and the cap, which the row of the day makes exact for any number of callers. A use that
  // goes over the cap fails as a whole.
  `CREATE FUNCTION record_disclosure(p_grant uuid, p_digest text, p_actor text, p_role text, p_case uuid, p_purpose text,
       p_class text, p_subjects bytea[], p_fields text[], p_persons bytea[], p_most integer, p_most_uses integer)
     RETURNS text LANGUAGE plpgsql AS $$
     DECLARE
       v_now timestamptz(3) := senim_now();
       v_day date := (v_now AT TIME ZONE 'Asia/Almaty')::date;
       v_fresh integer;
       v_before integer;
     BEGIN
       INSERT INTO disclosure (grant_id, content_digest, actor, role, case_id, purpose, class, subjects, fields, persons, disclosed_at)
         VALUES (p_grant, p_digest, p_actor, p_role, p_case, p_purpose, p_class, p_subjects, p_fields, cardinality(p_persons), v_now)
         ON CONFLICT DO NOTHING;
       IF NOT FOUND THEN RETURN 'AGAIN'; END IF;
       IF (SELECT count(*) FROM disclosure WHERE grant_id = p_grant) > p_most_uses THEN
         RAISE EXCEPTION 'The grant was used too often.' USING ERRCODE = 'SD002';
       END IF;
       IF NOT EXISTS (SELECT FROM unnest(p_persons) AS asked (person)
                      WHERE NOT EXISTS (SELECT FROM disclosed_person known WHERE known.day = v_day AND known.person = asked.person)) THEN
         RETURN 'FIRST';
       END IF;
       INSERT INTO disclosure_day (day, persons) VALUES (v_day, 0) ON CONFLICT DO NOTHING;
       IF FOUND THEN DELETE FROM disclosure_day WHERE day < v_day - 7; END IF;
       SELECT persons INTO v_before FROM disclosure_day WHERE day = v_day FOR UPDATE;
       INSERT INTO disclosed_person (day, person) SELECT DISTINCT v_day, person FROM unnest(p_persons) AS asked (person)
         ON CONFLICT DO NOTHING;
       GET DIAGNOSTICS v_fresh = ROW_COUNT;
       IF v_before + v_fresh > p_most THEN
         RAISE EXCEPTION 'The cap on persons of a day is reached.' USING ERRCODE = 'SD001';
       END IF;
       UPDATE disclosure_day SET persons = v_before + v_fresh WHERE day = v_day;
       RETURN 'FIRST';
     END $$`,
];
