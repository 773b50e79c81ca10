// The record of disclosures and the cap on persons, in PostgreSQL. Two statements a use: whose lines the subjects are, and the recording.
// What leaves this file for the database are names: HMAC-SHA-256 by a key that the database never sees.

import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  type AskedSubject,
  type GrantUse,
  MOST_USES_OF_GRANT,
  opensLines,
  type RecordUse,
  type UseOutcome,
} from '../domain/disclosure';

/** Records uses in a database at head. `nameKey` makes the names; `mostPersons` is the cap of a day, for the whole bank. */
export function openDisclosureStore(
  dataSource: DataSource,
  { nameKey, mostPersons }: { readonly nameKey: Uint8Array; readonly mostPersons: number },
): RecordUse {
  const nameOf = (kind: 'person' | 'subject', text: string): Buffer =>
    createHmac('sha256', nameKey).update(`senim/${kind}/v1\n${text}`).digest();

  return async (use) => {
    const persons = await personsOf(dataSource, use);
    try {
      const [row]: readonly { readonly outcome: UseOutcome }[] = await dataSource.query(RECORD, [
        use.grantId,
        use.contentDigest,
        use.actor,
        use.role,
        use.caseId,
        use.purpose,
        use.class,
        use.subjects.map(({ key }) => nameOf('subject', key)),
        use.fields,
        persons.map((person) => nameOf('person', person)),
        mostPersons,
        MOST_USES_OF_GRANT,
      ]);
      return row?.outcome ?? 'OVER_CAP';
    } catch (cause) {
      const refusal = REFUSALS.get(sqlStateOf(cause));
      if (refusal === undefined) throw cause;
      return refusal;
    }
  };
}

const RECORD = 'SELECT record_disclosure($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS outcome';

/** By the SQLSTATE with which the recording fails as a whole. */
const REFUSALS: ReadonlyMap<unknown, UseOutcome> = new Map([
  ['SD001', 'OVER_CAP'],
  ['SD002', 'SPENT'],
]);

/** Persons are the users of lines, the holders where no user is named; the same person at two lines is one. */
const SELECT_PERSONS = `
  SELECT DISTINCT coalesce(person.iin, person.bin, person.id) AS person
  FROM (
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM unnest($1::text[], $2::timestamptz[]) AS asked (msisdn, since) JOIN line_contract contract USING (msisdn, since)
    UNION ALL
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM subscriber holder JOIN line_contract contract ON contract.subscriber_id = holder.id
    WHERE holder.bin = ANY ($3::text[])
    UNION ALL
    SELECT contract.assigned_user_id, contract.subscriber_id
    FROM device_use used JOIN line_contract contract ON contract.key = used.contract_key
    WHERE used.imei = ANY ($4::text[])
  ) line
  JOIN subscriber person ON person.id = coalesce(line.assigned_user_id, line.subscriber_id)`;

/** Everybody whose data the use can open: at least those whom the answer will tell of. */
async function personsOf(dataSource: DataSource, { subjects, fields }: GrantUse): Promise<readonly string[]> {
  const tenures = subjects.flatMap(({ tenure }) => (tenure === null ? [] : [tenure]));
  const named = idsOf(subjects, 'OperatorHolding');
  const withLines = opensLines(fields);
  const bins = withLines ? idsOf(subjects, 'CorporateHolding') : [];
  const imeis = withLines ? idsOf(subjects, 'DeviceSighting') : [];
  if (tenures.length + bins.length + imeis.length === 0) return named;
  const rows: readonly { readonly person: string }[] = await dataSource.query(SELECT_PERSONS, [
    tenures.map(({ msisdn }) => msisdn),
    tenures.map(({ since }) => since),
    bins,
    imeis,
  ]);
  return [...new Set([...named, ...rows.map(({ person }) => person)])];
}

function idsOf(subjects: readonly AskedSubject[], type: AskedSubject['type']): readonly string[] {
  return subjects.filter((subject) => subject.type === type).map(({ id }) => id);
}

function sqlStateOf(cause: unknown): unknown {
  const driver: unknown = cause instanceof Error && 'driverError' in cause ? cause.driverError : cause;
  return typeof driver === 'object' && driver !== null && 'code' in driver ? driver.code : null;
}
