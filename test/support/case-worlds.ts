// Cases of a running network by what they are to a reader: read out of the databases, so that what the network shows is compared with what it
// holds and not with what it says.

import { Client } from 'pg';
import type { NetworkRecord } from '../../shared/local-network/network-record';

/** One case with what names its rows in questions. */
export interface KnownCase {
  readonly id: string;
  readonly isOpen: boolean;
  readonly assignee: string | null;
  readonly isAppealed: boolean;
  /** Its suspect; where it can be, one who is a subject and whose line is where it was when the case was opened. */
  readonly msisdn: string;
  /** Whether that number is a subject: of the others nothing is disclosed for the case. */
  readonly isSubject: boolean;
  readonly openedAt: Date;
  readonly orderIds: readonly string[];
  /** Orders by whom they went to. */
  readonly ordersOf: Readonly<Record<string, string>>;
  readonly actId: string | null;
  /** An order in force, of a case in which money was lost, that nobody appealed against. */
  readonly orderOfLoss: string | null;
  /** Operators and banks that have a part in it. */
  readonly parts: readonly string[];
  /** Who holds the suspect's number now. */
  readonly holder: Holder;
}

/** A line's holder and handset, as the operator that serves it now knows them. */
export interface Holder {
  readonly iin: string | null;
  readonly bin: string | null;
  readonly imei: string | null;
  /** Since when that operator serves the number. */
  readonly since: Date;
}

/** Rows of a statement in one of the network's databases. */
export async function rowsIn<Row>(database: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}

/** All cases of the network, those of subjects first, and before others those with rows of most kinds. */
export async function knownCases({ subgraphs }: NetworkRecord): Promise<readonly KnownCase[]> {
  const cases = await rowsIn<Omit<KnownCase, 'holder' | 'orderIds'>>(subgraphs['fraud-cases'].database, CASES);
  const numbers = cases.map(({ msisdn }) => msisdn);
  const holders = new Map<string, Holder>();
  for (const { database } of Object.values(subgraphs.operators)) {
    const rows = await rowsIn<Holder & { readonly msisdn: string }>(database, HOLDERS, [numbers]);
    for (const { msisdn, ...holder } of rows) {
      if (holder.since >= (holders.get(msisdn)?.since ?? holder.since)) holders.set(msisdn, holder);
    }
  }
  return cases.map((each) => ({
    ...each,
    orderIds: Object.values(each.ordersOf),
    holder: holders.get(each.msisdn) ?? { iin: null, bin: null, imei: null, since: new Date() },
  }));
}

/** A number whose holder may have more lines than others, for a reason that an operator knows. */
export async function justifiedNumber({ subgraphs }: NetworkRecord): Promise<string> {
  for (const { database } of Object.values(subgraphs.operators)) {
    const [row] = await rowsIn<{ readonly msisdn: string }>(
      database,
      `SELECT c.msisdn FROM cap_justification j JOIN subscriber s ON s.iin = j.iin JOIN line_contract c ON c.subscriber_id = s.id
       WHERE c.status = 'ACTIVE' ORDER BY c.msisdn LIMIT 1`,
    );
    if (row !== undefined) return row.msisdn;
  }
  throw new Error('Nobody has a reason.');
}

const KINDS = ['information_request', 'block_order', 'loss', 'appeal', 'evidence', 'decision', 'liability_assessment'];

const CASES = `
  SELECT id, is_open AS "isOpen", assignee,
    EXISTS (SELECT FROM appeal WHERE case_id = fraud_case.id) AS "isAppealed",
    opened_at AS "openedAt",
    coalesce((SELECT msisdn FROM case_subject WHERE case_id = fraud_case.id AND role = 'SUSPECT' ORDER BY msisdn LIMIT 1),
      (SELECT msisdn FROM case_number WHERE case_id = fraud_case.id AND is_suspect ORDER BY msisdn LIMIT 1)) AS msisdn,
    EXISTS (SELECT FROM case_subject WHERE case_id = fraud_case.id AND role = 'SUSPECT') AS "isSubject",
    (SELECT coalesce(json_object_agg(operator_code, id ORDER BY issued_at), '{}') FROM block_order WHERE case_id = fraud_case.id) AS "ordersOf",
    (SELECT id FROM audit.act WHERE case_id::text = fraud_case.id ORDER BY recorded_at LIMIT 1) AS "actId",
    (SELECT id FROM block_order WHERE case_id = fraud_case.id AND state = 'ENFORCED'
       AND EXISTS (SELECT FROM loss WHERE loss.case_id = fraud_case.id)
       AND NOT EXISTS (SELECT FROM appeal WHERE order_id = block_order.id) ORDER BY issued_at DESC LIMIT 1) AS "orderOfLoss",
    ARRAY (SELECT DISTINCT regexp_replace(part, '^operator-', '') FROM (
      SELECT reporter AS part FROM suspicion_report WHERE case_id = fraud_case.id
      UNION SELECT operator_code FROM block_order WHERE case_id = fraud_case.id
      UNION SELECT operator_code FROM information_request WHERE case_id = fraud_case.id
      UNION SELECT bank FROM loss WHERE case_id = fraud_case.id
      UNION SELECT checked_by FROM fraud_case AS checked WHERE checked.id = fraud_case.id AND checked_by IS NOT NULL
      UNION SELECT party FROM duty_clock WHERE case_id = fraud_case.id) AS told) AS parts
  FROM fraud_case ORDER BY "isSubject" DESC, ${KINDS.map((table) => `EXISTS (SELECT FROM ${table} WHERE case_id = fraud_case.id)::int`).join(' + ')} DESC, id`;

const HOLDERS = `
  SELECT DISTINCT ON (c.msisdn) c.msisdn, s.iin, s.bin, c.since,
    (SELECT imei FROM device_use AS d WHERE d.contract_key = c.key ORDER BY last_seen_at DESC LIMIT 1) AS imei
  FROM line_contract c JOIN subscriber s ON s.id = c.subscriber_id
  WHERE c.msisdn = ANY ($1) ORDER BY c.msisdn, c.opened_at DESC`;
