// An ordinary line as the rules of risk see it; tests change what they are about.

import { addDays, type Day } from '../../../../shared/vocabulary/day';
import type { Imei } from '../../../../shared/vocabulary/imei';
import type { Instant } from '../../../../shared/vocabulary/instant';
import { USAGE_MEASURES, type UsageMeasure } from '../../../../shared/vocabulary/seed-fact';
import type { DeviceUse } from '../../../../subgraphs/operator/domain/device-use';
import type { LineContract } from '../../../../subgraphs/operator/domain/line-contract';
import type { LineFacts } from '../../../../subgraphs/operator/domain/line-facts';
import type { UsageDay } from '../../../../subgraphs/operator/domain/usage-day';

export const NOW = '2026-06-20T07:00:00.000Z' as Instant;
export const LAST_DAY = '2026-06-19' as Day;

/** An instant of the fixture's calendar. */
export const at = (text: string): Instant => text as Instant;

export const CONTRACT: LineContract = {
  id: 'c-1',
  status: 'ACTIVE',
  plan: 'PREPAID',
  activatedAt: at('2026-02-01T08:00:00.000Z'),
  endedAt: null,
  subscriber: null,
  assignedUser: null,
  verification: {
    result: 'PASSED',
    method: 'FACE_LIVENESS_APP',
    verifiedAt: at('2026-02-01T07:59:00.000Z'),
    attempts: 1,
  },
  simCards: [],
  sale: null,
  measuresInForce: [],
};

export const DEVICE: DeviceUse = {
  contractId: 'c-1',
  imei: '356938035643809' as Imei,
  model: 'Nokia 105',
  registryStatus: 'WHITE',
  firstSeenAt: at('2026-02-01T08:00:00.000Z'),
  lastSeenAt: at('2026-06-19T20:00:00.000Z'),
  distinctImsi30d: 1,
};

/** A day like any other of a person. */
const ORDINARY: Partial<Record<UsageMeasure, number>> = {
  callsOut: 6,
  callsIn: 7,
  distinctCallees: 4,
  minutesOut: 14,
  minutesIn: 18,
  shortCallShare: 0.1,
  nightShare: 0.02,
  smsOut: 1,
  smsIn: 4,
  distinctSmsRecipients: 1,
  dataMb: 700,
  distinctCells: 5,
  topCellShare: 0.5,
  distinctImei: 1,
};

/** `count` days that end with `LAST_DAY`, each with these measures on top of an ordinary day. */
export function daysOf(measures: Partial<Record<UsageMeasure, number>>, count = 10): UsageDay[] {
  const values = { ...ORDINARY, ...measures };
  const numbers = Object.fromEntries(USAGE_MEASURES.map((measure) => [measure, values[measure] ?? 0]));
  return Array.from({ length: count }, (_, index) => ({
    ...(numbers as Record<UsageMeasure, number>),
    day: addDays(LAST_DAY, index + 1 - count),
  }));
}

/** An ordinary line with the given changes. */
export function line(changes: Partial<LineFacts> = {}): LineFacts {
  return {
    now: NOW,
    contract: CONTRACT,
    devices: [DEVICE],
    days: daysOf({}),
    holderLines: { active: 1, rank: 1 },
    justification: null,
    profile: null,
    ...changes,
  };
}
