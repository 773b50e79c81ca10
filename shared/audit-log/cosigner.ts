// Carries signed checkpoints to the witnesses, all at once, each with the proof from where that witness stands, and declares a checkpoint
// FINAL when a quorum of the policy has cosigned that very checkpoint, and never otherwise. A witness that was away is brought up to date
// by the next checkpoint, with one proof; nothing else waits for it.

import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBase64Url } from '../audit/encoding';
import { sameBytes, sha256 } from '../audit/hash';
import { formatNote } from '../audit/note';
import { verifyConsistency } from '../audit/proof';
import type { PolicyWitness, QuorumPolicy } from '../audit/witness-policy';
import type { CallHttp } from '../service/http-call';
import type { OnAlarm } from './log-alarm';
import type { LogCheckpoint } from './log-checkpoint';
import { rowsOf, type SqlSource } from './sql-session';
import { consistencyProof, rootAt, tilesIn } from './tile-reads';
import { addCheckpoint, fetchCheckpoint, type WitnessCosignature } from './witness-client';

/** What a round needs. */
export interface CosignerParts {
  readonly source: SqlSource;
  readonly policy: QuorumPolicy;
  readonly onAlarm: OnAlarm;
  /** Milliseconds that a witness may take; 2,000 unless told. */
  readonly witnessTimeoutMs?: number;
  /** Milliseconds for which a witness may be silent before that is an alarm; 60,000 unless told. */
  readonly silenceToleratedMs?: number;
  /** Milliseconds to wait for the other witnesses once there is a quorum, so that the final note carries them too; 200 unless told. */
  readonly graceMs?: number;
  /** How witnesses are called; in the clear on this machine unless told. */
  readonly call?: CallHttp | undefined;
}

/** How a round ended. `halted` when a witness showed that this log went back or forked. */
export interface CosignRound {
  readonly cosigned: readonly string[];
  readonly final: boolean;
  readonly halted: boolean;
}

const DEFAULT_GRACE_MS = 200;
const DEFAULT_SILENCE_MS = 60_000;
/** Offers to one witness in one round: one, and one more after it told where it stands. */
const MOST_OFFERS = 2;
const CLOCK_TOLERANCE_MS = 5_000;

/** Witnesses of a policy, as this log knows them. */
export class Cosigner {
  /** Sizes that the witnesses are believed to record; a witness that is not in it is asked. */
  private readonly recorded = new Map<string, bigint>();
  private readonly busy = new Set<string>();
  private readonly silentSince = new Map<string, number>();
  /** Newest cosignature time of each witness. */
  private readonly clocks = new Map<string, { readonly size: bigint; readonly timeMs: number }>();
  private halted = false;

  constructor(private readonly parts: CosignerParts) {}

  /** Witnesses that have not cosigned this size yet, as far as this process knows. */
  behind(size: bigint): readonly string[] {
    return this.parts.policy.witnesses.map(({ name }) => name).filter((name) => this.recorded.get(name) !== size);
  }

  /** Offers one checkpoint to every witness that is not still busy with an earlier one; resolves when all answered, or soon after the quorum did. */
  async round(checkpoint: LogCheckpoint): Promise<CosignRound> {
    const { policy, graceMs = DEFAULT_GRACE_MS } = this.parts;
    const cosigned = new Set(await this.cosignedBefore(checkpoint.size));
    let quorum: () => void = () => {};
    const haveQuorum = new Promise<void>((resolve) => {
      quorum = resolve;
    });
    const offers = policy.witnesses.map(async (witness) => {
      if (this.busy.has(witness.name) || cosigned.has(witness.name)) return;
      this.busy.add(witness.name);
      try {
        if (await this.offer(witness, checkpoint)) cosigned.add(witness.name);
      } finally {
        this.busy.delete(witness.name);
      }
      if (cosigned.size >= policy.needed) quorum();
    });
    const all = Promise.all(offers);
    await Promise.race([all, haveQuorum.then(() => sleep(graceMs))]);
    const final = await this.finalise(checkpoint);
    return { cosigned: [...cosigned], final, halted: this.halted };
  }

  /** Makes FINAL what has its quorum; frozen, because acts refer to the hash of the final note. */
  async finalise(checkpoint: LogCheckpoint): Promise<boolean> {
    const { source, policy, onAlarm } = this.parts;
    const rows = await rowsOf<{ readonly witness: string; readonly line: string }>(source, {
      name: 'audit_cosignatures',
      text: 'SELECT witness, line FROM audit.cosignature WHERE size = $1',
      values: [checkpoint.size.toString()],
    });
    const lines = policy.witnesses.flatMap((witness) => rows.find((row) => row.witness === witness.name)?.line ?? []);
    if (lines.length < policy.needed) return false;
    const note = formatNote(checkpoint.text, [checkpoint.note.slice(checkpoint.text.length + 1), ...lines]);
    await rowsOf(source, {
      name: 'audit_finalise',
      text: `INSERT INTO audit.checkpoint_final (size, note, note_hash) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`,
      values: [checkpoint.size.toString(), note, encodeBase64Url(sha256(Buffer.from(note, 'utf8')))],
    });
    const spreadMs = this.spread();
    if (spreadMs > CLOCK_TOLERANCE_MS) onAlarm({ kind: 'WITNESS_CLOCK', spreadMs });
    return true;
  }

