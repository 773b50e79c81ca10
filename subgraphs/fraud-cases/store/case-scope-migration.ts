// What lists need to find a reader's own rows among everybody's without looking at the others: on each row of a list in whose charge its case is
// and whether the case was appealed against, and which organisations have a part in which cases. All of it follows from the tables, is kept
// by them, and is of lists alone: what a row shows to whom is asked of the case itself.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Charges and parts, with their indexes. Needs the tables of cases. Forward only. */
export class CaseScopes1795000000120 implements MigrationInterface {
  readonly name = 'CaseScopes1795000000120';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...COLUMNS, ...PARTS, ...FILLED, ...INDEXES]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

/** Lists of what belongs to cases. */
const ROW_TABLES = ['block_order', 'information_request', 'duty_clock', 'appeal'] as const;

/** How a case comes to have a part for an organisation: a row names it. A machine of an operator reports under a name made of the operator's code. */
const NAMES = [
  ['suspicion_report', `regexp_replace(row.reporter, '^operator-', '')`],
  ['block_order', 'row.operator_code'],
  ['information_request', 'row.operator_code'],
  ['loss', 'row.bank'],
  ['duty_clock', 'row.party'],
] as const;

/** Under what an organisation's part in a case is found: the case's state once it is over, one word before. */
export const OPEN_STAGE = 'OPEN';
const STAGE = `CASE WHEN is_open THEN '${OPEN_STAGE}' ELSE state END`;

const of = (expression: string, row: string): string => expression.replace('row.', `${row}.`);

const COLUMNS = [
  // The person in charge; empty while nobody is, so that both are found by one index.
  `ALTER TABLE fraud_case
     ADD COLUMN charge text NOT NULL GENERATED ALWAYS AS (coalesce(assignee, '')) STORED,
     ADD COLUMN is_appealed boolean NOT NULL DEFAULT false`,
  ...ROW_TABLES.map(
    (table) => `ALTER TABLE ${table}
     ADD COLUMN charge text NOT NULL DEFAULT '',
     ADD COLUMN is_appealed boolean NOT NULL DEFAULT false`,
  ),
  // Whoever writes a row of a case holds the case, so that nobody takes the case over meanwhile.
  `CREATE FUNCTION take_charge() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     SELECT charge, is_appealed INTO NEW.charge, NEW.is_appealed FROM fraud_case WHERE id = NEW.case_id;
     RETURN NEW;
   END $$`,
  ...ROW_TABLES.map(
    (table) => `CREATE TRIGGER take_charge BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION take_charge()`,
  ),
  `CREATE FUNCTION hand_charge_on() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${ROW_TABLES.map((table) => `UPDATE ${table} SET charge = NEW.charge, is_appealed = NEW.is_appealed WHERE case_id = NEW.id;`).join('\n     ')}
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER hand_charge_on AFTER UPDATE OF assignee, is_appealed ON fraud_case FOR EACH ROW
     WHEN ((OLD.assignee, OLD.is_appealed) IS DISTINCT FROM (NEW.assignee, NEW.is_appealed)) EXECUTE FUNCTION hand_charge_on()`,
  `CREATE FUNCTION tell_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE fraud_case SET is_appealed = true WHERE id = NEW.case_id AND NOT is_appealed;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER tell_appeal AFTER INSERT ON appeal FOR EACH ROW EXECUTE FUNCTION tell_appeal()`,
];

