// What issuing and delivering orders needs beside the orders themselves: the counter of each number, the signed documents with the acts that
// tell them, the outbox of what still has to go out, and alarms.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../../../shared/vocabulary/app-error';

/** Creates counters, documents, outbox and alarms of orders. Forward only. */
export class OrderDispatch1795000000020 implements MigrationInterface {
  readonly name = 'OrderDispatch1795000000020';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...PEOPLE, ...DOCUMENTS, ...OUTBOX]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new AppError('INTERNAL', 'Migrations go forward only.');
  }
}

const PEOPLE = [
  // Who issued a temporary block took part in what an appeal against it is about.
  `ALTER TABLE block_order ADD COLUMN issued_by text`,
];

const DOCUMENTS = [
  // The last sequence given to a number, over all operators. A number without a row goes on from its orders: those may have been seeded.
  `CREATE TABLE number_sequence (
     msisdn text PRIMARY KEY,
     last integer NOT NULL CHECK (last > 0)
   )`,
  `CREATE FUNCTION next_number_sequence(p_msisdn text) RETURNS integer LANGUAGE sql AS $$
     INSERT INTO number_sequence (msisdn, last)
       SELECT p_msisdn, 1 + coalesce(max(greatest(sequence, lift_sequence)), 0) FROM block_order WHERE msisdn = p_msisdn
     ON CONFLICT (msisdn) DO UPDATE SET last = number_sequence.last + 1
     RETURNING last
   $$`,
  // Each document with the act that commits to it. A sequence is used once, by a block or by a lift.
  `CREATE TABLE order_document (
     hash text PRIMARY KEY CHECK (length(hash) = 43),
     order_id text NOT NULL REFERENCES block_order (id) DEFERRABLE INITIALLY DEFERRED,
     kind text NOT NULL CHECK (kind IN ('BLOCK', 'LIFT')),
     msisdn text NOT NULL,
     sequence integer NOT NULL,
     act_id uuid NOT NULL,
     leaf_hash text NOT NULL,
     CONSTRAINT order_document_once UNIQUE (order_id, kind),
     CONSTRAINT order_document_sequence UNIQUE (msisdn, sequence)
   )`,
];

const OUTBOX = [
  // What has to be done for an order. A row goes when it is done. `due_at` is when it may be tried; while somebody tries, it is the end of
  // that one's lease. Addressee is the operator's code; '-' stands for numbering, which is asked where an order goes next.
  `CREATE TABLE order_outbox (
     order_id text NOT NULL REFERENCES block_order (id) DEFERRABLE INITIALLY DEFERRED,
     task text NOT NULL CHECK (task IN ('BLOCK', 'LIFT', 'REISSUE')),
     msisdn text NOT NULL,
     addressee text NOT NULL,
     sequence integer NOT NULL,
     queued_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     due_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     attempts integer NOT NULL DEFAULT 0,
     refusals integer NOT NULL DEFAULT 0,
     last_refusal text,
     parked_at timestamptz(3),
     PRIMARY KEY (order_id, task)
   )`,
  `CREATE INDEX order_outbox_by_due ON order_outbox (addressee, due_at) WHERE parked_at IS NULL`,
  `CREATE INDEX order_outbox_by_number ON order_outbox (msisdn, addressee, sequence) WHERE parked_at IS NULL`,
  `CREATE FUNCTION tell_order_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_notify('order_outbox', '');
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER tell_order_outbox AFTER INSERT ON order_outbox FOR EACH STATEMENT EXECUTE FUNCTION tell_order_outbox()`,
  // What people have to look at; the same thing again is counted.
  `CREATE TABLE order_alarm (
     order_id text NOT NULL REFERENCES block_order (id),
     task text NOT NULL,
     kind text NOT NULL,
     raised_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     last_at timestamptz(3) NOT NULL DEFAULT senim_now(),
     times integer NOT NULL DEFAULT 1,
     PRIMARY KEY (order_id, task, kind)
   )`,
];
