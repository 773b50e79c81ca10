// A million cases of earlier years, loaded into the bank's database past its commands: closed, dismissed and merged cases with everything that
// commands, lists and timers look at. The load is done as the superuser and without triggers, because acts of these cases would be the
// load of the joint log, which has a bench of its own; every other constraint of the tables holds for the rows: keys and foreign keys are taken off for the time and put back over all of them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { SUPERUSER } from '../../shared/service/postgres-place';
import { CASE_PARTS } from '../../subgraphs/fraud-cases/store/case-scope-migration';
import type { TestNetwork } from '../support/network';

/** What lies in the tables afterwards. */
export interface OldCases {
  readonly seconds: number;
  /** Rows by table, as PostgreSQL estimates them. */
  readonly rows: Readonly<Record<string, number>>;
  readonly databaseMiB: number;
}

/** Numbers of cases allow no more in two years. */
export const MOST_OLD_CASES = 1_000_000;

/** A multiple of three: two cases of one number lie in one batch. */
const BATCH = 99_999;

/** Loads so many old cases into the bank's database, given as its superuser; tells how far it is. */
export async function loadOldCases(url: string, count: number, tell: (text: string) => void): Promise<OldCases> {
  const beganMs = performance.now();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'; SET synchronous_commit = off; SET work_mem = '64MB'");
    await client.query("SET maintenance_work_mem = '512MB'");
    for (const statement of HELPERS) await client.query(statement);
    const holds = await holdsOf(client);
    for (const statement of holds.takeOff) await client.query(statement);
    for (let from = 1; from <= count; from += BATCH) {
      const range = [from, Math.min(count, from + BATCH - 1)];
      await client.query('BEGIN');
      for (const statement of ROWS) await client.query(statement, range);
      await client.query('COMMIT');
      tell(`${range[1]} old cases, ${Math.round((performance.now() - beganMs) / 1000)} s`);
    }
    for (const statement of ROWS_OF_ORDERS) await client.query(statement);
    await client.query("SET session_replication_role = 'origin'");
    for (const statement of holds.putBack) await client.query(statement);
    await client.query('VACUUM (ANALYZE)');
    return { seconds: (performance.now() - beganMs) / 1000, ...(await sizesOf(client)) };
  } finally {
    await client.end();
  }
}

/** The bank's database as its superuser. */
export function superuserUrl(network: TestNetwork): string {
  const url = new URL(network.record().subgraphs['fraud-cases'].database);
  url.username = SUPERUSER;
  url.password = readFileSync(join(network.folder, 'postgres', 'superuser'), 'utf8');
  return url.href;
}

/** What the tables are held by, to be taken off for the load: statements, in the order in which they may run. */
interface Holds {
  readonly takeOff: readonly string[];
  readonly putBack: readonly string[];
}

/** Keys, foreign keys and indexes: put back over rows that lie there, they are looked at for every row, and made once. */
async function holdsOf(client: Client): Promise<Holds> {
  const { rows: constraints } = await client.query<{ owner: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY ($1::regclass[]) OR confrelid = ANY ($1::regclass[]))
     ORDER BY contype <> 'f', contype DESC`,
    [TABLES],
  );
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`,
    [TABLES],
  );
  return {
    takeOff: [
      ...constraints.map(({ owner, name }) => `ALTER TABLE ${owner} DROP CONSTRAINT ${name}`),
      ...indexes.map(({ name }) => `DROP INDEX ${name}`),
    ],
    putBack: [
      ...constraints
        .map(({ owner, name, definition }) => `ALTER TABLE ${owner} ADD CONSTRAINT ${name} ${definition}`)
        .toReversed(),
      ...indexes.map(({ definition }) => definition),
    ],
  };
}

