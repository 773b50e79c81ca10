// Carries own acts to the bank until each has its promise. The bank takes in the acts of one chain by their numbers, so a chain is delivered
// in its order; chains go side by side and wait for nothing. One that is refused stops none of those behind it; behind one that got no
// answer there is nothing to try yet. A promise is believed when the bank signed it, for this very act, due soon; anything else is kept
// as evidence and counts as a refusal.

import { AuditFault } from '../../../shared/audit/audit-catalogue';
import { parseCompactJws } from '../../../shared/audit/compact-jws';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { type LogPromise, verifyPromise } from '../../../shared/audit/promise';
import { groupBy } from '../../../shared/vocabulary/grouping';
import { instantToMs } from '../../../shared/vocabulary/instant';
import { afterRefusal, afterSilence, isStuck, LONGEST_PROMISE_MS } from '../domain/act-delivery';
import type { ActOutbox, OutgoingAct } from '../store/act-outbox';
import type { OnActAlarm } from './act-alarm';
import type { BankLink, DeliveryAnswer } from './bank-link';

/** What a courier needs. */
export interface CourierParts {
  readonly outbox: ActOutbox;
  readonly bank: BankLink;
  /** Keys by which the bank signs promises. */
  readonly bankActKeys: readonly PublicKey[];
  readonly onAlarm: OnActAlarm;
  /** Milliseconds after which an act that was taken comes up again; longer than a call may take. */
  readonly leaseMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Acts of one round, by how it went with them. */
export interface CourierRound {
  readonly promised: number;
  readonly postponed: number;
  readonly parked: number;
}

/** Acts taken in one round; calls in flight at most. */
export const COURIER_BATCH = 16;
const FIRST_PROOF_MS = 1_500;

/** One round: everything that is due, at most a batch. Rejects when the own database fails, and never for what the bank does. */
export async function deliverDue(parts: CourierParts): Promise<CourierRound> {
  const acts = await parts.outbox.takeWaiting(COURIER_BATCH, parts.leaseMs);
  const outcomes = (
    await Promise.all(
      [...groupBy(acts, ({ chain }) => String(chain)).values()].map((chain) => deliverChain(parts, chain)),
    )
  ).flat();
  const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
  return { promised: count('promised'), postponed: count('postponed'), parked: count('parked') };
}

type Outcome = keyof CourierRound;

async function deliverChain(parts: CourierParts, acts: readonly OutgoingAct[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let isSilent = false;
  for (const act of acts) {
    const answer: DeliveryAnswer = isSilent ? { kind: 'SILENT' } : await parts.bank.deliver(act);
    isSilent = answer.kind === 'SILENT';
    outcomes.push(await settle(parts, act, answer));
  }
  return outcomes;
}

async function settle(parts: CourierParts, act: OutgoingAct, answer: DeliveryAnswer): Promise<Outcome> {
  const { outbox, random, onAlarm } = parts;
  if (answer.kind === 'SILENT') {
    await outbox.postpone(act.actId, afterSilence(act, random()).delayMs, null);
    return 'postponed';
  }
  if (answer.kind === 'REFUSAL' && answer.reason === GAP) {
    await outbox.postpone(act.actId, afterSilence(act, random()).delayMs, null);
    if (isStuck(act)) await onAlarm(act.actId, 'DELIVERY_REFUSED', refusalEvidence(act, GAP));
    return 'postponed';
  }
  if (answer.kind === 'REFUSAL') return refused(parts, act, answer.reason);
  const promise = readPromise(parts, act, answer.promise);
  if (promise !== null) {
    await outbox.promised(act.actId, answer.promise, promise.due, FIRST_PROOF_MS);
    return 'promised';
  }
  await onAlarm(act.actId, 'PROMISE_FALSE', {
    leafHash: encodeBase64Url(act.leafHash),
    promise: answer.promise.slice(0, LONGEST_EVIDENCE),
  });
  return refused(parts, act, 'PROMISE_FALSE');
}

const LONGEST_EVIDENCE = 4_096;
/** The bank waits for an act before this one in its chain. */
const GAP = 'SEQ_GAP';

function refusalEvidence(act: OutgoingAct, reason: string): object {
  return { leafHash: encodeBase64Url(act.leafHash), reason };
}

async function refused(parts: CourierParts, act: OutgoingAct, reason: string): Promise<Outcome> {
  const { outbox, onAlarm, random } = parts;
  const step = afterRefusal({ attempts: act.attempts, refusals: act.refusals + 1 }, random());
  if (step.kind === 'RETRY') {
    await outbox.postpone(act.actId, step.delayMs, reason);
    return 'postponed';
  }
  await outbox.park(act.actId, reason);
  await onAlarm(act.actId, 'DELIVERY_REFUSED', refusalEvidence(act, reason));
  return 'parked';
}

/** The promise, when it is one for this act; null otherwise. */
function readPromise({ bankActKeys }: CourierParts, act: OutgoingAct, jws: string): LogPromise | null {
  try {
    const { kid } = parseCompactJws(jws);
    const key = bankActKeys.find((known) => known.keyId === kid);
    const promise = key === undefined ? null : verifyPromise(jws, key);
    if (promise === null || promise.leafHash !== encodeBase64Url(act.leafHash)) return null;
    return instantToMs(promise.due) - instantToMs(act.now) > LONGEST_PROMISE_MS ? null : promise;
  } catch (fault) {
    if (fault instanceof AuditFault) return null;
    throw fault;
  }
}
