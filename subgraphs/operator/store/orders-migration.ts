// What executing orders needs beyond the record of the past: the highest order accepted per number, every answer with its receipt, the end of
// a temporary block, and the elements of the network, of which one may be out and then changes nothing. Answers are events of the joint
// log: each has its own act, and none can be changed away.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the own acts; brings rows of replayed orders into the new form. */
export class OperatorOrders1700000300000 implements MigrationInterface {
  readonly name = 'OperatorOrders1700000300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const EVENTS = [
  // LEFT: the number was ported away while it was blocked. A lift has its own sequence; several answers to one document are attempts.
  `ALTER TABLE enforcement_event
     DROP CONSTRAINT enforcement_event_order_id_change_key,
     DROP CONSTRAINT enforcement_event_order_id_sequence_fkey,
     DROP CONSTRAINT enforcement_event_change_check,
     DROP CONSTRAINT enforcement_event_outcome_check,
     DROP CONSTRAINT enforcement_event_check,
     ADD CHECK (change IN ('EXECUTED', 'LIFTED', 'EXPIRED', 'LEFT')),
     ADD CHECK (outcome IN ('ENFORCED', 'PARTIALLY_ENFORCED', 'FAILED', 'NOT_SERVED_HERE', 'LIFTED', 'ALREADY_DONE', 'SUPERSEDED')),
     ADD CHECK ((receipt IS NULL) = (change IN ('EXPIRED', 'LEFT'))),
     ADD COLUMN msisdn text,
     ADD COLUMN order_hash text,
     ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
     ADD COLUMN answered text,
     ADD COLUMN services text[],
     ADD COLUMN effective_at timestamptz(3)`,
  `CREATE FUNCTION jws_payload(p_jws text) RETURNS json LANGUAGE sql IMMUTABLE AS $$
     SELECT convert_from(decode(rpad(part, 4 * ((length(part) + 3) / 4), '='), 'base64'), 'UTF8')::json
     FROM (SELECT translate(split_part(p_jws, '.', 2), '-_', '+/') AS part) middle $$`,
  `UPDATE enforcement_event event SET
     msisdn = jws_payload(order_document) ->> 'msisdn',
     sequence = (jws_payload(order_document) ->> 'sequence')::integer,
     order_hash = translate(rtrim(encode(sha256(convert_to(order_document, 'UTF8')), 'base64'), '='), '+/', '-_'),
     answered = (SELECT jws_payload(convert_from(jws, 'UTF8')) -> 'ref' ->> 0 FROM audit.opening WHERE act_id = event.act_id),
     services = CASE WHEN outcome IN ('ENFORCED', 'PARTIALLY_ENFORCED')
       THEN ARRAY(SELECT json_array_elements_text(jws_payload(order_document) -> 'measures')) ELSE '{}' END,
     effective_at = CASE WHEN outcome IN ('ENFORCED', 'PARTIALLY_ENFORCED', 'LIFTED') THEN at END`,
  `ALTER TABLE enforcement_event
     ALTER COLUMN msisdn SET NOT NULL,
     ALTER COLUMN order_hash SET NOT NULL,
     ALTER COLUMN services SET NOT NULL,
     ADD UNIQUE (order_hash, change, attempt)`,
];

const ACCEPTED = [
  // The highest sequence per number, over all its orders and lifts; a lower one can never take effect any more.
  `CREATE TABLE accepted_order (
     msisdn text PRIMARY KEY CHECK (msisdn ~ '^\\+77[0-9]{9}$'),
     sequence integer NOT NULL CHECK (sequence > 0),
     order_hash text NOT NULL)`,
  `INSERT INTO accepted_order (msisdn, sequence, order_hash)
     SELECT DISTINCT ON (msisdn) msisdn, sequence, order_hash FROM enforcement_event ORDER BY msisdn, sequence DESC`,
  `CREATE FUNCTION accepted_order_rises() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NEW.sequence <= OLD.sequence OR NEW.msisdn <> OLD.msisdn THEN
       RAISE EXCEPTION 'the highest accepted sequence of a number only rises' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER accepted_order_rises BEFORE UPDATE ON accepted_order FOR EACH ROW EXECUTE FUNCTION accepted_order_rises()`,
  `CREATE TRIGGER accepted_order_stays BEFORE DELETE OR TRUNCATE ON accepted_order EXECUTE FUNCTION audit.immutable()`,
];

const ENFORCEMENTS = [
  `ALTER TABLE block_enforcement
     ADD COLUMN contract_key bigint REFERENCES line_contract (key),
     ADD COLUMN valid_until timestamptz(3)`,
  `ALTER TABLE block_enforcement DISABLE TRIGGER enforcement_needs_act`,
  `UPDATE block_enforcement enforcement SET
     valid_until = (SELECT (jws_payload(order_document) ->> 'valid_until')::timestamptz FROM enforcement_event event
       WHERE event.order_id = enforcement.order_id AND event.change = 'EXECUTED'),
     contract_key = (SELECT contract_key FROM service_state state WHERE state.order_id = enforcement.order_id LIMIT 1)`,
  `ALTER TABLE block_enforcement ENABLE TRIGGER enforcement_needs_act`,
  `DROP FUNCTION jws_payload(text)`,
  // One block is in force on a number, whichever order put it there.
  `CREATE UNIQUE INDEX block_enforcement_live ON block_enforcement (msisdn) WHERE state IN ('ENFORCED', 'PARTIALLY_ENFORCED')`,
  `CREATE INDEX block_enforcement_lapsing ON block_enforcement (valid_until, order_id, sequence)
     WHERE state IN ('ENFORCED', 'PARTIALLY_ENFORCED') AND valid_until IS NOT NULL`,
];

const NETWORK = [
  `CREATE TABLE network_outage (
     measure text PRIMARY KEY CHECK (measure IN ('VOICE_OUT', 'VOICE_IN', 'SMS_OUT', 'SMS_IN', 'DATA', 'PORT_FREEZE', 'SIM_SWAP_FREEZE')),
     since timestamptz(3) NOT NULL DEFAULT senim_now())`,
  `COMMENT ON TABLE network_outage IS 'Elements of the network that obey nobody now: what they hold of a line stays as it is.'`,
  // service_state is the network: whoever writes it is obeyed by the elements that work, and reads back what came of it.
  `CREATE FUNCTION network_obeys() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.measures := ARRAY(
       SELECT element FROM unnest(ARRAY['VOICE_OUT', 'VOICE_IN', 'SMS_OUT', 'SMS_IN', 'DATA', 'PORT_FREEZE', 'SIM_SWAP_FREEZE'])
         WITH ORDINALITY AS elements (element, place)
       WHERE CASE WHEN EXISTS (SELECT FROM network_outage WHERE measure = element)
         THEN TG_OP = 'UPDATE' AND element = ANY (OLD.measures) ELSE element = ANY (NEW.measures) END
       ORDER BY place);
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER network_obeys BEFORE INSERT OR UPDATE ON service_state FOR EACH ROW EXECUTE FUNCTION network_obeys()`,
];

const STATEMENTS = [...EVENTS, ...ACCEPTED, ...ENFORCEMENTS, ...NETWORK];
