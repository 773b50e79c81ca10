// What a rule of a case gives when it allows a command: the record as the rule leaves it and what follows. The step that called it adds
// state, version and act by the table. Here are also the few questions that many rules ask.

import type { FraudCaseState } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from './act-draft';
import { type Actor, AFC_PARTY, actsAs } from './actor';
import type { BlockIntent } from './block-order-step';
import type { CaseRecord } from './case-record';
import type { ClockEvent, DutyEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/** What a step wants of block orders; ids and sequences are given when it is carried out, in the same transaction. */
export type OrderIntent =
  /** A new order; the live one that it supersedes goes first. */
  | { readonly kind: 'ISSUE'; readonly block: BlockIntent; readonly supersedes: string | null }
  /** A live order ends: lifted if it is in force, cancelled before. */
  | { readonly kind: 'END'; readonly orderId: string; readonly reason: string };

/** What a rule allows. */
export interface CaseChange {
  readonly to: FraudCaseState;
  readonly record: CaseRecord;
  readonly fields: ActDraft['fields'];
  /** Parties that the act is addressed to. */
  readonly parties?: readonly string[];
  readonly orders?: readonly OrderIntent[];
  readonly clocks?: readonly ClockEvent[];
}

/** A rule of one command. */
export type CaseRule<Command> = (
  record: CaseRecord,
  command: Command,
  actor: Actor,
  now: Instant,
) => Result<CaseChange, Refusal>;

/** How far a party's clock may be ahead of the bank's before an instant counts as the future. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** Whether the actor may work the case: its assignee, or a supervisor. */
export function mayWork(record: CaseRecord, actor: Actor): boolean {
  return actsAs(actor, 'SUPERVISOR') || (record.case.assignee !== null && record.case.assignee === actor.person);
}

/** Refuses whoever may not work the case. */
export function asWorker(record: CaseRecord, actor: Actor): Result<null, Refusal> {
  return mayWork(record, actor) ? accepted(null) : refuse('OTHERS_CASE');
}

/** The record after an edit: a proposal that is pending is void, and neither its proposer nor the editor approves the next one. */
export function afterEdit(record: CaseRecord, actor: Actor): CaseRecord {
  if (record.proposal === null) return record;
  const editors = [...new Set([...record.editors, record.proposal.proposedBy, actor.person])].sort();
  return { ...record, proposal: null, editors };
}

/** Where an edit leaves the case. */
export function stateAfterEdit(record: CaseRecord): FraudCaseState {
  return record.case.state === 'PENDING_APPROVAL' ? 'UNDER_INVESTIGATION' : record.case.state;
}

/** Happenings at the Center. */
export function atCenter(at: Instant, ...events: readonly DutyEvent[]): readonly ClockEvent[] {
  return events.map((event) => ({ event, party: { kind: 'AFC', code: AFC_PARTY }, about: null, at }));
}

/** A happening at an operator. */
export function atOperator(code: string, event: DutyEvent, at: Instant, about: string | null = null): ClockEvent {
  return { event, party: { kind: 'OPERATOR', code }, about, at };
}

/** A happening at a bank. */
export function atBank(code: string, event: DutyEvent, at: Instant): ClockEvent {
  return { event, party: { kind: 'BANK', code }, about: null, at };
}

/** Whether an instant that a party claims lies in the future. */
export function isFuture(claimed: Instant | null, now: Instant): boolean {
  return claimed !== null && Date.parse(claimed) > Date.parse(now) + CLOCK_TOLERANCE_MS;
}

/** The earlier of what a party claims and now: no clock starts in the future. */
export function notAfter(claimed: Instant, now: Instant): Instant {
  return claimed < now ? claimed : now;
}

/** Whether a text holds nothing. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