  private async cosignedBefore(size: bigint): Promise<readonly string[]> {
    const rows = await rowsOf<{ readonly witness: string }>(this.parts.source, {
      name: 'audit_cosigned_before',
      text: 'SELECT witness FROM audit.cosignature WHERE size = $1',
      values: [size.toString()],
    });
    return rows.map((row) => row.witness);
  }

  /** Whether the witness cosigned. */
  private async offer(witness: PolicyWitness, checkpoint: LogCheckpoint): Promise<boolean> {
    const { source, onAlarm, witnessTimeoutMs, call } = this.parts;
    for (let offers = 0; offers < MOST_OFFERS; offers += 1) {
      const oldSize = this.recorded.get(witness.name) ?? 0n;
      const proof = await consistencyProof(tilesIn(source), oldSize, checkpoint.size);
      // It stands above this checkpoint, which can be because a newer one was offered meanwhile.
      if (proof === null) return false;
      const answer = await addCheckpoint(witness, { oldSize, proof, checkpoint }, witnessTimeoutMs, call);
      if (answer.kind === 'silent') {
        this.recorded.delete(witness.name);
        this.reportSilence(witness.name);
        return false;
      }
      this.silentSince.delete(witness.name);
      if (answer.kind === 'cosigned') {
        await this.store(witness, checkpoint, answer.cosignature);
        return true;
      }
      if (answer.kind === 'elsewhere' && answer.size <= checkpoint.size && answer.size !== oldSize) {
        this.recorded.set(witness.name, answer.size);
        continue;
      }
      if (answer.kind === 'refused') onAlarm({ kind: 'WITNESS_REFUSES', witness: witness.name, status: answer.status });
      this.recorded.delete(witness.name);
      await this.investigate(witness, checkpoint, answer.kind === 'elsewhere');
      return false;
    }
    return false;
  }

  private async store(
    witness: PolicyWitness,
    checkpoint: LogCheckpoint,
    cosignature: WitnessCosignature,
  ): Promise<void> {
    this.recorded.set(witness.name, checkpoint.size);
    this.clocks.set(witness.name, { size: checkpoint.size, timeMs: cosignature.timeMs });
    await rowsOf(this.parts.source, {
      name: 'audit_store_cosignature',
      text: 'INSERT INTO audit.cosignature (size, witness, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      values: [checkpoint.size.toString(), witness.name, cosignature.line],
    });
  }

  /** What a witness that contradicts us can show. Only a note under the log's own key halts the log; a mere claim is reported. */
  private async investigate(witness: PolicyWitness, ours: LogCheckpoint, claimsMore: boolean): Promise<void> {
    const { source, policy, onAlarm, witnessTimeoutMs, call } = this.parts;
    const theirs = await fetchCheckpoint(witness, policy, witnessTimeoutMs, call);
    if (theirs === 'silent') return;
    const verdict = theirs === null ? null : await contradictionOf(source, ours, theirs);
    if (verdict === null || theirs === null) {
      if (claimsMore) onAlarm({ kind: 'WITNESS_CLAIM_UNPROVEN', witness: witness.name });
      return;
    }
    this.halted = true;
    onAlarm({ kind: verdict, witness: witness.name, evidence: theirs.note });
  }

  private spread(): number {
    const newest = [...this.clocks.values()].reduce((size, clock) => (clock.size > size ? clock.size : size), 0n);
    const times = [...this.clocks.values()].filter((clock) => clock.size === newest).map((clock) => clock.timeMs);
    return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
  }

  private reportSilence(witness: string): void {
    const since = this.silentSince.get(witness) ?? Date.now();
    this.silentSince.set(witness, since);
    const silentMs = Date.now() - since;
    const { onAlarm, silenceToleratedMs = DEFAULT_SILENCE_MS } = this.parts;
    if (silentMs >= silenceToleratedMs) onAlarm({ kind: 'WITNESS_SILENT', witness, silentMs });
  }
}

/** In what way a checkpoint that the log once signed contradicts the database; null when it does not. */
export async function contradictionOf(
  source: SqlSource,
  ours: { readonly size: bigint; readonly root: Uint8Array },
  theirs: LogCheckpoint,
): Promise<'LOG_WENT_BACK' | 'LOG_FORKED' | null> {
  const tiles = tilesIn(source);
  if (theirs.size > ours.size) {
    const [row] = await rowsOf<{ readonly tree_size: string }>(source, {
      text: 'SELECT tree_size FROM audit.log_state',
    });
    if (theirs.size > BigInt(row?.tree_size ?? 0)) return 'LOG_WENT_BACK';
    return sameBytes(await rootAt(tiles, theirs.size), theirs.root) ? null : 'LOG_FORKED';
  }
  const proof = await consistencyProof(tiles, theirs.size, ours.size);
  const claim = { size1: theirs.size, size2: ours.size, root1: theirs.root, root2: ours.root, proof: proof ?? [] };
  return verifyConsistency(claim) ? null : 'LOG_FORKED';
}
