// Statements about tenures by (msisdn, since): tenure, contracts, handsets, usage, enforcements. Instants are compared as instants;
// `$1` are the numbers, `$2` the first instants, pair by pair.

import type { Bin } from '../../../shared/vocabulary/bin';
import type { BlockMeasure, EnforcementState } from '../../../shared/vocabulary/block-order';
import type { DeviceRegistryStatus } from '../../../shared/vocabulary/device';
import type { Iccid } from '../../../shared/vocabulary/iccid';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { LineStatus, PlanKind, SimChangeReason } from '../../../shared/vocabulary/line';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { SubscriberKind, VerificationMethod, VerificationResult } from '../../../shared/vocabulary/subscriber';
import type { BlockEnforcement } from '../domain/block-enforcement';
import { DEVICE_SHARING_DAYS, type DeviceUse } from '../domain/device-use';
import type { LineContract } from '../domain/line-contract';
import { type OperatorTenure, type TenureKey, tenureKeyText } from '../domain/operator-tenure';
import type { Subscriber } from '../domain/subscriber';
import { epochMs, toInstant, toInstantOrNull, type UsageArray, usageArray } from './sql-fragment';

/** The key columns that every row of this file carries. */
export interface TenureKeyColumns {
  readonly msisdn: string;
  readonly since: Date;
}

/** `tenureKeyText` of a row. */
export function keyOfRow(row: TenureKeyColumns): string {
  return tenureKeyText(toTenureKey(row));
}

/** The parameters `$1` and `$2`. */
export function keyParameters(keys: readonly TenureKey[]): [string[], string[]] {
  return [keys.map((key) => key.msisdn), keys.map((key) => key.since)];
}

const KEYS = 'unnest($1::text[], $2::timestamptz[]) AS asked (msisdn, since)';

export interface TenureColumns extends TenureKeyColumns {
  readonly until: Date | null;
  readonly read_at: Date;
}

export const SELECT_TENURES = `
  SELECT tenure.msisdn, tenure.since, tenure.until, (SELECT senim_now()) AS read_at
  FROM ${KEYS} JOIN tenure USING (msisdn, since)`;

export function toTenure(row: TenureColumns): OperatorTenure {
  return { ...toTenureKey(row), until: toInstantOrNull(row.until), readAt: toInstant(row.read_at) };
}

export interface ContractColumns extends TenureKeyColumns {
  readonly id: string;
  readonly status: LineStatus;
  readonly plan: PlanKind | null;
  readonly activated_at: Date | null;
  readonly ended_at: Date | null;
  readonly holder: SubscriberArray | null;
  readonly employee: SubscriberArray | null;
  readonly verification_result: VerificationResult;
  readonly verification_method: VerificationMethod | null;
  readonly verified_at: Date | null;
  readonly verification_attempts: number;
  readonly dealer_id: string | null;
  readonly dealer_name: string | null;
  readonly dealer_region: string | null;
  readonly sold_at: Date | null;
  readonly cards: readonly CardArray[] | null;
  readonly measures: readonly BlockMeasure[] | null;
}

type SubscriberArray = readonly [kind: SubscriberKind, iin: string | null, bin: string | null, fullName: string];
type CardArray = readonly [iccid: string, issuedAt: number, replacedAt: number | null, reason: SimChangeReason];

export const SELECT_CONTRACTS = `
  SELECT contract.msisdn, contract.since, contract.id, contract.status, contract.plan, contract.activated_at, contract.ended_at,
    CASE WHEN holder.id IS NOT NULL THEN json_build_array(holder.kind, holder.iin, holder.bin, holder.full_name) END AS holder,
    CASE WHEN employee.id IS NOT NULL THEN json_build_array(employee.kind, employee.iin, employee.bin, employee.full_name) END
      AS employee,
    contract.verification_result, contract.verification_method, contract.verified_at, contract.verification_attempts,
    dealer.id AS dealer_id, dealer.name AS dealer_name, dealer.region AS dealer_region, contract.sold_at,
    cards.cards, service_state.measures
  FROM ${KEYS}
  JOIN line_contract contract USING (msisdn, since)
  LEFT JOIN subscriber holder ON holder.id = contract.subscriber_id
  LEFT JOIN subscriber employee ON employee.id = contract.assigned_user_id
  LEFT JOIN dealer ON dealer.id = contract.dealer_id
  LEFT JOIN service_state ON service_state.contract_key = contract.key
  LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(card.iccid, ${epochMs('card.issued_at')}, ${epochMs('card.replaced_at')}, card.reason)
      ORDER BY card.issued_at DESC, card.iccid) AS cards
    FROM sim_card card WHERE card.contract_key = contract.key) cards ON true
  ORDER BY contract.opened_at DESC, contract.key DESC`;

