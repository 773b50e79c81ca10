// A look without a case, for when a case cannot be waited for: one number, half an hour, reading alone, and another person's word on it within a
// working day. It gives nothing by itself: looks that name it are decided, counted and logged like all others. An account whose broken glass
// nobody reviewed in time, or somebody found unjustified, is suspended.

import { randomUUID } from 'node:crypto';
import { appendAct } from '../../../shared/audit-log/act-author';
import type { SqlSource } from '../../../shared/audit-log/sql-session';
import { type Instant, instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { actsAs, SYSTEM_ACTOR } from '../domain/actor';
import type { AccessAlarm, LookLimits } from '../domain/look-limits';
import { type Refusal, refuse } from '../domain/refusal';
import { calendarAt, endOfCountedDay } from '../domain/working-calendar';
import { openingExpiry } from '../log/retention';
import {
  type GlassReview,
  glassesOf,
  glassStatements,
  lapseReview,
  lockGlass,
  type NewBreakGlass,
  overdueReviews,
  reviewStatements,
} from '../store/break-glass-store';
import { lockLooker, raiseAccessAlarm } from '../store/look-store';
import { suspend } from '../store/suspension';
import type { CaseWork } from './case-work';
import {
  type Answer,
  type AnswerIds,
  type CommandCaller,
  type CommandDesk,
  runCommand,
  runOwnWork,
} from './command-desk';
import type { TimedJob } from './scheduler';
import type { Numbering, ServingTenure } from './serving-operator';

/** The mutations. Both answer with `breakGlass`, the id of the glass. */
export interface BreakGlassCommands {
  breakGlass(caller: CommandCaller, command: { readonly msisdn: Msisdn; readonly reason: string }): Promise<Answer>;
  reviewBreakGlass(
    caller: CommandCaller,
    command: { readonly id: string; readonly justified: boolean; readonly reason: string },
  ): Promise<Answer>;
}

/** How they name people in acts, and whom they tell. */
export interface BreakGlassParts {
  readonly limits: Pick<LookLimits, 'breakGlasses'>;
  /** The name by which others know a person. */
  readonly actorOf: (person: string) => string;
  /** Told after COMMIT. */
  readonly onAlarm: (kind: AccessAlarm, breakGlassId: string) => void;
}

/** How long a broken glass stays open. */
export const BREAK_GLASS_MS = 30 * 60_000;
/** Characters of a reason, blanks at its ends left out. */
export const SHORTEST_REASON = 20;

/** The commands over a desk. */
export function breakGlassCommands(
  desk: CommandDesk,
  numbering: Pick<Numbering, 'servingTenure'>,
  parts: BreakGlassParts,
): BreakGlassCommands {
  return {
    async breakGlass(caller, { msisdn, reason }) {
      const tenure = await numbering.servingTenure(msisdn);
      const request = { ...caller, operation: 'breakGlass', arguments: { msisdn, reason } };
      const answer = await runCommand(desk, request, (work) => breakOne(work, parts, { msisdn, reason, tenure }));
      tellIfDone(answer, 'BREAK_GLASS', parts);
      return answer;
    },
    async reviewBreakGlass(caller, { id, justified, reason }) {
      const request = { ...caller, operation: 'reviewBreakGlass', arguments: { id, justified, reason } };
      const answer = await runCommand(desk, request, (work) => reviewOne(work, parts, { id, justified, reason }));
      if (!justified) tellIfDone(answer, 'UNJUSTIFIED', parts);
      return answer;
    },
  };
}

/** The job that suspends accounts whose broken glass nobody reviewed in time. */
export function reviewJob(desk: CommandDesk, source: SqlSource, parts: Pick<BreakGlassParts, 'onAlarm'>): TimedJob {
  return {
    name: 'reviews',
    due: (request) => overdueReviews(source, request),
    async carryOut(id) {
      const isLapsed = await runOwnWork(desk, SYSTEM_ACTOR, async ({ session }) => {
        const person = await lapseReview(session, id);
        if (person === null) return { commits: false, value: false };
        await suspend(session, person);
        await raiseAccessAlarm(session, 'REVIEW_LAPSED', person, id);
        return { commits: true, value: true };
      });
      if (isLapsed) parts.onAlarm('REVIEW_LAPSED', id);
      return isLapsed;
    },
  };
}

async function breakOne(
  work: CaseWork,
  { limits, actorOf }: BreakGlassParts,
  asked: { readonly msisdn: Msisdn; readonly reason: string; readonly tenure: ServingTenure | null },
): Promise<Result<AnswerIds, Refusal>> {
  const { session, author, actor, now } = work;
  if (!actsAs(actor, 'INVESTIGATOR', 'SUPERVISOR')) return refuse('ROLE');
  if (asked.reason.trim().length < SHORTEST_REASON) return refuse('SHORT_REASON');
  if (asked.tenure === null) return refuse('NOT_SERVED');
  // Whoever breaks several at once is counted one after the other.
  await lockLooker(session, actor.person);
  if ((await glassesOf(session, actor.person)) >= limits.breakGlasses) return refuse('GLASSES_SPENT');
  const { operatorCode } = asked.tenure;
  const glass: NewBreakGlass = {
    id: randomUUID(),
    person: actor.person,
    organisation: actor.organisation,
    msisdn: asked.msisdn,
    operatorCode,
    reason: asked.reason.trim(),
    openedAt: now,
    until: msToInstant(instantToMs(now) + BREAK_GLASS_MS),
    reviewDue: endOfNextWorkingDay(now),
  };
  await appendAct(
    session,
    author,
    {
      kind: 'access.broken_glass',
      caseId: null,
      to: [operatorCode],
      at: now,
      fields: {
        actor: actorOf(actor.person),
        organisation: actor.organisation,
        breakGlass: glass.id,
        msisdn: glass.msisdn,
        operatorCode,
        reason: glass.reason,
        until: glass.until,
      },
      expiresOn: openingExpiry(now),
    },
    (actId) => glassStatements(actId, glass),
  );
  await raiseAccessAlarm(session, 'BREAK_GLASS', actor.person, glass.id);
  return accepted({ breakGlass: glass.id });
}

async function reviewOne(
  work: CaseWork,
  { actorOf }: BreakGlassParts,
  asked: { readonly id: string; readonly justified: boolean; readonly reason: string },
): Promise<Result<AnswerIds, Refusal>> {
  const { session, author, actor, now } = work;
  if (!actsAs(actor, 'SUPERVISOR')) return refuse('ROLE');
  if (asked.reason.trim() === '') return refuse('NO_REASON');
  const glass = await lockGlass(session, asked.id);
  if (glass === null) return refuse('NO_GLASS');
  if (glass.person === actor.person) return refuse('OWN_GLASS');
  if (glass.reviewedBy !== null) return refuse('GLASS_REVIEWED');
  const review: GlassReview = {
    id: glass.id,
    reviewedBy: actor.person,
    reviewedAt: now,
    justified: asked.justified,
    reason: asked.reason.trim(),
  };
  const fields = {
    actor: actorOf(actor.person),
    breakGlass: glass.id,
    justified: review.justified,
    reason: review.reason,
  };
  await appendAct(
    session,
    author,
    { kind: 'access.reviewed', caseId: null, at: now, fields, expiresOn: openingExpiry(now) },
    (actId) => reviewStatements(actId, review),
  );
  if (!review.justified) {
    await suspend(session, glass.person);
    await raiseAccessAlarm(session, 'UNJUSTIFIED', glass.person, glass.id);
  }
  return accepted({ breakGlass: glass.id });
}

/** The end of the first working day after the day of an instant. */
function endOfNextWorkingDay(from: Instant): Instant {
  const calendar = calendarAt(from);
  return msToInstant(endOfCountedDay(instantToMs(from), 1, (day) => calendar.isWorkingDay(day)));
}

function tellIfDone(answer: Answer, kind: AccessAlarm, { onAlarm }: BreakGlassParts): void {
  const id = answer.ids.breakGlass;
  if (typeof id === 'string') onAlarm(kind, id);
}
