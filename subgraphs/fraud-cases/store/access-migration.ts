// Who looked at whom, kept by the bank: each look with its act, the subjects by keyed hashes alone, what budgets are counted by, what stands
// open without a case, and alarms. A look is written in the transaction of its act, or not at all. No number, name or other personal datum
// of a subscriber stands here, except the number that a broken glass was broken for.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Creates the tables of looks, budgets, broken glasses and alarms. Needs those of acts and cases. Forward only. */
export class Access1795000000070 implements MigrationInterface {
  readonly name = 'Access1795000000070';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...LOOKS, ...BUDGETS, ...GLASSES, ...RULES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const HASH = (column: string): string => `CHECK (octet_length(${column}) = 32)`;

const LOOKS = [
  // What was asked about subscribers, allowed or refused, and every reading of this trail itself.
  `CREATE TABLE identity_read (
     act_id uuid PRIMARY KEY,
     at timestamptz(3) NOT NULL,
     person text NOT NULL,
     actor text NOT NULL,
     organisation text NOT NULL,
     role text,
     case_id text,
     purpose text NOT NULL,
     class text CHECK (class IN ('MASKED', 'CLEAR')),
     fields text[] NOT NULL,
     subject_count integer NOT NULL CHECK (subject_count >= 0),
     allowed boolean NOT NULL,
     refusal text,
     break_glass_id uuid,
     CHECK (allowed = (refusal IS NULL))
   )`,
  `CREATE INDEX identity_read_by_time ON identity_read (at DESC, act_id DESC)`,
  `CREATE INDEX identity_read_by_actor ON identity_read (actor, at DESC, act_id DESC)`,
  `CREATE INDEX identity_read_by_case ON identity_read (case_id, at DESC, act_id DESC) WHERE case_id IS NOT NULL`,
  // Whom a look was about: keyed hashes of numbers, of persons by IIN or BIN, of handsets.
  `CREATE TABLE identity_read_subject (
     act_id uuid NOT NULL REFERENCES identity_read DEFERRABLE INITIALLY DEFERRED,
     subject bytea NOT NULL ${HASH('subject')},
     PRIMARY KEY (subject, act_id)
   )`,
  `CREATE TABLE lookup_grant (
     id uuid PRIMARY KEY,
     act_id uuid NOT NULL REFERENCES identity_read DEFERRABLE INITIALLY DEFERRED,
     operator_code text NOT NULL,
     class text NOT NULL CHECK (class IN ('MASKED', 'CLEAR')),
     case_id text,
     issued_at timestamptz(3) NOT NULL
   )`,
  // Persons and handsets that occurred in what was shown for a case: keyed hashes.
  `CREATE TABLE case_occurrence (
     case_id text NOT NULL REFERENCES fraud_case (id),
     identifier bytea NOT NULL ${HASH('identifier')},
     PRIMARY KEY (case_id, identifier)
   )`,
];

const BUDGETS = [
  // One row for each who looks: locked while their looks are counted.
  `CREATE TABLE looker (
     person text PRIMARY KEY,
     since timestamptz(3) NOT NULL DEFAULT senim_now()
   )`,
  // The last look of each at each tenure or other subject. \`linked_at\`: in clear, at a number that they linked to the case themselves.
  // \`block\` and \`next_block\`: keyed hashes of the two overlapping ranges of numbers that a number lies in.
  `CREATE TABLE looked_at (
     person text NOT NULL REFERENCES looker,
     subject bytea NOT NULL ${HASH('subject')},
     last_at timestamptz(3) NOT NULL,
     linked_at timestamptz(3),
     identity bytea NOT NULL ${HASH('identity')},
     block bytea,
     next_block bytea,
     PRIMARY KEY (person, subject)
   )`,
  `CREATE INDEX looked_at_by_time ON looked_at (person, last_at)`,
  // Numbers that somebody looked at without a case.
  `CREATE TABLE preliminary_look (
     person text NOT NULL REFERENCES looker,
     subject bytea NOT NULL ${HASH('subject')},
     last_at timestamptz(3) NOT NULL,
     PRIMARY KEY (person, subject)
   )`,
  `CREATE TABLE missed_look (
     person text NOT NULL REFERENCES looker,
     at timestamptz(3) NOT NULL DEFAULT senim_now(),
     misses integer NOT NULL CHECK (misses > 0)
   )`,
  `CREATE INDEX missed_look_by_time ON missed_look (person, at)`,
  // What the whole bank has looked at on a day, each once.
  `CREATE TABLE bank_look (
     day date NOT NULL,
     subject bytea NOT NULL ${HASH('subject')},
     PRIMARY KEY (day, subject)
   )`,
  `CREATE TABLE bank_look_day (
     day date PRIMARY KEY,
     looks integer NOT NULL
   )`,
  // What people have to look at; the same thing again on a day is counted.
  `CREATE TABLE access_alarm (
     kind text NOT NULL,
     person text NOT NULL,
     day date NOT NULL,
     raised_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     last_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     times integer NOT NULL DEFAULT 1,
     break_glass_id uuid,
     PRIMARY KEY (kind, person, day)
   )`,
];

const GLASSES = [
  // Looks at one number without a case, for half an hour, and what another person said of it afterwards.
  `CREATE TABLE break_glass (
     id uuid PRIMARY KEY,
     person text NOT NULL,
     organisation text NOT NULL,
     msisdn text NOT NULL,
     operator_code text NOT NULL,
     reason text NOT NULL CHECK (length(reason) >= 20),
     opened_at timestamptz(3) NOT NULL,
     until timestamptz(3) NOT NULL CHECK (until = opened_at + interval '30 minutes'),
     review_due timestamptz(3) NOT NULL CHECK (review_due > opened_at),
     reviewed_by text,
     reviewed_at timestamptz(3),
     justified boolean,
     review_reason text,
     -- When nobody had reviewed it in time, and the account was suspended.
     lapsed_at timestamptz(3),
     CONSTRAINT break_glass_four_eyes CHECK (reviewed_by <> person),
     CHECK (num_nulls(reviewed_by, reviewed_at, justified, review_reason) IN (0, 4))
   )`,
  `CREATE INDEX break_glass_by_person ON break_glass (person, opened_at)`,
  `CREATE INDEX break_glass_unreviewed ON break_glass (review_due) WHERE reviewed_at IS NULL AND lapsed_at IS NULL`,
  `CREATE TABLE break_glass_event (
     act_id uuid PRIMARY KEY,
     break_glass_id uuid NOT NULL REFERENCES break_glass DEFERRABLE INITIALLY DEFERRED,
     kind text NOT NULL CHECK (kind IN ('access.broken_glass', 'access.reviewed')),
     transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
     UNIQUE (break_glass_id, kind)
   )`,
];

const RULES = [
  `SELECT audit.register_event_table('identity_read', 'act_id')`,
  `SELECT audit.register_event_table('break_glass_event', 'act_id')`,
  ...['identity_read', 'identity_read_subject', 'lookup_grant', 'break_glass_event'].map(
    (table) => `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
     EXECUTE FUNCTION audit.immutable()`,
  ),
  // A glass is broken, and reviewed, with an act; what was said is never rewritten.
  `CREATE FUNCTION keep_break_glass() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'UPDATE' AND OLD.reviewed_at IS NULL
       AND (NEW.id, NEW.person, NEW.organisation, NEW.msisdn, NEW.operator_code, NEW.reason, NEW.opened_at, NEW.until, NEW.review_due)
         = (OLD.id, OLD.person, OLD.organisation, OLD.msisdn, OLD.operator_code, OLD.reason, OLD.opened_at, OLD.until, OLD.review_due) THEN
       RETURN NEW;
     END IF;
     RAISE EXCEPTION 'a broken glass is reviewed once, never rewritten' USING ERRCODE = '23514';
   END $$`,
  `CREATE TRIGGER keep_break_glass BEFORE UPDATE OR DELETE ON break_glass
     FOR EACH ROW EXECUTE FUNCTION keep_break_glass()`,
  `CREATE FUNCTION need_break_glass_event() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'UPDATE' AND NEW.reviewed_at IS NULL THEN RETURN NULL; END IF;
     IF NOT EXISTS (SELECT FROM break_glass_event WHERE break_glass_id = NEW.id AND transaction = pg_current_xact_id()
       AND kind = CASE TG_OP WHEN 'INSERT' THEN 'access.broken_glass' ELSE 'access.reviewed' END) THEN
       RAISE EXCEPTION 'a broken glass has its act' USING ERRCODE = '23514';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER need_break_glass_event AFTER INSERT OR UPDATE ON break_glass
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_break_glass_event()`,
];
