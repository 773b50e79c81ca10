// What an operator says in the joint log, as rows of its own, each with its act: reports, answers, results of checks, executed orders. The
// audit schema makes an act without such a row, or such a row without its act, fail at COMMIT. Every own act is queued for delivery by
// a trigger, so that no program can forget it.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Needs the tables of `audit` and of the lines. */
export class OperatorActs1700000200000 implements MigrationInterface {
  readonly name = 'OperatorActs1700000200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const EVENTS = [
  `CREATE TABLE suspicion_report (
     id uuid PRIMARY KEY,
     act_id uuid NOT NULL,
     source text NOT NULL CHECK (source IN ('OPERATOR_DETECTION', 'SUBSCRIBER_COMPLAINT')),
     source_ref text NOT NULL UNIQUE,
     suspect text NOT NULL CHECK (suspect ~ '^\\+77[0-9]{9}$'),
     victim text CHECK (victim ~ '^\\+77[0-9]{9}$'),
     channel text NOT NULL,
     fraud_type text,
     occurred_at timestamptz(3),
     detected_at timestamptz(3),
     reported_at timestamptz(3) NOT NULL,
     text text,
     assessment jsonb)`,
  // What makes a line reported once: indicators hang on the contract and never pass to the next holder.
  `CREATE TABLE reported_line (
     contract_key bigint PRIMARY KEY REFERENCES line_contract (key),
     report_id uuid NOT NULL REFERENCES suspicion_report (id) DEFERRABLE INITIALLY DEFERRED)`,
  `CREATE TABLE information_answer (
     request_id uuid PRIMARY KEY,
     act_id uuid NOT NULL,
     answer text NOT NULL,
     answered_at timestamptz(3) NOT NULL)`,
  `CREATE TABLE check_result (
     case_id uuid PRIMARY KEY,
     act_id uuid NOT NULL,
     confirmed boolean NOT NULL,
     findings text NOT NULL,
     checked_at timestamptz(3) NOT NULL)`,
  // What was done upon an order of the bank, with the two signed documents; `receipt` is null for a block that lapsed by itself.
  `CREATE TABLE enforcement_event (
     act_id uuid PRIMARY KEY,
     order_id text NOT NULL,
     sequence integer NOT NULL,
     change text NOT NULL CHECK (change IN ('EXECUTED', 'LIFTED', 'EXPIRED')),
     outcome text NOT NULL CHECK (outcome IN ('ENFORCED', 'PARTIALLY_ENFORCED', 'FAILED', 'NOT_SERVED_HERE', 'LIFTED')),
     order_document text NOT NULL,
     receipt text CHECK (receipt IS NOT NULL OR change = 'EXPIRED'),
     at timestamptz(3) NOT NULL,
     UNIQUE (order_id, change),
     FOREIGN KEY (order_id, sequence) REFERENCES block_enforcement (order_id, sequence) DEFERRABLE INITIALLY DEFERRED)`,
  ...['suspicion_report', 'information_answer', 'check_result', 'enforcement_event'].map(
    (table) => `SELECT audit.register_event_table('${table}', 'act_id')`,
  ),
];

const ENFORCEMENTS = [
  `ALTER TABLE block_enforcement
     ADD COLUMN last_act_id uuid NOT NULL REFERENCES enforcement_event (act_id) DEFERRABLE INITIALLY DEFERRED`,
  // A state of an enforcement was reached by an act of the same transaction, whoever writes it.
  `CREATE FUNCTION enforcement_needs_act() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT 1 FROM audit.act WHERE id = NEW.last_act_id AND transaction = pg_current_xact_id()) THEN
       RAISE EXCEPTION 'a state of an enforcement has its own new act' USING ERRCODE = '23514';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER enforcement_needs_act AFTER INSERT OR UPDATE ON block_enforcement DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION enforcement_needs_act()`,
];

const DELIVERY = [
  `CREATE TABLE act_delivery (
     act_id uuid PRIMARY KEY REFERENCES audit.act (id),
     place bigint GENERATED ALWAYS AS IDENTITY,
     state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'PROMISED', 'PROVEN', 'PARKED')),
     attempts integer NOT NULL DEFAULT 0,
     refusals integer NOT NULL DEFAULT 0,
     next_attempt_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     last_refusal text,
     promise text,
     due_at timestamptz(3),
     proof text,
     proven_at timestamptz(3),
     CHECK ((promise IS NULL) = (due_at IS NULL)),
     CHECK ((state = 'PROVEN') = (proof IS NOT NULL)))`,
  `CREATE INDEX act_delivery_next ON act_delivery (state, next_attempt_at) WHERE state IN ('WAITING', 'PROMISED')`,
  `CREATE FUNCTION queue_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN INSERT INTO act_delivery (act_id) VALUES (NEW.id); RETURN NULL; END $$`,
  `CREATE TRIGGER queue_delivery AFTER INSERT ON audit.act FOR EACH ROW EXECUTE FUNCTION queue_delivery()`,
  // Evidence holds promises, notes and hashes: no personal datum.
  `CREATE TABLE act_alarm (
     act_id uuid NOT NULL REFERENCES audit.act (id),
     kind text NOT NULL CHECK (kind IN ('DELIVERY_REFUSED', 'PROMISE_FALSE', 'PROOF_LATE', 'PROOF_FALSE', 'PROMISE_BROKEN')),
     raised_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     evidence jsonb NOT NULL,
     PRIMARY KEY (act_id, kind))`,
];

const HISTORY = [
  // What was said before there was a log, until it is signed; a row goes away in the transaction of its last act.
  `CREATE TABLE history_fact (
     kind text NOT NULL CHECK (kind IN ('report', 'informationAnswer', 'checkResult', 'enforcement')),
     subject_id text NOT NULL,
     at timestamptz(3) NOT NULL,
     body jsonb NOT NULL,
     PRIMARY KEY (kind, subject_id))`,
];

const STATEMENTS = [...EVENTS, ...ENFORCEMENTS, ...DELIVERY, ...HISTORY];
