// A handset in which a line's SIM has been seen, and what the state's registry of handsets says about it.

import type { DeviceRegistryStatus } from '../../../shared/vocabulary/device';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Instant } from '../../../shared/vocabulary/instant';

/** Days over which the distinct subscribers of a handset are counted. */
export const DEVICE_SHARING_DAYS = 30;

/** The use of one handset by one line. */
export interface DeviceUse {
  readonly contractId: string;
  readonly imei: Imei;
  readonly model: string | null;
  readonly registryStatus: DeviceRegistryStatus;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  /** Distinct IMSI seen in this handset at this operator within the last `DEVICE_SHARING_DAYS` days. */
  readonly distinctImsi30d: number;
}
