// What every author of acts keeps in its own database: acts, what opens them, its chains, and the rules that no program can forget. An
// act without its event, or an event without its act, fails at COMMIT. The rules guard against mistakes; a superuser can drop them,
// and what he changes then is found by the tree, the file of the last checkpoint and the witnesses.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../vocabulary/app-error';

/** Schema `audit` with acts, openings, disclosures, chains, erasures and the registry of event tables. */
export class AuditActs1700000100000 implements MigrationInterface {
  readonly name = 'AuditActs1700000100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const TABLES = [
  `CREATE SCHEMA audit`,
  // The next number of each chain. One's own chains, and on the bank's side those of other parties as far as they were taken in.
  `CREATE TABLE audit.author_chain (
     author text NOT NULL,
     chain int NOT NULL CHECK (chain >= 0),
     next_seq bigint NOT NULL CHECK (next_seq >= 1),
     PRIMARY KEY (author, chain))`,
  `CREATE TABLE audit.case_chain (
     case_id uuid PRIMARY KEY,
     seq int NOT NULL CHECK (seq >= 1),
     leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32))`,
  // No personal datum: case and act are random identifiers, the leaf is blind.
  `CREATE TABLE audit.act (
     id uuid PRIMARY KEY,
     kind text NOT NULL,
     author text NOT NULL,
     chain int NOT NULL,
     seq bigint NOT NULL,
     case_id uuid,
     case_seq int,
     at timestamptz(3) NOT NULL,
     recorded_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     leaf bytea NOT NULL CHECK (octet_length(leaf) = 33 AND get_byte(leaf, 0) = 1),
     leaf_hash bytea NOT NULL GENERATED ALWAYS AS (sha256('\\x00'::bytea || leaf)) STORED,
     transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
     UNIQUE (author, chain, seq))`,
  `CREATE UNIQUE INDEX act_by_leaf_hash ON audit.act (leaf_hash)`,
  `CREATE UNIQUE INDEX act_by_case ON audit.act (case_id, case_seq) WHERE case_id IS NOT NULL`,
  `CREATE INDEX act_by_erasure ON audit.act (transaction) WHERE kind = 'erasure.performed'`,
  // The exact bytes as signed, never a parsed form; erased when they expire.
  `CREATE TABLE audit.opening (
     act_id uuid PRIMARY KEY,
     jws bytea NOT NULL CHECK (octet_length(jws) BETWEEN 1 AND 16384),
     salt bytea NOT NULL CHECK (octet_length(salt) = 32),
     expires_on date NOT NULL)`,
  `CREATE INDEX opening_by_expiry ON audit.opening (expires_on)`,
  // Personal data and its salts: canonical JSON of each field's value.
  `CREATE TABLE audit.disclosure (
     act_id uuid NOT NULL,
     field text NOT NULL,
     salt bytea NOT NULL CHECK (octet_length(salt) = 32),
     value bytea NOT NULL,
     PRIMARY KEY (act_id, field))`,
  `CREATE TABLE audit.erasure (
     act_id uuid PRIMARY KEY,
     basis text NOT NULL,
     erased_acts int NOT NULL CHECK (erased_acts > 0))`,
  `CREATE TABLE audit.erased_act (
     act_id uuid PRIMARY KEY,
     erasure_id uuid NOT NULL REFERENCES audit.erasure)`,
  // The newest final checkpoint that this party has verified: what its acts say they had seen. One row.
  `CREATE TABLE audit.seen_checkpoint (
     singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     size numeric(20) NOT NULL,
     note text NOT NULL)`,
  `CREATE TABLE audit.event_table (
     id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     table_name text NOT NULL,
     act_column text NOT NULL,
     UNIQUE (table_name, act_column))`,
];