const PARTS = [
  // In the order of the list of cases. The states in which a case is open are one here: it goes through them in days, and these rows stay as
  // they are until it is over.
  `CREATE TABLE case_part (
     case_id text NOT NULL REFERENCES fraud_case (id),
     organisation text NOT NULL,
     stage text NOT NULL,
     opened_at timestamptz(3) NOT NULL,
     PRIMARY KEY (case_id, organisation)
   )`,
  `CREATE FUNCTION add_part(p_case text, p_organisation text) RETURNS void LANGUAGE sql AS $$
     INSERT INTO case_part (case_id, organisation, stage, opened_at)
       SELECT id, p_organisation, ${STAGE}, opened_at FROM fraud_case WHERE id = p_case ON CONFLICT DO NOTHING $$`,
  `CREATE FUNCTION move_stage() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE case_part SET stage = ${STAGE.replaceAll(/is_open|state/g, (name) => `NEW.${name}`)} WHERE case_id = NEW.id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER move_stage AFTER UPDATE OF state ON fraud_case FOR EACH ROW
     WHEN (OLD.state <> NEW.state AND NOT (OLD.is_open AND NEW.is_open)) EXECUTE FUNCTION move_stage()`,
  // What named an organisation is taken from the case; something else may name it still.
  `CREATE FUNCTION drop_part(p_case text, p_organisation text) RETURNS void LANGUAGE sql AS $$
     DELETE FROM case_part WHERE case_id = p_case AND organisation = p_organisation
       AND NOT EXISTS (SELECT FROM fraud_case WHERE id = p_case AND checked_by = p_organisation)
       ${NAMES.map(([table, name]) => `AND NOT EXISTS (SELECT FROM ${table} AS named WHERE named.case_id = p_case AND ${of(name, 'named')} = p_organisation)`).join('\n       ')} $$`,
  ...NAMES.flatMap(([table, name]) => [
    `CREATE FUNCTION tell_part_of_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NOT EXISTS (SELECT FROM case_part WHERE case_id = NEW.case_id AND organisation = ${of(name, 'NEW')}) THEN
         PERFORM add_part(NEW.case_id, ${of(name, 'NEW')});
       END IF;
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER tell_part AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION tell_part_of_${table}()`,
  ]),
  // Reports alone move from case to case.
  `CREATE FUNCTION move_part() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM add_part(NEW.case_id, ${of(NAMES[0][1], 'NEW')});
     PERFORM drop_part(OLD.case_id, ${of(NAMES[0][1], 'OLD')});
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER move_part AFTER UPDATE OF case_id ON suspicion_report FOR EACH ROW EXECUTE FUNCTION move_part()`,
  `CREATE FUNCTION tell_checker() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NEW.checked_by IS NOT NULL THEN PERFORM add_part(NEW.id, NEW.checked_by); END IF;
     IF TG_OP = 'UPDATE' AND OLD.checked_by IS NOT NULL THEN PERFORM drop_part(OLD.id, OLD.checked_by); END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER tell_checker AFTER INSERT ON fraud_case FOR EACH ROW
     WHEN (NEW.checked_by IS NOT NULL) EXECUTE FUNCTION tell_checker()`,
  `CREATE TRIGGER tell_new_checker AFTER UPDATE OF checked_by ON fraud_case FOR EACH ROW
     WHEN (OLD.checked_by IS DISTINCT FROM NEW.checked_by) EXECUTE FUNCTION tell_checker()`,
];

/** Fills the parts from what the tables hold, for rows that came past the triggers. */
export const CASE_PARTS = `INSERT INTO case_part (case_id, organisation, stage, opened_at)
  SELECT id, named.organisation, ${STAGE}, opened_at FROM fraud_case JOIN (
    SELECT id AS case_id, checked_by AS organisation FROM fraud_case WHERE checked_by IS NOT NULL
    ${NAMES.map(([table, name]) => `UNION SELECT case_id, ${of(name, 'named')} FROM ${table} AS named`).join('\n    ')}
  ) AS named ON named.case_id = fraud_case.id ON CONFLICT DO NOTHING`;

/** Nothing of a case changes by this, so that it needs no act: the rules of the tables rest meanwhile. */
const FILLED = [
  ...['fraud_case', ...ROW_TABLES].map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
  'UPDATE fraud_case SET is_appealed = true WHERE id IN (SELECT case_id FROM appeal)',
  ...ROW_TABLES.map(
    (table) => `UPDATE ${table} SET charge = fraud_case.charge, is_appealed = fraud_case.is_appealed
     FROM fraud_case WHERE fraud_case.id = case_id AND (fraud_case.charge <> '' OR fraud_case.is_appealed)`,
  ),
  ...['fraud_case', ...ROW_TABLES].map((table) => `ALTER TABLE ${table} ENABLE TRIGGER USER`),
  CASE_PARTS,
];

const INDEXES = [
  'DROP INDEX fraud_case_by_assignee',
  'CREATE INDEX fraud_case_by_charge ON fraud_case (charge, state, opened_at DESC, id DESC)',
  'CREATE INDEX block_order_by_charge ON block_order (charge, state, listed_at DESC, id DESC)',
  'CREATE INDEX information_request_by_charge ON information_request (charge, state, issued_at DESC, id DESC)',
  'CREATE INDEX duty_clock_by_charge ON duty_clock (charge, state, deadline_at, id)',
  'CREATE INDEX appeal_by_charge ON appeal (charge, state, filed_at DESC, id DESC)',
  'CREATE INDEX fraud_case_appealed ON fraud_case (state, opened_at DESC, id DESC) WHERE is_appealed',
  'CREATE INDEX block_order_appealed ON block_order (state, listed_at DESC, id DESC) WHERE is_appealed',
  'CREATE INDEX information_request_appealed ON information_request (state, issued_at DESC, id DESC) WHERE is_appealed',
  'CREATE INDEX duty_clock_appealed ON duty_clock (state, deadline_at, id) WHERE is_appealed',
  'CREATE INDEX case_part_by_opening ON case_part (organisation, stage, opened_at DESC, case_id DESC)',
];