async function sizesOf(client: Client): Promise<Pick<OldCases, 'rows' | 'databaseMiB'>> {
  const { rows } = await client.query<{ name: string; rows: string }>(
    'SELECT relname AS name, reltuples::bigint AS rows FROM pg_class WHERE oid = ANY ($1::regclass[]) ORDER BY 1',
    [TABLES],
  );
  const { rows: size } = await client.query<{ bytes: string }>('SELECT pg_database_size(current_database()) AS bytes');
  return {
    rows: Object.fromEntries(rows.map((row) => [row.name, Number(row.rows)])),
    databaseMiB: Math.round(Number(size[0]?.bytes ?? 0) / 2 ** 20),
  };
}

const TABLES = [
  'fraud_case',
  'case_number',
  'case_subject',
  'suspicion_report',
  'case_indicator',
  'evidence',
  'information_request',
  'decision',
  'approval',
  'block_order',
  'order_document',
  'order_event',
  'number_sequence',
  'appeal',
  'duty_clock',
  'duty_alarm',
  'case_event',
  'case_part',
  'idempotency_record',
];

/** Cases by their place: of twenty, twelve confirmed, three refuted, three dismissed, one merged, one inconclusive; opened evenly over the two calendar years before this one. */
const HELPERS = [
  `CREATE FUNCTION pg_temp.id(kind text, i int) RETURNS text LANGUAGE sql IMMUTABLE
   RETURN md5(kind || ':' || i)::uuid::text`,
  `CREATE FUNCTION pg_temp.opened(i int) RETURNS timestamptz LANGUAGE sql STABLE
   RETURN date_trunc('year', now()) - interval '2 days' - (i - 1) * interval '62.5 seconds'`,
  // Two cases of three touch a number of their own, the others one that was suspected before.
  `CREATE FUNCTION pg_temp.suspect(i int) RETURNS text LANGUAGE sql IMMUTABLE
   RETURN '+7790' || lpad((CASE WHEN i % 3 = 2 THEN i - 1 ELSE i END)::text, 7, '0')`,
  `CREATE FUNCTION pg_temp.victim(i int) RETURNS text LANGUAGE sql IMMUTABLE RETURN '+7791' || lpad((i % 5000000)::text, 7, '0')`,
  `CREATE FUNCTION pg_temp.operator(i int) RETURNS text LANGUAGE sql IMMUTABLE RETURN (ARRAY['kcell', 'beeline', 'tele2'])[1 + i % 3]`,
  `CREATE FUNCTION pg_temp.person(i int) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'investigator-' || (1 + i % 40)`,
  `CREATE FUNCTION pg_temp.fraud(i int) RETURNS text LANGUAGE sql IMMUTABLE
   RETURN (ARRAY['PHONE_IMPERSONATION', 'SIM_BOX_BYPASS', 'BULK_SMS', 'DROPPER_MULE', 'MASS_CALLING'])[1 + i / 7 % 5]`,
];

const CASES = `generate_series($1::int, $2::int) AS i CROSS JOIN LATERAL (SELECT i % 20 AS sort, pg_temp.id('case', i) AS id, pg_temp.opened(i) AS at) AS old`;
const IS_CONFIRMED = 'sort < 12';
const IS_DECIDED = 'sort NOT IN (15, 16, 17, 18)';
const IS_APPEALED = 'sort IN (3, 9) AND i % 3 < 2';
/** What triggers would take from the case of a row. */
const CHARGE = `CASE WHEN ${IS_DECIDED} THEN pg_temp.person(i) ELSE '' END, ${IS_APPEALED}`;
const MEASURES = `'{VOICE_OUT,VOICE_IN,SMS_OUT,SMS_IN,DATA,PORT_FREEZE,SIM_SWAP_FREEZE}'`;
/** Before every event of the running network: nobody is told of these. */
const LONG_AGO = `'3'::xid8`;

/** Ids of decisions are counted; those of the running network come nowhere near. */
const FAR_DECISION = '10000000000';

