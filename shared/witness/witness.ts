// What a party runs in order to watch the log: it cosigns a checkpoint only if that extends the last one it cosigned, and its state is on the
// disk before the signature leaves. Checking, persisting and signing are one step that no other request can enter: otherwise two requests
// at once could sign a smaller tree after a larger one. What it holds is enough to prove a fork to anybody.

import { join } from 'node:path';
import { type EquivocationEvidence, formatEquivocation, requireEquivocation } from '../audit/equivocation';
import { EMPTY_ROOT, sameBytes } from '../audit/hash';
import { cosignLine, formatNote, parseNote, verifyNote } from '../audit/note';
import { verifyConsistency } from '../audit/proof';
import type { PolicyWitness } from '../audit/witness-policy';
import { replaceFile } from '../audit-log/durable-file';
import type { KeyPair } from '../audit-log/key-file';
import { type LogCheckpoint, tryReadLogCheckpoint } from '../audit-log/log-checkpoint';
import type { NetworkPolicy } from '../audit-log/policy-file';
import { AppError } from '../vocabulary/app-error';
import { type AddRequest, parseAddRequest } from './add-checkpoint';
import { type CosignedNotes, openCosignedNotes } from './cosigned-notes';
import { type LeafMirror, openLeafMirror, rootOfFirst } from './leaf-mirror';
import type { FetchTile } from './log-client';
import type { OnWitnessAlarm } from './witness-alarm';

/** What a witness is made of. */
export interface WitnessOptions {
  readonly policy: NetworkPolicy;
  /** Its name in the policy. */
  readonly name: string;
  readonly key: KeyPair;
  /** Folder of its state; nobody else writes there. */
  readonly directory: string;
  /** Where leaf hashes are copied from. */
  readonly fetchTile: FetchTile;
  readonly onAlarm: OnWitnessAlarm;
  /** Milliseconds since 1970 by this party's own clock. */
  readonly nowMs: () => number;
}

/** An answer as the protocol words it. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503;
  readonly contentType: string;
  readonly body: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const SIZE = 'text/x.tlog.size';
const MS_PER_SECOND = 1000;
/** Checkpoints that contradict us and cannot be proven yet, at most. */
const MOST_SUSPECTS = 64;

/** A witness; opens its folder. Throws one plain sentence when the folder or the key does not fit the policy. */
export function openWitness(options: WitnessOptions): Witness {
  const self = options.policy.witnesses.find((witness) => witness.name === options.name);
  if (self === undefined || !sameBytes(self.key.key.bytes, options.key.publicKey.bytes)) {
    throw new AppError('INTERNAL', `The policy has no witness ${options.name} with the key that was given.`);
  }
  const notes = openCosignedNotes(options.directory, options.policy);
  return new Witness(options, self, notes, openLeafMirror(options.directory));
}

/** One witness of one log. */
export class Witness {
  private queue: Promise<unknown> = Promise.resolve();
  /** Larger checkpoints of the log that others hold: nothing is signed that does not extend each of them. */
  private floors: readonly LogCheckpoint[] = [];
  private suspects: readonly LogCheckpoint[] = [];
  private mayCosign = false;

  constructor(
    private readonly options: WitnessOptions,
    private readonly self: PolicyWitness,
    private readonly notes: CosignedNotes,
    private readonly mirror: LeafMirror,
  ) {}

  /** The newest note it cosigned, with the lines of log and witness; null before the first. */
  newest(): LogCheckpoint | null {
    return this.notes.newest();
  }

  /** Size up to which it holds every leaf hash. */
  mirroredSize(): bigint {
    return this.mirror.size();
  }

  /** Every note it ever cosigned, oldest first. */
  cosignedNotes(): readonly string[] {
    return this.notes.all();
  }

  /** Leaf hashes it copied; the i-th belongs to the entry with index i. */
  leafHashes(): readonly Uint8Array[] {
    return this.mirror.leafHashes();
  }

  /** Lets it cosign: its state was compared with what others hold. */
  admit(): void {
    this.mayCosign = true;
  }

