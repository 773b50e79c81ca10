// What the tables need so that cases can be worked and not only shown: the facts that rules ask for, who wants to reopen what, answers kept
// for keys of idempotency, numbers of new cases. And four eyes once more, for whoever writes past the program: no approval by an editor
// or of other content, no decision, no confirmed block and no reopening without two persons.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import { BLOCK_MEASURES } from '../../../shared/vocabulary/block-order';

/** Columns, tables and rules of the commands on cases. Forward only. */
export class CaseCommands1795000000010 implements MigrationInterface {
  readonly name = 'CaseCommands1795000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...COLUMNS, ...TABLES, ...NUMBERS, ...FOUR_EYES, ...RULES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const measures = BLOCK_MEASURES.map((word) => `'${word}'`).join(', ');

const COLUMNS = [
  `ALTER TABLE fraud_case
     -- The operator that checks, or checked, the case on its own track.
     ADD checked_by text,
     -- Who proposed or edited what was voided since: they do not approve the next proposal.
     ADD editors text[] NOT NULL DEFAULT '{}'`,
  `ALTER TABLE duty_clock
     -- The order, request, report or appeal that the duty is about; null when it is the case.
     ADD about text,
     -- [{from, to}] in order, the last one perhaps open.
     ADD pauses jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(pauses) = 'array')`,
  `UPDATE duty_clock SET about = order_id`,
  `ALTER TABLE decision
     -- What a confirmed outcome takes from each line; empty stands for all measures.
     ADD measures text[] NOT NULL DEFAULT '{}' CHECK (measures <@ ARRAY[${measures}]),
     -- Who may not approve it, beside its proposer.
     ADD editors text[] NOT NULL DEFAULT '{}',
     ADD CONSTRAINT decision_content UNIQUE (id, content_hash)`,
  `ALTER TABLE block_order
     ADD lift_requested_by text,
     ADD lift_approved_by text,
     ADD CONSTRAINT block_order_lift_four_eyes CHECK (lift_approved_by IS NULL
       OR (lift_requested_by IS NOT NULL AND lift_approved_by <> lift_requested_by))`,
  `ALTER TABLE appeal
     -- What the decider proposed; null before.
     ADD proposed_upheld boolean,
     -- Who took part in the decision that is appealed: they do not decide the appeal.
     ADD participants text[] NOT NULL DEFAULT '{}',
     ADD CONSTRAINT appeal_by_others CHECK (NOT (coalesce(decided_by = ANY (participants), false)
       OR coalesce(approved_by = ANY (participants), false)))`,
];

const TABLES = [
  `CREATE TABLE case_indicator (
     case_id text NOT NULL REFERENCES fraud_case (id),
     code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
     PRIMARY KEY (case_id, code)
   )`,
  `CREATE TABLE transaction_hold (
     id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
     case_id text NOT NULL REFERENCES fraud_case (id),
     bank text NOT NULL,
     transaction_ref text NOT NULL,
     held_at timestamptz(3) NOT NULL,
     recorded_at timestamptz(3) NOT NULL
   )`,
  `CREATE INDEX transaction_hold_by_case ON transaction_hold (case_id)`,
  `CREATE TABLE reopening (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     case_id text NOT NULL REFERENCES fraud_case (id),
     reason text NOT NULL,
     proposed_by text NOT NULL,
     proposed_at timestamptz(3) NOT NULL,
     approved_by text,
     approved_at timestamptz(3),
     approved_in xid8,
     -- Somebody asked anew, or the case went on otherwise.
     dropped_at timestamptz(3),
     CONSTRAINT reopening_four_eyes CHECK (approved_by IS NULL OR approved_by <> proposed_by),
     CONSTRAINT reopening_approved_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)
       AND (approved_by IS NULL) = (approved_in IS NULL)),
     CONSTRAINT reopening_ends_once CHECK (approved_at IS NULL OR dropped_at IS NULL)
   )`,
  `CREATE UNIQUE INDEX reopening_one_pending ON reopening (case_id) WHERE approved_at IS NULL AND dropped_at IS NULL`,
  // What a key was answered with: ids and refusals, never a personal datum. Kept for thirty days.
  `CREATE TABLE idempotency_record (
     person text NOT NULL,
     key text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
     operation text NOT NULL,
     request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
     answer jsonb,
     made_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     PRIMARY KEY (person, key)
   )`,
  `CREATE INDEX idempotency_record_by_age ON idempotency_record (made_at)`,
  // The instant in the one form in which programs write it.
  `CREATE FUNCTION instant_text(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
   AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$`,
];

const NUMBERS = [
  // Numbers of a year come from a sequence, so that cases are opened side by side; one that was drawn and rolled back is left out. The
  // first case of a year makes the sequence, after the numbers that were seeded.
  `CREATE FUNCTION next_case_number(p_at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
   DECLARE
     v_year text := to_char(p_at AT TIME ZONE 'Asia/Almaty', 'YYYY');
     v_sequence text := 'case_number_of_' || v_year;
     v_last int;
   BEGIN
     IF to_regclass(v_sequence) IS NULL THEN
       PERFORM pg_advisory_xact_lock(1397049683);
       IF to_regclass(v_sequence) IS NULL THEN
         SELECT right(number, 6)::int INTO v_last FROM fraud_case
           WHERE number BETWEEN 'AFC-' || v_year || '-000000' AND 'AFC-' || v_year || '-999999'
           ORDER BY number DESC LIMIT 1;
         EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I AS int START %s MAXVALUE 999999', v_sequence, coalesce(v_last, 0) + 1);
       END IF;
     END IF;
     RETURN 'AFC-' || v_year || '-' || to_char(nextval(v_sequence::regclass), 'FM000000');
   END $$`,
];

const FOUR_EYES = [
  `ALTER TABLE approval ADD CONSTRAINT approval_of_this_content
     FOREIGN KEY (decision_id, content_hash) REFERENCES decision (id, content_hash)`,
  `CREATE FUNCTION approve_another_persons_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF EXISTS (SELECT FROM decision WHERE id = NEW.decision_id AND voided_at IS NOT NULL) THEN
       RAISE EXCEPTION 'what was voided is not approved' USING ERRCODE = '23514', CONSTRAINT = 'approval_of_what_stands';
     END IF;
     IF NEW.step = 'APPROVED' AND EXISTS (SELECT FROM decision WHERE id = NEW.decision_id AND NEW.person = ANY (editors)) THEN
       RAISE EXCEPTION 'an editor does not approve' USING ERRCODE = '23514', CONSTRAINT = 'approval_not_by_editor';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER approve_another_persons_proposal BEFORE INSERT ON approval
     FOR EACH ROW EXECUTE FUNCTION approve_another_persons_proposal()`,
  `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON approval EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION decision_is_voided_once() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF OLD.voided_at IS NOT NULL OR to_jsonb(NEW) - 'voided_at' <> to_jsonb(OLD) - 'voided_at' THEN
       RAISE EXCEPTION 'a decision changes by being voided once' USING ERRCODE = '23514', CONSTRAINT = 'decision_voided_once';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER decision_is_voided_once BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION decision_is_voided_once()`,
  `CREATE TRIGGER immutable BEFORE DELETE OR TRUNCATE ON decision EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION is_decided_by_two(p_case text, p_outcome text, p_in_force boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
     SELECT EXISTS (SELECT FROM decision
       JOIN approval AS one ON one.decision_id = decision.id AND one.step = 'PROPOSED'
       JOIN approval AS other ON other.decision_id = decision.id AND other.step = 'APPROVED' AND other.person <> one.person
       WHERE decision.case_id = p_case AND proposed_outcome = p_outcome AND (voided_at IS NULL OR NOT p_in_force)) $$`,
  `CREATE FUNCTION is_seeded_now(p_case text) RETURNS boolean LANGUAGE sql STABLE AS $$
     SELECT EXISTS (SELECT FROM seeded_case WHERE case_id = p_case AND transaction = pg_current_xact_id()) $$`,
  `CREATE FUNCTION need_two_deciders() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT is_decided_by_two(NEW.id, NEW.outcome, true) AND NOT is_seeded_now(NEW.id) THEN
       RAISE EXCEPTION 'a case is decided by two persons' USING ERRCODE = '23514', CONSTRAINT = 'fraud_case_decided_by_two';
     END IF;
     RETURN NULL;
   END $$`,
  ...['INSERT', 'UPDATE OF state, outcome'].map(
    (event, place) => `CREATE CONSTRAINT TRIGGER need_two_deciders_${place} AFTER ${event} ON fraud_case
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'DECIDED') EXECUTE FUNCTION need_two_deciders()`,
  ),
  `CREATE FUNCTION need_two_blockers() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT is_decided_by_two(NEW.case_id, 'CONFIRMED', false) AND NOT is_seeded_now(NEW.case_id) THEN
       RAISE EXCEPTION 'a confirmed block is decided by two persons' USING ERRCODE = '23514', CONSTRAINT = 'block_order_decided_by_two';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER need_two_blockers AFTER INSERT OR UPDATE OF kind, case_id ON block_order
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'CONFIRMED') EXECUTE FUNCTION need_two_blockers()`,
  `CREATE FUNCTION need_two_reopeners() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT FROM reopening WHERE case_id = NEW.id AND approved_in = pg_current_xact_id()) THEN
       RAISE EXCEPTION 'a case is reopened by two persons' USING ERRCODE = '23514', CONSTRAINT = 'fraud_case_reopened_by_two';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER need_two_reopeners AFTER UPDATE OF state ON fraud_case DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
     WHEN (OLD.state IN ('DECIDED', 'CLOSED', 'DISMISSED', 'DUPLICATE') AND NEW.state NOT IN ('DECIDED', 'CLOSED', 'DISMISSED', 'DUPLICATE'))
     EXECUTE FUNCTION need_two_reopeners()`,
];

const RULES = [
  ...['case_indicator', 'transaction_hold', 'reopening'].map(
    (table) => `CREATE CONSTRAINT TRIGGER need_case_event AFTER INSERT OR UPDATE ON ${table}
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_case_event('case_id')`,
  ),
  // While an operator checks or answers, or a second person thinks, the ball is not with the one whose clock stands still.
  `UPDATE duty_rule SET pause_on = '{PENDING_APPROVAL,UNDER_INVESTIGATION,AWAITING_INFORMATION}' WHERE (id, version) = ('OP-03', 1)`,
  `UPDATE duty_rule SET pause_on = '{AWAITING_INFORMATION,OPERATOR_CHECK}' WHERE (id, version) = ('AFC-02', 1)`,
];
