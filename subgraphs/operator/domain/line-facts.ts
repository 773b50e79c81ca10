// Everything about one line that the rules of risk look at, as loaded: no rule reads anything else.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { BusinessTrafficProfile } from './business-traffic-profile';
import type { CapJustification } from './cap-justification';
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
