// How an act is written and how its event is looked for, in as few statements as its rules allow. `audit.append_act` checks the act's number and
// its place in the case by what the writer supposed them to be, and answers what they are when they are not: so a writer that supposes
// right needs no statement to ask. The rules themselves, and the tables, stand in acts-migration.ts.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../vocabulary/app-error';

/** `audit.append_act` and the search for an act's event. Needs `AuditActs1700000100000`. */
export class ActWriting1700000102000 implements MigrationInterface {
  readonly name = 'ActWriting1700000102000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...SEARCH, ...WRITING]) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const SEARCH = [
  // One question after the other, the newest table first: a house's own events are the most, and the first that has one ends it.
  `CREATE FUNCTION audit.write_need_event() RETURNS trigger LANGUAGE plpgsql AS $write$
   DECLARE
     v_questions text;
   BEGIN
     SELECT string_agg(format('IF EXISTS (SELECT FROM %s WHERE %I = NEW.id) THEN RETURN NULL; END IF;', table_name, act_column),
         E'\\n' ORDER BY id DESC)
       INTO v_questions FROM audit.event_table;
     EXECUTE format('CREATE OR REPLACE FUNCTION audit.need_event() RETURNS trigger LANGUAGE plpgsql AS %L', format(
       E'BEGIN\\n%s\\nRAISE EXCEPTION %L USING ERRCODE = %L; END', v_questions, 'an act has its event', '23514'));
     RETURN NULL;
   END $write$`,
  `CREATE TRIGGER write_need_event AFTER INSERT ON audit.event_table
     FOR EACH STATEMENT EXECUTE FUNCTION audit.write_need_event()`,
  // Writes it for the tables that are there.
  `INSERT INTO audit.event_table (table_name, act_column) SELECT '', '' WHERE false`,
];

const WRITING = [
  `DROP FUNCTION audit.append_act(text, int, bigint, uuid, text, uuid, int, timestamptz, bytea, bytea, bytea, date, text[], bytea[], bytea[])`,
  // Rows that are rewritten in place, over and over.
  `ALTER TABLE audit.case_chain SET (fillfactor = 70)`,
  `ALTER TABLE audit.author_chain SET (fillfactor = 50)`,
  // Writes an act that takes its chain's next number and, if it has a place, its case's next place after the leaf named; answers null then.
  // Otherwise writes nothing and answers what is next, as JSON. A case that has a first place is locked until the transaction ends.
  `CREATE FUNCTION audit.append_act(p_author text, p_chain int, p_seq bigint, p_id uuid, p_kind text, p_case uuid, p_case_seq int,
     p_case_prev bytea, p_at timestamptz, p_leaf bytea, p_jws bytea, p_salt bytea, p_expires date,
     p_fields text[], p_values text[], p_salts bytea) RETURNS text LANGUAGE plpgsql AS $$
   DECLARE
     v_next bigint;
     v_seq int;
     v_leaf bytea;
   BEGIN
     LOOP
       IF p_case_seq > 1 THEN
         UPDATE audit.case_chain SET seq = p_case_seq, leaf_hash = sha256('\\x00'::bytea || p_leaf)
           WHERE case_id = p_case AND seq = p_case_seq - 1 AND leaf_hash = p_case_prev
             AND EXISTS (SELECT FROM audit.author_chain WHERE author = p_author AND chain = p_chain AND next_seq = p_seq);
       ELSIF p_case_seq = 1 THEN
         -- Two that would both be first wait for each other here.
         INSERT INTO audit.case_chain (case_id, seq, leaf_hash)
           SELECT p_case, 1, sha256('\\x00'::bytea || p_leaf)
           WHERE EXISTS (SELECT FROM audit.author_chain WHERE author = p_author AND chain = p_chain AND next_seq = p_seq)
           ON CONFLICT (case_id) DO NOTHING;
       END IF;
       IF p_case_seq IS NULL OR FOUND THEN
         UPDATE audit.author_chain SET next_seq = p_seq + 1 WHERE author = p_author AND chain = p_chain AND next_seq = p_seq;
         EXIT WHEN FOUND;
         IF p_case_seq IS NOT NULL THEN
           RAISE EXCEPTION 'a chain is written by the connection that holds it' USING ERRCODE = '40001';
         END IF;
       END IF;
       SELECT next_seq INTO v_next FROM audit.author_chain WHERE author = p_author AND chain = p_chain;
       IF v_next IS NULL AND p_seq = 1 THEN
         INSERT INTO audit.author_chain (author, chain, next_seq) VALUES (p_author, p_chain, 1) ON CONFLICT DO NOTHING;
       ELSE
         IF p_case_seq IS NOT NULL THEN
           SELECT seq, leaf_hash INTO v_seq, v_leaf FROM audit.case_chain WHERE case_id = p_case FOR UPDATE;
         END IF;
         RETURN json_build_object('seq', coalesce(v_next, 1)::text, 'caseSeq', coalesce(v_seq, 0) + 1, 'casePrevious', encode(v_leaf, 'hex'));
       END IF;
     END LOOP;
     INSERT INTO audit.act (id, kind, author, chain, seq, case_id, case_seq, at, leaf)
       VALUES (p_id, p_kind, p_author, p_chain, p_seq, p_case, p_case_seq, p_at, p_leaf);
     INSERT INTO audit.opening (act_id, jws, salt, expires_on) VALUES (p_id, p_jws, p_salt, p_expires);
     IF p_fields <> '{}' THEN
       INSERT INTO audit.disclosure (act_id, field, salt, value)
         SELECT p_id, field, substring(p_salts FROM (32 * place - 31)::int FOR 32), convert_to(value, 'UTF8')
         FROM unnest(p_fields, p_values) WITH ORDINALITY AS given (field, value, place);
     END IF;
     RETURN NULL;
   END $$`,
];