/** Cases from $1 to $2. */
const ROWS = [
  `INSERT INTO fraud_case (id, number, state, outcome, track, fraud_type, severity, version, opened_at, due_at, assignee, duplicate_of, is_appealed)
   SELECT id, 'AFC-' || to_char(at AT TIME ZONE 'Asia/Almaty', 'YYYY') || '-' || lpad((300000 + i % 699999)::text, 6, '0'),
     CASE WHEN sort IN (15, 16, 17) THEN 'DISMISSED' WHEN sort = 18 THEN 'DUPLICATE' WHEN i % 1000 = 1 THEN 'DECIDED' ELSE 'CLOSED' END,
     CASE WHEN ${IS_CONFIRMED} THEN 'CONFIRMED' WHEN sort < 15 THEN 'REFUTED' WHEN sort = 19 THEN 'INCONCLUSIVE' ELSE 'UNSET' END,
     CASE WHEN ${IS_DECIDED} THEN 'AFC_INVESTIGATION' END, pg_temp.fraud(i), (ARRAY['LOW', 'MEDIUM', 'HIGH'])[1 + i % 3], 9, at, NULL,
     CASE WHEN ${IS_DECIDED} THEN pg_temp.person(i) END, CASE WHEN sort = 18 THEN pg_temp.id('case', i - 1) END, ${IS_APPEALED}
   FROM ${CASES}`,
  `INSERT INTO case_number (case_id, case_is_open, msisdn, is_suspect)
   SELECT id, false, msisdn, is_suspect FROM ${CASES}
     CROSS JOIN LATERAL (VALUES (pg_temp.suspect(i), true), (pg_temp.victim(i), false)) AS touched (msisdn, is_suspect)`,
  `INSERT INTO case_subject (case_id, msisdn, role, added_by, added_at, ground)
   SELECT id, pg_temp.suspect(i), 'SUSPECT', 'bank-1', at, pg_temp.id('report', i) FROM ${CASES}`,
  `INSERT INTO suspicion_report (id, case_id, source, source_ref, reporter, suspect, victim, channel, fraud_type, received_at, text)
   SELECT pg_temp.id('report', i), CASE WHEN sort = 18 THEN pg_temp.id('case', i - 1) ELSE id END, 'BANK_SIGNAL', 'OLD-' || i,
     'bank-' || (1 + i % 2), pg_temp.suspect(i), pg_temp.victim(i), 'CALL', pg_temp.fraud(i), at, repeat('A caller posed as an officer. ', 3)
   FROM ${CASES}`,
  `INSERT INTO case_indicator (case_id, code) SELECT id, 'IN_OUT_RATIO' FROM ${CASES} WHERE i % 4 = 0`,
  `INSERT INTO evidence (id, case_id, kind, sha256, captured_at, captured_by, locked)
   SELECT pg_temp.id('evidence', i), id, 'AUDIO', md5(id) || md5(i::text), at + interval '2 hours', pg_temp.person(i), true FROM ${CASES} WHERE ${IS_DECIDED}`,
  // Most were answered, some not in time, and some stood open when their case was merged into another.
  `INSERT INTO information_request (id, case_id, operator_code, questions, answer, issued_at, due_at, answered_at, state, charge, is_appealed)
   SELECT pg_temp.id('request', i), id, pg_temp.operator(i), '{Who holds the line?}', CASE WHEN sort IN (0, 6) THEN 'A person.' END,
     at + interval '2 hours', at + interval '6 hours', CASE WHEN sort IN (0, 6) THEN at + interval '3 hours' END,
     CASE WHEN sort IN (0, 6) THEN 'ANSWERED' WHEN sort = 18 THEN 'SENT' ELSE 'OVERDUE' END, ${CHARGE}
   FROM ${CASES} WHERE sort IN (0, 6, 12, 18)`,
  `INSERT INTO decision (id, case_id, proposed_outcome, reason_code, findings, content_hash) OVERRIDING SYSTEM VALUE
   SELECT ${FAR_DECISION} + i, id, CASE WHEN ${IS_CONFIRMED} THEN 'CONFIRMED' WHEN sort < 15 THEN 'REFUTED' ELSE 'INCONCLUSIVE' END,
     'PHONE_IMPERSONATION', 'The caller posed as an officer of the bank.', md5(id) || md5('content' || i) FROM ${CASES} WHERE ${IS_DECIDED}`,
  `INSERT INTO approval (decision_id, step, person, at, content_hash)
   SELECT ${FAR_DECISION} + i, step, person, at + interval '20 hours', md5(id) || md5('content' || i) FROM ${CASES}
     CROSS JOIN (VALUES ('PROPOSED', 'investigator-1'), ('APPROVED', 'supervisor-1')) AS approved (step, person) WHERE ${IS_DECIDED}`,
  // Of twelve confirmed blocks nine are in force, as they are for years; three were lifted. Temporary ones of refuted cases ended.
  `INSERT INTO block_order (id, case_id, sequence, msisdn, operator_code, kind, state, version, measures, reason, issued_at, delivered_at,
     acknowledged_at, enforced_at, lifted_at, valid_until, lift_sequence, document, receipt, lift_document, lift_receipt, charge, is_appealed)
   SELECT pg_temp.id('order', i), id, 2 * i - 1, pg_temp.suspect(i), pg_temp.operator(i), CASE WHEN ${IS_CONFIRMED} THEN 'CONFIRMED' ELSE 'TEMPORARY' END,
     CASE WHEN is_lifted THEN 'LIFTED' WHEN ${IS_CONFIRMED} THEN 'ENFORCED' ELSE 'EXPIRED' END, 5, ${MEASURES}, 'PHONE_IMPERSONATION',
     issued_at, issued_at, issued_at, issued_at + interval '2 seconds', CASE WHEN is_lifted OR NOT ${IS_CONFIRMED} THEN issued_at + interval '3 days' END,
     CASE WHEN NOT ${IS_CONFIRMED} THEN issued_at + interval '3 days' END, CASE WHEN is_lifted THEN 2 * i END,
     repeat(md5(id), 22), repeat(md5(id), 17), CASE WHEN is_lifted THEN repeat(md5(id), 22) END, CASE WHEN is_lifted THEN repeat(md5(id), 17) END, ${CHARGE}
   FROM ${CASES} CROSS JOIN LATERAL (SELECT at + interval '20 hours' AS issued_at, ${IS_CONFIRMED} AND (sort >= 9 OR i % 3 > 0 AND i % 2 = 0) AS is_lifted) AS block
   WHERE (${IS_CONFIRMED} AND (i % 3 < 2 OR sort >= 9)) OR sort = 14`,
  `INSERT INTO appeal (id, order_id, case_id, state, version, grounds, statement, filed_at, due_at, decided_by, approved_by, decision, charge, is_appealed)
   SELECT pg_temp.id('appeal', i), pg_temp.id('order', i), id, CASE WHEN sort > 8 THEN 'UPHELD' ELSE 'REJECTED' END, 4, 'NUMBER_SPOOFED', 'It was not me.', at + interval '30 hours',
     at + interval '102 hours', 'appeals-1', 'supervisor-2', 'Decided.', ${CHARGE}
   FROM ${CASES} WHERE ${IS_APPEALED}`,
  `INSERT INTO duty_clock (id, case_id, order_id, about, rule_id, rule_version, party, started_at, deadline_at, stopped_at, state, started_in, stopped_in, attend_at, charge, is_appealed)
   SELECT pg_temp.id(rule, i), id, CASE WHEN rule IN ('OP-05', 'OP-06') THEN pg_temp.id('order', i) END,
     CASE WHEN rule IN ('OP-05', 'OP-06') THEN pg_temp.id('order', i) END, rule, 1, party, at + began, at + began + allowed,
     at + began + CASE WHEN is_late THEN allowed * 2 ELSE allowed / 2 END, CASE WHEN is_late THEN 'BREACHED' ELSE 'MET' END, ${LONG_AGO}, ${LONG_AGO}, NULL, ${CHARGE}
   FROM ${CASES} CROSS JOIN LATERAL (VALUES
     ('BANK-01', 'bank-' || (1 + i % 2), interval '-30 minutes', interval '1 hour', true),
     ('AFC-01', 'afc', interval '0', interval '4 hours', sort <> 18),
     ('AFC-02', 'afc', interval '2 hours', interval '5 days', ${IS_DECIDED}),
     ('OP-05', pg_temp.operator(i), interval '20 hours', interval '15 minutes', (${IS_CONFIRMED} AND (i % 3 < 2 OR sort >= 9)) OR sort = 14),
     ('OP-06', pg_temp.operator(i), interval '20 hours', interval '1 hour', (${IS_CONFIRMED} AND (i % 3 < 2 OR sort >= 9)) OR sort = 14)
   ) AS duty (rule, party, began, allowed, holds) CROSS JOIN LATERAL (SELECT i % 11 = 0 AS is_late) AS kept WHERE holds`,
  // An operator that never checked: its clock was missed and never stopped.
  `INSERT INTO duty_clock (id, case_id, rule_id, rule_version, party, started_at, deadline_at, state, started_in, charge, is_appealed)
   SELECT pg_temp.id('OP-02', i), id, 'OP-02', 1, pg_temp.operator(i), at, at + interval '2 days', 'BREACHED', ${LONG_AGO}, ${CHARGE} FROM ${CASES} WHERE i % 20 = 5`,
  `INSERT INTO duty_alarm (clock_id, percent, raised_at) SELECT pg_temp.id('OP-02', i), percent, at + interval '2 days'
   FROM ${CASES} CROSS JOIN (VALUES (50), (80), (100)) AS alarm (percent) WHERE i % 20 = 5`,
  `INSERT INTO case_event (act_id, case_id, kind, transaction) SELECT md5(kind || i)::uuid, id, kind, ${LONG_AGO}
   FROM ${CASES} CROSS JOIN (VALUES ('report.received'), ('case.triaged'), ('decision.approved')) AS event (kind)`,
  // Answers are kept for thirty days: those of a million cases in two years would be a quarter of a million.
  `INSERT INTO idempotency_record (person, key, operation, request_hash, answer, made_at)
   SELECT pg_temp.person(i), pg_temp.id('key', i), 'addEvidence', sha256(id::bytea), '{"caseId": "old"}', senim_now() - i % 29 * interval '1 day'
   FROM ${CASES} WHERE i % 4 = 0`,
];

