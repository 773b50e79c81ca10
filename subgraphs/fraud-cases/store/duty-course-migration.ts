// What appeals, clocks and liability need beyond their rows: when an appeal lapses, in which transactions a clock started and stopped, when a
// clock is to be looked at next, alarms, assessments of liability, and the lease of the one scheduler that works. The rules that no program
// may break stand here as constraints.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import { LIABILITY_MODES, LIABILITY_STATES } from '../../../shared/vocabulary/liability';
import { LIVE_ORDER_STATES, OPEN_APPEAL_STATES } from '../domain/block-order';

/** Columns and tables of appeals, clocks, alarms, liability and the scheduler. Forward only. */
export class DutyCourse1795000000030 implements MigrationInterface {
  readonly name = 'DutyCourse1795000000030';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...APPEALS, ...CLOCKS, ...LIABILITY, ...SCHEDULER]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');

const APPEALS = [
  `ALTER TABLE appeal ADD COLUMN lapses_at timestamptz(3)`,
  // One open appeal per order: two that are filed at the same instant do not both stand.
  `CREATE UNIQUE INDEX appeal_one_open ON appeal (order_id) WHERE state IN (${words(OPEN_APPEAL_STATES)})`,
  // An overdue appeal ends a temporary block, and no other.
  `CREATE FUNCTION appeal_lapse() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     SELECT CASE WHEN kind = 'TEMPORARY' THEN NEW.due_at END INTO NEW.lapses_at FROM block_order WHERE id = NEW.order_id;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER appeal_lapse BEFORE INSERT OR UPDATE OF due_at ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_lapse()`,
  `UPDATE appeal SET lapses_at = due_at WHERE order_id IN (SELECT id FROM block_order WHERE kind = 'TEMPORARY')`,
  `CREATE INDEX appeal_by_lapse ON appeal (lapses_at) WHERE lapses_at IS NOT NULL AND state IN (${words(OPEN_APPEAL_STATES)})`,
];

const CLOCKS = [
  // The transactions that started and stopped a clock: the acts of the case in them are its proof. attend_at: when the scheduler is to look at
  // the clock next, for a warning or because its time is over; null when there is nothing left to tell.
  `ALTER TABLE duty_clock
     ADD COLUMN started_in xid8,
     ADD COLUMN stopped_in xid8,
     ADD COLUMN attend_at timestamptz(3)`,
  `UPDATE duty_clock SET attend_at = started_at WHERE state = 'RUNNING'`,
  `CREATE FUNCTION duty_clock_course() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'INSERT' THEN
       NEW.started_in := pg_current_xact_id();
       IF NEW.stopped_at IS NOT NULL THEN NEW.stopped_in := pg_current_xact_id(); END IF;
       -- What was missed and done before it was told is history, and nobody needs to be warned of it.
       NEW.attend_at := CASE WHEN NEW.stopped_at IS NULL AND NEW.state IN ('RUNNING', 'BREACHED') THEN NEW.started_at END;
     ELSE
       IF OLD.stopped_at IS NULL AND NEW.stopped_at IS NOT NULL THEN NEW.stopped_in := pg_current_xact_id(); END IF;
       IF (NEW.state, NEW.deadline_at) IS DISTINCT FROM (OLD.state, OLD.deadline_at) THEN
         NEW.attend_at := CASE WHEN NEW.state IN ('RUNNING', 'BREACHED') THEN NEW.started_at END;
       END IF;
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER duty_clock_course BEFORE INSERT OR UPDATE OF state, deadline_at, stopped_at ON duty_clock
     FOR EACH ROW EXECUTE FUNCTION duty_clock_course()`,
  `CREATE INDEX duty_clock_by_attention ON duty_clock (attend_at, id) WHERE attend_at IS NOT NULL`,
  // Each thing is told once: percent is the share of the time that was used up, 100 means missed.
  `CREATE TABLE duty_alarm (
     clock_id text NOT NULL REFERENCES duty_clock (id),
     percent integer NOT NULL CHECK (percent BETWEEN 1 AND 100),
     raised_at timestamptz(3) NOT NULL,
     PRIMARY KEY (clock_id, percent)
   )`,
  `CREATE INDEX duty_alarm_by_instant ON duty_alarm (raised_at DESC, clock_id, percent)`,
  `CREATE INDEX information_request_by_due ON information_request (due_at, id) WHERE state = 'SENT'`,
  `CREATE INDEX block_order_by_end ON block_order (valid_until, id) WHERE kind = 'TEMPORARY' AND state IN (${words(LIVE_ORDER_STATES)})`,
  `CREATE INDEX fraud_case_in_check ON fraud_case (id) WHERE state = 'OPERATOR_CHECK'`,
];

const LIABILITY = [
  `CREATE TABLE liability_assessment (
     id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
     case_id text NOT NULL REFERENCES fraud_case (id),
     loss_id text NOT NULL REFERENCES loss (id),
     mode text NOT NULL CHECK (mode IN (${words(LIABILITY_MODES)})),
     state text NOT NULL CHECK (state IN (${words(LIABILITY_STATES)})),
     version integer NOT NULL CHECK (version > 0),
     -- Canonical JSON, as text: the same facts are the same bytes.
     breaches text NOT NULL,
     shares text NOT NULL,
     explanation text NOT NULL,
     assessed_by text NOT NULL,
     assessed_at timestamptz(3) NOT NULL,
     approved_by text,
     approved_at timestamptz(3),
     CONSTRAINT liability_four_eyes CHECK (approved_by IS NULL OR approved_by <> assessed_by),
     CONSTRAINT liability_approved_has_person CHECK ((state = 'APPROVED') = (approved_by IS NOT NULL)
       AND (approved_by IS NULL) = (approved_at IS NULL))
   )`,
  `CREATE INDEX liability_assessment_by_case ON liability_assessment (case_id, assessed_at, id)`,
  // What was assessed stands as it is: only its approval is added, once.
  `CREATE FUNCTION liability_stands() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF OLD.state <> 'DRAFT' OR NEW.state <> 'APPROVED' OR NEW.version <> OLD.version + 1
       OR to_jsonb(NEW) - ARRAY['state', 'version', 'approved_by', 'approved_at']
         <> to_jsonb(OLD) - ARRAY['state', 'version', 'approved_by', 'approved_at'] THEN
       RAISE EXCEPTION 'an assessment is approved once and changed never' USING ERRCODE = '23514', CONSTRAINT = 'liability_stands';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER liability_stands BEFORE UPDATE ON liability_assessment FOR EACH ROW EXECUTE FUNCTION liability_stands()`,
  `CREATE CONSTRAINT TRIGGER need_case_event AFTER INSERT OR UPDATE ON liability_assessment
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_case_event('case_id')`,
];

const SCHEDULER = [
  // Who works now, and until when others wait for it. One row per kind of work.
  `CREATE TABLE scheduler_lease (
     name text PRIMARY KEY,
     holder text NOT NULL,
     held_until timestamptz(3) NOT NULL
   )`,
];
