// Everything about one line that the rules of risk look at, as loaded: no rule reads anything else.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { BusinessTrafficProfile } from './business-traffic-profile';
import { type CapJustification, justificationInForce } from './cap-justification';
import type { DeviceUse } from './device-use';
import type { LineContract } from './line-contract';
import type { UsageDay } from './usage-day';

/** The holder's lines at this operator. */
export interface HolderLines {
  /** Lines that count against the cap. */
  readonly active: number;
  /** Place of this line among them by age, from 1; lines beyond the cap are the youngest. */
  readonly rank: number;
}

/** A line as the rules see it at one instant. */
export interface LineFacts {
  readonly now: Instant;
  readonly contract: LineContract;
  /** Of this contract alone: indicators never pass to the next holder. */
  readonly devices: readonly DeviceUse[];
  /** The last days with traffic of this contract, oldest first. */
  readonly days: readonly UsageDay[];
  /** Null for a legal entity and for a line without an identified holder: the cap is one of persons. */
  readonly holderLines: HolderLines | null;
  /** The justification in force of the holder. */
  readonly justification: CapJustification | null;
  readonly profile: BusinessTrafficProfile | null;
}

/** What is known of a line beside its contract and its handsets. */
export interface TrafficFacts extends Pick<LineFacts, 'days' | 'holderLines' | 'profile'> {
  /** Every justification of the holder, whatever its state. */
  readonly justifications: readonly CapJustification[];
}

/** The facts of a contract's line; `devices` may hold handsets of other contracts of its tenure, `traffic` is null when there is none. */
export function lineFactsOf(
  contract: LineContract,
  devices: readonly DeviceUse[],
  traffic: TrafficFacts | null,
  now: Instant,
): LineFacts {
  return {
    now,
    contract,
    devices: devices.filter((device) => device.contractId === contract.id),
    days: traffic?.days ?? [],
    holderLines: traffic?.holderLines ?? null,
    justification: justificationInForce(traffic?.justifications ?? [], now),
    profile: traffic?.profile ?? null,
  };
}
