// Statements about one line's traffic facts, and about persons, legal entities and handsets with the tenures that hang on them. The
// tenures come as JSON in the same row, so that a hundred subjects cost one statement.

import type { Bin } from '../../../shared/vocabulary/bin';
import type { DeviceRegistryStatus } from '../../../shared/vocabulary/device';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { CapJustificationStatus, CapPurpose } from '../../../shared/vocabulary/sim-cap';
import type { TrafficPurpose } from '../domain/business-traffic-profile';
import type { CapJustification } from '../domain/cap-justification';
import type { HandsetSighting, LegalHolding, PersonHolding } from '../domain/holding';
import type { TrafficFacts } from '../domain/line-facts';
import { MOST_LISTED_TENURES, type OperatorTenure } from '../domain/operator-tenure';
import { epochMs, toInstant, toInstantOrNull, toUsageDay, type UsageArray, usageArray } from './sql-fragment';
import { sharingOf } from './tenure-statements';

export interface TrafficColumns {
  readonly id: string;
  readonly days: readonly UsageArray[] | null;
  readonly active: number | null;
  readonly rank: number | null;
  readonly justifications: readonly JustificationArray[] | null;
  readonly profile_purpose: TrafficPurpose | null;
  readonly profile_granted_at: Date | null;
  readonly profile_expires_at: Date | null;
}

type JustificationArray = readonly [
  id: string,
  purpose: CapPurpose,
  status: CapJustificationStatus,
  requestedLines: number,
  devices: readonly string[],
  decidedAt: number | null,
  expiresAt: number | null,
];

const JUSTIFICATIONS = `
  SELECT json_agg(json_build_array(one.id, one.purpose, one.status, one.requested_lines, one.devices,
    ${epochMs('one.decided_at')}, ${epochMs('one.expires_at')}) ORDER BY one.decided_at DESC NULLS FIRST, one.id)
  FROM cap_justification one`;

/**
 * `$1` contract ids, `$2` how many of the last days with traffic. The days come from the newest month backwards. Silent days are
 * left out, so that a line which was blocked or laid aside still tells what it did before.
 */
export const SELECT_TRAFFIC_FACTS = `
  SELECT contract.id, traffic.days, lines.active, lines.rank,
    (${JUSTIFICATIONS} WHERE one.iin = holder.iin) AS justifications,
    profile.purpose AS profile_purpose, profile.granted_at AS profile_granted_at, profile.expires_at AS profile_expires_at
  FROM unnest($1::text[]) AS asked (id)
  JOIN line_contract contract USING (id)
  LEFT JOIN subscriber holder ON holder.id = contract.subscriber_id
  LEFT JOIN LATERAL (
    SELECT json_agg(${usageArray('recent')} ORDER BY recent.day) AS days
    FROM (
      SELECT * FROM usage_day used
      WHERE used.contract_key = contract.key
        AND (used.calls_out > 0 OR used.calls_in > 0 OR used.sms_out > 0 OR used.sms_in > 0 OR used.data_mb > 0)
      ORDER BY used.day DESC LIMIT $2
    ) recent) traffic ON true
  LEFT JOIN LATERAL (
    SELECT count(*)::integer AS active,
      (count(*) FILTER (WHERE (other.opened_at, other.key) <= (contract.opened_at, contract.key)))::integer AS rank
    FROM subscriber same JOIN line_contract other ON other.subscriber_id = same.id
    WHERE same.iin = holder.iin AND other.status IN ('ACTIVE', 'SUSPENDED')) lines ON holder.kind = 'PERSON'
  LEFT JOIN LATERAL (
    SELECT * FROM business_traffic_profile entry
    WHERE entry.contract_key = contract.key ORDER BY entry.expires_at DESC LIMIT 1) profile ON true`;

export function toTrafficFacts(row: TrafficColumns): TrafficFacts {
  const { profile_purpose: purpose, profile_granted_at: grantedAt, profile_expires_at: expiresAt } = row;
  return {
    days: (row.days ?? []).map(toUsageDay),
    holderLines: row.active === null || row.rank === null ? null : { active: row.active, rank: row.rank },
    justifications: (row.justifications ?? []).map(toJustification),
    profile:
      purpose === null || grantedAt === null || expiresAt === null
        ? null
        : { purpose, grantedAt: toInstant(grantedAt), expiresAt: toInstant(expiresAt) },
  };
}

interface ListedTenures {
  readonly tenures: readonly TenureArray[] | null;
  readonly read_at: Date;
}

type TenureArray = readonly [msisdn: string, since: number, until: number | null];

export interface HoldingColumns extends ListedTenures {
  readonly subject: string;
  readonly active: number;
  readonly justifications: readonly JustificationArray[] | null;
}

