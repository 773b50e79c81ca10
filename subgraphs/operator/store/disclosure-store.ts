// The record of disclosures and the cap on persons, in PostgreSQL: one statement a use, which commits by itself. What it keeps are names:
// HMAC-SHA-256 by keys that it does not keep. What is older than it has to be kept is dropped here as well.

import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { msToInstant } from '../../../shared/vocabulary/instant';
import {
  type AskedSubject,
  MOST_USES_OF_GRANT,
  opensLines,
  type RecordUse,
  type StateUse,
  type UseOutcome,
} from '../domain/disclosure';

/** The secrets that make names. */
export interface NameKeys {
  /** Names what was asked, for good. It never leaves the process. */
  readonly subjects: Uint8Array;
  /** Names persons, for the count of a day. At most 64 bytes. */
  readonly persons: Uint8Array;
}

/** Records uses in a database at head, each with what `state` says of it. `mostPersons` is the cap of a day, for the whole bank. */
export function openDisclosureStore(
  dataSource: DataSource,
  { names, mostPersons, state }: { readonly names: NameKeys; readonly mostPersons: number; readonly state: StateUse },
): RecordUse {
  const nameOf = (subject: string): Buffer =>
    createHmac('sha256', names.subjects).update(`senim/subject/v1\n${subject}`).digest();
  const pads = [0x36, 0x5c].map((pad) => padded(names.persons, pad));

  return async (use) => {
    const { subjects } = use;
    const tenures = subjects.flatMap(({ tenure }) => (tenure === null ? [] : [tenure]));
    const withLines = opensLines(use.fields);
    const named = subjects.map(({ key }) => nameOf(key));
    try {
      const [row]: readonly { readonly outcome: UseOutcome }[] = await dataSource.query(RECORD, [
        use.grantId,
        use.contentDigest,
        use.nonce,
        use.actor,
        use.role,
        use.caseId,
        use.purpose,
        use.class,
        named,
        use.fields,
        tenures.map(({ msisdn }) => msisdn),
        tenures.map(({ since }) => since),
        idsOf(subjects, 'OperatorHolding'),
        withLines ? idsOf(subjects, 'CorporateHolding') : [],
        withLines ? idsOf(subjects, 'DeviceSighting') : [],
        ...pads,
        mostPersons,
        MOST_USES_OF_GRANT,
        state(use, named, msToInstant(Date.now())),
      ]);
      return row?.outcome ?? 'OVER_CAP';
    } catch (cause) {
      const refusal = REFUSALS.get(sqlStateOf(cause));
      if (refusal === undefined) throw cause;
      return refusal;
    }
  };
}

/**
 * Drops what need not be kept: uses older than five years, persons of days before the last week, and requests that can no longer be believed.
 * Resolves with how many uses were dropped, at most `most`.
 */
export async function pruneDisclosures(dataSource: DataSource, most = MOST_PRUNED): Promise<number> {
  for (const statement of PRUNE_DAYS) await dataSource.query(statement);
  const [row]: readonly { readonly pruned: number }[] = await dataSource.query(PRUNE_USES, [most]);
  return row?.pruned ?? 0;
}

const RECORD = `
  WITH recorded AS MATERIALIZED (
    SELECT record_disclosure($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) AS outcome),
  stated AS (
    INSERT INTO disclosure_statement (grant_id, content_digest, jws) SELECT $1, $2, $20 FROM recorded WHERE outcome = 'FIRST')
  SELECT outcome FROM recorded`;

/** By the SQLSTATE with which the recording fails as a whole. */
const REFUSALS: ReadonlyMap<unknown, UseOutcome> = new Map([
  ['SD001', 'OVER_CAP'],
  ['SD002', 'SPENT'],
]);

const MOST_PRUNED = 10_000;
const PRUNE_DAYS = [
  "DELETE FROM disclosure_day WHERE day < (senim_now() AT TIME ZONE 'Asia/Almaty')::date - 7",
  // Far longer than a signature can be believed, by whichever clock.
  "DELETE FROM disclosure_again WHERE seen_at < senim_now() - interval '1 day'",
];
/** The same bound stands in the database's own rule. */
const PRUNE_USES = `
  WITH old AS (
    SELECT grant_id, content_digest FROM disclosure WHERE disclosed_at < senim_now() - interval '5 years' ORDER BY disclosed_at LIMIT $1),
  gone AS (DELETE FROM disclosure USING old WHERE (disclosure.grant_id, disclosure.content_digest) = (old.grant_id, old.content_digest) RETURNING 1)
  SELECT count(*)::integer AS pruned FROM gone`;

/** One of the two pads of HMAC-SHA-256 (RFC 2104): the key, filled up to a block of 64 bytes, by XOR with `pad`. */
function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(HMAC_BLOCK_BYTES, pad);
  key.forEach((byte, place) => {
    block[place] = byte ^ pad;
  });
  return block;
}

const HMAC_BLOCK_BYTES = 64;

function idsOf(subjects: readonly AskedSubject[], type: AskedSubject['type']): readonly string[] {
  return subjects.filter((subject) => subject.type === type).map(({ id }) => id);
}

function sqlStateOf(cause: unknown): unknown {
  const driver: unknown = cause instanceof Error && 'driverError' in cause ? cause.driverError : cause;
  return typeof driver === 'object' && driver !== null && 'code' in driver ? driver.code : null;
}
