// One step of an appeal: filed against a block, reviewed, decided by one person, approved by another; neither took part in the decision that
// is appealed. An upheld appeal ends the block; one that nobody decided in time ends a temporary block.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { AppealGrounds, AppealState } from '../../../shared/vocabulary/appeal';
import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from './act-draft';
import { type Actor, AFC_PARTY, actsAs } from './actor';
import { APPEAL_COMMAND_ROLES, type AppealCommandName, appealRows } from './appeal-transitions';
import { type Appeal, type BlockOrder, OPEN_APPEAL_STATES } from './block-order';
import type { OrderIntent } from './case-change';
import type { ClockEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/** An appeal with what its rules look at. */
export interface AppealRecord {
  readonly appeal: Appeal;
  readonly order: BlockOrder;
  /** What the decider proposed; null before. */
  readonly proposedUpheld: boolean | null;
  /** Who took part in the decision that is appealed. */
  readonly participants: readonly string[];
}

export type AppealCommand =
  | {
      readonly kind: 'fileAppeal';
      readonly id: string;
      readonly order: BlockOrder;
      readonly grounds: AppealGrounds;
      readonly statement: string;
      /** When it is to be decided: the deadline of the duty that begins now. */
      readonly dueAt: Instant;
      /** Appeals against the same order. */
      readonly others: readonly Appeal[];
      readonly participants: readonly string[];
    }
  | { readonly kind: 'startAppealReview' }
  | { readonly kind: 'decideAppeal'; readonly upheld: boolean; readonly reason: string }
  | { readonly kind: 'approveAppealDecision'; readonly expectedVersion: number }
  /** The time to decide is over. */
  | { readonly kind: 'lapseAppeal' };

/** What a step does. */
export interface AppealStep {
  readonly next: AppealRecord;
  readonly acts: readonly ActDraft[];
  readonly orders: readonly OrderIntent[];
  readonly clocks: readonly ClockEvent[];
}

/** What a command does to an appeal; `record` is null when there is none, which only fileAppeal allows. */
export function stepAppeal(
  record: AppealRecord | null,
  command: AppealCommand,
  actor: Actor,
  now: Instant,
): Result<AppealStep, Refusal> {
  if (!actsAs(actor, ...APPEAL_COMMAND_ROLES[command.kind])) return refuse('ROLE');
  if (record !== null && 'expectedVersion' in command && command.expectedVersion !== record.appeal.version) {
    return refuse('STALE');
  }
  if (appealRows(record?.appeal.state ?? null, command.kind).length === 0) return refuse('NOT_IN_THIS_STATE');
  if (command.kind === 'fileAppeal') return file(command, actor, now);
  if (record === null) return refuse('NOT_IN_THIS_STATE');
  switch (command.kind) {
    case 'startAppealReview':
      return startReview(record, actor);
    case 'decideAppeal':
      return decide(record, command, actor);
    case 'approveAppealDecision':
      return approve(record, actor, now);
    case 'lapseAppeal':
      return lapse(record, actor, now);
  }
}

function file(
  command: Extract<AppealCommand, { readonly kind: 'fileAppeal' }>,
  actor: Actor,
  now: Instant,
): Result<AppealStep, Refusal> {
  const { id, order, grounds, statement, dueAt, participants } = command;
  if (!APPEALABLE.includes(order.state)) return refuse('NOT_BLOCKED');
  if (statement.trim() === '') return refuse('NO_STATEMENT');
  const open: readonly AppealState[] = OPEN_APPEAL_STATES;
  if (command.others.some(({ state }) => open.includes(state))) return refuse('APPEALED_ALREADY');
  const appeal: Appeal = {
    id,
    orderId: order.id,
    caseId: order.caseId,
    state: 'FILED',
    version: 0,
    grounds,
    statement,
    filedAt: now,
    dueAt,
    decidedBy: null,
    approvedBy: null,
    decision: null,
  };
  const record = { appeal, order, proposedUpheld: null, participants };
  const fields = { actor: actor.organisation, order: order.id, grounds, statement };
  const step = stepOf(null, 'fileAppeal', record, actor, fields);
  return accepted({ ...step, clocks: atCenter('APPEAL_FILED', id, now) });
}

function startReview(record: AppealRecord, actor: Actor): Result<AppealStep, Refusal> {
  if (record.participants.includes(actor.person)) return refuse('TOOK_PART');
  const next = { ...record, appeal: { ...record.appeal, state: 'UNDER_REVIEW' } } as const;
  return accepted(stepOf(record, 'startAppealReview', next, actor, {}));
}

function decide(
  record: AppealRecord,
  { upheld, reason }: { readonly upheld: boolean; readonly reason: string },
  actor: Actor,
): Result<AppealStep, Refusal> {
  if (record.participants.includes(actor.person)) return refuse('TOOK_PART');
  if (reason.trim() === '') return refuse('NO_REASON');
  const appeal = { ...record.appeal, state: 'PENDING_APPROVAL', decidedBy: actor.person, decision: reason } as const;
  const next = { ...record, appeal, proposedUpheld: upheld };
  return accepted(stepOf(record, 'decideAppeal', next, actor, { upheld, reason }));
}

function approve(record: AppealRecord, actor: Actor, now: Instant): Result<AppealStep, Refusal> {
  if (record.appeal.decidedBy === actor.person) return refuse('OWN_PROPOSAL');
  if (record.participants.includes(actor.person)) return refuse('TOOK_PART');
  invariant(record.proposedUpheld !== null, 'an appeal that waits for approval has a proposal');
  return accepted(
    decided(record, 'approveAppealDecision', record.proposedUpheld, { approvedBy: actor.person }, actor, now),
  );
}

function lapse(record: AppealRecord, actor: Actor, now: Instant): Result<AppealStep, Refusal> {
  if (record.order.kind !== 'TEMPORARY') return refuse('APPEAL_STANDS');
  if (now <= record.appeal.dueAt) return refuse('NOT_OVERDUE');
  return accepted(decided(record, 'lapseAppeal', true, {}, actor, now));
}

/** States of an order against which somebody can appeal: it binds the number, and its end is not ordered yet. */
const APPEALABLE: readonly BlockOrderState[] = [
  'ISSUED',
  'DELIVERED',
  'ACKNOWLEDGED',
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'FAILED',
  'NOT_SERVED_HERE',
  'LIFT_PENDING_APPROVAL',
];

/** An upheld appeal ends the block, unless it ended or is being ended meanwhile. */
function decided(
  record: AppealRecord,
  command: 'approveAppealDecision' | 'lapseAppeal',
  upheld: boolean,
  changes: Partial<Appeal>,
  actor: Actor,
  now: Instant,
): AppealStep {
  const state = upheld ? 'UPHELD' : 'REJECTED';
  const next = { ...record, appeal: { ...record.appeal, ...changes, state } } as const;
  const step = stepOf(record, command, next, actor, { upheld, overdue: command === 'lapseAppeal' });
  const end: OrderIntent = { kind: 'END', orderId: record.order.id, reason: 'APPEAL_UPHELD' };
  return {
    ...step,
    orders: upheld && APPEALABLE.includes(record.order.state) ? [end] : [],
    clocks: atCenter('APPEAL_DECIDED', record.appeal.id, now),
  };
}

function stepOf(
  before: AppealRecord | null,
  command: AppealCommandName,
  next: AppealRecord,
  actor: Actor,
  fields: ActDraft['fields'],
): AppealStep {
  const { appeal } = next;
  const row = appealRows(before?.appeal.state ?? null, command).find(({ to }) => to === appeal.state);
  invariant(row !== undefined, `an appeal does not become ${appeal.state} by ${command}`);
  const act: ActDraft = {
    kind: row.act,
    author: 'BANK',
    caseId: appeal.caseId,
    actor: actor.person,
    to: [],
    fields: { appeal: appeal.id, ...fields },
  };
  return { next: { ...next, appeal: { ...appeal, version: appeal.version + 1 } }, acts: [act], orders: [], clocks: [] };
}

function atCenter(event: ClockEvent['event'], about: string, at: Instant): readonly ClockEvent[] {
  return [{ event, party: { kind: 'AFC', code: AFC_PARTY }, about, at }];
}
