// Appeals against blocks: filed, reviewed, decided by one person, approved by another, lifted by the timer when nobody decided about a
// temporary block. Each is one transaction with the appeal, its acts, the clocks of its case, and the lift that an upheld appeal brings.
// An appeal against an order that was issued anew at another operator meets the order that stands now.

import { randomUUID } from 'node:crypto';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { AppealGrounds } from '../../../shared/vocabulary/appeal';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { SYSTEM_ACTOR } from '../domain/actor';
import { type AppealCommand, type AppealStep, stepAppeal } from '../domain/appeal-step';
import type { BlockOrder } from '../domain/block-order';
import { type CaseRecord, decisionParticipants } from '../domain/case-record';
import { deadlineOf } from '../domain/duty-clock';
import { rulesInForce } from '../domain/duty-rules';
import { type Refusal, refuse } from '../domain/refusal';
import {
  appealsAgainst,
  caseOfAppeal,
  caseOfOrder,
  insertAppeal,
  peopleBehindOrder,
  readAppeal,
  updateAppeal,
} from '../store/appeal-store';
import { type CaseWork, loadCaseRecord, saveCaseRecord, writeActs } from './case-work';
import { runCaseClocks } from './clock-work';
import {
  type Answer,
  type AnswerIds,
  type CommandCaller,
  type CommandDesk,
  runCommand,
  runOwnWork,
} from './command-desk';
import { carryOutOrders } from './order-work';

/** An appeal as somebody files it. */
export interface AppealFiling {
  readonly orderId: string;
  readonly grounds: AppealGrounds;
  readonly statement: string;
}

/** The mutations of appeals. Each answers with `appeal`, the id of the appeal. */
export interface AppealCommands {
  fileAppeal(caller: CommandCaller, input: AppealFiling): Promise<Answer>;
  startAppealReview(caller: CommandCaller, appealId: string): Promise<Answer>;
  decideAppeal(
    caller: CommandCaller,
    command: { readonly appealId: string; readonly upheld: boolean; readonly reason: string },
  ): Promise<Answer>;
  approveAppealDecision(
    caller: CommandCaller,
    command: { readonly appealId: string; readonly expectedVersion: number },
  ): Promise<Answer>;
}

/** The commands over a desk. */
export function appealCommands(desk: CommandDesk): AppealCommands {
  return {
    fileAppeal: (caller, { orderId, grounds, statement }) =>
      runCommand(
        desk,
        { ...caller, operation: 'fileAppeal', arguments: { input: { orderId, grounds, statement } } },
        (work) => file(work, { orderId, grounds, statement }),
      ),
    startAppealReview: (caller, appealId) =>
      runCommand(desk, { ...caller, operation: 'startAppealReview', arguments: { appealId } }, (work) =>
        step(work, appealId, { kind: 'startAppealReview' }),
      ),
    decideAppeal: (caller, { appealId, upheld, reason }) =>
      runCommand(desk, { ...caller, operation: 'decideAppeal', arguments: { appealId, upheld, reason } }, (work) =>
        step(work, appealId, { kind: 'decideAppeal', upheld, reason }),
      ),
    approveAppealDecision: (caller, { appealId, expectedVersion }) =>
      runCommand(
        desk,
        { ...caller, operation: 'approveAppealDecision', arguments: { appealId, expectedVersion } },
        (work) => step(work, appealId, { kind: 'approveAppealDecision', expectedVersion }),
      ),
  };
}

/** Upholds an appeal whose time is over, by the bank's timer; false when it is not over, or was decided meanwhile. */
export function lapseAppeal(desk: CommandDesk, appealId: string): Promise<boolean> {
  return runOwnWork(desk, SYSTEM_ACTOR, async (work) => {
    const done = await step(work, appealId, { kind: 'lapseAppeal' });
    return { commits: done.ok, value: done.ok };
  });
}

async function file(work: CaseWork, input: AppealFiling): Promise<Result<AnswerIds, Refusal>> {
  const caseId = await caseOfOrder(work.session, input.orderId);
  const record = caseId === null ? null : await loadCaseRecord(work, caseId);
  const order = record?.orders.find(({ id }) => id === input.orderId);
  if (record === null || order === undefined) return refuse('NO_APPEALED_ORDER');
  const command: AppealCommand = {
    ...input,
    kind: 'fileAppeal',
    id: randomUUID(),
    order,
    dueAt: decisionDueAt(work.now),
    others: await appealsAgainst(work.session, order.id),
    participants: await participantsOf(work, record, order),
  };
  const filed = stepAppeal(null, command, work.actor, work.now);
  if (!filed.ok) return filed;
  await insertAppeal(work.session, filed.value.next);
  return write(work, record, filed.value);
}

/** A step of an appeal that exists. The case is locked first, then what hangs on it is read. */
async function step(work: CaseWork, appealId: string, command: AppealCommand): Promise<Result<AnswerIds, Refusal>> {
  const caseId = await caseOfAppeal(work.session, appealId);
  const record = caseId === null ? null : await loadCaseRecord(work, caseId);
  const kept = record === null ? null : await readAppeal(work.session, appealId);
  if (record === null || kept === null) return refuse('NO_APPEAL');
  const order = standingOrder(record, kept.appeal.orderId);
  // Told when the appeal was filed: later decisions of the case are not the one that is appealed. Seeded appeals are told it here.
  const isTold = kept.participants.length > 0;
  const participants = isTold
    ? kept.participants
    : await participantsOf(work, record, orderOf(record, kept.appeal.orderId));
  const done = stepAppeal({ ...kept, order, participants }, command, work.actor, work.now);
  if (!done.ok) return done;
  const { appeal, proposedUpheld } = done.value.next;
  await updateAppeal(work.session, kept.appeal, { appeal, proposedUpheld, participants });
  return write(work, record, done.value);
}

/** What a step means for the joint log, the orders and the clocks of the case. */
async function write(work: CaseWork, record: CaseRecord, done: AppealStep): Promise<Result<AnswerIds, Refusal>> {
  await writeActs(work, done.acts);
  const carried = await carryOutOrders(work, record, done.orders);
  if (!carried.ok) return carried;
  const next = await runCaseClocks(work, carried.value.record, [...done.clocks, ...carried.value.clocks]);
  await saveCaseRecord(work, record, next);
  return accepted({ appeal: done.next.appeal.id });
}

const APPEAL_RULE = 'AFC-05';

/** The deadline of the duty that begins with the filing. */
function decisionDueAt(now: Instant): Instant {
  const rule = rulesInForce(now).find(({ id }) => id === APPEAL_RULE);
  invariant(rule !== undefined, 'the duty to decide appeals is in force');
  return deadlineOf(rule, now);
}

async function participantsOf(work: CaseWork, record: CaseRecord, order: BlockOrder): Promise<readonly string[]> {
  const people = await peopleBehindOrder(work.session, order);
  return decisionParticipants(record, people).filter((person) => person !== SYSTEM_ACTOR.person);
}

function orderOf(record: CaseRecord, orderId: string): BlockOrder {
  const order = record.orders.find(({ id }) => id === orderId);
  invariant(order !== undefined, 'an appeal names an order of its case');
  return order;
}

/** The order that carries on the appealed one: itself, or the one of the same kind that took its place at another operator. */
function standingOrder(record: CaseRecord, orderId: string): BlockOrder {
  const order = orderOf(record, orderId);
  const next = record.orders.find(({ id, kind }) => id === order.supersededBy && kind === order.kind);
  return next === undefined ? order : standingOrder(record, next.id);
}
