// What the keeper of the joint log has beside its own acts: the queue, the entries, the tiles, the checkpoints and what witnesses said
// of them. An index is given by the sequencer alone and never by a sequence of the database, which leaves gaps and shows numbers out
// of order.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../vocabulary/app-error';

/** Tables of the log itself. Needs `AuditActs1700000100000`. */
export class JointLog1700000101000 implements MigrationInterface {
  readonly name = 'JointLog1700000101000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const TABLES = [
  // Tiny rows that live for a moment: vacuumed by count, because the table is nearly empty.
  `CREATE TABLE audit.pending (
     position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     act_id uuid NOT NULL UNIQUE,
     leaf bytea NOT NULL CHECK (octet_length(leaf) = 33)
   ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
  `CREATE TABLE audit.log_entry (
     index bigint PRIMARY KEY CHECK (index >= 0),
     leaf bytea NOT NULL CHECK (octet_length(leaf) = 33 AND get_byte(leaf, 0) = 1),
     act_id uuid NOT NULL UNIQUE)`,
  // tile(level, n)[i] is the root of the leaves from (n * 256 + i) * 256^level on; a narrower tile is a prefix of a wider one.
  `CREATE TABLE audit.tile (
     level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
     n bigint NOT NULL CHECK (n >= 0),
     hashes bytea NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
     PRIMARY KEY (level, n))`,
  `CREATE TABLE audit.log_state (
     singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
     tree_size bigint NOT NULL CHECK (tree_size >= 0),
     root bytea NOT NULL CHECK (octet_length(root) = 32),
     epoch bigint NOT NULL)`,
  `INSERT INTO audit.log_state (tree_size, root, epoch)
     VALUES (0, '\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0)`,
  `CREATE TABLE audit.checkpoint (
     size bigint PRIMARY KEY CHECK (size > 0),
     note text NOT NULL,
     signed_at timestamptz(3) NOT NULL DEFAULT senim_now())`,
  `CREATE TABLE audit.cosignature (
     size bigint NOT NULL REFERENCES audit.checkpoint,
     witness text NOT NULL,
     line text NOT NULL,
     received_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     PRIMARY KEY (size, witness))`,
  // The note with the cosignatures that made it final, frozen: acts refer to it by its hash.
  `CREATE TABLE audit.checkpoint_final (
     size bigint PRIMARY KEY REFERENCES audit.checkpoint,
     note text NOT NULL,
     note_hash text NOT NULL UNIQUE,
     final_at timestamptz(3) NOT NULL DEFAULT senim_now())`,
  // That a foreign act was taken in: event of the foreign act and of the bank's own act about it.
  `CREATE TABLE audit.reception (
     act_id uuid PRIMARY KEY,
     foreign_act_id uuid NOT NULL,
     case_id uuid)`,
  `CREATE INDEX reception_by_case ON audit.reception (case_id) WHERE case_id IS NOT NULL`,
  // That the bank signed how much a case holds.
  `CREATE TABLE audit.snapshot (
     act_id uuid PRIMARY KEY,
     case_id uuid NOT NULL)`,
  // Two signed acts for one place of a chain: evidence against their author.
  `CREATE TABLE audit.author_equivocation (
     act_id uuid NOT NULL,
     leaf bytea NOT NULL,
     jws bytea NOT NULL,
     salt bytea NOT NULL,
     received_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     PRIMARY KEY (act_id, leaf))`,
];

const RULES = [
  `CREATE FUNCTION audit.enqueue() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN INSERT INTO audit.pending (act_id, leaf) VALUES (NEW.id, NEW.leaf); RETURN NULL; END $$`,
  `CREATE TRIGGER enqueue AFTER INSERT ON audit.act FOR EACH ROW EXECUTE FUNCTION audit.enqueue()`,
  ...['log_entry', 'checkpoint', 'cosignature', 'checkpoint_final', 'reception', 'snapshot', 'author_equivocation'].map(
    (table) => `CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.${table}
     EXECUTE FUNCTION audit.immutable()`,
  ),
  `CREATE FUNCTION audit.check_tile() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF (NEW.level, NEW.n) IS DISTINCT FROM (OLD.level, OLD.n)
       OR substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) <> OLD.hashes THEN
       RAISE EXCEPTION 'a tile only grows' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER check_tile BEFORE UPDATE ON audit.tile FOR EACH ROW EXECUTE FUNCTION audit.check_tile()`,
  `CREATE TRIGGER immutable BEFORE DELETE OR TRUNCATE ON audit.tile EXECUTE FUNCTION audit.immutable()`,
  `CREATE FUNCTION audit.check_log_state() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NEW.tree_size < OLD.tree_size OR NEW.epoch <> OLD.epoch + 1 THEN
       RAISE EXCEPTION 'the log only grows' USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER check_log_state BEFORE UPDATE ON audit.log_state FOR EACH ROW EXECUTE FUNCTION audit.check_log_state()`,
  `CREATE TRIGGER immutable BEFORE DELETE OR TRUNCATE ON audit.log_state EXECUTE FUNCTION audit.immutable()`,
  `SELECT audit.register_event_table('audit.reception', 'act_id')`,
  `SELECT audit.register_event_table('audit.reception', 'foreign_act_id')`,
  `SELECT audit.register_event_table('audit.snapshot', 'act_id')`,
];

const STATEMENTS = [...TABLES, ...RULES];
