// What the gateway tells the subgraphs of a request, once its signature was checked. It names no person and no role: about people, the
// bank's own subgraph believes the token and nothing else.

import type { Instant } from '../vocabulary/instant';
import type { Purpose } from '../vocabulary/purpose';

/** What the gateway says of a request. */
export interface GatewayContext {
  readonly requestId: string;
  /** After this nobody waits for the answer: what cannot be done by then is not begun. */
  readonly deadline: Instant;
  /** Id of the case that the reader names; whether it is theirs is decided by the bank. */
  readonly caseId: string | null;
  readonly purpose: Purpose | null;
  /** Pseudonym of who asks, the same at every request; null when nobody is signed in. */
  readonly actor: string | null;
}
