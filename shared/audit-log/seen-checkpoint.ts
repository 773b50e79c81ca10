// The newest final checkpoint that a party has verified itself: its acts say that they saw it, which bounds their time from below. It never
// goes back, also over a restart, because an author who claims to have seen less than before contradicts itself.

import type { SeenCheckpoint } from '../audit/act';
import { readCheckpoint } from '../audit/bundle-checkpoints';
import type { QuorumPolicy } from '../audit/witness-policy';
import { rowsOf, type SqlSource } from './sql-session';

/** The seen checkpoint of one party. */
export class SeenCheckpoints {
  private newest: SeenCheckpoint | null = null;

  constructor(
    private readonly source: SqlSource,
    private readonly policy: QuorumPolicy,
  ) {}

  /** What acts are to say; null before the first. */
  current(): SeenCheckpoint | null {
    return this.newest;
  }

  /** Reads what was remembered before. */
  async load(): Promise<void> {
    const [row] = await rowsOf<{ readonly note: string }>(this.source, {
      text: 'SELECT note FROM audit.seen_checkpoint',
    });
    if (row !== undefined) this.take(row.note);
  }

  /** Remembers a note that somebody handed over, if it is final by the policy and larger than what was seen; says whether it was. Faults of `readCheckpoint` for a note that is not one. */
  async remember(note: string): Promise<boolean> {
    const { final, size } = readCheckpoint(note, this.policy);
    if (!final || size <= (this.newest?.size ?? 0n)) return false;
    await rowsOf(this.source, {
      text: `INSERT INTO audit.seen_checkpoint (size, note) VALUES ($1, $2)
        ON CONFLICT (singleton) DO UPDATE SET size = EXCLUDED.size, note = EXCLUDED.note
        WHERE audit.seen_checkpoint.size < EXCLUDED.size`,
      values: [size.toString(), note],
    });
    return this.take(note);
  }

  /** For the keeper of the log: remembers the newest checkpoint that its own witnesses made final. */
  async rememberOwnFinal(): Promise<boolean> {
    const [row] = await rowsOf<{ readonly note: string }>(this.source, {
      name: 'audit_newest_final',
      text: 'SELECT note FROM audit.checkpoint_final ORDER BY size DESC LIMIT 1',
    });
    return row === undefined ? false : this.remember(row.note);
  }

  private take(note: string): boolean {
    const { size, noteHash } = readCheckpoint(note, this.policy);
    if (size <= (this.newest?.size ?? 0n)) return false;
    this.newest = { size, note: noteHash };
    return true;
  }
}
