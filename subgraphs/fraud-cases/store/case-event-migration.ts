// What ties the bank's state to the joint log: no act without its event, no change of a case without its act, both checked at COMMIT.
// Cases that were seeded are exempt in the transaction that seeds them, which is refused once the log has begun; their history is
// told to the log afterwards, from the tables and from what stands here.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import { CASE_HISTORY_STEPS } from '../../../shared/vocabulary/seed-fact';

/** Events of cases, promises, and the history of seeded cases. Needs the tables of the cases and of the joint log. */
export class CaseEvents1795000000002 implements MigrationInterface {
  readonly name = 'CaseEvents1795000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...RULES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

/** Tables whose rows belong to a case: none of them changes without an act on that case. */
const CASE_TABLES = [
  ['fraud_case', 'id'],
  ['case_subject', 'case_id'],
  ['suspicion_report', 'case_id'],
  ['evidence', 'case_id'],
  ['information_request', 'case_id'],
  ['decision', 'case_id'],
  ['loss', 'case_id'],
  ['block_order', 'case_id'],
  ['appeal', 'case_id'],
] as const;

const words = CASE_HISTORY_STEPS.map((word) => `'${word}'`).join(', ');

const TABLES = [
  `CREATE TABLE case_event (
     place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     act_id uuid NOT NULL,
     case_id text NOT NULL REFERENCES fraud_case (id),
     kind text NOT NULL,
     -- Which step of a replayed history it is: each is told once. Null for what happened while the log ran.
     step text,
     transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
     CONSTRAINT case_event_step_once UNIQUE (case_id, step)
   )`,
  `CREATE INDEX case_event_by_case ON case_event (case_id, transaction)`,
  // A promise is given once, and is the same whenever it is asked for again.
  `CREATE TABLE act_promise (
     act_id uuid PRIMARY KEY,
     promise text NOT NULL
   )`,
  // Cases that were seeded: theirs is a history to be told before the log takes in anything new.
  `CREATE TABLE seeded_case (
     case_id text PRIMARY KEY REFERENCES fraud_case (id),
     is_told boolean NOT NULL DEFAULT false,
     transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
   )`,
  `CREATE INDEX seeded_case_untold ON seeded_case (case_id) WHERE NOT is_told`,
  `CREATE TABLE case_history (
     case_id text NOT NULL REFERENCES fraud_case (id),
     place integer NOT NULL,
     step text NOT NULL CHECK (step IN (${words})),
     at timestamptz(3) NOT NULL,
     by_whom text NOT NULL,
     about text[] NOT NULL,
     words jsonb NOT NULL,
     PRIMARY KEY (case_id, place)
   )`,
];

const RULES = [
  `SELECT audit.register_event_table('case_event', 'act_id')`,
  `CREATE TRIGGER immutable BEFORE UPDATE ON case_event EXECUTE FUNCTION audit.immutable()`,
  `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON act_promise EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION seed_before_log() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF EXISTS (SELECT FROM audit.act) THEN
       RAISE EXCEPTION 'cases are seeded before the log begins' USING ERRCODE = '23514';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER seed_before_log BEFORE INSERT ON seeded_case EXECUTE FUNCTION seed_before_log()`,
  // A case's own act of this very transaction; an earlier one cannot be named again.
  `CREATE FUNCTION require_case_event(p_case text) RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT FROM case_event WHERE case_id = p_case AND transaction = pg_current_xact_id())
       AND NOT EXISTS (SELECT FROM seeded_case WHERE case_id = p_case AND transaction = pg_current_xact_id()) THEN
       RAISE EXCEPTION 'a change of a case has its act' USING ERRCODE = '23514';
     END IF;
   END $$`,
  `CREATE FUNCTION need_case_event() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM require_case_event(to_jsonb(NEW) ->> TG_ARGV[0]);
     RETURN NULL;
   END $$`,
  ...CASE_TABLES.map(
    ([table, column]) => `CREATE CONSTRAINT TRIGGER need_case_event AFTER INSERT OR UPDATE ON ${table}
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_case_event('${column}')`,
  ),
  `CREATE FUNCTION need_approval_event() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM require_case_event(case_id) FROM decision WHERE id = NEW.decision_id;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER need_case_event AFTER INSERT OR UPDATE ON approval
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_approval_event()`,
];