export const SELECT_PERSON_HOLDINGS = selectHoldings('iin', `(${JUSTIFICATIONS} WHERE one.iin = asked.subject)`);
export const SELECT_LEGAL_HOLDINGS = selectHoldings('bin', 'NULL');

export function toPersonHolding(row: HoldingColumns): PersonHolding {
  return {
    iin: row.subject as Iin,
    activeLineCount: row.active,
    tenures: toTenures(row),
    capJustifications: (row.justifications ?? []).map(toJustification),
  };
}

export function toLegalHolding(row: HoldingColumns): LegalHolding {
  return { bin: row.subject as Bin, activeLineCount: row.active, tenures: toTenures(row) };
}

export interface SightingColumns extends ListedTenures {
  readonly imei: string;
  readonly first_seen_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly distinct_imsi: number | null;
  readonly registry_status: DeviceRegistryStatus | null;
}

/** `$1` are the IMEI. */
export const SELECT_SIGHTINGS = `
  WITH asked AS (SELECT * FROM unnest($1::text[]) AS asked (imei)),
  sharing AS (${sharingOf('asked')})
  SELECT asked.imei, seen.first_seen_at, seen.last_seen_at, sharing.distinct_imsi, device.registry_status, listed.tenures,
    (SELECT senim_now()) AS read_at
  FROM asked
  LEFT JOIN device USING (imei)
  LEFT JOIN sharing USING (imei)
  LEFT JOIN LATERAL (
    SELECT min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at
    FROM device_use WHERE device_use.imei = asked.imei) seen ON true
  LEFT JOIN LATERAL (
    SELECT ${tenureArrays('found')} AS tenures
    FROM (
      SELECT tenure.msisdn, tenure.since, tenure.until, max(used.last_seen_at) AS place
      FROM device_use used
      JOIN line_contract contract ON contract.key = used.contract_key
      JOIN tenure USING (msisdn, since)
      WHERE used.imei = asked.imei
      GROUP BY tenure.msisdn, tenure.since ORDER BY place DESC, msisdn LIMIT ${MOST_LISTED_TENURES}
    ) found) listed ON true`;

export function toSighting(row: SightingColumns): HandsetSighting {
  return {
    imei: row.imei as Imei,
    firstSeenAt: toInstantOrNull(row.first_seen_at),
    lastSeenAt: toInstantOrNull(row.last_seen_at),
    distinctImsi30d: row.distinct_imsi ?? 0,
    registryStatus: row.registry_status ?? 'UNKNOWN',
    tenures: toTenures(row),
  };
}

/** `$1` are IIN or BIN; `justifications` is SQL. */
function selectHoldings(column: 'iin' | 'bin', justifications: string): string {
  return `
    SELECT asked.subject, lines.active, listed.tenures, ${justifications} AS justifications, (SELECT senim_now()) AS read_at
    FROM unnest($1::text[]) AS asked (subject)
    LEFT JOIN LATERAL (
      SELECT count(*)::integer AS active
      FROM subscriber JOIN line_contract contract ON contract.subscriber_id = subscriber.id
      WHERE subscriber.${column} = asked.subject AND contract.status IN ('ACTIVE', 'SUSPENDED')) lines ON true
    LEFT JOIN LATERAL (
      SELECT ${tenureArrays('found')} AS tenures
      FROM (
        SELECT DISTINCT tenure.msisdn, tenure.since, tenure.until, tenure.since AS place
        FROM subscriber
        JOIN line_contract contract ON contract.subscriber_id = subscriber.id
        JOIN tenure USING (msisdn, since)
        WHERE subscriber.${column} = asked.subject
        ORDER BY place DESC, msisdn LIMIT ${MOST_LISTED_TENURES}
      ) found) listed ON true`;
}

function tenureArrays(alias: string): string {
  return `json_agg(json_build_array(${alias}.msisdn, ${epochMs(`${alias}.since`)}, ${epochMs(`${alias}.until`)})
    ORDER BY ${alias}.place DESC, ${alias}.msisdn)`;
}

function toTenures(row: ListedTenures): OperatorTenure[] {
  const readAt = toInstant(row.read_at);
  return (row.tenures ?? []).map(([msisdn, since, until]) => ({
    msisdn: msisdn as Msisdn,
    since: toInstant(since),
    until: toInstantOrNull(until),
    readAt,
  }));
}

function toJustification(array: JustificationArray): CapJustification {
  const [id, purpose, status, requestedLines, devices, decidedAt, expiresAt] = array;
  return {
    id,
    purpose,
    status,
    requestedLines,
    devices: devices as readonly Imei[],
    decidedAt: toInstantOrNull(decidedAt),
    expiresAt: toInstantOrNull(expiresAt),
  };
}
