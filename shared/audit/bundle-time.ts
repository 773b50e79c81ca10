// When an act was signed, as far as it can be proven: between what its author had seen and what the witnesses then saw. No clock of the log
// or of the author counts; of n witnesses, f = n - k may lie, so bounds are taken from the (f+1)-th value, behind which stands at
// least one honest clock.

import { type Instant, instantToMs, parseInstant } from '../vocabulary/instant';
import { requireThat } from './audit-catalogue';
import { CLOCK_TOLERANCE_MS, firstFinalAbove, type SignedCheckpoint } from './bundle-checkpoints';
import { type ProvenAct, placeOf } from './bundle-entries';
import type { Findings } from './findings';

/** What is proven about the time of an act, in milliseconds since 1970; null where nothing is. */
export interface TimeBracket {
  /** Not signed before. */
  readonly earliestMs: number | null;
  /** Not signed after. */
  readonly latestMs: number | null;
}

/** What the brackets are made from. */
export interface TimeMaterial {
  readonly checkpoints: readonly SignedCheckpoint[];
  /** f: witnesses that may lie. */
  readonly tolerated: number;
  /** When the log was opened, by the root of trust. */
  readonly openedMs: number;
}

/** The bracket of every act by its index, with a finding for each act whose time does not fit: SEEN_UNKNOWN, SEEN_BACKWARD, TIME_OUT_OF_BRACKET, or the remarks BACKFILLED and OPEN_BELOW. */
export function bracketActs(
  acts: readonly ProvenAct[],
  material: TimeMaterial,
  findings: Findings,
): ReadonlyMap<bigint, TimeBracket> {
  const brackets = new Map<bigint, TimeBracket>();
  const byNote = new Map(material.checkpoints.map((checkpoint) => [checkpoint.noteHash, checkpoint]));
  for (const proven of acts) {
    const bracket = findings.attempt('time', placeOf(proven), () => bracketOf(proven, material, byNote));
    if (bracket === null) continue;
    brackets.set(proven.index, bracket);
    judge(proven, bracket, material.openedMs, findings);
  }
  checkSeenOrder(acts, findings);
  return brackets;
}

/** The instant that a reader's own text spells (RFC 3339 with an offset); null for any other text. */
export function readInstant(text: string): Instant | null {
  const instant = parseInstant(text);
  return instant.ok ? instant.value : null;
}

/** The time by which at least one honest witness had cosigned: the (f+1)-th smallest; null below f+1 cosignatures. */
export function latestTimeOf(checkpoint: SignedCheckpoint, tolerated: number): number | null {
  return timesOf(checkpoint)[tolerated] ?? null;
}

/** The time before which the note with these cosignatures cannot have been known: the (f+1)-th largest; null below f+1 cosignatures. */
export function earliestTimeOf(checkpoint: SignedCheckpoint, tolerated: number): number | null {
  return timesOf(checkpoint).toReversed()[tolerated] ?? null;
}

function bracketOf(
  { act, index }: ProvenAct,
  { checkpoints, tolerated }: TimeMaterial,
  byNote: ReadonlyMap<string, SignedCheckpoint>,
): TimeBracket {
  const { seen } = act;
  const above = firstFinalAbove(checkpoints, index);
  const latestMs = above === null ? null : latestTimeOf(above, tolerated);
  if (seen === null) return { earliestMs: null, latestMs };
  const note = byNote.get(seen.note);
  requireThat(
    note?.final === true && note.size === seen.size && note.size <= index,
    'SEEN_UNKNOWN',
    'What an author saw is a final checkpoint of the bundle, below its own act.',
  );
  return { earliestMs: earliestTimeOf(note, tolerated), latestMs };
}

function judge({ act, index }: ProvenAct, bracket: TimeBracket, openedMs: number, findings: Findings): void {
  const atMs = instantToMs(act.at);
  const { earliestMs, latestMs } = bracket;
  const isEarly = earliestMs !== null && atMs < earliestMs - CLOCK_TOLERANCE_MS;
  const isLate = latestMs !== null && atMs > latestMs + CLOCK_TOLERANCE_MS;
  if (isEarly || isLate) findings.add('time', 'TIME_OUT_OF_BRACKET', placeOf({ index }));
  else if (earliestMs === null) findings.add('time', atMs < openedMs ? 'BACKFILLED' : 'OPEN_BELOW', placeOf({ index }));
}

/** Along an author's chain what was seen never shrinks: an author who once named a checkpoint cannot later pretend to know none, which would let it choose its time. */
function checkSeenOrder(acts: readonly ProvenAct[], findings: Findings): void {
  const newest = new Map<string, bigint>();
  const inOrder = acts.toSorted((left, right) => (left.act.seq < right.act.seq ? -1 : 1));
  for (const proven of inOrder) {
    const { author, chain, seen } = proven.act;
    const size = seen?.size ?? -1n;
    const before = newest.get(`${author}/${chain}`) ?? -1n;
    if (size < before) findings.add('time', 'SEEN_BACKWARD', placeOf(proven));
    else newest.set(`${author}/${chain}`, size);
  }
}

function timesOf(checkpoint: SignedCheckpoint): readonly number[] {
  return checkpoint.cosignatures.map((cosignature) => cosignature.timeMs).toSorted((left, right) => left - right);
}
