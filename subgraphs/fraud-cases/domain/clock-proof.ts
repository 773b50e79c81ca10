// Which acts of the joint log prove that a clock started and stopped: those that tell the happening its rule waits for. Told in the very
// transaction of the clock where that is known; else, for a history that was told to the log later, by the instant at which it happened.
// The same acts in any order give the same proof.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { DutyEvent } from './clock-event';
import type { CourseClock } from './duty-clock';
import type { DutyRuleVersion } from './duty-rules';
import type { ActReference } from './liability';

/** An act on the clock's case, as far as a proof looks at it. */
export interface CaseAct extends ActReference {
  readonly at: Instant;
  /** Ids of orders, requests, appeals and reports that it names; empty when it names none, or what opens it was erased. */
  readonly about: readonly string[];
  /** Whether it was written, or taken in, with the change that started or stopped the clock. */
  readonly startedClock: boolean;
  readonly stoppedClock: boolean;
}

/** The acts that prove a clock. Empty where no act tells of it. */
export interface ClockProof {
  readonly startActs: readonly ActReference[];
  readonly stopActs: readonly ActReference[];
}

/** The proof of a clock among the acts of its case. */
export function proofOf(
  clock: Pick<CourseClock, 'about' | 'startedAt' | 'stoppedAt'>,
  rule: Pick<DutyRuleVersion, 'start' | 'stops'>,
  acts: readonly CaseAct[],
): ClockProof {
  const near = acts.filter((act) => concerns(act, clock.about));
  const { stoppedAt } = clock;
  return {
    startActs: tellers(
      near,
      [rule.start],
      (act) => act.startedClock,
      // What somebody noticed is told by the report that came of it, at the instant at which the clock stopped.
      (act) => act.at === (NOTICED.includes(rule.start) ? stoppedAt : clock.startedAt),
    ).map(toReference),
    stopActs:
      stoppedAt === null
        ? []
        : tellers(
            near,
            [...rule.stops, ...ENDS],
            (act) => act.stoppedClock,
            (act) => act.at === stoppedAt,
          ).map(toReference),
  };
}

/** Happenings that end a clock whose duty fell away. */
const ENDS: readonly DutyEvent[] = ['CASE_ENDED', 'ORDER_ENDED', 'NOTHING_TO_SUSPEND'];

const NOTICED: readonly string[] = ['DETECTED', 'BANK_DETECTED'] satisfies readonly DutyEvent[];

/** Kinds of acts that tell a happening. What the bank takes in from others is told by their act, and by the bank's own about it. */
const TELLING_KINDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  DETECTED: ['suspicion.reported'],
  BANK_DETECTED: ['suspicion.reported'],
  REPORT_RECEIVED: ['suspicion.reported', 'act.received'],
  SIGNAL_RECEIVED: ['case.triaged', 'case.tracked'],
  // In a history told later the Center's time may begin with the operator's finding.
  CASE_TRIAGED: ['case.triaged', 'case.tracked', 'case.reopened', 'check.recorded'],
  CASE_DISMISSED: ['case.dismissed'],
  CHECK_CONFIRMED: ['check.recorded'],
  CHECK_NOT_CONFIRMED: ['check.recorded'],
  CHECK_RESULT: ['check.recorded'],
  RESULT_RECEIVED: ['check.recorded', 'act.received'],
  REQUEST_DELIVERED: ['information.requested'],
  REQUEST_ANSWERED: ['information.answered', 'act.received'],
  CASE_DECIDED: ['decision.approved'],
  CASE_CONFIRMED: ['decision.approved'],
  ORDER_ISSUED: ['block.ordered', 'block.reissued'],
  ORDER_DELIVERED: ['block.delivered'],
  ORDER_ACKNOWLEDGED: ['block.acknowledged'],
  ORDER_ENFORCED: ['block.acknowledged', 'block.enforced'],
  SERVICES_SUSPENDED: ['block.acknowledged', 'block.enforced'],
  TEMPORARY_BLOCK_ENFORCED: ['block.acknowledged', 'block.enforced'],
  LIFT_ISSUED: ['lift.ordered'],
  LIFT_DELIVERED: ['lift.done', 'block.failed', 'lift.ordered'],
  SERVICES_RESTORED: ['lift.done'],
  TRANSACTION_HELD: ['transaction.held'],
  APPEAL_FILED: ['appeal.filed'],
  APPEAL_DECIDED: ['appeal.decided'],
  CASE_ENDED: ['case.closed', 'case.dismissed', 'case.merged'],
  ORDER_ENDED: ['block.superseded', 'block.expired', 'block.cancelled', 'block.failed', 'lift.done'],
  NOTHING_TO_SUSPEND: ['decision.approved'],
};

/** An act that names other orders, requests or appeals than the clock's proves another clock. */
function concerns({ about }: CaseAct, subject: string | null): boolean {
  return subject === null || about.length === 0 || about.includes(subject);
}

/**
 * The acts that tell one of the happenings: those of the clock's own transaction; if there are none, those of its instant. Where a transaction
 * is known but none of its acts is of a kind that tells the happening, all of them stand for it.
 */
function tellers(
  acts: readonly CaseAct[],
  events: readonly string[],
  isOfTransaction: (act: CaseAct) => boolean,
  isOfInstant: (act: CaseAct) => boolean,
): readonly CaseAct[] {
  const kinds = new Set(events.flatMap((event) => TELLING_KINDS[event] ?? []));
  const together = acts.filter(isOfTransaction);
  if (together.length > 0) {
    const telling = together.filter(({ kind }) => kinds.has(kind));
    return telling.length > 0 ? telling : together;
  }
  return acts.filter((act) => kinds.has(act.kind) && isOfInstant(act));
}

function toReference({ act, kind, author, logIndex, leafHash }: CaseAct): ActReference {
  return { act, kind, author, logIndex, leafHash };
}