const RULES = [
  `CREATE FUNCTION audit.immutable() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN RAISE EXCEPTION '% on % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514'; END $$`,
  ...['act', 'erasure', 'erased_act'].map(
    (table) => `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.${table}
     EXECUTE FUNCTION audit.immutable()`,
  ),
  `CREATE TRIGGER immutable BEFORE DELETE OR TRUNCATE ON audit.author_chain EXECUTE FUNCTION audit.immutable()`,
  `CREATE TRIGGER immutable BEFORE DELETE OR TRUNCATE ON audit.case_chain EXECUTE FUNCTION audit.immutable()`,
  // Nothing is stored that does not open the act's leaf.
  `CREATE FUNCTION audit.check_opening() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT 1 FROM audit.act WHERE id = NEW.act_id
       AND leaf = '\\x01'::bytea || sha256(convert_to(E'senim/leaf/v1\\n', 'UTF8') || NEW.salt || NEW.jws)) THEN
       RAISE EXCEPTION 'an opening opens the leaf of its act' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER check_opening BEFORE INSERT OR UPDATE ON audit.opening
     FOR EACH ROW EXECUTE FUNCTION audit.check_opening()`,
  // Openings vanish only in a transaction that puts the erasure on record.
  `CREATE FUNCTION audit.need_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT 1 FROM audit.act
       WHERE kind = 'erasure.performed' AND transaction = pg_current_xact_id()) THEN
       RAISE EXCEPTION 'an erasure needs its act' USING ERRCODE = '23514';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER need_erasure BEFORE DELETE ON audit.opening EXECUTE FUNCTION audit.need_erasure()`,
  `CREATE TRIGGER need_erasure BEFORE DELETE ON audit.disclosure EXECUTE FUNCTION audit.need_erasure()`,
  `CREATE TRIGGER immutable BEFORE TRUNCATE ON audit.opening EXECUTE FUNCTION audit.immutable()`,
  `CREATE TRIGGER immutable BEFORE UPDATE OR TRUNCATE ON audit.disclosure EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION audit.check_chain() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NEW.next_seq <> OLD.next_seq + 1 OR (NEW.author, NEW.chain) IS DISTINCT FROM (OLD.author, OLD.chain) THEN
       RAISE EXCEPTION 'a chain grows by one' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER check_chain BEFORE UPDATE ON audit.author_chain FOR EACH ROW EXECUTE FUNCTION audit.check_chain()`,
];

const EVENTS = [
  // Rewritten at each registration; static SQL, so that its plan is kept.
  `CREATE FUNCTION audit.has_event(uuid) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT false'`,
  `CREATE FUNCTION audit.need_event() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT audit.has_event(NEW.id) THEN
       RAISE EXCEPTION 'an act has its event' USING ERRCODE = '23514';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER need_event AFTER INSERT ON audit.act DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION audit.need_event()`,
  `CREATE FUNCTION audit.register_event_table(p_table regclass, p_column name) RETURNS void LANGUAGE plpgsql AS $register$
   DECLARE
     v_id int;
     v_query text;
   BEGIN
     INSERT INTO audit.event_table (table_name, act_column) VALUES (p_table::text, p_column) RETURNING id INTO v_id;
     EXECUTE format('CREATE UNIQUE INDEX ON %s (%I)', p_table, p_column);
     EXECUTE format($f$
       CREATE FUNCTION audit.%I() RETURNS trigger LANGUAGE plpgsql AS $b$
       BEGIN
         IF NOT EXISTS (SELECT 1 FROM audit.act WHERE id = NEW.%I AND transaction = pg_current_xact_id()) THEN
           RAISE EXCEPTION 'an event has its own new act' USING ERRCODE = '23514';
         END IF;
         RETURN NULL;
       END $b$ $f$, 'event_needs_act_' || v_id, p_column);
     EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE OF %I ON %s DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION audit.%I()',
       'event_needs_act_' || v_id, p_column, p_table, 'event_needs_act_' || v_id);
     EXECUTE format('CREATE TRIGGER %I BEFORE DELETE OR TRUNCATE ON %s EXECUTE FUNCTION audit.immutable()',
       'event_stays_' || v_id, p_table);
     SELECT 'SELECT ' || string_agg(format('EXISTS (SELECT 1 FROM %s WHERE %I = $1)', table_name, act_column), ' OR ' ORDER BY id)
       INTO v_query FROM audit.event_table;
     EXECUTE format('CREATE OR REPLACE FUNCTION audit.has_event(uuid) RETURNS boolean LANGUAGE sql STABLE AS %L', v_query);
   END $register$`,
  `SELECT audit.register_event_table('audit.erasure', 'act_id')`,
];

