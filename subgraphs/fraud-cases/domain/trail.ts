// An entry of a case's trail as readers see it, and where the log itself stands. Plain data.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';

/** One act of a case in the joint log. */
export interface TrailEntry {
  readonly actId: string;
  /** The signed act, compact JWS; empty once what opens it was erased. */
  readonly act: string;
  readonly author: string;
  /** Who acted within the author's organisation, or for whom it acted; null when the act does not say, or was erased. */
  readonly actor: string | null;
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly summary: string;
  readonly logIndex: string | null;
  /** Base64url, as acts refer to it. */
  readonly leafHash: string;
  readonly state: TrailEntryState;
}

/** Where one act stands, and how that is proven. */
export interface ActReceipt {
  readonly actId: string;
  readonly state: TrailEntryState;
  readonly leafHash: string;
  readonly logIndex: string | null;
  /** The bank's signed promise, for acts that others handed over; null for all others. */
  readonly promise: string | null;
  /** A C2SP tlog-proof; null until the act stands below a signed checkpoint. */
  readonly proof: string | null;
}

/** The newest final checkpoint of the log, else the newest signed one. */
export interface LogHead {
  readonly origin: string;
  readonly size: string;
  /** Base64, as the note has it. */
  readonly rootHash: string;
  readonly note: string;
  readonly state: TrailEntryState;
  readonly signedAt: Instant;
}
