// Tables of the fraud-case subgraph. The rules that no program may break stand here as constraints: one open case per suspect number, one
// live order per number, two different persons for one decision, reports told once. Closed lists are those of the vocabulary.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';
import { APPEAL_GROUNDS, APPEAL_STATES } from '../../../shared/vocabulary/appeal';
import { BLOCK_KINDS, BLOCK_MEASURES, BLOCK_ORDER_STATES } from '../../../shared/vocabulary/block-order';
import {
  CHANNELS,
  EVIDENCE_KINDS,
  INFORMATION_REQUEST_STATES,
  SIGNAL_SOURCES,
  SUBJECT_ROLES,
} from '../../../shared/vocabulary/case-file';
import { CLOCK_STATES, PARTY_KINDS, RULE_STATUSES } from '../../../shared/vocabulary/duty';
import {
  CASE_OUTCOMES,
  CASE_TRACKS,
  FRAUD_CASE_STATES,
  FRAUD_TYPES,
  SEVERITIES,
} from '../../../shared/vocabulary/fraud-case';
import { LIVE_ORDER_STATES } from '../domain/block-order';
import { DEADLINE_UNITS } from '../domain/duty';
import { OPEN_CASE_STATES } from '../domain/fraud-case';

/** Creates cases with everything in them, orders, appeals, rules and clocks. Forward only. */
export class FraudCases1795000000000 implements MigrationInterface {
  readonly name = 'FraudCases1795000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CASES, ...CASE_FILE, ...ORDERS, ...DUTIES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const ID = `text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64)`;
const CASE_ID = `text NOT NULL REFERENCES fraud_case (id)`;
const MSISDN = (column: string): string => `CHECK (${column} ~ '^[+]77[0-9]{9}$')`;
const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(', ');
const oneOf = (column: string, list: readonly string[]): string => `CHECK (${column} IN (${words(list)}))`;

const CASES = [
  `CREATE TABLE fraud_case (
     id ${ID},
     number text NOT NULL UNIQUE CHECK (number ~ '^AFC-[0-9]{4}-[0-9]{6}$'),
     state text NOT NULL ${oneOf('state', FRAUD_CASE_STATES)},
     outcome text NOT NULL ${oneOf('outcome', CASE_OUTCOMES)},
     track text ${oneOf('track', CASE_TRACKS)},
     fraud_type text ${oneOf('fraud_type', FRAUD_TYPES)},
     severity text NOT NULL ${oneOf('severity', SEVERITIES)},
     version integer NOT NULL CHECK (version > 0),
     opened_at timestamptz(3) NOT NULL,
     due_at timestamptz(3),
     assignee text,
     duplicate_of text REFERENCES fraud_case (id) DEFERRABLE INITIALLY DEFERRED,
     is_open boolean NOT NULL GENERATED ALWAYS AS (state IN (${words(OPEN_CASE_STATES)})) STORED,
     UNIQUE (id, is_open),
     CONSTRAINT fraud_case_decided_has_outcome CHECK (state <> 'DECIDED' OR outcome <> 'UNSET'),
     CONSTRAINT fraud_case_duplicate_names_other CHECK (duplicate_of IS NULL OR (state = 'DUPLICATE' AND duplicate_of <> id))
   )`,
  `CREATE INDEX fraud_case_by_opening ON fraud_case (opened_at DESC, id DESC)`,
  // Every number that a case touches: its subjects, and the suspects and victims of its reports.
  `CREATE TABLE case_number (
     case_id text NOT NULL,
     case_is_open boolean NOT NULL,
     msisdn text NOT NULL ${MSISDN('msisdn')},
     is_suspect boolean NOT NULL,
     PRIMARY KEY (case_id, msisdn),
     FOREIGN KEY (case_id, case_is_open) REFERENCES fraud_case (id, is_open) ON UPDATE CASCADE
   )`,
  `CREATE INDEX case_number_by_number ON case_number (msisdn, case_id)`,
  `CREATE UNIQUE INDEX case_number_one_open_case ON case_number (msisdn) WHERE is_suspect AND case_is_open`,
];

const CASE_FILE = [
  `CREATE TABLE case_subject (
     case_id ${CASE_ID},
     msisdn text NOT NULL ${MSISDN('msisdn')},
     role text NOT NULL ${oneOf('role', SUBJECT_ROLES)},
     added_by text NOT NULL,
     added_at timestamptz(3) NOT NULL,
     ground text NOT NULL,
     PRIMARY KEY (case_id, msisdn)
   )`,
  `CREATE TABLE suspicion_report (
     id ${ID},
     case_id ${CASE_ID},
     source text NOT NULL ${oneOf('source', SIGNAL_SOURCES)},
     source_ref text NOT NULL,
     reporter text NOT NULL,
     suspect text NOT NULL ${MSISDN('suspect')},
     victim text ${MSISDN('victim')},
     channel text NOT NULL ${oneOf('channel', CHANNELS)},
     fraud_type text ${oneOf('fraud_type', FRAUD_TYPES)},
     occurred_at timestamptz(3),
     detected_at timestamptz(3),
     received_at timestamptz(3) NOT NULL,
     text text,
     CONSTRAINT suspicion_report_told_once UNIQUE (reporter, source, source_ref)
   )`,
  `CREATE INDEX suspicion_report_by_case ON suspicion_report (case_id)`,
  `CREATE INDEX suspicion_report_by_suspect ON suspicion_report (suspect, received_at DESC, id DESC)`,
  `CREATE TABLE evidence (
     id ${ID},
     case_id ${CASE_ID},
     kind text NOT NULL ${oneOf('kind', EVIDENCE_KINDS)},
     sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
     captured_at timestamptz(3) NOT NULL,
     captured_by text NOT NULL,
     locked boolean NOT NULL DEFAULT true,
     note text
   )`,
  `CREATE INDEX evidence_by_case ON evidence (case_id)`,
  `CREATE TABLE information_request (
     id ${ID},
     case_id ${CASE_ID},
     operator_code text NOT NULL,
     questions text[] NOT NULL,
     answer text,
     issued_at timestamptz(3) NOT NULL,
     due_at timestamptz(3) NOT NULL,
     answered_at timestamptz(3),
     state text NOT NULL ${oneOf('state', INFORMATION_REQUEST_STATES)},
     CONSTRAINT information_request_answered_has_instant CHECK (state <> 'ANSWERED' OR answered_at IS NOT NULL)
   )`,
  `CREATE INDEX information_request_by_case ON information_request (case_id)`,
  `CREATE INDEX information_request_by_issue ON information_request (issued_at DESC, id DESC)`,
  `CREATE TABLE decision (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     case_id ${CASE_ID},
     proposed_outcome text NOT NULL ${oneOf('proposed_outcome', CASE_OUTCOMES)} CHECK (proposed_outcome <> 'UNSET'),
     reason_code text NOT NULL,
     findings text NOT NULL,
     content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
     voided_at timestamptz(3)
   )`,
  `CREATE UNIQUE INDEX decision_one_in_force ON decision (case_id) WHERE voided_at IS NULL`,
  // Four eyes are rows: who proposed and who approved, of exactly this content, and never the same person.
  `CREATE TABLE approval (
     decision_id bigint NOT NULL REFERENCES decision (id),
     step text NOT NULL CHECK (step IN ('PROPOSED', 'APPROVED')),
     person text NOT NULL,
     at timestamptz(3) NOT NULL,
     content_hash text NOT NULL,
     PRIMARY KEY (decision_id, step),
     CONSTRAINT approval_four_eyes UNIQUE (decision_id, person)
   )`,
  `CREATE TABLE loss (
     id ${ID},
     case_id ${CASE_ID},
     bank text NOT NULL,
     amount numeric(17, 2) NOT NULL CHECK (amount >= 0),
     occurred_at timestamptz(3) NOT NULL,
     transaction_ref text NOT NULL
   )`,
  `CREATE INDEX loss_by_case ON loss (case_id)`,
];

const ORDERS = [
  `CREATE TABLE block_order (
     id ${ID},
     case_id ${CASE_ID},
     sequence integer CHECK (sequence > 0),
     msisdn text NOT NULL ${MSISDN('msisdn')},
     operator_code text NOT NULL,
     kind text NOT NULL ${oneOf('kind', BLOCK_KINDS)},
     state text NOT NULL ${oneOf('state', BLOCK_ORDER_STATES)},
     version integer NOT NULL CHECK (version > 0),
     measures text[] NOT NULL CHECK (cardinality(measures) > 0 AND measures <@ ARRAY[${words(BLOCK_MEASURES)}]),
     reason text NOT NULL,
     issued_at timestamptz(3),
     delivered_at timestamptz(3),
     acknowledged_at timestamptz(3),
     enforced_at timestamptz(3),
     lifted_at timestamptz(3),
     valid_until timestamptz(3),
     superseded_by text REFERENCES block_order (id) DEFERRABLE INITIALLY DEFERRED,
     lift_sequence integer CHECK (lift_sequence > sequence),
     document text,
     receipt text,
     lift_document text,
     lift_receipt text,
     listed_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(issued_at, 'infinity')) STORED,
     UNIQUE (msisdn, sequence),
     CONSTRAINT block_order_issued_has_sequence CHECK (state IN ('PENDING_APPROVAL', 'CANCELLED') OR (sequence IS NOT NULL AND issued_at IS NOT NULL)),
     CONSTRAINT block_order_temporary_ends CHECK (kind <> 'TEMPORARY' OR valid_until IS NOT NULL)
   )`,
  `CREATE UNIQUE INDEX block_order_one_live ON block_order (msisdn) WHERE state IN (${words(LIVE_ORDER_STATES)})`,
  `CREATE INDEX block_order_by_case ON block_order (case_id)`,
  `CREATE INDEX block_order_by_number ON block_order (msisdn)`,
  `CREATE INDEX block_order_by_issue ON block_order (listed_at DESC, id DESC)`,
  `CREATE TABLE appeal (
     id ${ID},
     order_id text NOT NULL REFERENCES block_order (id),
     case_id ${CASE_ID},
     state text NOT NULL ${oneOf('state', APPEAL_STATES)},
     version integer NOT NULL CHECK (version > 0),
     grounds text NOT NULL ${oneOf('grounds', APPEAL_GROUNDS)},
     statement text NOT NULL,
     filed_at timestamptz(3) NOT NULL,
     due_at timestamptz(3) NOT NULL,
     decided_by text,
     approved_by text,
     decision text,
     CONSTRAINT appeal_four_eyes CHECK (approved_by IS NULL OR (decided_by IS NOT NULL AND approved_by <> decided_by))
   )`,
  `CREATE INDEX appeal_by_order ON appeal (order_id)`,
  `CREATE INDEX appeal_by_case ON appeal (case_id)`,
  `CREATE INDEX appeal_by_filing ON appeal (filed_at DESC, id DESC)`,
];

const DUTIES = [
  `CREATE TABLE duty_rule (
     id text NOT NULL,
     version integer NOT NULL CHECK (version > 0),
     title text NOT NULL,
     status text NOT NULL ${oneOf('status', RULE_STATUSES)},
     obliged text NOT NULL ${oneOf('obliged', PARTY_KINDS)},
     clock_start text NOT NULL,
     clock_stops text[] NOT NULL,
     deadline_value numeric NOT NULL CHECK (deadline_value >= 0),
     deadline_unit text NOT NULL ${oneOf('deadline_unit', DEADLINE_UNITS)},
     pause_on text[] NOT NULL,
     warn_at_percent integer[] NOT NULL,
     liability_weight numeric NOT NULL CHECK (liability_weight >= 0),
     valid_from timestamptz(3) NOT NULL,
     valid_to timestamptz(3),
     PRIMARY KEY (id, version),
     CONSTRAINT duty_rule_ends_after_it_began CHECK (valid_to > valid_from)
   )`,
  `CREATE TABLE duty_clock (
     id ${ID},
     case_id ${CASE_ID},
     order_id text REFERENCES block_order (id),
     rule_id text NOT NULL,
     rule_version integer NOT NULL,
     party text NOT NULL,
     started_at timestamptz(3) NOT NULL,
     deadline_at timestamptz(3) NOT NULL CHECK (deadline_at >= started_at),
     stopped_at timestamptz(3) CHECK (stopped_at >= started_at),
     state text NOT NULL ${oneOf('state', CLOCK_STATES)},
     FOREIGN KEY (rule_id, rule_version) REFERENCES duty_rule (id, version),
     CONSTRAINT duty_clock_running_has_not_stopped CHECK (state NOT IN ('RUNNING', 'PAUSED') OR stopped_at IS NULL),
     CONSTRAINT duty_clock_met_has_stopped CHECK (state <> 'MET' OR stopped_at IS NOT NULL)
   )`,
  `CREATE INDEX duty_clock_by_case ON duty_clock (case_id)`,
  `CREATE INDEX duty_clock_by_deadline ON duty_clock (deadline_at, id)`,
];
