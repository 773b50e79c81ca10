// One contract from a few decisions about it: when the end user was verified, which SIM cards and handsets it had, which days it
// was used. The rules of activation hold for every contract of the demo network; stories say what is special about theirs.

import { BIOMETRY_SINCE_MS, DAY_MS, type DemoCalendar, MINUTE_MS, USAGE_DAYS } from './demo-calendar';
import { type Draws, drawsFor } from './draw';
import type {
  Contract,
  ContractStatus,
  HandsetRef,
  HandsetUse,
  HolderRef,
  PersonRef,
  SimCardUse,
  UsagePlan,
  Verification,
} from './line';
import type { TrafficProfile } from './traffic-profile';

/** What is decided about a contract; the rest follows. */
export interface ContractDecision {
  /** Different for every contract of the network, below 6 million per million lines. */
  readonly key: number;
  readonly status: ContractStatus;
  readonly plan: Contract['plan'];
  readonly holder: HolderRef;
  readonly user?: PersonRef | null;
  readonly dealer: number;
  readonly soldAtMs: number;
  /** Null for a line that was never activated. */
  readonly activatedAtMs: number | null;
  readonly endedAtMs?: number | null;
  readonly isPortIn?: boolean;
  readonly profile: TrafficProfile;
  readonly handset: HandsetRef;
  /** The handset before that one, if the line changed handsets. */
  readonly formerHandset?: HandsetRef | null;
  readonly formerHandsetUntilMs?: number;
  /** When the SIM card was last replaced; never, when absent. */
  readonly simReplacedAtMs?: number | null;
  /** Spans without traffic; an end of null is "until today". */
  readonly silences?: readonly { readonly fromMs: number; readonly untilMs: number | null }[];
  /** What the verification is, where a story wants it other than the rules would have it. */
  readonly verification?: 'PASSED' | 'LEGACY_UNVERIFIED';
}

/** How many dealers each operator has. */
export const DEALERS = 24;

/** The contract that follows from what was decided. */
export function contractOf(seed: number, calendar: DemoCalendar, decision: ContractDecision): Contract {
  const draws = drawsFor(seed, CONTRACT, decision.key);
  const endedAtMs = decision.endedAtMs ?? null;
  const simCards = simCardsOf(draws, decision);
  return {
    key: decision.key,
    status: decision.status,
    plan: decision.plan,
    activatedAtMs: decision.activatedAtMs,
    endedAtMs,
    holder: decision.holder,
    user: decision.user ?? null,
    verification: verificationOf(draws, calendar, decision),
    dealer: decision.dealer,
    soldAtMs: decision.soldAtMs,
    simCards,
    handsets: decision.activatedAtMs === null ? [] : handsetsOf(draws, calendar, decision, simCards),
    usage: usageOf(calendar, decision),
  };
}

const CONTRACT = 30;

function verificationOf(draws: Draws, calendar: DemoCalendar, decision: ContractDecision): Verification {
  const { activatedAtMs } = decision;
  const method = draws.pick(['FACE_LIVENESS_APP', 'FACE_LIVENESS_APP', 'EGOV_BIOMETRY', 'IN_PERSON_FACE'] as const);
  if (decision.status === 'IDENTIFICATION_FAILED') {
    const result = draws.chance(0.7) ? 'FAILED' : 'INCONCLUSIVE';
    const verifiedAtMs = decision.soldAtMs + draws.whole(5, 90) * MINUTE_MS;
    return { result, method, verifiedAtMs, attempts: 3 };
  }
  if (activatedAtMs === null) return { ...NOTHING, result: 'NOT_PERFORMED' };
  const isLegacy = activatedAtMs < BIOMETRY_SINCE_MS;
  const passed = decision.verification ? decision.verification === 'PASSED' : !isLegacy;
  const attempts = draws.chance(0.85) ? 1 : 2;
  if (passed) {
    const verifiedAtMs = activatedAtMs - draws.whole(2, 25) * MINUTE_MS;
    return { result: 'PASSED', method, verifiedAtMs, attempts };
  }
  // Some holders of older lines had themselves verified since.
  const verifiedAtMs = calendar.daysAgo(draws.whole(2, 200)) - draws.whole(2, 600) * MINUTE_MS;
  const caughtUp = decision.verification === undefined && draws.chance(0.2) && !decision.endedAtMs;
  if (caughtUp && verifiedAtMs > BIOMETRY_SINCE_MS) {
    return { result: 'PASSED', method, verifiedAtMs, attempts };
  }
  return { ...NOTHING, result: 'LEGACY_UNVERIFIED' };
}

