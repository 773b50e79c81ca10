// What one person, one legal entity or one handset has at this operator. Every valid key is answered, also when nothing is held: who
// exists is told by the holdings alone, and nothing held is an answer, not a silence.

import type { Bin } from '../../../shared/vocabulary/bin';
import type { DeviceRegistryStatus } from '../../../shared/vocabulary/device';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { CapJustification } from './cap-justification';
import type { OperatorTenure } from './operator-tenure';

/** A person's lines, by contracts held in their own name. */
export interface PersonHolding {
  readonly iin: Iin;
  /** Lines that count against the cap. */
  readonly activeLineCount: number;
  /** Newest first, former ones included. */
  readonly tenures: readonly OperatorTenure[];
  /** Newest decision first, undecided before them. */
  readonly capJustifications: readonly CapJustification[];
}

/** A legal entity's lines. */
export interface LegalHolding {
  readonly bin: Bin;
  readonly activeLineCount: number;
  readonly tenures: readonly OperatorTenure[];
}

/** One handset's use on this network. */
export interface HandsetSighting {
  readonly imei: Imei;
  /** Null when the handset was never seen here. */
  readonly firstSeenAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  readonly distinctImsi30d: number;
  readonly registryStatus: DeviceRegistryStatus;
  /** Tenures whose lines were seen in it, the last seen first. */
  readonly tenures: readonly OperatorTenure[];
}
