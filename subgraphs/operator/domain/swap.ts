// SIM swap and device swap as banks ask for them (after CAMARA SimSwap and DeviceSwap): whether a change happened within the asked
// hours, and when the last one was. A first issue and a porting count as a change, because the number was not this card's before.

import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { DeviceUse } from './device-use';
import type { SimCard } from './sim-card';

/** Days over which changes are monitored; an older change is told to nobody. */
export const MONITORED_PERIOD_DAYS = 100;
export const DEFAULT_MAX_AGE_HOURS = 240;
const LONGEST_MAX_AGE_HOURS = MONITORED_PERIOD_DAYS * 24;
const HOUR_MS = 3_600_000;

/** The answer to "was it swapped within so many hours?". */
export interface Swap {
  readonly swapped: boolean;
  /** Null when the last change lies before the monitored period. */
  readonly latestChange: Instant | null;
  readonly monitoredPeriodDays: number;
}

/** The hours to look back over: the default for null; refused outside 1 to 2400. */
export function swapWindow(maxAgeHours: number | null): Result<number, 'OUT_OF_RANGE'> {
  const hours = maxAgeHours ?? DEFAULT_MAX_AGE_HOURS;
  if (!Number.isInteger(hours) || hours < 1 || hours > LONGEST_MAX_AGE_HOURS) return refused('OUT_OF_RANGE');
  return accepted(hours);
}

/** When a line's SIM was last changed; null for a line that has none. */
export function simSwap(simCards: readonly SimCard[], maxAgeHours: number, now: Instant): Swap | null {
  return swapOf(
    simCards.map((card) => card.issuedAt),
    maxAgeHours,
    now,
  );
}

/** When a line was last seen in a handset that was new to it; null for a line that was never seen in one. */
export function deviceSwap(devices: readonly DeviceUse[], maxAgeHours: number, now: Instant): Swap | null {
  return swapOf(
    devices.map((device) => device.firstSeenAt),
    maxAgeHours,
    now,
  );
}

function swapOf(changes: readonly Instant[], maxAgeHours: number, now: Instant): Swap | null {
  const latest = changes.reduce<Instant | null>((newest, at) => (newest === null || at > newest ? at : newest), null);
  if (latest === null) return null;
  const ageMs = instantToMs(now) - instantToMs(latest);
  return {
    swapped: ageMs <= maxAgeHours * HOUR_MS,
    latestChange: ageMs <= LONGEST_MAX_AGE_HOURS * HOUR_MS ? latest : null,
    monitoredPeriodDays: MONITORED_PERIOD_DAYS,
  };
}