const NOTHING = { method: null, verifiedAtMs: null, attempts: 0 } as const;

function simCardsOf(draws: Draws, decision: ContractDecision): SimCardUse[] {
  const first: SimCardUse = {
    number: decision.key * 2,
    issuedAtMs: decision.soldAtMs,
    replacedAtMs: decision.simReplacedAtMs ?? null,
    reason: decision.isPortIn ? 'PORT_IN' : 'FIRST_ISSUE',
  };
  if (first.replacedAtMs === null) return [first];
  const reason = draws.pick(['LOST', 'DAMAGED', 'ESIM', 'UPGRADE'] as const);
  return [first, { number: decision.key * 2 + 1, issuedAtMs: first.replacedAtMs, replacedAtMs: null, reason }];
}

/** One row for each handset and SIM card that were together, in the order of time. */
function handsetsOf(
  draws: Draws,
  calendar: DemoCalendar,
  decision: ContractDecision,
  simCards: readonly SimCardUse[],
): HandsetUse[] {
  const startMs = decision.activatedAtMs ?? decision.soldAtMs;
  const endMs = decision.endedAtMs ?? calendar.daysAgo(0) - draws.whole(10, 600) * MINUTE_MS;
  const former = decision.formerHandset ?? null;
  const changeMs = decision.formerHandsetUntilMs ?? startMs;
  const uses: HandsetUse[] = [];
  for (const card of simCards) {
    const cardFromMs = Math.max(startMs, card.issuedAtMs);
    const cardUntilMs = Math.min(endMs, card.replacedAtMs ?? endMs);
    for (const [handset, fromMs, untilMs] of [
      [former, startMs, changeMs],
      [decision.handset, former === null ? startMs : changeMs, endMs],
    ] as const) {
      const firstSeenAtMs = Math.max(cardFromMs, fromMs) + 3 * MINUTE_MS;
      const lastSeenAtMs = Math.min(cardUntilMs, untilMs) - 2 * MINUTE_MS;
      if (handset !== null && firstSeenAtMs < lastSeenAtMs) {
        uses.push({ handset, simCard: card.number, firstSeenAtMs, lastSeenAtMs });
      }
    }
  }
  return uses;
}

function usageOf(calendar: DemoCalendar, decision: ContractDecision): UsagePlan | null {
  const { activatedAtMs } = decision;
  if (activatedAtMs === null) return null;
  const firstDay = Math.max(0, calendar.usageDayOf(activatedAtMs));
  // The day on which a number moves belongs to the operator that serves it at its end.
  const lastDay = Math.min(
    USAGE_DAYS - 1,
    decision.endedAtMs ? calendar.usageDayOf(decision.endedAtMs) - 1 : USAGE_DAYS - 1,
  );
  if (firstDay > lastDay) return null;
  const changeDay = decision.formerHandset ? calendar.usageDayOf(decision.formerHandsetUntilMs ?? activatedAtMs) : -1;
  return {
    key: decision.key,
    profile: decision.profile,
    firstDay,
    lastDay,
    silences: (decision.silences ?? []).map((silence) => ({
      firstDay: calendar.usageDayOf(silence.fromMs + DAY_MS),
      lastDay: silence.untilMs === null ? USAGE_DAYS : calendar.usageDayOf(silence.untilMs) - 1,
    })),
    handsetChangeDay: changeDay >= firstDay && changeDay <= lastDay ? changeDay : null,
  };
}