export function toContract(row: ContractColumns): LineContract {
  const { dealer_id: id, dealer_name: name, dealer_region: region } = row;
  return {
    id: row.id,
    status: row.status,
    plan: row.plan,
    activatedAt: toInstantOrNull(row.activated_at),
    endedAt: toInstantOrNull(row.ended_at),
    subscriber: toSubscriber(row.holder),
    assignedUser: toSubscriber(row.employee),
    verification: {
      result: row.verification_result,
      method: row.verification_method,
      verifiedAt: toInstantOrNull(row.verified_at),
      attempts: row.verification_attempts,
    },
    simCards: (row.cards ?? []).map(([iccid, issuedAt, replacedAt, reason]) => ({
      iccid: iccid as Iccid,
      issuedAt: toInstant(issuedAt),
      replacedAt: toInstantOrNull(replacedAt),
      reason,
    })),
    sale:
      id === null || name === null || region === null
        ? null
        : { id, name, region, soldAt: toInstantOrNull(row.sold_at) },
    measuresInForce: row.measures ?? [],
  };
}

export interface DeviceColumns extends TenureKeyColumns {
  readonly contract_id: string;
  readonly imei: string;
  readonly model: string | null;
  readonly registry_status: DeviceRegistryStatus | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly distinct_imsi: number | null;
}

/** SQL: how many IMSI a handset carried in the last days, for the handsets of `source`. */
export function sharingOf(source: string): string {
  return `
    SELECT imei, count(DISTINCT imsi)::integer AS distinct_imsi
    FROM device_use
    WHERE imei IN (SELECT imei FROM ${source})
      AND last_seen_at > (SELECT senim_now()) - interval '${DEVICE_SHARING_DAYS} days'
    GROUP BY imei`;
}

export const SELECT_DEVICES = `
  WITH held AS (
    SELECT asked.msisdn, asked.since, contract.id AS contract_id, used.imei,
      min(used.first_seen_at) AS first_seen_at, max(used.last_seen_at) AS last_seen_at
    FROM ${KEYS}
    JOIN line_contract contract USING (msisdn, since)
    JOIN device_use used ON used.contract_key = contract.key
    GROUP BY asked.msisdn, asked.since, contract.id, used.imei),
  sharing AS (${sharingOf('held')})
  SELECT held.*, device.model, device.registry_status, sharing.distinct_imsi
  FROM held LEFT JOIN device USING (imei) LEFT JOIN sharing USING (imei)
  ORDER BY held.last_seen_at DESC, held.imei`;

export function toDeviceUse(row: DeviceColumns): DeviceUse {
  return {
    contractId: row.contract_id,
    imei: row.imei as Imei,
    model: row.model,
    registryStatus: row.registry_status ?? 'UNKNOWN',
    firstSeenAt: toInstant(row.first_seen_at),
    lastSeenAt: toInstant(row.last_seen_at),
    distinctImsi30d: row.distinct_imsi ?? 0,
  };
}

export interface UsageColumns {
  /** Place of the question, from 1. */
  readonly place: string;
  readonly days: readonly UsageArray[];
}

/** `$3` and `$4` are the windows; `$5` and `$6` their hull, by which whole months are left out before anything is read. */
export const SELECT_USAGE = `
  SELECT asked.place, json_agg(${usageArray('used')} ORDER BY used.day, contract.opened_at) AS days
  FROM unnest($1::text[], $2::timestamptz[], $3::date[], $4::date[]) WITH ORDINALITY
    AS asked (msisdn, since, first_day, last_day, place)
  JOIN line_contract contract USING (msisdn, since)
  JOIN usage_day used ON used.contract_key = contract.key AND used.day BETWEEN asked.first_day AND asked.last_day
  WHERE used.day BETWEEN $5::date AND $6::date
  GROUP BY asked.place`;

export interface EnforcementColumns extends TenureKeyColumns {
  readonly order_id: string;
  readonly sequence: number;
  readonly state: EnforcementState;
  readonly measures: readonly BlockMeasure[];
  readonly received_at: Date;
  readonly enforced_at: Date | null;
  readonly lifted_at: Date | null;
}

export const SELECT_ENFORCEMENTS = `
  SELECT enforcement.*
  FROM ${KEYS} JOIN block_enforcement enforcement USING (msisdn, since)
  ORDER BY enforcement.received_at DESC, enforcement.sequence DESC`;

export function toEnforcement(row: EnforcementColumns): BlockEnforcement {
  return {
    orderId: row.order_id,
    sequence: row.sequence,
    state: row.state,
    measures: row.measures,
    receivedAt: toInstant(row.received_at),
    enforcedAt: toInstantOrNull(row.enforced_at),
    liftedAt: toInstantOrNull(row.lifted_at),
  };
}

function toTenureKey(row: TenureKeyColumns): TenureKey {
  return { msisdn: row.msisdn as Msisdn, since: toInstant(row.since) };
}

function toSubscriber(array: SubscriberArray | null): Subscriber | null {
  if (array === null) return null;
  const [kind, iin, bin, fullName] = array;
  return { kind, iin: iin as Iin | null, bin: bin as Bin | null, fullName };
}
