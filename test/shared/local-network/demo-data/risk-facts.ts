// The lines of the demo's facts as an operator's risk rules see them, and a table of what the rules make of labelled lines. The
// network's own way there leads through its database; here the facts are read directly, for thousands of lines at once.

import { demoCalendar, USAGE_DAYS } from '../../../../shared/local-network/demo-data/demo-calendar';
import {
  FRAUDULENT_PROFILES,
  TRAFFIC_PROFILES,
  type TrafficProfile,
  usageRows,
} from '../../../../shared/local-network/demo-data/traffic-profile';
import { addDays, type Day } from '../../../../shared/vocabulary/day';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import { type ContractFact, USAGE_MEASURES, type UsageMeasure } from '../../../../shared/vocabulary/seed-fact';
import type { DeviceUse } from '../../../../subgraphs/operator/domain/device-use';
import type { LineContract } from '../../../../subgraphs/operator/domain/line-contract';
import type { LineFacts } from '../../../../subgraphs/operator/domain/line-facts';
import { assessRisk, type RiskAssessment } from '../../../../subgraphs/operator/domain/risk-assessment';
import { DEFAULT_RISK_RULES } from '../../../../subgraphs/operator/domain/risk-rule-set';
import type { UsageDay } from '../../../../subgraphs/operator/domain/usage-day';
import { AS_OF_MS, type OperatorFacts } from './demo-facts';

const DAY_MS = 86_400_000;
const NOW = msToInstant(AS_OF_MS);

/** Assesses contracts of one operator under the default rules. */
export function riskAt(operator: OperatorFacts): (contract: ContractFact) => RiskAssessment {
  const devices = new Map(operator.of('device').map((fact) => [fact.imei, fact]));
  const imsisOf = new Map<string, Set<string>>();
  const linesOf = new Map<string, ContractFact[]>();
  const since = new Date(AS_OF_MS - 30 * DAY_MS).toISOString();
  for (const contract of operator.of('contract')) {
    for (const use of contract.devices) {
      if (use.lastSeenAt < since) continue;
      imsisOf.set(use.imei, (imsisOf.get(use.imei) ?? new Set()).add(use.imsi));
    }
    if (contract.status !== 'ACTIVE' && contract.status !== 'SUSPENDED') continue;
    linesOf.set(contract.subscriberId, [...(linesOf.get(contract.subscriberId) ?? []), contract]);
  }
  const people = new Map(operator.of('subscriber').map((fact) => [fact.id, fact]));
  const approved = new Map(
    operator.of('capJustification').flatMap((fact) => (fact.status === 'APPROVED' ? [[fact.iin, fact] as const] : [])),
  );
  const profiles = new Map(operator.of('businessTrafficProfile').map((fact) => [`${fact.msisdn} ${fact.since}`, fact]));

  return (contract) => {
    const holder = people.get(contract.subscriberId);
    const lines = (linesOf.get(contract.subscriberId) ?? []).toSorted((a, b) =>
      (a.activatedAt ?? '').localeCompare(b.activatedAt ?? ''),
    );
    const uses = contract.devices.map((use) => ({
      contractId: contract.id,
      ...use,
      model: null,
      registryStatus: devices.get(use.imei)?.registryStatus ?? 'UNKNOWN',
      distinctImsi30d: imsisOf.get(use.imei)?.size ?? 0,
    }));
    const justification = approved.get(holder?.iin ?? '') ?? null;
    return assessRisk(
      {
        now: NOW,
        contract: domainContract(contract),
        devices: uses as unknown as readonly DeviceUse[],
        days: usageDays(contract.usage),
        holderLines: holder?.iin ? { active: lines.length, rank: lines.indexOf(contract) + 1 } : null,
        justification: justification as unknown as LineFacts['justification'],
        profile: (profiles.get(`${contract.msisdn} ${contract.since}`) ?? null) as unknown as LineFacts['profile'],
      },
      DEFAULT_RISK_RULES,
    );
  };
}

/** One row of the table: how many lines of a label got which level. */
export interface ProfileRow {
  readonly profile: TrafficProfile;
  /** Whether the operator knows the traffic to be legitimate, or a SIM box keeps its lines in one handset. */
  readonly variant: 'plain' | 'known' | 'one handset';
  readonly levels: Readonly<Record<'LOW' | 'MEDIUM' | 'HIGH' | 'VERY_HIGH', number>>;
}

