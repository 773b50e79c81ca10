// Who answers for a loss: the duties of its case that were missed before it, by the rule in force when each began, and the shares that
// follow in the chosen mode. The same facts give the same assessment byte for byte, in whatever order they are told; no clock and no
// language of the host has a part in it. A draft until a second person approves it.

import type { PartyKind } from '../../../shared/vocabulary/duty';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import { fromTiyn, type Kzt, toTiyn } from '../../../shared/vocabulary/kzt';
import type { LiabilityMode, LiabilityState } from '../../../shared/vocabulary/liability';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from './act-draft';
import { type Actor, actsAs } from './actor';
import type { Loss } from './case-file';
import { type CourseClock, judgeClock } from './duty-clock';
import type { DutyRuleVersion } from './duty-rules';
import { explainLiability } from './liability-explanation';
import { type BreachingParty, compareText, divideLoss, type PartyShare } from './liability-shares';
import { type Refusal, refuse } from './refusal';

/** An act in the joint log that proves something. */
export interface ActReference {
  readonly act: string;
  readonly kind: string;
  readonly author: string;
  /** Null until the log has given the act its place. */
  readonly logIndex: string | null;
  readonly leafHash: string;
}

/** One clock of the case with its rule and the acts that prove its start and its stop. */
export interface JudgedDuty {
  readonly clock: CourseClock;
  readonly rule: DutyRuleVersion;
  readonly startActs: readonly ActReference[];
  readonly stopActs: readonly ActReference[];
}

/** A duty that was missed. Causal: its deadline had passed before the loss, and it was still not done when the money was lost. */
export interface Breach extends JudgedDuty {
  readonly causal: boolean;
  /** Whole seconds from the deadline until it was done; null while it is not. When somebody assesses is no fact of the matter. */
  readonly overrunSeconds: number | null;
}

/** An assessment. */
export interface LiabilityAssessment {
  readonly id: string;
  readonly caseId: string;
  readonly loss: Loss;
  readonly mode: LiabilityMode;
  readonly state: LiabilityState;
  readonly version: number;
  readonly breaches: readonly Breach[];
  readonly shares: readonly LiabilityShare[];
  readonly explanation: string;
  readonly assessedBy: string;
  readonly assessedAt: Instant;
  readonly approvedBy: string | null;
  readonly approvedAt: Instant | null;
}

/** A party's share in tenge. */
export interface LiabilityShare {
  readonly party: string;
  readonly claimableBasisPoints: number;
  readonly claimable: Kzt;
  readonly regressBasisPoints: number;
  readonly regress: Kzt;
}

/** What an assessment or its approval does. */
export interface LiabilityStep {
  readonly next: LiabilityAssessment;
  readonly acts: readonly ActDraft[];
}

/** The table of an assessment: nothing → DRAFT → APPROVED. */
export const LIABILITY_TRANSITIONS = [
  { from: null, command: 'assessLiability', to: 'DRAFT', act: 'liability.assessed' },
  { from: 'DRAFT', command: 'approveLiability', to: 'APPROVED', act: 'liability.approved' },
] as const satisfies readonly {
  readonly from: LiabilityState | null;
  readonly command: string;
  readonly to: LiabilityState;
  readonly act: ActDraft['kind'];
}[];

/** A draft over the clocks of the loss's case. Refused: role. */
export function assessLiability(
  question: {
    readonly id: string;
    readonly loss: Loss;
    readonly mode: LiabilityMode;
    readonly duties: readonly JudgedDuty[];
  },
  actor: Actor,
  now: Instant,
): Result<LiabilityStep, Refusal> {
  if (!actsAs(actor, 'INVESTIGATOR', 'SUPERVISOR')) return refuse('ROLE');
  const { id, loss, mode } = question;
  const breaches = breachesOf(question.duties, loss.occurredAt, now);
  const parties = partiesOf(breaches);
  const shares = divideLoss(mode, toTiyn(loss.amount), parties).map(inTenge);
  const next: LiabilityAssessment = {
    id,
    caseId: loss.caseId,
    loss,
    mode,
    state: 'DRAFT',
    version: 1,
    breaches,
    shares,
    explanation: explainLiability({ loss, mode, breaches, shares }),
    assessedBy: actor.person,
    assessedAt: now,
    approvedBy: null,
    approvedAt: null,
  };
  return accepted({ next, acts: [actOf(next, 'liability.assessed', actor)] });
}

