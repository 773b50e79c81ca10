// The record of a use in one statement: whose data it opens, the row, the persons new today, the cap, and whether this very request was seen
// before. Names of persons are made in the statement by a key that is handed over with it and kept nowhere; whoever could see it there sees
// the numbers that are asked as well. What was told stays told for five years.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Follows the tables of disclosures. */
export class OperatorDisclosureRecord1700001100000 implements MigrationInterface {
  readonly name = 'OperatorDisclosureRecord1700001100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const LOCKS_OF_GRANTS = 7_703;

/** Persons are the users of lines, the holders where no user is named; the same person at two lines is one. */
const PERSONS = `
  SELECT coalesce(person.iin, person.bin, person.id) AS person
  FROM (
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM unnest(p_msisdns, p_sinces) AS asked (msisdn, since) JOIN line_contract contract USING (msisdn, since)
    UNION ALL
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM subscriber holder JOIN line_contract contract ON contract.subscriber_id = holder.id
    WHERE holder.bin = ANY (p_bins)
    UNION ALL
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM device_use used JOIN line_contract contract ON contract.key = used.contract_key
    WHERE used.imei = ANY (p_imeis)
  ) line
  JOIN subscriber person ON person.id = coalesce(line.assigned_user_id, line.subscriber_id)
  UNION
  SELECT unnest(p_iins)`;

const STATEMENTS = [
  'DROP FUNCTION record_disclosure(uuid, text, text, text, uuid, text, text, bytea[], text[], bytea[], integer, integer)',
  'ALTER TABLE disclosure ADD COLUMN nonce text',
  // Requests that came again under another nonce: each is believed once, whatever became of the process that saw it.
  `CREATE TABLE disclosure_again (
     nonce text PRIMARY KEY,
     seen_at timestamptz(3) NOT NULL)`,
  'CREATE INDEX disclosure_again_by_time ON disclosure_again (seen_at)',
  `CREATE OR REPLACE FUNCTION refuse_change_of_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP = 'DELETE' AND OLD.disclosed_at < senim_now() - interval '5 years' THEN RETURN OLD; END IF;
       RAISE EXCEPTION 'A disclosure is never changed.';
     END $$`,
  // HMAC-SHA-256 (RFC 2104): the inner and the outer pad are the key's.
  `CREATE FUNCTION name_person(p_inner bytea, p_outer bytea, p_person text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
     SELECT sha256(p_outer || sha256(p_inner || convert_to('senim/person/v1' || chr(10) || p_person, 'UTF8'))) $$`,
  // Uses of one grant are recorded one after the other, so that it is spent exactly; the row of the day makes the cap exact. A use that is
  // refused by either fails as a whole.
  `CREATE FUNCTION record_disclosure(p_grant uuid, p_digest text, p_nonce text, p_actor text, p_role text, p_case uuid, p_purpose text,
       p_class text, p_subjects bytea[], p_fields text[], p_msisdns text[], p_sinces timestamptz[], p_iins text[], p_bins text[],
       p_imeis text[], p_inner bytea, p_outer bytea, p_most integer, p_most_uses integer)
     RETURNS text LANGUAGE plpgsql AS $$
     DECLARE
       v_now timestamptz(3) := senim_now();
       v_day date := (v_now AT TIME ZONE 'Asia/Almaty')::date;
       v_persons bytea[];
       v_fresh integer;
       v_before integer;
     BEGIN
       SELECT coalesce(array_agg(name_person(p_inner, p_outer, opened.person)), '{}') INTO v_persons FROM (${PERSONS}) opened;
       PERFORM pg_advisory_xact_lock(${LOCKS_OF_GRANTS}, hashtext(p_grant::text));
       INSERT INTO disclosure (grant_id, content_digest, nonce, actor, role, case_id, purpose, class, subjects, fields, persons, disclosed_at)
         VALUES (p_grant, p_digest, p_nonce, p_actor, p_role, p_case, p_purpose, p_class, p_subjects, p_fields, cardinality(v_persons), v_now)
         ON CONFLICT DO NOTHING;
       IF NOT FOUND THEN
         IF EXISTS (SELECT FROM disclosure WHERE grant_id = p_grant AND content_digest = p_digest AND nonce = p_nonce) THEN RETURN 'REPLAYED'; END IF;
         INSERT INTO disclosure_again (nonce, seen_at) VALUES (p_nonce, v_now) ON CONFLICT DO NOTHING;
         IF NOT FOUND THEN RETURN 'REPLAYED'; END IF;
         RETURN 'AGAIN';
       END IF;
       IF (SELECT count(*) FROM disclosure WHERE grant_id = p_grant) > p_most_uses THEN
         RAISE EXCEPTION 'The grant was used too often.' USING ERRCODE = 'SD002';
       END IF;
       IF NOT EXISTS (SELECT FROM unnest(v_persons) AS asked (person)
                      WHERE NOT EXISTS (SELECT FROM disclosed_person known WHERE known.day = v_day AND known.person = asked.person)) THEN
         RETURN 'FIRST';
       END IF;
       INSERT INTO disclosure_day (day, persons) VALUES (v_day, 0) ON CONFLICT DO NOTHING;
       SELECT persons INTO v_before FROM disclosure_day WHERE day = v_day FOR UPDATE;
       INSERT INTO disclosed_person (day, person) SELECT v_day, person FROM unnest(v_persons) AS asked (person) ON CONFLICT DO NOTHING;
       GET DIAGNOSTICS v_fresh = ROW_COUNT;
       IF v_before + v_fresh > p_most THEN
         RAISE EXCEPTION 'The cap on persons of a day is reached.' USING ERRCODE = 'SD001';
       END IF;
       UPDATE disclosure_day SET persons = v_before + v_fresh WHERE day = v_day;
       RETURN 'FIRST';
     END $$`,
];