const WRITING = [
  // A writing connection holds one chain as long as it lives: the lowest that nobody else holds. Null when all are held.
  `CREATE FUNCTION audit.claim_chain(p_author text, p_chains int, OUT chain int, OUT next_seq bigint) LANGUAGE plpgsql AS $$
   BEGIN
     FOR candidate IN 0 .. p_chains - 1 LOOP
       IF pg_try_advisory_lock(1397049681, candidate) THEN
         chain := candidate;
         SELECT c.next_seq INTO next_seq FROM audit.author_chain c WHERE c.author = p_author AND c.chain = candidate;
         next_seq := coalesce(next_seq, 1);
         RETURN;
       END IF;
     END LOOP;
   END $$`,
  // Writes an act when its number is the chain's next one, and returns that number; returns the number that is, and writes nothing, otherwise.
  `CREATE FUNCTION audit.append_act(p_author text, p_chain int, p_seq bigint, p_id uuid, p_kind text, p_case uuid, p_case_seq int,
     p_at timestamptz, p_leaf bytea, p_jws bytea, p_salt bytea, p_expires date, p_fields text[], p_salts bytea[], p_values bytea[])
     RETURNS bigint LANGUAGE plpgsql AS $$
   DECLARE
     v_next bigint;
   BEGIN
     UPDATE audit.author_chain SET next_seq = next_seq + 1 WHERE author = p_author AND chain = p_chain AND next_seq = p_seq;
     IF NOT FOUND THEN
       SELECT next_seq INTO v_next FROM audit.author_chain WHERE author = p_author AND chain = p_chain;
       IF v_next IS NOT NULL OR p_seq <> 1 THEN RETURN coalesce(v_next, 1); END IF;
       INSERT INTO audit.author_chain (author, chain, next_seq) VALUES (p_author, p_chain, 2);
     END IF;
     INSERT INTO audit.act (id, kind, author, chain, seq, case_id, case_seq, at, leaf)
       VALUES (p_id, p_kind, p_author, p_chain, p_seq, p_case, p_case_seq, p_at, p_leaf);
     IF p_case_seq = 1 THEN
       INSERT INTO audit.case_chain (case_id, seq, leaf_hash) VALUES (p_case, 1, sha256('\\x00'::bytea || p_leaf));
     ELSIF p_case_seq > 1 THEN
       UPDATE audit.case_chain SET seq = p_case_seq, leaf_hash = sha256('\\x00'::bytea || p_leaf)
         WHERE case_id = p_case AND seq = p_case_seq - 1;
       IF NOT FOUND THEN RAISE EXCEPTION 'an act takes the next place of its case' USING ERRCODE = '40001'; END IF;
     END IF;
     INSERT INTO audit.opening (act_id, jws, salt, expires_on) VALUES (p_id, p_jws, p_salt, p_expires);
     IF cardinality(p_fields) > 0 THEN
       INSERT INTO audit.disclosure (act_id, field, salt, value)
         SELECT p_id, field, salt, value FROM unnest(p_fields, p_salts, p_values) AS given (field, salt, value);
     END IF;
     RETURN p_seq;
   END $$`,
];

const STATEMENTS = [...TABLES, ...RULES, ...EVENTS, ...WRITING];