/** The second person agrees. Refused: role, stale version, approved already, the one who assessed. */
export function approveLiability(
  assessment: LiabilityAssessment,
  command: { readonly expectedVersion: number },
  actor: Actor,
  now: Instant,
): Result<LiabilityStep, Refusal> {
  if (!actsAs(actor, 'SUPERVISOR')) return refuse('ROLE');
  if (command.expectedVersion !== assessment.version) return refuse('STALE');
  if (assessment.state !== 'DRAFT') return refuse('NOT_IN_THIS_STATE');
  if (assessment.assessedBy === actor.person) return refuse('OWN_ASSESSMENT');
  const version = assessment.version + 1;
  const next = { ...assessment, state: 'APPROVED', version, approvedBy: actor.person, approvedAt: now } as const;
  return accepted({ next, acts: [actOf(next, 'liability.approved', actor)] });
}

/** The duties that were missed by `now`, sorted by party, start, rule and clock. Cancelled clocks, and those that stand still, missed nothing. */
export function breachesOf(duties: readonly JudgedDuty[], lossAt: Instant, now: Instant): readonly Breach[] {
  return duties
    .filter(({ clock }) => isMissed(clock, now))
    .map((duty) => ({
      ...duty,
      // Missed, whether or not a timer has marked it yet.
      clock: judgeClock(duty.clock, now),
      startActs: sortedActs(duty.startActs),
      stopActs: sortedActs(duty.stopActs),
      causal: isCausal(duty.clock, lossAt),
      overrunSeconds: overrunOf(duty.clock),
    }))
    .sort(
      (one, other) =>
        compareText(one.clock.party, other.clock.party) ||
        compareText(one.clock.startedAt, other.clock.startedAt) ||
        compareText(one.clock.ruleId, other.clock.ruleId) ||
        compareText(one.clock.id, other.clock.id),
    );
}

/** Whether a missed duty bears on a loss. At the deadline itself it could still have been done; done at the loss's instant is done by then. */
export function isCausal(clock: CourseClock, lossAt: Instant): boolean {
  return clock.deadlineAt < lossAt && (clock.stoppedAt === null || clock.stoppedAt > lossAt);
}

function isMissed(clock: CourseClock, now: Instant): boolean {
  switch (clock.state) {
    case 'BREACHED':
      return true;
    case 'RUNNING':
      return now > clock.deadlineAt;
    case 'PAUSED':
    case 'MET':
    case 'CANCELLED':
      return false;
  }
}

function overrunOf({ stoppedAt, deadlineAt }: CourseClock): number | null {
  if (stoppedAt === null) return null;
  return Math.max(0, Math.floor((instantToMs(stoppedAt) - instantToMs(deadlineAt)) / 1_000));
}

/** The parties whose causal breaches weigh anything, with the sum of their weights. */
function partiesOf(breaches: readonly Breach[]): readonly BreachingParty[] {
  const parties = new Map<string, { readonly kind: PartyKind; readonly weight: bigint }>();
  for (const { clock, rule, causal } of breaches) {
    if (!causal || rule.weight === 0) continue;
    const weight = (parties.get(clock.party)?.weight ?? 0n) + BigInt(rule.weight);
    parties.set(clock.party, { kind: rule.obliged, weight });
  }
  return [...parties].map(([code, party]) => ({ code, ...party }));
}

function inTenge(share: PartyShare): LiabilityShare {
  return {
    party: share.party,
    claimableBasisPoints: share.claimableBasisPoints,
    claimable: fromTiyn(share.claimableTiyn),
    regressBasisPoints: share.regressBasisPoints,
    regress: fromTiyn(share.regressTiyn),
  };
}

function sortedActs(acts: readonly ActReference[]): readonly ActReference[] {
  return [...acts].sort((one, other) => compareText(placeOf(one), placeOf(other)) || compareText(one.act, other.act));
}

/** Text that sorts as the log does; acts without a place come last. */
function placeOf({ logIndex }: ActReference): string {
  return logIndex === null ? '~' : logIndex.padStart(20, '0');
}

function actOf(assessment: LiabilityAssessment, kind: ActDraft['kind'], actor: Actor): ActDraft {
  const { shares } = assessment;
  return {
    kind,
    author: 'BANK',
    caseId: assessment.caseId,
    actor: actor.person,
    to: [...new Set([...shares.map(({ party }) => party), assessment.loss.bank])].sort(compareText),
    fields: {
      assessment: assessment.id,
      loss: assessment.loss.id,
      mode: assessment.mode,
      shares: shares.map((share) => ({ ...share })),
      explanation: assessment.explanation,
    },
  };
}