/** What the rules make of `count` lines of every label. */
export function judgeProfiles(count: number, seed: number): readonly ProfileRow[] {
  return TRAFFIC_PROFILES.flatMap((profile) => {
    const variants: ProfileRow['variant'][] = ['plain'];
    if (['CALL_CENTRE', 'CALLING_OFFICE', 'COURIER', 'ALARM', 'PROBE'].includes(profile)) variants.push('known');
    if (profile === 'SIM_BOX') variants.push('one handset');
    return variants.map((variant) => {
      const levels = { LOW: 0, MEDIUM: 0, HIGH: 0, VERY_HIGH: 0 };
      for (let key = 0; key < count; key += 1) levels[labelledRisk(seed, key, profile, variant).level] += 1;
      return { profile, variant, levels };
    });
  });
}

/** Precision and recall of "HIGH or VERY_HIGH means fraud", weighing every row alike. */
export function precisionAndRecall(rows: readonly ProfileRow[]): {
  readonly precision: number;
  readonly recall: number;
} {
  let caught = 0;
  let missed = 0;
  let wronged = 0;
  for (const { profile, levels } of rows) {
    const reported = levels.HIGH + levels.VERY_HIGH;
    if (FRAUDULENT_PROFILES.includes(profile)) {
      caught += reported;
      missed += levels.LOW + levels.MEDIUM;
    } else {
      wronged += reported;
    }
  }
  return { precision: caught / (caught + wronged), recall: caught / (caught + missed) };
}

/** The table as text. */
export function profileTable(rows: readonly ProfileRow[]): string {
  const lines = rows.map(({ profile, variant, levels }) =>
    [profile.padEnd(15), variant.padEnd(11), ...Object.values(levels).map((value) => String(value).padStart(6))].join(
      ' ',
    ),
  );
  const { precision, recall } = precisionAndRecall(rows);
  return [
    `${'profile'.padEnd(15)} ${'variant'.padEnd(11)}    LOW MEDIUM   HIGH V_HIGH`,
    ...lines,
    `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
  ].join('\n');
}

function labelledRisk(
  seed: number,
  key: number,
  profile: TrafficProfile,
  variant: ProfileRow['variant'],
): RiskAssessment {
  const calendar = demoCalendar(AS_OF_MS);
  const plan = { key, profile, firstDay: 30, lastDay: USAGE_DAYS - 1, silences: [], handsetChangeDay: null };
  const usage = { firstDay: calendar.dayAgo(calendar.daysBefore(30)), days: usageRows(seed, plan, calendar) };
  const started = msToInstant(calendar.daysAgo(200));
  const device = {
    contractId: 'contract',
    imei: '352101000000000',
    model: null,
    registryStatus: 'WHITE',
    firstSeenAt: started,
    lastSeenAt: msToInstant(calendar.daysAgo(0)),
    distinctImsi30d: variant === 'one handset' ? 24 : 1,
  };
  const contract = {
    id: 'contract',
    status: 'ACTIVE',
    plan: 'PREPAID',
    activatedAt: started,
    endedAt: null,
    subscriber: null,
    assignedUser: null,
    verification: { result: 'PASSED', method: 'FACE_LIVENESS_APP', verifiedAt: started, attempts: 1 },
    simCards: [],
    sale: null,
    measuresInForce: [],
  } satisfies LineContract;
  const known = { purpose: 'CALL_CENTRE', grantedAt: started, expiresAt: msToInstant(AS_OF_MS + DAY_MS) } as const;
  return assessRisk(
    {
      now: NOW,
      contract,
      devices: [device as unknown as DeviceUse],
      days: usageDays(usage),
      holderLines: { active: 1, rank: 1 },
      justification: null,
      profile: variant === 'known' ? known : null,
    },
    DEFAULT_RISK_RULES,
  );
}

function domainContract(contract: ContractFact): LineContract {
  const { id, status, plan, activatedAt, endedAt, verification } = contract;
  const instant = (text: string | null): Instant | null => text as Instant | null;
  return {
    id,
    status,
    plan,
    activatedAt: instant(activatedAt),
    endedAt: instant(endedAt),
    subscriber: null,
    assignedUser: null,
    verification,
    simCards: contract.simCards.toReversed(),
    sale: null,
    measuresInForce: [],
  } as unknown as LineContract;
}

/** The last thirty days with traffic, oldest first, as the store loads them. */
function usageDays(usage: ContractFact['usage']): readonly UsageDay[] {
  if (usage === null) return [];
  const days = usage.days.map((row, place) => {
    const day: Partial<Record<UsageMeasure, number>> & { day: Day } = { day: addDays(usage.firstDay as Day, place) };
    for (const [column, measure] of USAGE_MEASURES.entries()) day[measure] = row[column] ?? 0;
    return day as UsageDay;
  });
  return days.filter((day) => day.distinctImei > 0).slice(-30);
}
