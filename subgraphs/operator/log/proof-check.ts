// Asks for the proof of what was promised, and believes it only together with what the operator's own witness holds: the log signed the
// checkpoint, a quorum cosigned it, the leaf stands at its index, and stands there too in the leaf hashes that the own witness copied
// and cosigned. A promise whose time is over is an alarm; that it was broken is shown with the witness's copy, so that the bank cannot
// say that it never received the act.

import { AuditFault } from '../../../shared/audit/audit-catalogue';
import { readCheckpoint, type SignedCheckpoint } from '../../../shared/audit/bundle-checkpoints';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { sameBytes } from '../../../shared/audit/hash';
import { isPromiseBroken } from '../../../shared/audit/promise';
import { type ReceiptFacts, verifyReceipt } from '../../../shared/audit/receipt';
import { parseTlogProof } from '../../../shared/audit/tlog-proof';
import type { QuorumPolicy } from '../../../shared/audit/witness-policy';
import type { LogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import { instantToMs } from '../../../shared/vocabulary/instant';
import { isOverdue, proofDelayMs } from '../domain/act-delivery';
import type { ActOutbox, OutstandingPromise } from '../store/act-outbox';
import type { OnActAlarm } from './act-alarm';
import type { BankLink } from './bank-link';

/** What the own witness holds. */
export interface OwnWitness {
  /** The newest note it cosigned; null before the first. */
  newest(): LogCheckpoint | null;
  /** Leaf hashes by index, up to what was copied. */
  leafHashes(): readonly Uint8Array[];
  /** Compares a note of the log with what it holds; contradictions become its alarm and evidence. */
  consider(note: string): Promise<void>;
}

/** What a check needs. */
export interface ProofParts {
  readonly outbox: ActOutbox;
  readonly bank: BankLink;
  readonly policy: QuorumPolicy;
  readonly witness: OwnWitness;
  readonly onAlarm: OnActAlarm;
  readonly leaseMs: number;
  readonly random: () => number;
}

/** Promises of one round, by how it went with them. */
export interface ProofRound {
  readonly proven: number;
  readonly waiting: number;
}

/** Promises looked at in one round. */
const BATCH = 16;

/** One round over the promises that are due to be looked at. Rejects when the own database fails, and never for what the bank does. */
export async function checkDueProofs(parts: ProofParts): Promise<ProofRound> {
  const promises = await parts.outbox.takePromised(BATCH, parts.leaseMs);
  const proven = await Promise.all(promises.map((promise) => check(parts, promise)));
  const count = proven.filter((one) => one).length;
  return { proven: count, waiting: promises.length - count };
}

async function check(parts: ProofParts, promise: OutstandingPromise): Promise<boolean> {
  const { outbox, bank, onAlarm, random } = parts;
  const text = await bank.proofOf(promise.actId);
  const verdict = text === null ? 'NONE' : await judge(parts, promise, text);
  if (verdict === 'PROVEN' && text !== null) {
    await outbox.proven(promise.actId, text);
    return true;
  }
  if (verdict === 'FALSE') await onAlarm(promise.actId, 'PROOF_FALSE', evidenceOf(promise, { proof: text }));
  if (verdict !== 'COVERED' && isOverdue(instantToMs(promise.dueAt), instantToMs(promise.now))) {
    await accuse(parts, promise);
  }
  await outbox.postpone(promise.actId, proofDelayMs(promise.attempts, random()), null);
  return false;
}

/** COVERED: the log signed it, which keeps the promise; it is not final yet, or not yet in the own witness's copy. */
async function judge(
  { policy, witness }: ProofParts,
  promise: OutstandingPromise,
  text: string,
): Promise<'PROVEN' | 'COVERED' | 'FALSE'> {
  let facts: ReceiptFacts;
  let checkpoint: string;
  try {
    const proof = parseTlogProof(Buffer.from(text, 'utf8'));
    facts = verifyReceipt(policy, { proof, jws: promise.jws, salt: promise.salt });
    checkpoint = proof.checkpoint;
  } catch (fault) {
    if (fault instanceof AuditFault) return 'FALSE';
    throw fault;
  }
  await witness.consider(checkpoint);
  const copied = witness.leafHashes()[Number(facts.index)];
  if (copied === undefined) return 'COVERED';
  if (!sameBytes(copied, promise.leafHash)) return 'FALSE';
  return facts.final ? 'PROVEN' : 'COVERED';
}

/** The time of the promise is over, and nothing that the log signed covers the leaf. */
async function accuse(parts: ProofParts, promise: OutstandingPromise): Promise<void> {
  const { bank, policy, witness, onAlarm } = parts;
  const newest = witness.newest();
  await onAlarm(promise.actId, 'PROOF_LATE', evidenceOf(promise, { witnessed: newest?.note ?? null }));
  const note = await bank.newestCheckpoint();
  const checkpoint = note === null ? null : tryReadCheckpoint(note, policy);
  if (note === null || checkpoint === null) return;
  const leafHashes = witness.leafHashes().slice(0, Number(checkpoint.size));
  const kept = { leafHash: encodeBase64Url(promise.leafHash), due: promise.dueAt };
  if (!isPromiseBroken(kept, checkpoint, leafHashes, policy.tolerated)) return;
  const evidence = evidenceOf(promise, { checkpoint: note, leaf_hashes: leafHashes.map(encodeBase64Url) });
  await onAlarm(promise.actId, 'PROMISE_BROKEN', evidence);
}

/** The checkpoint in a note, or null when the note is none that the policy accepts. */
export function tryReadCheckpoint(note: string, policy: QuorumPolicy): SignedCheckpoint | null {
  try {
    return readCheckpoint(note, policy);
  } catch (fault) {
    if (fault instanceof AuditFault) return null;
    throw fault;
  }
}

/** Promise and leaf always; canonical, so that the same evidence is the same text. */
function evidenceOf(promise: OutstandingPromise, more: Readonly<Record<string, unknown>>): object {
  const evidence = { leafHash: encodeBase64Url(promise.leafHash), promise: promise.promise, ...more };
  return JSON.parse(canonicalJson(evidence)) as object;
}