  /** Answers `POST …/add-checkpoint`. Requests are answered one after the other. */
  addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    return this.alone(async () => {
      const request = parseAddRequest(body, this.options.policy);
      return request.ok ? this.decide(request.value) : plain(request.error, 'refused\n');
    });
  }

  /**
   * Takes note of what another party shows as the log's checkpoint: contradictions become evidence or an alarm, and a larger one must be
   * extended by whatever is cosigned next. Anything that the log did not sign is ignored.
   */
  consider(note: string): Promise<void> {
    return this.alone(async () => {
      const checkpoint = tryReadLogCheckpoint(note, this.options.policy);
      if (checkpoint === null) return;
      const size = this.newest()?.size ?? 0n;
      if (checkpoint.size > size) {
        if (this.carriesOwnLine(checkpoint)) this.options.onAlarm({ kind: 'STATE_WENT_BACK' });
        if (!this.floors.some((floor) => floor.text === checkpoint.text)) this.floors = [...this.floors, checkpoint];
      } else {
        await this.compare(checkpoint);
      }
    });
  }

  /** Copies the leaf hashes of what it cosigned, and proves what was only suspected. Resolves whether it holds them all. */
  async copyLeaves(): Promise<boolean> {
    return this.alone(async () => {
      const newest = this.newest();
      if (newest === null || this.mirror.size() === newest.size) return true;
      const fetched = await this.mirror.fetchTo(newest.size, newest.root, this.options.fetchTile);
      if (fetched.kind === 'ROOT_DIFFERS') this.options.onAlarm({ kind: 'TILES_DIFFER' });
      if (fetched.kind !== 'FETCHED') return false;
      await this.mirror.keep(fetched.fresh);
      const suspects = this.suspects;
      this.suspects = suspects.filter((suspect) => suspect.size > newest.size);
      for (const suspect of suspects) if (suspect.size <= newest.size) await this.compare(suspect);
      return true;
    });
  }

  /** The first index at which the log's tiles differ from what this witness copied; null when they do not, 'silent' when the log does not answer. */
  async compareTiles(): Promise<bigint | null | 'silent'> {
    const hashes = this.mirror.leafHashes();
    for (let first = 0; first < hashes.length; first += 256) {
      const own = hashes.slice(first, first + 256);
      const tile = await this.options.fetchTile({ level: 0, n: BigInt(first / 256), width: own.length });
      if (tile === null) return 'silent';
      const at = own.findIndex((hash, offset) => !sameBytes(hash, tile.subarray(offset * 32, offset * 32 + 32)));
      if (at >= 0) {
        this.options.onAlarm({ kind: 'TILES_DIFFER' });
        return BigInt(first + at);
      }
    }
    return null;
  }

  /** Waits for what is being answered, and lets another process have the folder. */
  async close(): Promise<void> {
    await this.queue;
    this.notes.close();
  }

  private async decide(request: AddRequest): Promise<WitnessAnswer> {
    const { oldSize, checkpoint, proof } = request;
    const newest = this.newest();
    const recorded = newest?.size ?? 0n;
    if (oldSize !== recorded) {
      if (checkpoint.size <= recorded) await this.compare(checkpoint);
      return { status: 409, contentType: SIZE, body: `${recorded}\n` };
    }
    const root1 = newest?.root ?? EMPTY_ROOT;
    const claim = { size1: oldSize, size2: checkpoint.size, root1, root2: checkpoint.root, proof };
    if (!verifyConsistency(claim)) {
      await this.compare(checkpoint);
      return plain(422, 'the checkpoint is not shown to extend the last one\n');
    }
    if (!this.mayCosign || !(await this.extendsFloors(checkpoint))) {
      return plain(503, 'this witness is still comparing its state with others\n');
    }
    return this.cosign(request);
  }

  private async cosign({ checkpoint, logLines }: AddRequest): Promise<WitnessAnswer> {
    const { key, nowMs } = this.options;
    const seconds = BigInt(Math.floor(nowMs() / MS_PER_SECOND));
    const line = cosignLine(this.self.key.name, key.privateKey, seconds, checkpoint.text);
    await this.notes.keep({ ...checkpoint, note: formatNote(checkpoint.text, [...logLines, line]) });
    return { status: 200, contentType: PLAIN, body: line };
  }

  /** Whether a checkpoint begins with every larger tree that others were seen to hold; that takes its leaf hashes, which are kept only once it is cosigned. */
  private async extendsFloors(checkpoint: LogCheckpoint): Promise<boolean> {
    const floors = this.floors.filter((floor) => floor.text !== checkpoint.text);
    if (floors.some((floor) => floor.size > checkpoint.size)) return false;
    if (floors.length > 0) {
      const fetched = await this.mirror.fetchTo(checkpoint.size, checkpoint.root, this.options.fetchTile);
      if (fetched.kind !== 'FETCHED') return false;
      const leafHashes = [...this.mirror.leafHashes(), ...fetched.fresh];
      const broken = floors.find((floor) => !sameBytes(rootOfFirst(leafHashes, floor.size), floor.root));
      if (broken !== undefined) {
        const isSameSize = broken.size === checkpoint.size;
        await this.accuse({ notes: [broken.note, checkpoint.note], leafHashes: isSameSize ? null : leafHashes });
        return false;
      }
    }
    this.floors = [];
    return true;
  }

  /** Whether a checkpoint that the log signed fits what is known; what does not becomes evidence, or a suspicion until it can be proven. */
  private async compare(theirs: LogCheckpoint): Promise<void> {
    const ours = this.newest();
    if (ours === null || ours.text === theirs.text) return;
    if (theirs.size === ours.size) return this.accuse({ notes: [ours.note, theirs.note], leafHashes: null });
    const root = theirs.size < ours.size ? this.mirror.rootAt(theirs.size) : null;
    if (root !== null && this.mirror.size() >= ours.size) {
      if (sameBytes(root, theirs.root)) return;
      const leafHashes = this.mirror.leafHashes().slice(0, Number(ours.size));
      return this.accuse({ notes: [theirs.note, ours.note], leafHashes });
    }
    if (this.suspects.length < MOST_SUSPECTS && !this.suspects.some((suspect) => suspect.text === theirs.text)) {
      this.suspects = [...this.suspects, theirs];
      if (theirs.size > ours.size) this.options.onAlarm({ kind: 'EXTENSION_UNPROVEN' });
    }
  }

  private async accuse(evidence: EquivocationEvidence): Promise<void> {
    const { policy, directory, onAlarm } = this.options;
    requireEquivocation(evidence, policy);
    const path = join(directory, 'equivocation.json');
    await replaceFile(path, formatEquivocation(evidence));
    onAlarm({ kind: 'LOG_EQUIVOCATED', evidence: path });
  }

  private carriesOwnLine(checkpoint: LogCheckpoint): boolean {
    try {
      return verifyNote(parseNote(Buffer.from(checkpoint.note, 'utf8')), [this.self.key]).length > 0;
    } catch {
      return false;
    }
  }

  /** One at a time, in the order of asking; a failure does not stop the next. */
  private alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}

function plain(status: WitnessAnswer['status'], body: string): WitnessAnswer {
  return { status, contentType: PLAIN, body };
}
