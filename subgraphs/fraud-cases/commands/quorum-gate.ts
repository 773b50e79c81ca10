// What exposes somebody or undoes a protection waits for the witnesses: while a signed checkpoint has been waiting for its quorum longer than
// the limit, it is refused, and goes on by itself once the witnesses are back. What protects is never asked here.

import { AppError } from '../../../shared/vocabulary/app-error';

/** Asks whether what exposes or undoes may be done now. Rejects with AUDIT_UNAVAILABLE when not. */
export type QuorumGate = () => Promise<void>;

/** A gate over how long a checkpoint has been waiting. */
export function createQuorumGate(waitingForQuorumMs: () => Promise<number>, limitMs: number): QuorumGate {
  return async () => {
    if ((await waitingForQuorumMs()) <= limitMs) return;
    throw new AppError('AUDIT_UNAVAILABLE', 'The witnesses have not cosigned for too long.');
  };
}
