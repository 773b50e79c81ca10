// What this operator says it has seen when it signs: the newest checkpoint that a quorum made final and that its OWN witness cosigned. It
// bounds the time of its acts from below, and it only grows, also over a restart.

import type { SeenCheckpoint } from '../../../shared/audit/act';
import type { QuorumPolicy } from '../../../shared/audit/witness-policy';
import { SeenCheckpoints } from '../../../shared/audit-log/seen-checkpoint';
import type { SqlSource } from '../../../shared/audit-log/sql-session';
import type { BankLink } from './bank-link';
import { type OwnWitness, tryReadCheckpoint } from './proof-check';

/** The newest final checkpoint, as acts name it. */
export interface CheckpointView {
  /** Null before the first. */
  newest(): SeenCheckpoint | null;
  /** Asks the bank for its newest checkpoint, and takes it when it is final for this operator. Never rejects for what the bank says. */
  refresh(): Promise<void>;
}

/** The view, with what was kept before. */
export async function openCheckpointView(parts: {
  readonly source: SqlSource;
  readonly bank: Pick<BankLink, 'newestCheckpoint'>;
  readonly policy: QuorumPolicy;
  readonly witness: Pick<OwnWitness, 'consider'>;
  readonly witnessName: string;
}): Promise<CheckpointView> {
  const { source, bank, policy, witness, witnessName } = parts;
  const seen = new SeenCheckpoints(source, policy);
  await seen.load();
  return {
    newest: () => seen.current(),
    async refresh() {
      const note = await bank.newestCheckpoint();
      if (note === null) return;
      await witness.consider(note);
      const checkpoint = tryReadCheckpoint(note, policy);
      if (checkpoint?.cosignatures.some((one) => one.witness === witnessName) === true) await seen.remember(note);
    },
  };
}
