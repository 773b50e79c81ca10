// What becomes of an act on its way to the joint log, decided by how the bank answered. Pure: chance and clock are arguments. An act is never
// given up in silence: it is delivered until it is promised, and set aside for people to look at when it is refused again and again.

/** How far an act has come. WAITING: not yet promised. PROMISED: the bank said by when it will be in the log. PROVEN: it is, and this operator's witness saw it. PARKED: refused too often; a person must look. */
export const DELIVERY_STATES = ['WAITING', 'PROMISED', 'PROVEN', 'PARKED'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why people must look at an act. The last four accuse the bank, and each comes with evidence. */
export const ACT_ALARMS = ['DELIVERY_REFUSED', 'PROMISE_FALSE', 'PROOF_LATE', 'PROOF_FALSE', 'PROMISE_BROKEN'] as const;
export type ActAlarm = (typeof ACT_ALARMS)[number];

/** How many times an act was tried. */
export interface Tries {
  /** All of them, since it was last moved on. */
  readonly attempts: number;
  /** Those that the bank answered with a refusal, or with a promise that is none. */
  readonly refusals: number;
}

/** What to do with an act that was not accepted: come again after a while, or set it aside. */
export type NextStep = { readonly kind: 'RETRY'; readonly delayMs: number } | { readonly kind: 'PARK' };

/** Refusals after which an act is set aside. */
export const MOST_REFUSALS = 6;
/** Attempts after which an act that is told to wait for one before it is an alarm: about a quarter of an hour. */
const MOST_GAPS = 80;
/** A promise must be due within this time: one that is due in a year promises nothing. */
export const LONGEST_PROMISE_MS = 10 * 60_000;
/** How far the bank's clock may be from ours. */
export const CLOCK_TOLERANCE_MS = 5_000;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15_000;

/** After a refusal: `tries` counts it already. `random` is from 0 to below 1. */
export function afterRefusal(tries: Tries, random: number): NextStep {
  return tries.refusals >= MOST_REFUSALS ? { kind: 'PARK' } : afterSilence(tries, random);
}

/** After no answer, or one that says to come again: never given up. */
export function afterSilence(tries: Tries, random: number): NextStep & { readonly kind: 'RETRY' } {
  return { kind: 'RETRY', delayMs: delayMs(tries.attempts, random) };
}

/** Whether an act has waited so long behind another of its chain that people must look. */
export function isStuck(tries: Tries): boolean {
  return tries.attempts >= MOST_GAPS;
}

/** How long to wait before the proof is asked for again. */
export function proofDelayMs(attempts: number, random: number): number {
  return delayMs(attempts, random);
}

/** Whether the time of a promise is over, by our clock and with tolerance for the bank's. */
export function isOverdue(dueMs: number, nowMs: number): boolean {
  return nowMs > dueMs + CLOCK_TOLERANCE_MS;
}

/** Doubles from one second; the second half of it is chance, so that what failed together does not come back together. */
function delayMs(attempts: number, random: number): number {
  const fullMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(fullMs / 2 + (fullMs / 2) * random);
}