/** What follows from all old cases and their orders. */
const ROWS_OF_ORDERS = [
  `INSERT INTO order_document (hash, order_id, kind, msisdn, sequence, act_id, leaf_hash)
   SELECT left(md5(id) || md5('hash' || told), 43), id, told, msisdn, CASE told WHEN 'BLOCK' THEN sequence ELSE lift_sequence END,
     md5(id || told)::uuid, left(md5(told || id) || md5(id), 43)
   FROM block_order CROSS JOIN (VALUES ('BLOCK'), ('LIFT')) AS document (told)
   WHERE msisdn LIKE '+7790%' AND (told = 'BLOCK' OR lift_sequence IS NOT NULL)`,
  `INSERT INTO order_event (order_id, case_id, operator_code, kind, at, transaction)
   SELECT id, case_id, operator_code, told, issued_at, ${LONG_AGO} FROM block_order CROSS JOIN (VALUES ('BLOCK'), ('LIFT')) AS event (told)
   WHERE msisdn LIKE '+7790%' AND (told = 'BLOCK' OR lift_sequence IS NOT NULL)`,
  `INSERT INTO number_sequence (msisdn, last) SELECT msisdn, max(greatest(sequence, lift_sequence)) FROM block_order
   WHERE msisdn LIKE '+7790%' GROUP BY msisdn`,
  'TRUNCATE case_part',
  CASE_PARTS,
];
